/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/acks.h"

#include "stream/gaps.h"
#include "stream/order.h"
#include "stream/sequence.h"

/* Of a FIN that its receiver does not take nobody has left. */
void
acks_note_leave(struct connection *c, enum side who)
{
	const struct half *half = &c->half[who];

	if (c->told != NULL && half->next == half->fin_seq && half_fin_is_acknowledged(half))
		c->told->flow.left_by[who] = true;
}

/*
 * Whoever has acknowledged bytes does not acknowledge less in what he says next: the
 * number before was forged, and what it led to is taken back.
 */
static void
doubt_ack(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct half *half = &c->half[from], *other = &c->half[side_other(from)];

	if (c->state != CONNECTION_FOLLOWED || !sequence_near(segment->ack, other->next) ||
	    sequence_after(order_said_until(c, from), segment->seq))
		return;
	if (half_is_acknowledged_ahead(other) && sequence_after(other->acked, segment->ack))
		half->ack = other->acked = segment->ack;
	gaps_contradict(s, c, side_other(from), segment->ack);
}

void
acks_note(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct half *half = &c->half[from], *other = &c->half[side_other(from)];
	const uint32_t ack = segment->ack;

	if (!(segment->flags & TCP_ACK))
		return;
	doubt_ack(s, c, from, segment);
	/* The latest, unless a number from nowhere got in its way. */
	if (!half->has_ack || sequence_after(ack, half->ack) ||
	    !sequence_near(ack, half->ack))
		half->ack = ack;
	half->has_ack = true;
	if (!other->known || !sequence_near(ack, other->next))
		return;
	if (!other->has_acked || sequence_after(ack, other->acked))
		other->acked = ack;
	other->has_acked = true;
	if (other->fin)
		acks_note_leave(c, side_other(from));
}
