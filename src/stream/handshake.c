/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/handshake.h"

#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/pickup.h"
#include "stream/refusal.h"
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
is_bare(const struct connection *c)
{
	const struct handshake *h = c->told->handshake;

	return h[SIDE_CLIENT].syns + h[SIDE_CLIENT].answers == 0 &&
	    h[SIDE_SERVER].syns + h[SIDE_SERVER].answers == 0;
}

static struct syn *
syn_known(struct handshake *h, uint32_t isn)
{
	for (int i = 0; i < h->syns; i++) {
		if (h->syn[i].isn == isn)
			return &h->syn[i];
	}
	return NULL;
}

const struct syn *
handshake_syn_of(const struct handshake *h, uint32_t ack)
{
	for (int i = 0; i < h->syns; i++) {
		if (ack - (h->syn[i].isn + 1) <= h->syn[i].payload_bytes)
			return &h->syn[i];
	}
	return NULL;
}

/* Does a client that is at client_seq have that answer to its SYN? */
static bool
is_answered(const struct handshake *h, const struct answer *a, uint32_t client_seq)
{
	if (a->has_ack)
		return !sequence_after(a->ack, client_seq) && sequence_near(a->ack, client_seq);
	/* of two SYNs that crossed, neither names the other */
	for (int i = 0; i < h->syns; i++) {
		const uint32_t first = h->syn[i].isn + 1;

		if (!sequence_after(first, client_seq) && sequence_near(first, client_seq))
			return true;
	}
	return false;
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

		if (distance < 0 || distance >= best_distance || !is_answered(h, a, client_seq))
			continue;
		best = a;
		best_distance = distance;
	}
	return best;
}

/*
 * A SYN is sent again after a second (RFC 6298 section 2.1); a tap's copy comes at once.
 * An answer that was seen may be forged, or have been stopped behind the tap; and who
 * asks again has not believed a refusal, and may have another answer now. Until then
 * it is the client for all that is known.
 */
static void
note_repeated_syn(struct stream *s, struct connection *c, enum side *from,
    const struct segment *segment)
{
	struct flow *flow = &c->told->flow;
	struct syn *syn = syn_known(&c->told->handshake[*from], segment->seq);
	bool told = syn->reset;

	if (segment->ref.at_ns - flow->first.at_ns < REPEATED_MIN_NS)
		return;
	syn->reset = false;
	if (c->told->handshake[*from].asked_again)
		return;
	c->told->handshake[*from].asked_again = true;
	if (pickup_set_client(c, *from))
		*from = SIDE_CLIENT;
	flow->unanswered = true;
	if (!told)
		s->listener.attempt(s->listener.ctx, flow);
}

static void
note_syn(struct connection *c, enum side from, const struct segment *segment)
{
	struct handshake *h = &c->told->handshake[from];
	const int slot = h->syns < SYNS_MAX ? h->syns : SYNS_MAX - 1;

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
	if (h->answers == ANSWERS_MAX ||
	    (has_ack && h->syns > 0 && handshake_syn_of(h, segment->ack) == NULL)) {
		s->counts.bad_answers++;
		return;
	}
	h->answer[h->answers++] = (struct answer){ .isn = segment->seq,
		.ack = has_ack ? segment->ack : 0, .has_ack = has_ack };
}

/* That side is the client: it has acknowledged that answer to its SYN. */
static void
establish(struct stream *s, struct connection *c, enum side who, struct answer answer)
{
	struct handshake *h = &c->told->handshake[SIDE_CLIENT];
	struct half *client = &c->half[SIDE_CLIENT], *server = &c->half[SIDE_SERVER];
	const struct syn *syn;

	pickup_set_client(c, who);
	syn = answer.has_ack ? handshake_syn_of(h, answer.ack) : &h->syn[0];
	client->first = syn != NULL ? syn->isn + 1 : answer.ack;
	server->first = answer.isn + 1;
	client->known = server->known = true;
	c->told->flow.handshake = syn != NULL;
	refusal_heed(c, syn);
	connection_establish(s, c);
	pickup_release(s, c, answer.has_ack ? answer.ack - client->first : 0);
}

/* Does that side, if it is the client, acknowledge an answer? Then it is one. */
static bool
is_completed(struct stream *s, struct connection *c, enum side who, uint32_t seq, uint32_t ack)
{
	const struct answer *answer = answer_taken(&c->told->handshake[who], seq, ack);

	if (answer == NULL)
		return false;
	establish(s, c, who, *answer);
	return true;
}

static void
take_answer(struct stream *s, struct connection *c, enum side client,
    const struct segment *segment)
{
	struct handshake *h = &c->told->handshake[client];

	note_answer(s, h, segment);
	if (h->client_acked)
		is_completed(s, c, client, h->client_seq, c->half[client].ack);
}

static void
take_syn(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (syn_known(&c->told->handshake[from], segment->seq) != NULL) {
		note_repeated_syn(s, c, &from, segment);
	} else {
		if (from == SIDE_CLIENT && c->told->flow.end == FLOW_RST)
			refusal_begin_anew(s, c, segment);
		note_syn(c, from, segment);
	}
	/* Without room for it, it becomes a gap. */
	if (segment->payload_bytes > 0)
		held_add(s, &c->held, HELD_MAX, from, segment);
	if (c->told->handshake[side_other(from)].syns > 0)
		take_answer(s, c, side_other(from), segment);
}

/* An answer, or in its sender's own name what ends a simultaneous open. */
static void
take_syn_ack(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (syn_known(&c->told->handshake[from], segment->seq) == NULL ||
	    !is_completed(s, c, from, segment->seq + 1, segment->ack))
		take_answer(s, c, side_other(from), segment);
}

static void
take_beginning(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (is_bare(c) && c->held.first != NULL) {
		if (!pickup_fits(c, from, segment)) {
			pickup_establish(s, c, from, NULL);
			reuse_hold(s, c, from, segment);
			return;
		}
		if (pickup_set_client(c, is_syn(segment) ? from : side_other(from)))
			from = side_other(from);
	}
	if (is_syn(segment))
		take_syn(s, c, from, segment);
	else
		take_syn_ack(s, c, from, segment);
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

/* For an answer that is captured later. */
static void
note_ack(struct connection *c, enum side from, const struct segment *segment)
{
	struct handshake *h = &c->told->handshake[from];

	h->client_acked = true;
	h->client_seq = segment->seq;
	c->half[from].ack = segment->ack;
}

bool
handshake_is_new_syn(const struct connection *c, enum side from,
    const struct segment *segment)
{
	if (!is_syn(segment) || (segment->flags & TCP_RST))
		return false;
	if (c->told != NULL && syn_known(&c->told->handshake[from], segment->seq) != NULL)
		return false;
	return !c->half[from].known || segment->seq + 1 != c->half[from].first;
}

void
handshake_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (segment->flags & TCP_RST) {
		refusal_take(s, c, from, segment);
		return;
	}
	if (segment->flags & TCP_SYN) {
		take_beginning(s, c, from, segment);
		return;
	}
	if (segment->flags & TCP_ACK) {
		if (is_completed(s, c, from, segment->seq, segment->ack)) {
			normaliser_take(s, c, SIDE_CLIENT, segment);
			return;
		}
		note_ack(c, from, segment);
	}
	/* Without a SYN, one packet is reordering and two are a connection under way. */
	if ((is_bare(c) && c->held.first != NULL) || !hold(s, c, from, segment))
		pickup_establish(s, c, from, segment);
}
