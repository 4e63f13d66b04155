/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/order.h"

#include "stream/gaps.h"
#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/queue.h"
#include "stream/sequence.h"

/* More than the 8 packets that gaps_check() waits, for both sides and several holes. */
enum { WAITING_MAX = 32 };
#define WAIT_MAX_NS INT64_C(1000000000)

/* Up to which byte of the other side does a segment acknowledge? */
static uint32_t
acknowledged(const struct half *other, const struct segment *segment)
{
	if (!(segment->flags & TCP_ACK) || !other->known ||
	    !sequence_near(segment->ack, other->next))
		return other->next;
	/* a FIN takes a number, but is no byte */
	return other->fin && segment->ack == other->fin_seq + 1 ? other->fin_seq :
	    segment->ack;
}

/* Is something waiting that the same side said before this? */
static bool
is_behind_another(const struct connection *c, enum side from, uint32_t seq)
{
	for (const struct held *held = c->told->waiting.first; held != NULL; held = held->next) {
		if (held->from == from && sequence_after(seq, held->segment.seq))
			return true;
	}
	return false;
}

bool
order_must_wait(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct half *half = &c->half[from], *other = &c->half[side_other(from)];
	const uint32_t end = segment->seq + segment->payload_bytes;

	if (segment->payload_bytes == 0 || !sequence_after(end, half->next))
		return false;	/* nothing is said, or nothing new */
	return sequence_after(acknowledged(other, segment), other->next) ||
	    is_behind_another(c, from, segment->seq);
}

uint32_t
order_first_waiting(const struct connection *c, enum side from, uint32_t seq)
{
	for (const struct held *held = c->told->waiting.first; held != NULL; held = held->next) {
		if (held->from == from && sequence_after(seq, held->segment.seq))
			seq = held->segment.seq;
	}
	return seq;
}

uint32_t
order_heard_until(const struct connection *c, enum side from)
{
	const struct queue *queue = c->told != NULL ? c->told->heard[from].queue : NULL;
	uint32_t end = c->half[from].next;

	if (c->told == NULL)
		return end;
	if (queue != NULL && queue->count > 0)
		end = sequence_later(end, queue_end(queue));
	for (const struct held *held = c->told->waiting.first; held != NULL; held = held->next) {
		if (held->from == from)
			end = sequence_later(end,
			    held->segment.seq + held->segment.payload_bytes);
	}
	return end;
}

uint32_t
order_said_until(const struct connection *c, enum side from)
{
	uint32_t end = c->half[from].next, before;

	if (c->told == NULL)
		return end;
	/* they may wait in another order than that in which they were said */
	do {
		before = end;
		for (const struct held *held = c->told->waiting.first; held != NULL;
		    held = held->next) {
			if (held->from == from && !sequence_after(held->segment.seq, end))
				end = sequence_later(end,
				    held->segment.seq + held->segment.payload_bytes);
		}
	} while (end != before);
	return end;
}

static void
take(struct stream *s, struct connection *c, struct held *held)
{
	const struct frame_ref *at = s->at;

	/* it is told with its own frame, not with that which let it go */
	s->at = &held->segment.ref;
	normaliser_take_content(s, c, held->from, &held->segment);
	s->at = at;
	held_free(s, &held);
}

/* The oldest goes on. */
static void
take_oldest(struct stream *s, struct connection *c)
{
	struct held *held = held_take(&c->told->waiting);

	if (held != NULL)
		take(s, c, held);
}

/* One that need not wait any more, taken from the list; the others keep their order. */
static struct held *
find_ready(struct connection *c)
{
	struct held *ready = NULL;

	for (unsigned left = c->told->waiting.count; left > 0; left--) {
		struct held *held = held_take(&c->told->waiting);

		if (ready == NULL && !order_must_wait(c, held->from, &held->segment))
			ready = held;
		else
			held_append(&c->told->waiting, held);
	}
	return ready;
}

static void
take_ready(struct stream *s, struct connection *c)
{
	struct held *held;

	while (!c->stopping && c->told->waiting.first != NULL && (held = find_ready(c)) != NULL)
		take(s, c, held);
}

/* Its side has acknowledged less since: there is nothing to wait for. */
static bool
is_contradicted(const struct connection *c, const struct held *held)
{
	return sequence_after(held->segment.ack, c->half[held->from].ack);
}

/*
 * One step on: lose what the first one waits for. Where both sides wait for each
 * other, or for nothing, which only what is forged or sent again can do, the oldest goes.
 */
static void
force(struct stream *s, struct connection *c)
{
	s->counts.order_forced++;
	for (const struct held *held = c->told->waiting.first; held != NULL; held = held->next) {
		const enum side to = side_other(held->from);
		const uint32_t until = order_first_waiting(c, to,
		    acknowledged(&c->half[to], &held->segment));

		if (sequence_after(until, c->half[to].next) &&
		    !is_contradicted(c, held)) {
			gaps_give_up(s, c, to, until);
			return;
		}
	}
	take_oldest(s, c);
}

bool
order_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	while (!held_add(s, &c->told->waiting, WAITING_MAX, from, segment)) {
		if (c->told->waiting.first == NULL)
			return false;	/* no memory */
		force(s, c);
		take_ready(s, c);
		if (c->stopping || !order_must_wait(c, from, segment))
			return false;
	}
	s->counts.out_of_order++;
	return true;
}

void
order_settle(struct stream *s, struct connection *c)
{
	take_ready(s, c);
	while (!c->stopping && c->told->waiting.first != NULL &&
	    s->at->at_ns - c->told->waiting.first->segment.ref.at_ns > WAIT_MAX_NS) {
		force(s, c);
		take_ready(s, c);
	}
}

void
order_drain(struct stream *s, struct connection *c)
{
	take_ready(s, c);
	while (!c->stopping && c->told->waiting.first != NULL) {
		force(s, c);
		take_ready(s, c);
	}
}
