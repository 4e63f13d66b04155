/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/doubt.h"

#include <stdlib.h>

#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/sequence.h"

struct doubt {
	struct doubt *next;
	struct segment segment;		/* its payload is ours */
	size_t bytes;			/* of this copy */
};

void
doubt_hold(struct stream *s, struct half *half, const struct segment *segment)
{
	const size_t bytes = sizeof(struct doubt) + segment->payload.n;
	struct doubt **link = &half->doubts, *doubt;
	unsigned count = 0;

	for (; *link != NULL; link = &(*link)->next)
		count++;
	if (count == DOUBT_MAX || s->held_bytes + bytes > HELD_BYTES_MAX ||
	    (doubt = malloc(bytes)) == NULL)
		return;
	*doubt = (struct doubt){ .segment = *segment, .bytes = bytes };
	if (segment->payload.n > 0)
		memcpy(doubt + 1, segment->payload.p, segment->payload.n);
	doubt->segment.payload = span_of(doubt + 1, segment->payload.n);
	s->held_bytes += bytes;
	*link = doubt;
}

static struct doubt *
take_first(struct stream *s, struct half *half)
{
	struct doubt *doubt = half->doubts;

	if (doubt != NULL) {
		half->doubts = doubt->next;
		s->held_bytes -= doubt->bytes;
	}
	return doubt;
}

void
doubt_settle(struct stream *s, struct connection *c, enum side holder, uint32_t ack)
{
	struct half *half = &c->half[holder];

	while (half->doubts != NULL) {
		const struct segment *first = &half->doubts->segment;
		struct doubt *doubt;

		if (sequence_after(first->seq + first->payload_bytes, ack))
			return;
		if (half->sums != SUMS_OFFLOADED) {
			half->sums = SUMS_OFFLOADED;
			s->counts.offloaded++;
		}
		doubt = take_first(s, half);
		/* what it acknowledges in turn came before it */
		if (doubt->segment.flags & TCP_ACK)
			doubt_settle(s, c, side_other(holder), doubt->segment.ack);
		normaliser_take(s, c, holder, &doubt->segment);
		free(doubt);
	}
}

void
doubt_clear(struct stream *s, struct half *half)
{
	struct doubt *doubt;

	while ((doubt = take_first(s, half)) != NULL)
		free(doubt);
}
