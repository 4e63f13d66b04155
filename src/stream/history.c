/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/history.h"

#include <string.h>

#include "stream/sequence.h"

enum { HISTORY_BYTES = POOL_BLOCK_BYTES };

/* A keep-alive comes no sooner behind what its sender said last: the least that systems allow. */
#define KEEP_ALIVE_NS INT64_C(1000000000)

/* A ring: the byte with sequence number n is at n modulo its size. */
static void
ring_write(const struct heard *heard, uint32_t seq, struct span bytes)
{
	const size_t size = heard->history_size, at = seq % size;
	const size_t n = bytes.n < size - at ? bytes.n : size - at;

	memcpy(heard->history + at, bytes.p, n);
	memcpy(heard->history, bytes.p + n, bytes.n - n);
}

static void
ring_read(const struct heard *heard, uint32_t seq, uint8_t *bytes_r, size_t count)
{
	const size_t size = heard->history_size, at = seq % size;
	const size_t n = count < size - at ? count : size - at;

	memcpy(bytes_r, heard->history + at, n);
	memcpy(bytes_r + n, heard->history, count - n);
}

static struct pool *
pool_of(struct stream *s, size_t size)
{
	return size == POOL_SMALL_BYTES ? &s->small : &s->pool;
}

/* Most sides say so little that a small ring holds it; without memory for more it has to do. */
static void
grow(struct stream *s, struct heard *heard, uint32_t next, size_t size)
{
	const uint32_t oldest = next - heard->history_bytes;
	uint8_t copy[POOL_SMALL_BYTES], *larger = pool_take(pool_of(s, size));
	const struct span kept = span_of(copy, heard->history_bytes);

	if (larger == NULL) {
		s->counts.no_memory++;
		return;
	}
	if (heard->history != NULL) {
		ring_read(heard, oldest, copy, kept.n);
		pool_give(&s->small, heard->history);
	}
	heard->history = larger;
	heard->history_size = (uint16_t)size;
	ring_write(heard, oldest, kept);
}

void
history_append(struct stream *s, struct connection *c, enum side from, struct span bytes)
{
	struct heard *heard = &c->told->heard[from];
	const uint32_t next = c->half[from].next;
	const size_t total = heard->history_bytes + bytes.n;
	const size_t wanted = total > POOL_SMALL_BYTES ? HISTORY_BYTES : POOL_SMALL_BYTES;
	struct span kept = bytes;
	size_t known;

	heard->lone_ns = bytes.n == 1 ? s->at->at_ns : 0;
	if (heard->history_size < wanted)
		grow(s, heard, next, wanted);
	if (heard->history == NULL)
		return;
	if (kept.n > heard->history_size)
		kept = span_tail(kept, kept.n - heard->history_size);
	ring_write(heard, next + (uint32_t)(bytes.n - kept.n), kept);
	known = heard->history_bytes + kept.n;
	heard->history_bytes = (uint16_t)(known < heard->history_size ? known :
	    heard->history_size);
}

void
history_restart(struct heard *heard)
{
	heard->history_bytes = 0;
}

void
history_free(struct stream *s, struct heard *heard)
{
	pool_give(pool_of(s, heard->history_size), heard->history);
	heard->history = NULL;
	heard->history_size = 0;
	heard->history_bytes = 0;
}

/* Of a byte that may be a keep-alive: so soon behind one that came alone, as answers do? */
static bool
is_version(const struct stream *s, const struct heard *heard)
{
	return heard->lone_ns != 0 && s->at->at_ns - heard->lone_ns < KEEP_ALIVE_NS;
}

void
history_compare(struct stream *s, struct connection *c, enum side from, uint32_t seq,
    struct span bytes)
{
	const struct heard *heard = &c->told->heard[from];
	const uint32_t next = c->half[from].next, oldest = next - heard->history_bytes;
	uint8_t copy[HISTORY_BYTES];
	struct span kept, other = bytes;

	if (c->stopping || (bytes.n == 1 && seq == next - 1 && !is_version(s, heard)))
		return;
	if (sequence_after(oldest, seq)) {
		other = span_tail(other, oldest - seq);
		seq = oldest;
	}
	if (!sequence_after(next, seq))
		return;
	other = span_head(other, next - seq);
	if (other.n == 0)
		return;
	ring_read(heard, seq, copy, other.n);
	kept = span_of(copy, other.n);
	if (span_equals(kept, other))
		return;
	s->counts.conflicts++;
	connection_heed(c, s->listener.conflict(c->told->session, from, kept, other, s->at));
}

void
history_contest(struct stream *s, struct connection *c, enum side from, struct span bytes)
{
	if (c->stopping)
		return;
	s->counts.conflicts++;
	connection_heed(c, s->listener.conflict(c->told->session, from, bytes,
	    span_of(NULL, 0), s->at));
}
