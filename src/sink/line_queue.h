/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_LINE_QUEUE_H
#define SINK_LINE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words/event_line.h"

/*
 * Events in memory that wait for their output, oldest first. Those in front may have
 * been sent and wait for word that they arrived: until then they are kept.
 */
struct queued_line {
	struct queued_line *next;
	struct event_line line;		/* its text lies behind this struct */
	uint64_t spooled_to;		/* where it ends in the spool; 0: it is only here */
	uint64_t sent_to;		/* of all bytes sent, where it ends; once sent */
	char text[];
};

struct line_queue {
	struct queued_line *first, *last;
	struct queued_line *unsent;		/* the first that was not sent, or NULL */
	size_t bytes;			/* of memory */
	size_t count;
};

/* Put a copy behind the last. NULL when memory is short. */
struct queued_line *line_queue_add(struct line_queue *q, const struct event_line *line);

/* The memory that one event takes. */
static inline size_t
line_queue_bytes_of(const struct event_line *line)
{
	return sizeof(struct queued_line) + line->text.n;
}

/* The first unsent one was sent. */
void line_queue_sent(struct line_queue *q);

/* Whatever was sent did not arrive for sure: all of it is unsent again. */
void line_queue_rewind(struct line_queue *q);

/* Take the first one out and free it. */
void line_queue_drop_first(struct line_queue *q);

void line_queue_clear(struct line_queue *q);

#endif
