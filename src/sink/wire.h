/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_WIRE_H
#define SINK_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sink/frame.h"
#include "sink/line_queue.h"

/*
 * Framed bytes on their way into one connection, and how far they have come. All three
 * counts begin with the connection: framed >= taken >= arrived.
 */
struct wire {
	char *bytes;
	size_t room, from, to;		/* bytes[from..to) were not taken yet */
	uint64_t framed;
	uint64_t taken;			/* by the system */
	uint64_t arrived;		/* as far as can be told */
};

/* Nothing is under way. */
static inline bool
wire_is_empty(const struct wire *w)
{
	return w->from == w->to;
}

static inline struct span
wire_span(const struct wire *w)
{
	return span_of(w->bytes + w->from, w->to - w->from);
}

/* Frame the queue's unsent events, as many as go at once; one only if alone. */
void wire_fill(struct wire *w, struct line_queue *q, enum framing framing, bool alone,
    const struct frame_settings *settings);

/* The other end has a part of a line: let it end before the next one begins. */
void wire_end_line(struct wire *w);

/* The system took so many bytes. */
void wire_took(struct wire *w, size_t n);

/* The connection is gone, and with it all that was under way. */
void wire_reset(struct wire *w);

void wire_release(struct wire *w);

#endif
