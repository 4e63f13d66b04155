/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/normaliser.h"

#include "stream/acks.h"
#include "stream/doubt.h"
#include "stream/ends.h"
#include "stream/gaps.h"
#include "stream/history.h"
#include "stream/order.h"
#include "stream/rivals.h"
#include "stream/sequence.h"

enum {
	RESYNC_AFTER = 3,		/* strays that the other side confirms */
	RESYNC_ALONE_AFTER = 8,		/* when the other side is not seen */
};

/* Does what the other side acknowledges confirm that this one is at seq now? */
static bool
is_confirmed(const struct connection *c, enum side from, uint32_t seq)
{
	const struct half *half = &c->half[from], *other = &c->half[side_other(from)];

	if (!other->spoke)
		return half->strays >= RESYNC_ALONE_AFTER;
	return half->strays >= RESYNC_AFTER &&
	    ((other->has_ack && sequence_near(other->ack, seq)) ||
	    (other->strays > 0 && sequence_near(other->stray_ack, seq)));
}

/*
 * Is the segment where its receiver could take it? A side that goes on
 * elsewhere, several times in a row and confirmed by the other, was lost to
 * the tap for a while; single strays are old or forged.
 */
static bool
is_in_window(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct half *half = &c->half[from];
	const uint32_t end = segment->seq + segment->payload_bytes;

	if (sequence_near(segment->seq, half->next)) {
		half->strays = 0;
		return true;
	}
	s->counts.out_of_window++;
	if (half->strays > 0 && !sequence_near(segment->seq, half->stray_end))
		half->strays = 0;
	half->strays += half->strays < UINT8_MAX;
	half->stray_end = end;
	half->stray_ack = segment->ack;
	if (!is_confirmed(c, from, segment->seq))
		return false;
	s->counts.resyncs++;
	half->strays = 0;
	half->has_acked = false;
	if (c->state == CONNECTION_FOLLOWED)
		order_drain(s, c);
	if (c->state == CONNECTION_FOLLOWED && !c->stopping)
		gaps_jump(s, c, from, segment->seq);
	half->next = segment->seq;
	return true;
}

/*
 * Early data from somewhere else than those that came in their turn do not push
 * these out: if their receiver takes them, they are a gap.
 */
static bool
is_pushed_in(const struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct heard *heard = &c->told->heard[from];
	const uint32_t next = c->half[from].next;

	if (!sequence_after(segment->seq, next)) {
		/* copies and farewells do not say where its bytes come from */
		if (sequence_after(segment->seq + segment->payload_bytes, next) &&
		    !(segment->flags & TCP_FIN))
			heard->ttl = segment->ttl;
		return false;
	}
	return heard->ttl != 0 && sender_ttl_differs(heard->ttl, segment->ttl) &&
	    !gaps_have_room(s, c, from, segment->payload.n);
}

static void
take_payload(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const struct half *half = &c->half[from];
	struct told *told = c->told;
	const struct span bytes = span_head(segment->payload, segment->payload_bytes);
	const uint32_t seq = segment->seq, end = seq + segment->payload_bytes;
	const uint32_t fresh = sequence_later(seq, half->next);
	const bool was_queued = told->heard[from].queue != NULL;

	gaps_refill(s, c, from, segment);
	if (is_pushed_in(s, c, from, segment))
		return;
	told->flow.truncated = told->flow.truncated || segment->contested;
	history_compare(s, c, from, seq, bytes);
	if (was_queued)
		rivals_note(s, c, from, segment);
	gaps_feed(s, c, from, seq, bytes);
	if (segment->contested)
		history_contest(s, c, from, bytes);
	/* This may have released early bytes that it repeats. */
	if (was_queued && !c->stopping)
		history_compare(s, c, from, fresh, span_tail(bytes, fresh - seq));
	if (bytes.n < segment->payload_bytes) {
		told->flow.truncated = true;
		if (!sequence_after(seq + (uint32_t)bytes.n, half->next))
			gaps_give_up(s, c, from, end);
	}
}

void
normaliser_take_content(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (c->state == CONNECTION_FOLLOWED && segment->payload_bytes > 0)
		take_payload(s, c, from, segment);
	if (segment->flags & TCP_FIN)
		ends_take_fin(c, from, segment);
}

/* Once everything has been told that its sender had read. */
static void
take_in_turn(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (c->state == CONNECTION_FOLLOWED && order_must_wait(c, from, segment) &&
	    order_hold(s, c, from, segment)) {
		if (segment->flags & TCP_FIN)
			ends_take_fin(c, from, segment);
	} else {
		normaliser_take_content(s, c, from, segment);
	}
}

/* What is seen first of a side says where that is. */
static void
learn_place(struct half *half, const struct segment *segment)
{
	if (!half->known)
		half->first = half->next = segment->seq;
	half->known = true;
}

void
normaliser_take_late(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	learn_place(&c->half[from], segment);
	acks_note(s, c, from, segment);
	take_in_turn(s, c, from, segment);
}

void
normaliser_doubt(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (c->state == CONNECTION_SHUNTED)
		return;
	doubt_hold(s, c, from, segment);
	if (c->state == CONNECTION_HALF_OPEN)
		return;		/* what it leads to shows once that is more */
	doubt_settle(s, c, side_other(from));
	ends_conclude(s, c);
}

void
normaliser_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const enum side to = side_other(from);
	struct half *half = &c->half[from];

	if (c->state == CONNECTION_CLOSED)
		return;		/* by what was held before it */
	if (segment->flags & TCP_RST) {
		ends_take_reset(s, c, from, segment);
		return;
	}
	if (segment->flags & TCP_SYN)
		return;		/* part of the handshake, again */
	learn_place(half, segment);
	if (c->told != NULL)
		c->told->heard[from].reset_ahead = false;
	if (!is_in_window(s, c, from, segment))
		return;
	if (segment->payload_bytes > 0 && (half->fin || c->list == FLOWS_RESET))
		ends_check_outlived(s, c, from, segment);
	acks_note(s, c, from, segment);
	if (c->state == CONNECTION_FOLLOWED) {
		/* What the other side lost came before what this one says to it. */
		doubt_settle(s, c, to);
		gaps_check(s, c, to);
		order_settle(s, c);
	}
	take_in_turn(s, c, from, segment);
	if (c->state == CONNECTION_FOLLOWED && !c->stopping) {
		gaps_check(s, c, from);
		order_settle(s, c);
	} else {
		half->next = sequence_later(half->next,
		    segment->seq + segment->payload_bytes);
	}
	ends_conclude(s, c);
}
