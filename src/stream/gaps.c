/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/gaps.h"

#include "stream/doubt.h"
#include "stream/history.h"
#include "stream/nids_engine.h"
#include "stream/order.h"
#include "stream/queue.h"
#include "stream/rivals.h"
#include "stream/sequence.h"

/* Reordering between the two ports of a tap is shorter than this. */
enum { STUCK_PACKETS_MAX = 8 };
#define STUCK_MAX_NS INT64_C(200000000)

_Static_assert(sizeof(struct queue) <= POOL_BLOCK_BYTES, "a queue must fit a block");

/* What one side holds early has changed. */
static void
account(struct stream *s, struct connection *c, enum side from, size_t bytes)
{
	struct heard *heard = &c->told->heard[from];

	s->early_bytes += bytes - heard->early_bytes;
	heard->early_bytes = (uint32_t)bytes;
	if (bytes > 0)
		list_add(&s->early, &c->told->early, c);
	else if (c->told->heard[side_other(from)].early_bytes == 0)
		list_remove(&s->early, &c->told->early);
}

void
gaps_free(struct stream *s, struct connection *c, enum side from)
{
	struct heard *heard = &c->told->heard[from];

	pool_give(&s->pool, heard->queue);
	heard->queue = NULL;
	account(s, c, from, 0);
}

/* Forget what was delivered. */
static void
trim(struct stream *s, struct connection *c, enum side from)
{
	struct queue *queue = c->told->heard[from].queue;

	if (queue == NULL)
		return;
	queue_trim(queue, c->half[from].next);
	if (c->told->rivals.count > 0)
		rivals_compare(s, c);
	if (queue->count == 0)
		gaps_free(s, c, from);
	else
		account(s, c, from, POOL_BLOCK_BYTES + engine_queued(c->told->engine, from));
}

static void
advance(struct connection *c, enum side from, size_t n)
{
	c->half[from].next += (uint32_t)n;
	c->told->heard[from].fed += (uint32_t)n;
}

void
gaps_deliver(struct stream *s, struct connection *c, enum side from, struct span bytes)
{
	struct heard *heard = &c->told->heard[from];

	if (heard->filler_bytes > 0 || c->stopping) {
		heard->filler_bytes -= heard->filler_bytes > 0 ? (uint32_t)bytes.n : 0;
		advance(c, from, bytes.n);
		return;
	}
	history_append(s, c, from, bytes);
	advance(c, from, bytes.n);
	connection_heed(c, s->listener.bytes(c->told->session, from, bytes, s->at));
}

/* Zeros for libnids, so that it goes on with what it holds behind the hole. */
static void
fill(struct connection *c, enum side from, uint32_t n)
{
	static const uint8_t zeros[ENGINE_PIECE_MAX];
	struct heard *heard = &c->told->heard[from];

	for (uint32_t piece; n > 0; n -= piece) {
		piece = n < ENGINE_PIECE_MAX ? n : ENGINE_PIECE_MAX;
		heard->filler_bytes = piece;
		engine_feed(c->told->engine, from, heard->fed, span_of(zeros, piece));
	}
}

/* The next n bytes are lost. */
static void
lose(struct stream *s, struct connection *c, enum side from, uint32_t n)
{
	struct heard *heard = &c->told->heard[from];

	s->counts.gaps++;
	s->counts.gap_bytes += n;
	c->told->flow.gap_bytes[from] += n;
	history_restart(heard);
	connection_heed(c, s->listener.gap(c->told->session, from, n, s->at));
	/* With nothing behind it libnids need not know: its numbers are ours. */
	if (heard->queue != NULL && !c->stopping)
		fill(c, from, n);
	else
		c->half[from].next += n;
}

void
gaps_give_up(struct stream *s, struct connection *c, enum side from, uint32_t seq)
{
	const struct heard *heard = &c->told->heard[from];
	struct queue_range hole;

	while (!c->stopping &&
	    queue_find_missing(heard->queue, c->half[from].next, seq, &hole)) {
		if (c->told->doubted.first != NULL && doubt_fill(s, c, from, &hole))
			continue;
		lose(s, c, from, hole.end - hole.start);
		trim(s, c, from);
	}
}

/* The bytes from there on, of the latest gap, are not lost: nothing came behind it. */
static void
take_back(struct stream *s, struct connection *c, enum side from, uint32_t seq)
{
	struct half *half = &c->half[from];
	const uint32_t n = half->next - seq;

	/* but those who listen have heard of a gap, and may be deaf for what lies there */
	s->counts.gap_bytes -= n - 1;
	c->told->flow.gap_bytes[from] -= n - 1;
	half->next = half->acked = seq;
	c->told->heard[from].lost_until = seq;
}

/* Is the latest gap the latest of all that is known of that side, and does seq lie in it? */
static bool
is_in_latest(const struct connection *c, enum side from, uint32_t seq)
{
	const struct heard *heard = &c->told->heard[from];

	return heard->queue == NULL && heard->lost_until == c->half[from].next &&
	    !sequence_after(heard->lost_from, seq) && sequence_after(heard->lost_until, seq);
}

void
gaps_contradict(struct stream *s, struct connection *c, enum side from, uint32_t ack)
{
	const uint32_t seq = sequence_later(ack, c->told->heard[from].lost_from);

	if (is_in_latest(c, from, seq))
		take_back(s, c, from, seq);
}

void
gaps_refill(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const struct heard *heard = &c->told->heard[from];
	const uint32_t seq = sequence_later(segment->seq, heard->lost_from);

	if (sequence_after(segment->seq + segment->payload_bytes, seq) &&
	    heard->lost_when == c->half[side_other(from)].next && is_in_latest(c, from, seq))
		take_back(s, c, from, seq);
}

