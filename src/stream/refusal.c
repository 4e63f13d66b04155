/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/refusal.h"

#include "stream/ends.h"
#include "stream/handshake.h"
#include "stream/normaliser.h"
#include "stream/pickup.h"

/* That SYN was reset, or whichever it was. */
static void
mark(struct handshake *h, const struct syn *named)
{
	for (int i = 0; i < h->syns; i++)
		h->syn[i].reset = h->syn[i].reset || named == NULL || named == &h->syn[i];
}

/* A reset counts when it names a number that only those who see the handshake know. */
static bool
resets(struct handshake *h, bool by_client, const struct segment *segment)
{
	const struct syn *named = by_client ? handshake_syn_of(h, segment->seq) :
	    (segment->flags & TCP_ACK) ? handshake_syn_of(h, segment->ack) : NULL;
	bool names = named != NULL;

	for (int i = 0; i < h->answers && !names; i++) {
		struct answer *a = &h->answer[i];

		names = segment->seq == (by_client ? a->ack : a->isn + 1);
		a->reset = a->reset || names;
		named = handshake_syn_of(h, a->ack);
	}
	if (names && !segment->unreachable)
		mark(h, named);
	return names;
}

void
refusal_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct told *told = c->told;
	struct flow *flow = &told->flow;
	const bool is_known = flow->end == FLOW_RST;
	bool as_seen, reversed;

	as_seen = resets(&told->handshake[SIDE_CLIENT], from == SIDE_CLIENT, segment);
	reversed = resets(&told->handshake[SIDE_SERVER], from == SIDE_SERVER, segment);
	/* more than an attempt: a connection picked up under way, which has rules of its own */
	if (pickup_has_data(c) &&
	    (as_seen || reversed || pickup_expects_reset(c, from, segment))) {
		pickup_establish(s, c, from, NULL);
		normaliser_take(s, c, from, segment);
		return;
	}
	if (!as_seen && !reversed) {
		s->counts.bad_resets++;
		return;
	}
	/* a reset says as much, and is not forgotten */
	if (segment->unreachable && told->reset.early)
		return;
	if (reversed && !as_seen) {
		pickup_exchange_sides(c);
		from = side_other(from);
	}
	told->reset = (struct held_reset){ .early = true, .by_icmp = segment->unreachable,
		.from = from, .at = segment->ref };
	flow->reset_by[from] = true;
	flow->end = FLOW_RST;
	if (!is_known)
		s->listener.attempt(s->listener.ctx, flow);
}

void
refusal_begin_anew(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct flow *flow = &c->told->flow;

	if (flow->end != FLOW_RST || !pickup_fits(c, from, segment))
		return;		/* of an attempt there is no data */
	connection_count_attempt(s, c, FLOW_RST);
	*flow = (struct flow){ .tuple = c->tuple, .first = segment->ref, .last = segment->ref,
		.id = flow_identifier(&c->tuple, segment->ref.at_ns) };
	flow->packets[from] = 1;
	flow->wire_bytes[from] = segment->ip_bytes;
	flow->payload_bytes[from] = segment->payload_bytes;
	c->told->handshake[SIDE_CLIENT].asked_again = false;
}

/* Was the handshake with which it begins? */
static bool
was_reset(const struct connection *c)
{
	const struct handshake *h = &c->told->handshake[SIDE_CLIENT];

	for (int i = 0; i < h->syns; i++) {
		if (h->syn[i].isn + 1 == c->half[SIDE_CLIENT].first)
			return h->syn[i].reset;
	}
	for (int i = 0; i < h->answers; i++) {
		if (h->answer[i].isn + 1 == c->half[SIDE_SERVER].first)
			return h->answer[i].reset;
	}
	return c->told->flow.end == FLOW_RST;
}

bool
refusal_is_over(const struct connection *c, const struct held *held)
{
	const uint32_t isn = held->segment.seq;
	const struct handshake *h;
	bool is_reset = false;

	/* what is held in front of it may have ended the connection already */
	if (held_kind(&held->segment) != HELD_SYN || c->told == NULL ||
	    !c->told->flow.handshake || isn + 1 == c->half[held->from].first)
		return false;
	h = &c->told->handshake[held->from];
	for (int i = 0; i < h->syns; i++)
		is_reset = is_reset || (h->syn[i].isn == isn && h->syn[i].reset);
	return is_reset;
}

void
refusal_heed(struct connection *c)
{
	struct held_reset *reset = &c->told->reset;
	struct flow *flow = &c->told->flow;

	reset->early = reset->early && !reset->by_icmp && was_reset(c);
	flow->end = reset->early ? FLOW_RST : FLOW_OPEN;
	flow->reset_by[SIDE_CLIENT] = reset->early && reset->from == SIDE_CLIENT;
	flow->reset_by[SIDE_SERVER] = reset->early && reset->from == SIDE_SERVER;
}

void
refusal_tell(struct stream *s, struct connection *c, int64_t now_ns)
{
	struct held_reset *reset = c->told != NULL ? &c->told->reset : NULL;

	if (reset == NULL || !reset->early || now_ns < reset->at.at_ns)
		return;
	reset->early = false;
	reset->seen = true;
	reset->seq = c->half[reset->from].first;
	if (c->state == CONNECTION_FOLLOWED)
		ends_tell_reset(s, c);
	else
		flow_table_move(&s->table, c, FLOWS_RESET);
}
