/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/normaliser.h"

#include "stream/doubt.h"
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

/* Of a FIN that its receiver does not take nobody has left. */
static void
note_leave(struct connection *c, enum side who)
{
	const struct half *half = &c->half[who];

	if (c->told != NULL && half->next == half->fin_seq && half_fin_is_acknowledged(half))
		c->told->flow.left_by[who] = true;
}

static void
note_ack(struct connection *c, enum side from, uint32_t ack)
{
	struct half *half = &c->half[from], *other = &c->half[side_other(from)];

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
	note_leave(c, side_other(from));
}

/*
 * A reset ends the connection only with the very number that its receiver
 * expects (RFC 5961 section 3): the next byte or the FIN behind it, as we or
 * as the receiver's acknowledgements say. Others are blind forgeries, or late.
 */
static bool
reset_is_valid(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct half *half = &c->half[from], *other = &c->half[side_other(from)];

	if (half->known && segment->seq == half->next)
		return true;
	if (half->fin && segment->seq == half->fin_seq + 1)
		return true;
	if (other->has_ack)
		return segment->seq == other->ack;
	return !half->known && (segment->flags & TCP_ACK) && other->known &&
	    segment->ack == other->next;
}

/* The last word of its sender, perhaps: what lies before it is lost then. */
static void
note_reset_ahead(struct connection *c, enum side from, uint32_t seq)
{
	const struct half *half = &c->half[from];
	struct heard *heard = &c->told->heard[from];

	heard->reset_ahead = half->known && !half->fin && sequence_near(seq, half->next) &&
	    sequence_after(seq, half->next);
	heard->reset_seq = seq;
}

void
normaliser_tell_reset(struct stream *s, struct connection *c)
{
	const struct held_reset *reset = &c->told->reset;

	connection_heed(c, s->listener.reset(c->told->session, reset->from, false, &reset->at));
	if (c->stopping)
		connection_close(s, c, FLOW_RST);
	else
		flow_table_move(&s->table, c, FLOWS_RESET);
}

/*
 * A reset may be forged so well that only those who do not fall for it tell. A
 * host that has reset a connection says nothing more on it but resets; until it
 * is clear that it keeps to that, the connection goes on.
 */
static void
take_reset(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const struct half *half = &c->half[from];
	struct told *told = c->told;
	struct stranger stranger;

	if (!reset_is_valid(c, from, segment)) {
		s->counts.bad_resets++;
		if (c->told != NULL)
			note_reset_ahead(c, from, segment->seq);
		return;
	}
	if (segment->flags & TCP_ACK)
		note_ack(c, from, segment->ack);
	if (told != NULL && told->reset.seen)
		return;
	if (told != NULL)
		told->flow.reset_by[from] = true;
	/* behind a farewell nothing more was to come anyway */
	if (c->state == CONNECTION_SHUNTED ||
	    (half->fin && segment->seq == half->fin_seq + 1)) {
		connection_close(s, c, FLOW_RST);
		return;
	}
	told->reset = (struct held_reset){ .seen = true, .from = from, .seq = segment->seq,
		.at = *s->at };
	told->flow.end = FLOW_RST;
	if (sender_is_foreign_reset(&told->heard[from].sender, segment, &stranger)) {
		s->counts.strangers++;
		s->listener.stranger(told->session, from, &stranger, true);
	}
	normaliser_tell_reset(s, c);
}

/* Does the side that is said to have reset the connection go on behind that? */
static void
check_outlived(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct told *told = c->told;

	if (told == NULL || !told->reset.seen || from != told->reset.from ||
	    segment->payload_bytes == 0 || sequence_after(told->reset.seq, segment->seq) ||
	    segment->ref.at_ns < told->reset.at.at_ns)
		return;
	told->reset.seen = false;
	told->flow.reset_by[from] = false;
	told->flow.end = FLOW_OPEN;
	s->counts.resets_outlived++;
	if (c->state == CONNECTION_SHUNTED) {
		connection_watch(s, c);
		return;		/* its listener wants to know no more */
	}
	flow_table_move(&s->table, c, FLOWS_FOLLOWED);
	if (!c->stopping)
		connection_heed(c, s->listener.reset(told->session, from, true,
		    &told->reset.at));
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

	if (!sequence_after(segment->seq, c->half[from].next)) {
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

static void
take_fin(struct connection *c, enum side from, const struct segment *segment)
{
	struct half *half = &c->half[from];
	const uint32_t seq = segment->seq + segment->payload_bytes;

	if (!(segment->flags & TCP_FIN))
		return;
	if (c->told != NULL)
		c->told->flow.fin_by[from] = true;
	/* In front of what was said last it is late, or forged; another one may be, too. */
	if (c->state == CONNECTION_FOLLOWED && sequence_after(half->next, seq))
		return;
	if (!half_fin_is_acknowledged(half))
		half->fin_seq = seq;
	half->fin = true;
	note_leave(c, from);
}

void
normaliser_take_content(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (c->state == CONNECTION_FOLLOWED && segment->payload_bytes > 0)
		take_payload(s, c, from, segment);
	take_fin(c, from, segment);
}

/* Once everything has been told that its sender had read. */
static void
take_in_turn(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (c->state == CONNECTION_FOLLOWED && order_must_wait(c, from, segment) &&
	    order_hold(s, c, from, segment))
		take_fin(c, from, segment);
	else
		normaliser_take_content(s, c, from, segment);
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
	if (segment->flags & TCP_ACK)
		note_ack(c, from, segment->ack);
	take_in_turn(s, c, from, segment);
}

/* Both FINs are acknowledged; or the only side that the tap hears has said all. */
static bool
is_finished(const struct connection *c)
{
	int acknowledged = 0;

	for (int side = 0; side < 2; side++) {
		const struct half *half = &c->half[side];

		if (half->fin && half->next == half->fin_seq &&
		    !c->half[side_other(side)].spoke)
			return true;
		acknowledged += half_fin_is_acknowledged(half);
	}
	return acknowledged == 2;
}

/* What all that has led to. */
static void
conclude(struct stream *s, struct connection *c)
{
	connection_settle(s, c);
	if (is_finished(c))
		connection_close(s, c, FLOW_FIN);
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
	conclude(s, c);
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
		take_reset(s, c, from, segment);
		return;
	}
	if (segment->flags & TCP_SYN)
		return;		/* part of the handshake, again */
	learn_place(half, segment);
	if (c->told != NULL)
		c->told->heard[from].reset_ahead = false;
	if (!is_in_window(s, c, from, segment))
		return;
	check_outlived(s, c, from, segment);
	if (segment->flags & TCP_ACK)
		note_ack(c, from, segment->ack);
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
	conclude(s, c);
}
