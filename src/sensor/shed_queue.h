/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_SHED_QUEUE_H
#define SENSOR_SHED_QUEUE_H

#include <stddef.h>

#include "base/counter.h"
#include "base/span.h"
#include "words/observation.h"

/*
 * Observations that a worker could not send yet, in their order. It is bounded, because
 * the capture must not wait for whoever is slow. When it is full, something is let go and
 * counted: the oldest of the first kind of which there is one.
 */
struct shed_queue;

enum shed_queue_kind {
	SHED_QUEUE_SUPERSEDED,	/* a later snapshot of the session waits: only time is lost */
	SHED_QUEUE_UPGRADED,	/* the end of a session that got its TLS, without a blemish */
	SHED_QUEUE_PLAIN,		/* anything else that no alert could rest on */
	SHED_QUEUE_GRAVE,		/* let go only at several times the limit */
	SHED_QUEUE_KINDS
};

enum { SHED_QUEUE_DEFAULT = 4096, SHED_QUEUE_TIMES_GRAVE = 4 };

/* NULL when memory is short. */
struct shed_queue *shed_queue_new(size_t max);

/* Take a copy; the queue may let go of this one, or of another. */
void shed_queue_add(struct shed_queue *b, const struct observation *seen);

/* The oldest, packed, or an empty span; it stays until shed_queue_drop(). */
struct span shed_queue_first(const struct shed_queue *b);
void shed_queue_drop(struct shed_queue *b);

size_t shed_queue_count(const struct shed_queue *b);

/* Visit "queue.*" counters. */
void shed_queue_counters(const struct shed_queue *b, counter_visit *visit, void *ctx);

void shed_queue_free(struct shed_queue **b);

#endif
