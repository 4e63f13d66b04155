/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/handshake.h"

#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/pickup.h"
#include "stream/reuse.h"
#include "stream/sequence.h"

/* How long data waits for a handshake that is captured late. */
#define HOLD_MAX_NS INT64_C(200000000)

#define REPEATED_MIN_NS INT64_C(500000000)

static bool
is_syn(const struct segment *segment)
{
	return (segment->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static bool
is_syn_ack(const struct segment *segment)
{
	return (segment->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
}

/* Nothing but data was seen. */
static bool
is_bare(const struct handshake *h)
{
	return h->syns == 0 && h->answers == 0;
}

/* The SYN that this acknowledges, with or without its data; NULL when none. */
static const struct syn *
syn_acknowledged(const struct handshake *h, uint32_t ack)
{
	for (int i = 0; i < h->syns; i++) {
		if (ack - (h->syn[i].isn + 1) <= h->syn[i].payload_bytes)
			return &h->syn[i];
	}
	return NULL;
}

/*
 * The SYN-ACK that the client took. Its ACK may be lost on the way to us, so a
 * later one that is near will do; the nearest wins.
 */
static const struct answer *
answer_taken(const struct handshake *h, uint32_t client_seq, uint32_t client_ack)
{
	const struct answer *best = NULL;
	int32_t best_distance = SEQUENCE_WINDOW;

	for (int i = 0; i < h->answers; i++) {
		const struct answer *a = &h->answer[i];
		const int32_t distance = sequence_diff(client_ack, a->isn + 1);

		if (distance < 0 || distance >= best_distance)
			continue;
		if (a->has_ack && (sequence_after(a->ack, client_seq) ||
		    !sequence_near(a->ack, client_seq)))
			continue;
		best = a;
		best_distance = distance;
	}
	return best;
}

/*
 * A SYN is sent again after a second (RFC 6298 section 2.1); a tap's copy comes at once.
 * An answer that was seen may be forged, or have been stopped behind the tap.
 */
static void
note_repeated_syn(struct stream *s, struct flow *flow, const struct segment *segment)
{
	if (flow->unanswered || segment->ref.at_ns - flow->first.at_ns < REPEATED_MIN_NS)
		return;
	flow->unanswered = true;
	s->listener.attempt(s->listener.ctx, flow);
}

static void
note_syn(struct stream *s, struct connection *c, const struct segment *segment)
{
	struct handshake *h = &c->told->handshake;
	const int slot = h->syns < SYNS_MAX ? h->syns : SYNS_MAX - 1;

	for (int i = 0; i < h->syns; i++) {
		if (h->syn[i].isn == segment->seq) {
			note_repeated_syn(s, &c->told->flow, segment);
			return;
		}
	}
	h->syn[slot] = (struct syn){ .isn = segment->seq,
		.payload_bytes = segment->payload_bytes };
	h->syns = (uint8_t)(slot + 1);
}

static void
note_answer(struct stream *s, struct handshake *h, const struct segment *segment)
{
	const bool has_ack = is_syn_ack(segment);

	for (int i = 0; i < h->answers; i++) {
		if (h->answer[i].isn == segment->seq &&
		    (h->answer[i].ack == segment->ack || !h->answer[i].has_ack))
			return;
	}
	if (h->answers == ANSWERS_MAX || (has_ack ?
	    h->syns > 0 && syn_acknowledged(h, segment->ack) == NULL : h->syns == 0)) {
		s->counts.bad_answers++;
		return;
	}
	h->answer[h->answers++] = (struct answer){ .isn = segment->seq,
		.ack = has_ack ? segment->ack : 0, .has_ack = has_ack };
}

static void
establish(struct stream *s, struct connection *c, const struct answer *answer)
{
	const struct handshake *h = &c->told->handshake;
	const struct syn *syn = answer->has_ack ?
	    syn_acknowledged(h, answer->ack) : &h->syn[0];
	struct half *client = &c->half[SIDE_CLIENT], *server = &c->half[SIDE_SERVER];

	client->first = syn != NULL ? syn->isn + 1 : answer->ack;
	server->first = answer->isn + 1;
	client->known = server->known = true;
	c->told->flow.handshake = syn != NULL;
	connection_establish(s, c);
	pickup_release(s, c, answer->has_ack ? answer->ack - client->first : 0);
}

/* A reset counts when it names a number that only those who see the handshake know. */
static bool
reset_is_valid(const struct handshake *h, enum side from, const struct segment *segment)
{
	for (int i = 0; i < h->answers; i++) {
		const struct answer *a = &h->answer[i];

		if (from == SIDE_SERVER ? segment->seq == a->isn + 1 :
		    a->has_ack && segment->seq == a->ack)
			return true;
	}
	if (from == SIDE_SERVER)
		return (segment->flags & TCP_ACK) &&
		    syn_acknowledged(h, segment->ack) != NULL;
	return syn_acknowledged(h, segment->seq) != NULL;
}

static void
take_reset(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (pickup_has_data(c)) {
		pickup_establish(s, c, from, NULL);
		normaliser_take(s, c, from, segment);
	} else if (reset_is_valid(&c->told->handshake, from, segment)) {
		c->told->flow.reset_by[from] = true;
		connection_refuse(s, c, FLOW_RST);
	} else {
		s->counts.bad_resets++;
	}
}

static void
take_syn(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct handshake *h = &c->told->handshake;
	const struct answer *answer;

	if (is_bare(h) && c->held.first != NULL) {
		if (!pickup_fits(c, from, segment)) {
			pickup_establish(s, c, from, NULL);
			reuse_hold(s, c, from, segment);
			return;
		}
		if (pickup_set_client(c, is_syn(segment) ? from : side_other(from)))
			from = side_other(from);
	}
	if (from == SIDE_CLIENT && is_syn(segment)) {
		note_syn(s, c, segment);
		/* Without room for it, it becomes a gap. */
		if (segment->payload_bytes > 0)
			held_add(s, &c->held, HELD_MAX, from, segment);
		return;
	}
	if (from == SIDE_SERVER) {
		note_answer(s, h, segment);
		answer = h->client_acked ?
		    answer_taken(h, h->client_seq, c->half[SIDE_CLIENT].ack) : NULL;
	} else {
		answer = answer_taken(h, segment->seq + 1, segment->ack);
	}
	if (answer != NULL)
		establish(s, c, answer);
}

/* May this wait for the handshake? */
static bool
hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const struct held *oldest = c->held.first;

	if (segment->payload_bytes == 0 && !(segment->flags & TCP_FIN))
		return true;
	while (oldest != NULL && (oldest->segment.flags & TCP_SYN))
		oldest = oldest->next;
	if (oldest != NULL && s->at->at_ns - oldest->segment.ref.at_ns > HOLD_MAX_NS)
		return false;
	return held_add(s, &c->held, HELD_MAX, from, segment);
}

void
handshake_note_ack(struct connection *c, const struct segment *segment)
{
	if (!(segment->flags & TCP_ACK))
		return;
	c->told->handshake.client_acked = true;
	c->told->handshake.client_seq = segment->seq;
	c->half[SIDE_CLIENT].ack = segment->ack;
}

bool
handshake_is_new_syn(const struct connection *c, enum side from,
    const struct segment *segment)
{
	const struct handshake *h = c->told != NULL ? &c->told->handshake : NULL;

	if (!is_syn(segment) || (segment->flags & TCP_RST))
		return false;
	for (int i = 0; h != NULL && i < h->syns && from == SIDE_CLIENT; i++) {
		if (h->syn[i].isn == segment->seq)
			return false;
	}
	return !c->half[from].known || segment->seq + 1 != c->half[from].first;
}

void
handshake_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct handshake *h = &c->told->handshake;

	if (segment->flags & TCP_RST) {
		take_reset(s, c, from, segment);
		return;
	}
	if (segment->flags & TCP_SYN) {
		take_syn(s, c, from, segment);
		return;
	}
	if (from == SIDE_CLIENT && (segment->flags & TCP_ACK)) {
		const struct answer *answer = answer_taken(h, segment->seq, segment->ack);

		if (answer != NULL) {
			establish(s, c, answer);
			normaliser_take(s, c, from, segment);
			return;
		}
		handshake_note_ack(c, segment);
	}
	/* Without a SYN, one packet is reordering and two are a connection under way. */
	if ((is_bare(h) && c->held.first != NULL) || !hold(s, c, from, segment))
		pickup_establish(s, c, from, segment);
}
