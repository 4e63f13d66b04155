/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/handshake.h"

#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/pickup.h"
#include "stream/ports.h"
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
	const struct syn *with_data = NULL;

	for (int i = 0; i < h->syns; i++) {
		const uint32_t taken = ack - (h->syn[i].isn + 1);

		if (taken == 0)
			return &h->syn[i];
		if (with_data == NULL && taken <= h->syn[i].payload_bytes)
			with_data = &h->syn[i];
	}
	return with_data;
}

/*
 * The SYN-ACK that the client took. Its ACK may be lost on the way to us, so a
 * later one that is near will do; the nearest wins, but for those that answer no SYN.
 */
static const struct answer *
answer_taken(const struct handshake *h, uint32_t client_seq, uint32_t client_ack)
{
	const struct answer *best = NULL;
	int32_t best_distance = 0;
	bool best_fits = false;

	for (int i = 0; i < h->answers; i++) {
		const struct answer *a = &h->answer[i];
		const int32_t distance = sequence_diff(client_ack, a->isn + 1);
		const bool fits = handshake_syn_of(h, a->ack) != NULL;

		if (distance < 0 || distance >= SEQUENCE_WINDOW ||
		    sequence_after(a->ack, client_seq) || !sequence_near(a->ack, client_seq))
			continue;
		if (best != NULL && (best_fits != fits ? best_fits : distance >= best_distance))
			continue;
		best = a;
		best_distance = distance;
		best_fits = fits;
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

static bool
is_named(const struct handshake *h, const struct syn *syn)
{
	for (int i = 0; i < h->answers; i++) {
		if (handshake_syn_of(h, h->answer[i].ack) == syn)
			return true;
	}
	return false;
}

static bool
acknowledges(uint32_t ack, const struct segment *syn)
{
	return ack - (syn->seq + 1) <= syn->payload_bytes;
}

/* The answer to a SYN that is captured behind it, or NULL. */
static const struct answer *
answer_to(const struct handshake *h, const struct segment *syn)
{
	for (int i = 0; i < h->answers; i++) {
		if (acknowledges(h->answer[i].ack, syn))
			return &h->answer[i];
	}
	return NULL;
}

/* Where no SYN is heard: is it answered by that SYN-ACK as others were before? */
static bool
is_answered_alike(const struct handshake *h, const struct segment *answer)
{
	bool alike = h->syns > 0;

	for (int i = 0; i < h->answers; i++)
		alike = alike || h->answer[i].ack == answer->ack;
	return alike;
}

/* Where there are too many the latest make way for each other, if nobody has answered them. */
static void
note_syn(struct handshake *h, const struct segment *segment)
{
	const struct answer *answer = answer_to(h, segment);
	int slot = h->syns < SYNS_MAX ? h->syns++ : SYNS_MAX - 1;

	while (slot > 0 && is_named(h, &h->syn[slot]))
		slot--;
	h->syn[slot] = (struct syn){ .isn = segment->seq,
		.payload_bytes = segment->payload_bytes,
		.reset = answer != NULL && answer->reset };
}

static void
note_answer(struct stream *s, struct handshake *h, const struct segment *segment)
{
	for (int i = 0; i < h->answers; i++) {
		if (h->answer[i].isn == segment->seq && h->answer[i].ack == segment->ack)
			return;
	}
	if (h->answers == ANSWERS_MAX ||
	    (h->syns > 0 && handshake_syn_of(h, segment->ack) == NULL)) {
		s->counts.bad_answers++;
		return;
	}
	h->answer[h->answers++] = (struct answer){ .isn = segment->seq, .ack = segment->ack };
}

/*
 * That side has acknowledged that answer to its SYN: it is the client. But where the other
 * one has answered with the number of a SYN of its own, both have asked.
 */
static void
establish(struct stream *s, struct connection *c, enum side *who, struct answer answer)
{
	const enum side other = side_other(*who);
	const struct syn *syn = handshake_syn_of(&c->told->handshake[*who], answer.ack);
	const uint32_t first = syn != NULL ? syn->isn + 1 : answer.ack;
	const enum side client = syn_known(&c->told->handshake[other], answer.isn) == NULL ?
	    *who : ports_guess_side(c->tuple.port[SIDE_CLIENT], c->tuple.port[SIDE_SERVER]);
	const uint32_t syn_bytes = client == *who ? answer.ack - first : UINT32_MAX;

	c->half[*who].first = first;
	c->half[other].first = answer.isn + 1;
	c->half[*who].known = c->half[other].known = true;
	c->told->flow.handshake = syn != NULL;
	if (pickup_set_client(c, client))
		*who = other;
	refusal_heed(c);
	connection_establish(s, c);
	pickup_release(s, c, syn_bytes);
}

/*
 * Does that side, if it is the client, acknowledge an answer? Then it is, unless only the
 * other one is known to have asked. It may have become the other side with that.
 */
static bool
is_completed(struct stream *s, struct connection *c, enum side *who, uint32_t seq, uint32_t ack)
{
	const struct handshake *h = &c->told->handshake[*who];
	const struct answer *answer = answer_taken(h, seq, ack);

	if (answer == NULL || (h->syns == 0 && c->told->handshake[side_other(*who)].syns > 0))
		return false;
	establish(s, c, who, *answer);
	return true;
}

/* For an answer that is captured later. */
static void
note_ack(struct connection *c, enum side from, uint32_t seq, uint32_t ack)
{
	struct handshake *h = &c->told->handshake[from];

	h->client_acked = true;
	h->client_seq = seq;
	c->half[from].ack = ack;
}

/*
 * If another handshake is completed before, or other data picks the connection up, this one
 * begins the next. Without room for it, what it carries becomes a gap.
 */
static void
keep(struct stream *s, struct connection *c, enum side from, const struct segment *segment)
{
	struct segment copy = *segment;

	/* that its side has shown a good sum is all that a second look would say */
	if (segment->payload_bytes == 0 && (c->half[from].sums == SUMS_VERIFIED ||
	    c->half[from].sums == SUMS_PROVEN))
		copy.checksum = CHECKSUM_GOOD;
	held_add(s, &c->held, HELD_MAX, from, &copy);
}

/* Another one than those known; its answer may have been captured before it. */
static void
take_new_syn(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct handshake *h = &c->told->handshake[from];

	if (from == SIDE_CLIENT && answer_to(h, segment) == NULL)
		refusal_begin_anew(s, c, from, segment);
	note_syn(h, segment);
	for (const struct held *held = c->held.first; held != NULL; held = held->next) {
		if (held->from != from && held_kind(&held->segment) == HELD_ANSWER &&
		    acknowledges(held->segment.ack, segment))
			note_answer(s, h, &held->segment);
	}
}

static void
take_syn(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (syn_known(&c->told->handshake[from], segment->seq) != NULL)
		note_repeated_syn(s, c, &from, segment);
	else
		take_new_syn(s, c, from, segment);
	keep(s, c, from, segment);
}

/* An answer; of a simultaneous open it acknowledges one as well. */
static void
take_syn_ack(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	enum side client = side_other(from);
	struct handshake *h = &c->told->handshake[client];

	if (syn_known(&c->told->handshake[from], segment->seq) != NULL)
		note_ack(c, from, segment->seq + 1, segment->ack);
	if (client == SIDE_CLIENT && !is_answered_alike(h, segment))
		refusal_begin_anew(s, c, from, segment);
	keep(s, c, from, segment);
	note_answer(s, h, segment);
	if (h->client_acked)
		is_completed(s, c, &client, h->client_seq, c->half[client].ack);
}

/* Has the oldest data waited too long for it? */
static bool
is_overdue(const struct stream *s, const struct connection *c)
{
	const struct held *oldest = c->held.first;

	while (oldest != NULL && held_kind(&oldest->segment) != HELD_CONTENT)
		oldest = oldest->next;
	return oldest != NULL && s->at->at_ns - oldest->segment.ref.at_ns > HOLD_MAX_NS;
}

static void
take_beginning(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const bool bare = is_bare(c) && c->held.first != NULL;

	/* of another connection than the data that is held */
	if ((bare || is_overdue(s, c)) && !pickup_fits(c, from, segment)) {
		pickup_establish(s, c, from, NULL);
		reuse_hold(s, c, from, segment);
		return;
	}
	if (bare && pickup_set_client(c, is_syn(segment) ? from : side_other(from)))
		from = side_other(from);
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
	if (segment->payload_bytes == 0 && !(segment->flags & TCP_FIN))
		return true;
	return !is_overdue(s, c) && held_add(s, &c->held, HELD_MAX, from, segment);
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
		if (is_completed(s, c, &from, segment->seq, segment->ack)) {
			normaliser_take(s, c, from, segment);
			return;
		}
		note_ack(c, from, segment->seq, segment->ack);
	}
	/* Without a SYN, one packet is reordering and two are a connection under way. */
	if ((is_bare(c) && c->held.first != NULL) || !hold(s, c, from, segment))
		pickup_establish(s, c, from, segment);
}
