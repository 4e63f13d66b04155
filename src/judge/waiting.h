/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_WAITING_H
#define JUDGE_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "judge/knowledge.h"
#include "words/observation.h"

/* Final observations that are judged a moment later, in the order in which they came. */
struct waiting;

enum { WAITING_MAX = 512 };

/* NULL with *e set when memory is short. */
struct waiting *waiting_new(struct err *e);

struct waiter {
	int64_t due_ns;
	uint64_t serial;		/* among the twins */
	struct observation seen;
	struct knowledge known;		/* when it ended */
};

/* A copy of it. When it is full the oldest is due at once. */
void waiting_add(struct waiting *w, const struct waiter *waiter);

/* The oldest one that is due at that time, or NULL; valid until the next call. */
struct waiter *waiting_take(struct waiting *w, int64_t now_ns);

/* Must one be taken before another fits? */
bool waiting_is_full(const struct waiting *w);

/* Visit "waiting.*" counters. */
void waiting_counters(const struct waiting *w, counter_visit *visit, void *ctx);

void waiting_free(struct waiting **w);

#endif
