/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/ends.h"

#include "stream/acks.h"
#include "stream/order.h"
#include "stream/sequence.h"

/* Bytes that a tap may lose before a FIN: more than a window is none that its receiver takes. */
enum { LOST_MAX = 65535 };

/*
 * Would its receiver take that side's FIN? It acknowledges nothing that was never said;
 * what is missing before it was lost, for each side is captured in its order, mostly.
 */
static bool
is_plain(const struct connection *c, enum side from)
{
	const enum side to = side_other(from);
	const struct half *half = &c->half[from], *other = &c->half[to];
	const struct heard *heard = &c->told->heard[from];
	const uint32_t said = other->fin ? other->fin_seq + 1 : order_heard_until(c, to);

	return !heard->fin_is_odd && half->fin_seq - half->next <= LOST_MAX &&
	    !(other->known && sequence_after(heard->fin_ack, said));
}

/* Each FIN acknowledges the other: they came before each other, so none of the two was sent. */
static bool
are_crossed(const struct connection *c)
{
	const struct half *client = &c->half[SIDE_CLIENT], *server = &c->half[SIDE_SERVER];

	return client->fin && server->fin &&
	    c->told->heard[SIDE_CLIENT].fin_ack == server->fin_seq + 1 &&
	    c->told->heard[SIDE_SERVER].fin_ack == client->fin_seq + 1;
}

/*
 * What is said behind a FIN shows that it was forged. Where one may have been, the
 * connection goes on until nobody has said anything for a minute.
 */
static bool
may_be_outlived(const struct connection *c)
{
	return (c->half[SIDE_CLIENT].fin && !is_plain(c, SIDE_CLIENT)) ||
	    (c->half[SIDE_SERVER].fin && !is_plain(c, SIDE_SERVER)) || are_crossed(c);
}

/*
 * Did it take another way than what its side has said? Who speaks is where its bytes
 * come from; until it has said something, any packet counts.
 */
static bool
is_from_elsewhere(const struct heard *heard, const struct segment *segment)
{
	if (heard->ttl != 0)
		return sender_ttl_differs(heard->ttl, segment->ttl);
	return heard->sender.is_mixed || sender_ttl_differs(heard->sender.ttl, segment->ttl);
}

/* Nothing more was to come anyway, and it comes from where its side's bytes come from. */
static bool
is_behind_farewell(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct half *half = &c->half[from];

	return half->fin && segment->seq == half->fin_seq + 1 && !may_be_outlived(c) &&
	    !is_from_elsewhere(&c->told->heard[from], segment);
}

/*
 * A reset ends the connection only with the very number that its receiver
 * expects (RFC 5961 section 3): that behind the last byte, or behind a FIN there, as
 * we or as the receiver's acknowledgements say. Others are blind forgeries, or late.
 */
static bool
reset_is_valid(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct half *half = &c->half[from], *other = &c->half[side_other(from)];
	const uint32_t said = order_said_until(c, from);

	if (half->known && segment->seq == said)
		return true;
	if (half->fin && segment->seq == half->fin_seq + 1 &&
	    (half->fin_seq == said || (other->has_ack && other->ack == half->fin_seq)))
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
ends_tell_reset(struct stream *s, struct connection *c)
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
void
ends_take_reset(struct stream *s, struct connection *c, enum side from,
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
	acks_note(s, c, from, segment);
	if (told != NULL && told->reset.seen)
		return;
	if (told != NULL)
		told->flow.reset_by[from] = true;
	if (c->state == CONNECTION_SHUNTED || is_behind_farewell(c, from, segment)) {
		connection_close(s, c, FLOW_RST);
		return;
	}
	told->reset = (struct held_reset){ .seen = true, .from = from, .at = *s->at,
		.seq = half->fin && segment->seq == half->fin_seq + 1 ? half->fin_seq :
		segment->seq };
	told->flow.end = FLOW_RST;
	if (sender_is_foreign_reset(&told->heard[from].sender, segment, &stranger)) {
		s->counts.strangers++;
		s->listener.stranger(told->session, from, &stranger, true);
	}
	ends_tell_reset(s, c);
}

/* Does it say something there, or behind it? */
static bool
goes_on_at(const struct segment *segment, uint32_t seq)
{
	return segment->payload_bytes > 0 &&
	    sequence_after(segment->seq + segment->payload_bytes, seq);
}

/*
 * Nor has a side said farewell that goes on. One byte in place of the FIN may be a
 * keep-alive.
 */
static void
check_fin_outlived(struct connection *c, enum side from, const struct segment *segment)
{
	struct half *half = &c->half[from];

	if (c->state != CONNECTION_FOLLOWED || !half->fin ||
	    sequence_after(segment->seq, half->next) || !goes_on_at(segment, half->fin_seq) ||
	    (segment->seq == half->fin_seq && segment->payload_bytes == 1))
		return;
	half->fin = false;
	c->told->flow.fin_by[from] = c->told->flow.left_by[from] = false;
}

/* Does the side that is said to have reset the connection go on behind that? */
void
ends_check_outlived(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct told *told = c->told;

	check_fin_outlived(c, from, segment);
	if (told == NULL || !told->reset.seen || from != told->reset.from ||
	    !goes_on_at(segment, told->reset.seq) ||
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
 * Would a host take this FIN? Not when it is late, or acknowledges less than its side has
 * before; and it may never get there when it comes from elsewhere.
 */
static void
look_at_fin(struct connection *c, enum side from, const struct segment *segment)
{
	struct heard *heard = &c->told->heard[from];

	heard->fin_is_odd = is_from_elsewhere(heard, segment) || heard->sender.is_late ||
	    !(segment->flags & TCP_ACK) || segment->ack != c->half[from].ack;
	heard->fin_ack = segment->ack;
}

void
ends_take_fin(struct connection *c, enum side from, const struct segment *segment)
{
	struct half *half = &c->half[from];
	const uint32_t seq = segment->seq + segment->payload_bytes;

	if (c->told != NULL)
		c->told->flow.fin_by[from] = true;
	/* In front of what was said last it is late, or forged; another one may be, too. */
	if (c->state == CONNECTION_FOLLOWED && sequence_after(half->next, seq))
		return;
	if (c->state == CONNECTION_FOLLOWED && !(half->fin && half->fin_seq == seq))
		look_at_fin(c, from, segment);
	if (!half_fin_is_acknowledged(half))
		half->fin_seq = seq;
	half->fin = true;
	acks_note_leave(c, from);
}

/* As with a reset: it waits until it is outlived, or clear that it is not. */
static void
wait_for_end(struct stream *s, struct connection *c)
{
	c->told->flow.end = FLOW_FIN;
	flow_table_move(&s->table, c, FLOWS_RESET);
	connection_heed(c, s->listener.finished(c->told->session, s->at));
	if (c->stopping)
		connection_close(s, c, FLOW_FIN);
}

static void
go_on(struct stream *s, struct connection *c)
{
	c->told->flow.end = FLOW_OPEN;
	flow_table_move(&s->table, c, FLOWS_FOLLOWED);
}

void
ends_settle(struct stream *s, struct connection *c)
{
	bool is_finished;

	connection_settle(s, c);
	is_finished = connection_is_finished(c);
	if (is_finished && (c->state == CONNECTION_SHUNTED || !may_be_outlived(c)))
		connection_close(s, c, FLOW_FIN);
	else if (c->state != CONNECTION_FOLLOWED || c->told->reset.seen)
		return;
	else if (is_finished && c->told->flow.end == FLOW_OPEN)
		wait_for_end(s, c);
	else if (!is_finished && c->told->flow.end == FLOW_FIN)
		go_on(s, c);
}
