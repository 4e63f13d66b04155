/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_READ_H
#define RUN_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "run/settings.h"

enum { READ_JOBS_MAX = 32 };

/* What "stripwatch read" was asked to do; all texts are borrowed. */
struct read_settings {
	const struct settings *common;
	const char *const *files;	/* "-" is standard input */
	size_t file_count;
	const char *const *taps;	/* names, NULL when taps are not named; one for each file */
	unsigned fail_on;		/* severity 1-4 that makes the exit status 4, or 0 */
	uint64_t flow_id;		/* explain this one instead of writing events; or 0 */
	bool progress;			/* a bar on standard error */
	size_t jobs;			/* processes that read at once */
};

/* Does it read standard input? That may never end, and somebody may wait for each event. */
bool read_is_live(const struct read_settings *settings);

/* Exit statuses, as docs/events.md promises them. */
enum exit_status {
	EXIT_ALL_READ = 0,
	EXIT_SOME_UNREAD = 1,
	EXIT_USAGE = 2,
	EXIT_INTERNAL = 3,
	EXIT_FAIL_ON = 4,
};

/*
 * Read capture files and write events. Messages about files that cannot be
 * read go to standard error as they come up. *e is set for EXIT_USAGE and
 * EXIT_INTERNAL, with an empty text where no message is wanted.
 */
enum exit_status read_run(const struct read_settings *settings, struct err *e);

#endif
