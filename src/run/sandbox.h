/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SANDBOX_H
#define RUN_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "run/landlock.h"
#include "run/syscalls.h"

/*
 * A process locks itself in once it has opened what it needs. Each of these holds by itself;
 * together they leave somebody who took the process over with nothing but its open
 * descriptors.
 */

/*
 * Become that user (NULL: stay who we are) and keep CAP_NET_RAW alone, or nothing at all, with
 * no way to get more. 0, or -1 with *e set.
 */
int sandbox_become(const char *user, bool keep_capture, struct err *e);

/*
 * No capability, now or by executing anything; no core, no tracing, and no new processes
 * but for who writes: looking up a name takes a thread.
 */
int sandbox_drop_privileges(enum duty duty, struct err *e);

/* So much more memory than now, and no more: a runaway is one process' business. */
int sandbox_limit_memory(size_t more_bytes, struct err *e);

enum sandbox {
	SANDBOX_OFF,
	SANDBOX_PARTIAL,	/* the kernel lacks Landlock or seccomp */
	SANDBOX_FULL,
};

/* "full", as statistics say it. */
const char *sandbox_name(enum sandbox sandbox);

struct sandbox_plan {
	enum duty duty;
	struct landlock_paths paths;
	size_t more_bytes;	/* of memory; 0: no limit */
	int channel;		/* of DUTY_PARSE: all that may be sent to */
};

/* All of them, in their order. 0 with *sandbox_r set, or -1 with *e set. */
int sandbox_enter(const struct sandbox_plan *plan, enum sandbox *sandbox_r, struct err *e);

#endif