/* What nothing but an acknowledgement shows: the number may be forged. */
static void
lose_acknowledged(struct stream *s, struct connection *c, enum side from, uint32_t until)
{
	struct heard *heard = &c->told->heard[from];
	const bool is_alone = heard->queue == NULL;
	const uint32_t next = c->half[from].next;
	const uint64_t lost = c->told->flow.gap_bytes[from] + (until - next);

	gaps_give_up(s, c, from, until);
	/* one in which something was there after all cannot be taken back */
	if (!is_alone || c->half[from].next != until || c->told->flow.gap_bytes[from] != lost)
		return;
	heard->lost_from = next;
	heard->lost_until = until;
	heard->lost_when = c->half[side_other(from)].next;
}

void
gaps_jump(struct stream *s, struct connection *c, enum side from, uint32_t seq)
{
	const struct half *half = &c->half[from];
	const struct queue *queue = c->told->heard[from].queue;

	if (queue != NULL)
		gaps_give_up(s, c, from, queue_end(queue));
	/* of a side that goes on further back nobody knows how much is missing */
	if (!c->stopping && seq != half->next)
		lose(s, c, from, sequence_after(seq, half->next) ? seq - half->next : 1);
}

static size_t
early_bytes(const struct connection *c)
{
	const struct heard *heard = c->told->heard;

	return heard[SIDE_CLIENT].early_bytes + heard[SIDE_SERVER].early_bytes;
}

bool
gaps_have_room(const struct stream *s, const struct connection *c, enum side from, size_t n)
{
	const struct queue *queue = c->told->heard[from].queue;

	return (queue == NULL || !queue_is_full(queue)) &&
	    early_bytes(c) + engine_queue_cost(n) <= s->limits.early_connection_max &&
	    engine_queued(c->told->engine, from) + engine_queue_cost(n) <= ENGINE_QUEUE_MAX;
}

static bool
has_queue(struct stream *s, struct heard *heard)
{
	if (heard->queue != NULL)
		return true;
	if ((heard->queue = pool_take(&s->pool)) == NULL) {
		s->counts.no_memory++;
		return false;
	}
	heard->queue->count = 0;
	return true;
}

static void
feed_piece(struct stream *s, struct connection *c, enum side from, uint32_t seq,
    struct span bytes)
{
	const struct half *half = &c->half[from];
	struct heard *heard = &c->told->heard[from];
	bool early;

	while ((early = sequence_after(seq, half->next)) &&
	    !(has_queue(s, heard) && gaps_have_room(s, c, from, bytes.n))) {
		/* Up to what is queued first: delivering that makes room. */
		const struct queue *q = heard->queue;
		const bool queued = q != NULL && q->count > 0 &&
		    sequence_after(seq, q->range[0].start);

		gaps_give_up(s, c, from, queued ? q->range[0].start : seq);
		if (c->stopping)
			return;
	}
	engine_feed(c->told->engine, from, heard->fed + (seq - half->next), bytes);
	if (early)
		queue_add(heard->queue, seq, seq + (uint32_t)bytes.n);
	trim(s, c, from);
}

void
gaps_feed(struct stream *s, struct connection *c, enum side from, uint32_t seq,
    struct span bytes)
{
	const struct half *half = &c->half[from];
	const struct heard *heard = &c->told->heard[from];
	const uint32_t end = seq + (uint32_t)bytes.n;
	struct queue_range piece;
	uint32_t at = sequence_later(seq, half->next);

	while (!c->stopping && queue_find_missing(heard->queue, at, end, &piece)) {
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
	const struct half *half = &c->half[from];
	struct heard *heard = &c->told->heard[from];
	const uint32_t until = order_first_waiting(c, from, received_until(half));

	if (!sequence_after(until, half->next)) {
		heard->stuck_packets = 0;
		return;
	}
	if (heard->stuck_packets == 0 || heard->stuck_next != half->next) {
		heard->stuck_packets = 0;
		heard->stuck_next = half->next;
		heard->stuck_ns = s->at->at_ns;
	}
	/* of a side that the tap does not hear there is nothing to wait for */
	if (half->spoke && ++heard->stuck_packets <= STUCK_PACKETS_MAX &&
	    s->at->at_ns - heard->stuck_ns < STUCK_MAX_NS)
		return;
	heard->stuck_packets = 0;
	lose_acknowledged(s, c, from, until);
}

void
gaps_finish(struct stream *s, struct connection *c)
{
	for (int side = 0; side < 2; side++) {
		const struct half *half = &c->half[side];
		const struct heard *heard = &c->told->heard[side];
		uint32_t end = received_until(half);

		if (heard->reset_ahead)
			end = sequence_later(end, heard->reset_seq);
		/* behind a FIN that was received there is nothing */
		if (heard->queue != NULL && !half_fin_is_acknowledged(half))
			end = sequence_later(end, queue_end(heard->queue));
		gaps_give_up(s, c, side, end);
	}
}

void
gaps_relieve(struct stream *s)
{
	struct connection *c;

	while (s->early_bytes > s->limits.early_max &&
	    (c = list_oldest(&s->early)) != NULL) {
		const struct frame_ref *at = s->at, last = c->told->flow.last;

		s->counts.early_given_up++;
		s->at = &last;
		order_drain(s, c);
		gaps_finish(s, c);
		connection_settle(s, c);
		/* what is left stands behind a FIN that was acknowledged, where nothing can be */
		for (int side = 0; side < 2 && list_oldest(&s->early) == c; side++)
			gaps_free(s, c, (enum side)side);
		s->at = at;
	}
}
