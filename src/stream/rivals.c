/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/rivals.h"

#include "stream/held.h"
#include "stream/history.h"
#include "stream/queue.h"
#include "stream/sequence.h"

enum { RIVALS_MAX = 8 };

void
rivals_note(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const uint32_t start = segment->seq, end = start + (uint32_t)segment->payload.n;
	struct queue_range missing;

	if (!sequence_after(start, c->half[from].next) ||
	    (queue_find_missing(c->told->heard[from].queue, start, end, &missing) &&
	    missing.start == start && missing.end == end))
		return;
	/* without room nothing is compared */
	held_add(s, &c->told->rivals, RIVALS_MAX, from, segment);
}

void
rivals_compare(struct stream *s, struct connection *c)
{
	const struct frame_ref *at = s->at;

	for (unsigned left = c->told->rivals.count; left > 0; left--) {
		struct held *rival = held_take(&c->told->rivals);
		const struct segment *segment = &rival->segment;

		if (sequence_after(segment->seq + (uint32_t)segment->payload.n,
		    c->half[rival->from].next)) {
			held_append(&c->told->rivals, rival);
			continue;
		}
		s->at = &segment->ref;
		history_compare(s, c, rival->from, segment->seq, segment->payload);
		s->at = at;
		held_free(s, &rival);
	}
}
