/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/gaps.h"

#include "stream/history.h"
#include "stream/nids_engine.h"
#include "stream/order.h"
#include "stream/queue.h"
#include "stream/sequence.h"

/* Reordering between the two ports of a tap is shorter than this. */
enum { STUCK_PACKETS_MAX = 8 };
#define STUCK_MAX_NS INT64_C(200000000)

_Static_assert(sizeof(struct queue) <= POOL_BLOCK_BYTES, "a queue must fit a block");

/* What one side holds early has changed. */
static void
account(struct stream *s, struct connection *c, enum side from, size_t bytes)
{
	struct half *half = &c->half[from];

	s->early_bytes += bytes - half->early_bytes;
	half->early_bytes = (uint32_t)bytes;
	if (bytes > 0)
		list_add(&s->early, &c->early, c);
	else if (c->half[side_other(from)].early_bytes == 0)
		list_remove(&s->early, &c->early);
}

void
gaps_free(struct stream *s, struct connection *c, enum side from)
{
	struct half *half = &c->half[from];

	pool_give(&s->pool, half->queue);
	half->queue = NULL;
	account(s, c, from, 0);
}

/* Forget what was delivered. */
static void
trim(struct stream *s, struct connection *c, enum side from)
{
	struct half *half = &c->half[from];

	if (half->queue == NULL)
		return;
	queue_trim(half->queue, half->next);
	if (half->queue->count == 0)
		gaps_free(s, c, from);
	else
		account(s, c, from, POOL_BLOCK_BYTES + engine_queued(c->engine, from));
}

static void
advance(struct half *half, size_t n)
{
	half->next += (uint32_t)n;
	half->fed += (uint32_t)n;
}

void
gaps_deliver(struct stream *s, struct connection *c, enum side from, struct span bytes)
{
	struct half *half = &c->half[from];

	if (half->filler_bytes > 0 || c->stopping) {
		half->filler_bytes -= half->filler_bytes > 0 ? (uint32_t)bytes.n : 0;
		advance(half, bytes.n);
		return;
	}
	history_append(s, half, bytes);
	advance(half, bytes.n);
	if (s->listener.bytes(c->session, from, bytes, s->at) == STREAM_STOP)
		c->stopping = true;
}

/* Zeros for libnids, so that it goes on with what it holds behind the hole. */
static void
fill(struct connection *c, enum side from, uint32_t n)
{
	static const uint8_t zeros[ENGINE_PIECE_MAX];
	struct half *half = &c->half[from];

	for (uint32_t piece; n > 0; n -= piece) {
		piece = n < ENGINE_PIECE_MAX ? n : ENGINE_PIECE_MAX;
		half->filler_bytes = piece;
		engine_feed(c->engine, from, half->fed, span_of(zeros, piece));
	}
}

/* The next n bytes are lost. */
static void
lose(struct stream *s, struct connection *c, enum side from, uint32_t n)
{
	struct half *half = &c->half[from];

	s->counts.gaps++;
	s->counts.gap_bytes += n;
	c->flow.gap_bytes[from] += n;
	history_restart(half);
	if (s->listener.gap(c->session, from, n, s->at) == STREAM_STOP)
		c->stopping = true;
	/* With nothing behind it libnids need not know: its numbers are ours. */
	if (half->queue != NULL && !c->stopping)
		fill(c, from, n);
	else
		half->next += n;
}

void
gaps_give_up(struct stream *s, struct connection *c, enum side from, uint32_t seq)
{
	struct half *half = &c->half[from];
	struct queue_range hole;

	while (!c->stopping &&
	    queue_find_missing(half->queue, half->next, seq, &hole)) {
		lose(s, c, from, hole.end - hole.start);
		trim(s, c, from);
	}
}

void
gaps_jump(struct stream *s, struct connection *c, enum side from, uint32_t seq)
{
	struct half *half = &c->half[from];

	if (half->queue != NULL)
		gaps_give_up(s, c, from, queue_end(half->queue));
	if (!c->stopping && seq != half->next)
		lose(s, c, from, seq - half->next);
}

static size_t
early_bytes(const struct connection *c)
{
	return c->half[SIDE_CLIENT].early_bytes + c->half[SIDE_SERVER].early_bytes;
}

