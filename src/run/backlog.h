/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_BACKLOG_H
#define RUN_BACKLOG_H

#include <stddef.h>

#include "base/counter.h"
#include "base/span.h"
#include "words/observation.h"

/*
 * Observations that a worker could not send yet, in their order. It is bounded, because
 * the capture must not wait for whoever is slow. When it is full, something is let go and
 * counted: the oldest of the first kind of which there is one.
 */
struct backlog;

enum backlog_kind {
	BACKLOG_SUPERSEDED,	/* a later snapshot of the session waits: only time is lost */
	BACKLOG_UPGRADED,	/* the end of a session that got its TLS, without a blemish */
	BACKLOG_PLAIN,		/* anything else that no alert could rest on */
	BACKLOG_GRAVE,		/* let go only at several times the limit */
	BACKLOG_KINDS
};

enum { BACKLOG_DEFAULT = 4096, BACKLOG_TIMES_GRAVE = 4 };

/* NULL when memory is short. */
struct backlog *backlog_new(size_t max);

/* Take a copy; the backlog may let go of this one, or of another. */
void backlog_add(struct backlog *b, const struct observation *seen);

/* The oldest, packed, or an empty span; it stays until backlog_drop(). */
struct span backlog_first(const struct backlog *b);
void backlog_drop(struct backlog *b);

size_t backlog_count(const struct backlog *b);

/* Visit "backlog.*" counters. */
void backlog_counters(const struct backlog *b, counter_visit *visit, void *ctx);

void backlog_free(struct backlog **b);

#endif
