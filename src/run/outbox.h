/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_OUTBOX_H
#define RUN_OUTBOX_H

#include <stddef.h>

#include "base/counter.h"
#include "base/span.h"
#include "words/observation.h"

/*
 * Observations that a worker could not send yet, in their order. It is bounded, because
 * the capture must not wait for whoever is slow. When it is full, something is let go and
 * counted: the oldest of the first kind of which there is one.
 */
struct outbox;

enum outbox_kind {
	OUTBOX_SUPERSEDED,	/* a later snapshot of the session waits: only time is lost */
	OUTBOX_UPGRADED,	/* the end of a session that got its TLS, without a blemish */
	OUTBOX_PLAIN,		/* anything else that no alert could rest on */
	OUTBOX_GRAVE,		/* let go only at several times the limit */
	OUTBOX_KINDS
};

enum { OUTBOX_DEFAULT = 4096, OUTBOX_TIMES_GRAVE = 4 };

/* NULL when memory is short. */
struct outbox *outbox_new(size_t max);

/* Take a copy; the outbox may let go of this one, or of another. */
void outbox_add(struct outbox *b, const struct observation *seen);

/* The oldest, packed, or an empty span; it stays until outbox_drop(). */
struct span outbox_first(const struct outbox *b);
void outbox_drop(struct outbox *b);

size_t outbox_count(const struct outbox *b);

/* Visit "outbox.*" counters. */
void outbox_counters(const struct outbox *b, counter_visit *visit, void *ctx);

void outbox_free(struct outbox **b);

#endif