bool
gaps_have_room(const struct stream *s, const struct connection *c, enum side from, size_t n)
{
	const struct half *half = &c->half[from];

	return (half->queue == NULL || !queue_is_full(half->queue)) &&
	    early_bytes(c) + engine_queue_cost(n) <= s->limits.early_connection_max &&
	    engine_queued(c->engine, from) + engine_queue_cost(n) <= ENGINE_QUEUE_MAX;
}

static bool
has_queue(struct stream *s, struct half *half)
{
	if (half->queue != NULL)
		return true;
	if ((half->queue = pool_take(&s->pool)) == NULL) {
		s->counts.no_memory++;
		return false;
	}
	half->queue->count = 0;
	return true;
}

static void
feed_piece(struct stream *s, struct connection *c, enum side from, uint32_t seq,
    struct span bytes)
{
	struct half *half = &c->half[from];
	bool early;

	while ((early = seq != half->next) &&
	    !(has_queue(s, half) && gaps_have_room(s, c, from, bytes.n))) {
		/* Up to what is queued first: delivering that makes room. */
		const struct queue *q = half->queue;
		const bool queued = q != NULL && q->count > 0 &&
		    sequence_after(seq, q->range[0].start);

		gaps_give_up(s, c, from, queued ? q->range[0].start : seq);
		if (c->stopping)
			return;
	}
	engine_feed(c->engine, from, half->fed + (seq - half->next), bytes);
	if (early)
		queue_add(half->queue, seq, seq + (uint32_t)bytes.n);
	trim(s, c, from);
}

void
gaps_feed(struct stream *s, struct connection *c, enum side from, uint32_t seq,
    struct span bytes)
{
	struct half *half = &c->half[from];
	const uint32_t end = seq + (uint32_t)bytes.n;
	struct queue_range piece;
	uint32_t at = sequence_later(seq, half->next);

	while (!c->stopping && queue_find_missing(half->queue, at, end, &piece)) {
		if (piece.end - piece.start > ENGINE_PIECE_MAX)
			piece.end = piece.start + ENGINE_PIECE_MAX;
		feed_piece(s, c, from, piece.start, span_head(
		    span_tail(bytes, piece.start - seq), piece.end - piece.start));
		at = sequence_later(piece.end, half->next);
	}
}

/* The receiver has everything before this; a FIN takes a number, but is no byte. */
static uint32_t
received_until(const struct half *half)
{
	if (!half->has_acked)
		return half->next;
	return half_fin_is_acknowledged(half) ? half->fin_seq : half->acked;
}

void
gaps_check(struct stream *s, struct connection *c, enum side from)
{
	struct half *half = &c->half[from];
	const uint32_t until = order_first_waiting(c, from, received_until(half));

	if (!sequence_after(until, half->next)) {
		half->stuck_packets = 0;
		return;
	}
	if (half->stuck_packets == 0 || half->stuck_next != half->next) {
		half->stuck_packets = 0;
		half->stuck_next = half->next;
		half->stuck_ns = s->at->at_ns;
	}
	/* of a side that the tap does not hear there is nothing to wait for */
	if (c->flow.packets[from] > 0 && ++half->stuck_packets <= STUCK_PACKETS_MAX &&
	    s->at->at_ns - half->stuck_ns < STUCK_MAX_NS)
		return;
	half->stuck_packets = 0;
	gaps_give_up(s, c, from, until);
}

void
gaps_finish(struct stream *s, struct connection *c)
{
	for (int side = 0; side < 2; side++) {
		struct half *half = &c->half[side];
		uint32_t end = received_until(half);

		if (half->reset_ahead)
			end = sequence_later(end, half->reset_seq);
		/* behind a FIN that was received there is nothing */
		if (half->queue != NULL && !half_fin_is_acknowledged(half))
			end = sequence_later(end, queue_end(half->queue));
		gaps_give_up(s, c, side, end);
	}
}

void
gaps_relieve(struct stream *s)
{
	struct connection *c;

	while (s->early_bytes > s->limits.early_max &&
	    (c = list_oldest(&s->early)) != NULL) {
		const struct frame_ref *at = s->at, last = c->flow.last;

		s->counts.early_given_up++;
		s->at = &last;
		order_drain(s, c);
		gaps_finish(s, c);
		connection_settle(s, c);
		s->at = at;
	}
}
