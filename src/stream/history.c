/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/history.h"

#include <string.h>

#include "stream/sequence.h"

enum { HISTORY_BYTES = POOL_BLOCK_BYTES };

/* A ring: the byte with sequence number n is at n modulo its size. */
struct history {
	uint8_t byte[HISTORY_BYTES];
};

static void
ring_write(struct history *h, uint32_t seq, struct span bytes)
{
	const size_t at = seq % HISTORY_BYTES;
	const size_t n = bytes.n < HISTORY_BYTES - at ? bytes.n : HISTORY_BYTES - at;

	memcpy(h->byte + at, bytes.p, n);
	memcpy(h->byte, bytes.p + n, bytes.n - n);
}

static void
ring_read(const struct history *h, uint32_t seq, uint8_t *bytes_r, size_t count)
{
	const size_t at = seq % HISTORY_BYTES;
	const size_t n = count < HISTORY_BYTES - at ? count : HISTORY_BYTES - at;

	memcpy(bytes_r, h->byte + at, n);
	memcpy(bytes_r + n, h->byte, count - n);
}

void
history_append(struct stream *s, struct half *half, struct span bytes)
{
	const struct span kept = bytes.n > HISTORY_BYTES ?
	    span_tail(bytes, bytes.n - HISTORY_BYTES) : bytes;
	const size_t known = half->history_bytes + kept.n;

	if (half->history == NULL && (half->history = pool_take(&s->pool)) == NULL) {
		s->counts.no_memory++;
		return;
	}
	ring_write(half->history, half->next + (uint32_t)(bytes.n - kept.n), kept);
	half->history_bytes = (uint16_t)(known < HISTORY_BYTES ? known : HISTORY_BYTES);
}

void
history_restart(struct half *half)
{
	half->history_bytes = 0;
}

void
history_free(struct stream *s, struct half *half)
{
	pool_give(&s->pool, half->history);
	half->history = NULL;
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
	ring_read(half->history, seq, copy, other.n);
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

_Static_assert(sizeof(struct history) <= POOL_BLOCK_BYTES, "history must fit a block");
