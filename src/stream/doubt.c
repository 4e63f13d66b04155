/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/doubt.h"

#include "stream/arrival.h"
#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/sequence.h"

/* More than an initial window (RFC 6928): the first acknowledgement ends all doubt. */
enum { DOUBTED_MAX = 16 };

void
doubt_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct heard *other = &c->told->heard[side_other(from)];

	if (segment->flags & (TCP_SYN | TCP_RST))
		return;
	if (segment->flags & TCP_ACK) {
		other->has_doubtful_ack = true;
		other->doubtful_ack = segment->ack;
	}
	if (segment->payload_bytes > 0 || (segment->flags & TCP_FIN))
		held_add(s, &c->told->doubted, DOUBTED_MAX, from, segment);
}

enum doubt { DOUBT_KEEP, DOUBT_TAKE, DOUBT_DROP };

/* A good copy of the same, or what lies behind a FIN. */
static bool
has_come(const struct half *half, uint32_t said, bool is_last)
{
	if (!is_last || said != half->next)
		return !sequence_after(said, half->next);
	return half->fin && half->fin_seq == said;
}

static enum doubt
judge(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct half *half = &c->half[from];
	const struct heard *heard = &c->told->heard[from];
	const bool is_last = (segment->flags & TCP_FIN) != 0;
	const uint32_t said = segment->seq + segment->payload_bytes, end = said + is_last;

	if (half->known && (!sequence_near(end, half->next) || has_come(half, said, is_last)))
		return DOUBT_DROP;
	if ((half->has_acked && !sequence_after(end, half->acked)) ||
	    (heard->has_doubtful_ack && sequence_near(end, heard->doubtful_ack) &&
	    !sequence_after(end, heard->doubtful_ack)))
		return DOUBT_TAKE;
	return DOUBT_KEEP;
}

void
doubt_settle(struct stream *s, struct connection *c, enum side from)
{
	unsigned left = c->told->doubted.count;

	for (; left > 0 && c->told->doubted.count > 0; left--) {
		struct held *held = held_take(&c->told->doubted);
		const enum doubt what = held->from != from ? DOUBT_KEEP :
		    judge(c, from, &held->segment);

		if (what == DOUBT_TAKE) {
			arrival_set_offloaded(s, &c->half[from]);
			normaliser_take_late(s, c, from, &held->segment);
		}
		if (what == DOUBT_KEEP)
			held_append(&c->told->doubted, held);
		else
			held_free(s, &held);
	}
}
