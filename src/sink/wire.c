/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/wire.h"

#include <stdlib.h>

enum {
	AT_ONCE_BYTES = 64 * 1024,	/* given to the system */
	FLIGHT_BYTES = 256 * 1024,	/* framed and not known to have arrived */
};

static bool
make_room(struct wire *w, size_t more)
{
	char *larger;

	if (w->to + more <= w->room)
		return true;
	larger = realloc(w->bytes, w->to + more);
	if (larger == NULL)
		return false;
	w->bytes = larger;
	w->room = w->to + more;
	return true;
}

void
wire_fill(struct wire *w, struct line_queue *q, enum framing framing, bool alone,
    const struct frame_settings *settings)
{
	struct queued_line *one;

	if (wire_is_empty(w))
		w->from = w->to = 0;
	while ((one = q->unsent) != NULL && w->framed - w->arrived < FLIGHT_BYTES) {
		size_t most = one->line.text.n + FRAME_EXTRA_MAX, n;

		if (w->to > 0 && (alone || w->to + most > AT_ONCE_BYTES))
			return;
		if (!make_room(w, most))
			return;
		n = frame_write(w->bytes + w->to, framing, settings, &one->line);
		w->to += n;
		w->framed += n;
		one->sent_to = w->framed;
		line_queue_sent(q);
	}
}

void
wire_end_line(struct wire *w)
{
	if (!make_room(w, 1))
		return;
	w->bytes[w->to++] = '\n';
	w->framed++;
}

void
wire_took(struct wire *w, size_t n)
{
	w->from += n;
	w->taken += n;
}

void
wire_reset(struct wire *w)
{
	w->from = w->to = 0;
	w->framed = w->taken = w->arrived = 0;
}

void
wire_release(struct wire *w)
{
	free(w->bytes);
}
