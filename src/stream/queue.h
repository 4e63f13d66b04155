/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_QUEUE_H
#define STREAM_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

/* Ranges of sequence numbers, from the lowest on; they neither touch nor overlap. */
enum { QUEUE_RANGES_MAX = 255 };

struct queue {
	uint32_t count;
	struct queue_range {
		uint32_t start, end;
	} range[QUEUE_RANGES_MAX];
};

static inline bool
queue_is_full(const struct queue *q)
{
	return q->count == QUEUE_RANGES_MAX;
}

/* Where the last range ends; there must be one. */
static inline uint32_t
queue_end(const struct queue *q)
{
	return q->range[q->count - 1].end;
}

/* Note [start, end), of which nothing is noted yet; the queue must not be full. */
void queue_add(struct queue *q, uint32_t start, uint32_t end);

/* Forget what lies before next. */
void queue_trim(struct queue *q, uint32_t next);

/*
 * The first part of [start, end) that is not noted; false when all of it is.
 * NULL stands for an empty queue.
 */
bool queue_find_missing(const struct queue *q, uint32_t start, uint32_t end,
    struct queue_range *missing_r);

#endif
