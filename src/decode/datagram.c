/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode/datagram.h"

#include <stdlib.h>
#include <string.h>

static struct piece *
piece_take(struct piece_pool *pool)
{
	struct piece *p = pool->spare;

	if (pool->used >= pool->max)
		return NULL;
	if (p != NULL)
		pool->spare = p->next;
	else if ((p = malloc(sizeof(*p))) == NULL)
		return NULL;
	pool->used++;
	return p;
}

void
piece_pool_drain(struct piece_pool *pool)
{
	while (pool->spare != NULL) {
		struct piece *p = pool->spare;

		pool->spare = p->next;
		free(p);
	}
}

void
datagram_close(struct datagram *d, struct piece_pool *pool)
{
	while (d->pieces != NULL) {
		struct piece *p = d->pieces;

		d->pieces = p->next;
		p->next = pool->spare;
		pool->spare = p;
		pool->used--;
	}
	d->closed = true;
}

/* A datagram ends before offset_max; all its pieces but the last are multiples of 8 bytes. */
enum piece_news
fragment_check(const struct fragment *f)
{
	if (f->wire_bytes == 0 || (f->more && f->wire_bytes % 8 != 0) ||
	    f->offset > f->offset_max || f->wire_bytes > f->offset_max - f->offset)
		return PIECE_MALFORMED;
	return f->bytes.n < f->wire_bytes ? PIECE_TRUNCATED : PIECE_NEW;
}

/* There is one end, behind all that is not the end. */
static bool
contradicts_end(const struct datagram *d, const struct fragment *f, uint32_t end)
{
	if (d->total_bytes > 0)
		return f->more ? end >= d->total_bytes : end != d->total_bytes;
	return !f->more && end <= d->end;
}

/* How many of the bytes at that offset are known; *same_r: and as they were. */
static size_t
compare(const struct datagram *d, uint32_t offset, struct span bytes, bool *same_r)
{
	const uint32_t end = offset + (uint32_t)bytes.n;
	size_t known = 0;

	*same_r = true;
	for (const struct piece *p = d->pieces; p != NULL && p->start < end; p = p->next) {
		uint32_t from = p->start > offset ? p->start : offset;
		uint32_t to = p->end < end ? p->end : end;

		if (from >= to)
			continue;
		known += to - from;
		*same_r = *same_r && span_equals(
		    span_head(span_tail(bytes, from - offset), to - from),
		    span_of(p->bytes + (from - p->start), to - from));
	}
	return known;
}

/* A new piece at that place of the list. */
static bool
insert(struct datagram *d, struct piece_pool *pool, struct piece **link, uint32_t start,
    struct span bytes)
{
	struct piece *p = d->piece_count < PIECES_MAX ? piece_take(pool) : NULL;

	if (p == NULL)
		return false;
	p->start = start;
	p->end = start + (uint32_t)bytes.n;
	memcpy(p->bytes, bytes.p, bytes.n);
	p->next = *link;
	*link = p;
	d->piece_count++;
	d->known_bytes += (uint32_t)bytes.n;
	if (d->end < p->end)
		d->end = p->end;
	return true;
}

/* Keep what is not known yet. */
static bool
fill(struct datagram *d, struct piece_pool *pool, uint32_t offset, struct span bytes)
{
	struct piece **link = &d->pieces;

	while (bytes.n > 0) {
		struct piece *p = *link;
		uint32_t room = PIECE_BYTES;
		struct span part;

		if (p != NULL && p->start <= offset) {
			if (p->end > offset) {
				bytes = span_tail(bytes, p->end - offset);
				offset = p->end;
			}
			link = &p->next;
			continue;
		}
		if (p != NULL && p->start - offset < room)
			room = p->start - offset;
		part = span_head(bytes, room);
		if (!insert(d, pool, link, offset, part))
			return false;
		span_skip(&bytes, part.n);
		offset += (uint32_t)part.n;
	}
	return true;
}

enum piece_news
datagram_add(struct datagram *d, struct piece_pool *pool, const struct fragment *f)
{
	const uint32_t end = f->offset + (uint32_t)f->bytes.n;
	const bool other_end = contradicts_end(d, f, end);
	enum piece_news news = PIECE_NEW;
	bool same;
	size_t known = compare(d, f->offset, f->bytes, &same);

	if (!same || other_end)
		news = PIECE_CONFLICT;
	else if (known > 0)
		news = known == f->bytes.n ? PIECE_DUPLICATE : PIECE_OVERLAP;
	d->contested = d->contested || news == PIECE_CONFLICT;
	if (f->ip_version == 6 && (news == PIECE_CONFLICT || news == PIECE_OVERLAP)) {
		datagram_close(d, pool);
		return news;
	}
	/* the first end is believed, and nothing behind it */
	if (other_end)
		return news;
	if (!fill(d, pool, f->offset, f->bytes)) {
		datagram_close(d, pool);
		return PIECE_NO_ROOM;
	}
	if (!f->more)
		d->total_bytes = end;
	if (f->offset == 0 && known < f->bytes.n)
		d->protocol = f->protocol;
	d->sum_unknowable = d->sum_unknowable || f->sum_unknowable;
	return news;
}

size_t
datagram_copy(const struct datagram *d, uint8_t bytes_r[DATAGRAM_BYTES_MAX])
{
	for (const struct piece *p = d->pieces; p != NULL; p = p->next)
		memcpy(bytes_r + p->start, p->bytes, p->end - p->start);
	return d->known_bytes;
}
