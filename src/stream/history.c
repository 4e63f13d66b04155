/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/history.h"

#include <string.h>

#include "stream/sequence.h"

enum { HISTORY_BYTES = POOL_BLOCK_BYTES };

/* A ring: the byte with sequence number n is at n modulo its size. */
static void
ring_write(const struct half *half, uint32_t seq, struct span bytes)
{
	const size_t size = half->history_size, at = seq % size;
	const size_t n = bytes.n < size - at ? bytes.n : size - at;

	memcpy(half->history + at, bytes.p, n);
	memcpy(half->history, bytes.p + n, bytes.n - n);
}

static void
ring_read(const struct half *half, uint32_t seq, uint8_t *bytes_r, size_t count)
{
	const size_t size = half->history_size, at = seq % size;
	const size_t n = count < size - at ? count : size - at;

	memcpy(bytes_r, half->history + at, n);
	memcpy(bytes_r + n, half->history, count - n);
}

static struct pool *
pool_of(struct stream *s, size_t size)
{
	return size == POOL_SMALL_BYTES ? &s->small : &s->pool;
}

/* Most sides say so little that a small ring holds it; without memory for more it has to do. */
static void
grow(struct stream *s, struct half *half, size_t size)
{
	const uint32_t oldest = half->next - half->history_bytes;
	uint8_t copy[POOL_SMALL_BYTES], *larger = pool_take(pool_of(s, size));
	const struct span kept = span_of(copy, half->history_bytes);

	if (larger == NULL) {
		s->counts.no_memory++;
		return;
	}
	if (half->history != NULL) {
		ring_read(half, oldest, copy, kept.n);
		pool_give(&s->small, half->history);
	}
	half->history = larger;
	half->history_size = (uint16_t)size;
	ring_write(half, oldest, kept);
}

void
history_append(struct stream *s, struct half *half, struct span bytes)
{
	const size_t total = half->history_bytes + bytes.n;
	const size_t wanted = total > POOL_SMALL_BYTES ? HISTORY_BYTES : POOL_SMALL_BYTES;
	struct span kept = bytes;
	size_t known;

	if (half->history_size < wanted)
		grow(s, half, wanted);
	if (half->history == NULL)
		return;
	if (kept.n > half->history_size)
		kept = span_tail(kept, kept.n - half->history_size);
	ring_write(half, half->next + (uint32_t)(bytes.n - kept.n), kept);
	known = half->history_bytes + kept.n;
	half->history_bytes = (uint16_t)(known < half->history_size ? known :
	    half->history_size);
}

void
history_restart(struct half *half)
{
	half->history_bytes = 0;
}

void
history_free(struct stream *s, struct half *half)
{
	pool_give(pool_of(s, half->history_size), half->history);
	half->history = NULL;
	half->history_size = 0;
	half->history_bytes = 0;
}

void
history_compare(struct stream *s, struct connection *c, enum side from, uint32_t seq,
    struct span bytes)
{
	const struct half *half = &c->half[from];
	const uint32_t oldest = half->next - half->history_bytes;
	uint8_t copy[HISTORY_BYTES];
	struct span kept, other = bytes;

	if (c->stopping || (bytes.n == 1 && seq == half->next - 1))
		return;
	if (sequence_after(oldest, seq)) {
		other = span_tail(other, oldest - seq);
		seq = oldest;
	}
	if (!sequence_after(half->next, seq))
		return;
	other = span_head(other, half->next - seq);
	if (other.n == 0)
		return;
	ring_read(half, seq, copy, other.n);
	kept = span_of(copy, other.n);
	if (span_equals(kept, other))
		return;
	s->counts.conflicts++;
	if (s->listener.conflict(c->session, from, kept, other, s->at) == STREAM_STOP)
		c->stopping = true;
}

void
history_contest(struct stream *s, struct connection *c, enum side from, struct span bytes)
{
	if (c->stopping)
		return;
	s->counts.conflicts++;
	if (s->listener.conflict(c->session, from, bytes, span_of(NULL, 0), s->at) == STREAM_STOP)
		c->stopping = true;
}
