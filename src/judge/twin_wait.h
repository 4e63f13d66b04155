/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_TWIN_WAIT_H
#define JUDGE_TWIN_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "judge/knowledge.h"
#include "words/observation.h"

/* Final observations that are judged a moment later, in the order in which they came. */
struct twin_wait;

enum { TWIN_WAIT_MAX = 512 };

/* NULL with *e set when memory is short. */
struct twin_wait *twin_wait_new(struct err *e);

struct waiter {
	int64_t due_ns;
	uint64_t serial;		/* among the twins */
	struct observation seen;
	struct knowledge known;		/* when it ended */
};

/* A copy of it. When it is full the oldest is due at once. */
void twin_wait_add(struct twin_wait *w, const struct waiter *waiter);

/* The oldest one that is due at that time, or NULL; valid until the next call. */
struct waiter *twin_wait_take(struct twin_wait *w, int64_t now_ns);

/* Must one be taken before another fits? */
bool twin_wait_is_full(const struct twin_wait *w);

/* Visit "waiting.*" counters. */
void twin_wait_counters(const struct twin_wait *w, counter_visit *visit, void *ctx);

void twin_wait_free(struct twin_wait **w);

#endif
