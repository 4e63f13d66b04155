/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_REPEATS_H
#define JUDGE_REPEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "judge/rule.h"
#include "words/record.h"

/*
 * The same alert again and again: of one rule, client and server the first is told
 * at once, the others of the window are counted, and one alert closes it. What a
 * server does to everybody is one matter for all its clients.
 */
struct repeats;

enum { REPEATS_DEFAULT = 1024, REPEATS_CLIENTS_MAX = 64 };

#define REPEATS_WINDOW_NS (INT64_C(3600) * 1000000000)	/* of packet time, from the first on */

/* What a window came to. */
struct repeat {
	const struct rule *rule;
	unsigned severity;	/* the gravest that was told */
	uint64_t count;		/* alerts, with the first */
	unsigned clients;	/* different ones; REPEATS_CLIENTS_MAX means so many or more */
	int64_t first_ns, due_ns;
	uint64_t client_hashes[REPEATS_CLIENTS_MAX];
	struct record last;	/* the latest of them */
};

/* The oldest window closes when windows_max are open. NULL with *e set when memory is short. */
struct repeats *repeats_new(size_t windows_max, struct err *e);

/*
 * One more alert, at that time. True when it is a repeat and need not be told: a first
 * one opens a window, and what is graver than all before it is told as well.
 */
bool repeats_note(struct repeats *r, const struct record *record, const struct rule *rule,
    unsigned severity, int64_t now_ns);

/*
 * A window that is over, or has to make room, and in which something was not told; call it
 * until it says false. INT64_MAX closes all.
 */
bool repeats_close(struct repeats *r, int64_t now_ns, struct repeat *repeat_r);

/* Visit "judge.merged" and the like. */
void repeats_counters(const struct repeats *r, counter_visit *visit, void *ctx);

void repeats_free(struct repeats **r);

#endif
