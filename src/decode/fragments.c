/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode/fragments.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/table.h"
#include "decode/checksum.h"
#include "decode/datagram.h"

enum {
	EXPIRE_MAX = 8,		/* with one fragment: more than can begin with it */
	NESTING_MAX = 4,	/* datagrams that one fragment may complete: tunnels in tunnels */
};

/* A copy of a fragment comes at once; its identifier may be used again soon. */
#define COPY_MAX_NS INT64_C(100000000)

struct fragments {
	struct fragments_limits limits;
	struct table *datagrams;
	struct piece_pool pool;
	struct hash_key key;
	uint64_t begun, whole, given_up, expired, evicted, spoiled;
	uint64_t news[PIECE_NEWS];
	uint8_t bytes[DATAGRAM_BYTES_MAX];	/* of the datagram that became whole */
};

int64_t
fragments_memory_ns(const struct fragments_limits *limits)
{
	return limits->age_ns != 0 ? limits->age_ns : FRAGMENTS_AGE_S * CLOCK_SECOND_NS;
}

static void
set_limits(struct fragments *f, const struct fragments_limits *asked)
{
	struct fragments_limits *l = &f->limits;

	*l = *asked;
	if (l->datagrams_max == 0)
		l->datagrams_max = FRAGMENTS_DATAGRAMS_MAX;
	if (l->bytes_max == 0)
		l->bytes_max = FRAGMENTS_BYTES_MAX;
	l->age_ns = fragments_memory_ns(asked);
	f->pool.max = l->bytes_max / sizeof(struct piece);
	if (f->pool.max < 2 * PIECES_MAX)
		f->pool.max = 2 * PIECES_MAX;
}

struct fragments *
fragments_new(const struct fragments_limits *limits, struct err *e)
{
	struct fragments *f = calloc(1, sizeof(*f));

	if (f != NULL) {
		set_limits(f, limits);
		f->datagrams = table_new(f->limits.datagrams_max, sizeof(struct datagram));
	}
	if (f == NULL || f->datagrams == NULL) {
		err_set(e, "no memory for IP fragments");
		free(f);
		return NULL;
	}
	f->key = hash_key_random();
	return f;
}

static uint8_t *
put(uint8_t *at, const void *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

/* What the fragments of one datagram share; only IPv4 counts the protocol in. */
static uint64_t
key_of(const struct fragments *f, const struct segment *s, const struct fragment *piece)
{
	const uint8_t protocol = piece->ip_version == 4 ? piece->protocol : 0;
	uint8_t image[2 * sizeof(s->addr[0].bytes) + sizeof(s->vlan) + sizeof(piece->id) +
	    sizeof(piece->tunnel) + 4];
	uint8_t *at = image;

	for (int i = 0; i < 2; i++)
		at = put(at, s->addr[i].bytes, sizeof(s->addr[i].bytes));
	at = put(at, s->vlan, s->vlan_count * sizeof(s->vlan[0]));
	at = put(at, &piece->id, sizeof(piece->id));
	at = put(at, &piece->tunnel, sizeof(piece->tunnel));
	*at++ = piece->ip_version;
	*at++ = protocol;
	*at++ = s->vlan_count;
	*at++ = s->tap;
	return hash_bytes(&f->key, image, (size_t)(at - image));
}

static void
drop(struct fragments *f, struct datagram *d, uint64_t key, uint64_t *count)
{
	*count += !d->closed;
	datagram_close(d, &f->pool);
	table_drop(f->datagrams, key);
}

static bool
is_old(const struct fragments *f, const struct datagram *d, int64_t now_ns)
{
	const int64_t age_ns = datagram_is_whole(d) ? COPY_MAX_NS : f->limits.age_ns;

	return now_ns - d->since_ns > age_ns;
}

static void
expire(struct fragments *f, int64_t now_ns)
{
	uint64_t key;

	for (int i = 0; i < EXPIRE_MAX; i++) {
		struct datagram *d = table_oldest(f->datagrams, &key);

		if (d == NULL || !is_old(f, d, now_ns))
			return;
		drop(f, d, key, &f->expired);
	}
}

/* For one more datagram, and as many pieces as one can have. */
static void
make_room(struct fragments *f)
{
	uint64_t key;

	while (table_used(f->datagrams) >= f->limits.datagrams_max ||
	    f->pool.used + PIECES_MAX > f->pool.max) {
		struct datagram *d = table_oldest(f->datagrams, &key);

		drop(f, d, key, &f->evicted);
	}
}

/* The datagram of that key, old enough to know it or begun now. */
static struct datagram *
find(struct fragments *f, uint64_t key, int64_t now_ns)
{
	struct datagram *d = table_find(f->datagrams, key);

	if (d != NULL && is_old(f, d, now_ns))
		drop(f, d, key, &f->expired);
	make_room(f);
	d = table_take(f->datagrams, key);
	if (d->piece_count == 0 && !d->closed) {
		d->since_ns = now_ns;
		f->begun++;
	}
	return d;
}

/* Take a fragment; the datagram, if that made it whole, else an empty span. */
static struct span
take(struct fragments *f, struct segment *s, struct fragment *piece)
{
	struct span whole = { 0 };
	enum piece_news news = fragment_check(piece);
	struct datagram *d = NULL;

	if (news == PIECE_NEW) {
		expire(f, s->ref.at_ns);
		d = find(f, key_of(f, s, piece), s->ref.at_ns);
		news = d->closed ? PIECE_LATE : datagram_add(d, &f->pool, piece);
	}
	f->news[news]++;
	if (d == NULL || news == PIECE_LATE)
		return whole;
	f->given_up += d->closed;
	if (d->closed || !datagram_is_whole(d))
		return whole;
	f->whole++;
	s->contested = s->contested || d->contested;
	piece->protocol = d->protocol;
	piece->sum_unknowable = d->sum_unknowable;
	d->since_ns = s->ref.at_ns;
	whole = span_of(f->bytes, datagram_copy(d, f->bytes));
	datagram_close(d, &f->pool);
	return whole;
}

enum decode_result
fragments_take(struct fragments *f, enum decode_result result, struct segment *segment,
    struct fragment *piece)
{
	for (int i = 0; result == DECODE_FRAGMENT; i++) {
		struct span datagram = take(f, segment, piece);

		if (datagram.n == 0)
			return DECODE_FRAGMENT;
		if (i == NESTING_MAX)
			return DECODE_TOO_DEEP;
		result = decode_datagram(datagram, segment, piece);
	}
	/* the false copies came first: the receiver cannot have read this, either */
	if (result == DECODE_SEGMENT && segment->contested &&
	    segment_checksum(segment) == CHECKSUM_BAD) {
		f->spoiled++;
		return DECODE_FRAGMENT;
	}
	return result;
}

enum decode_result
fragments_decode(struct fragments *f, const struct frame *frame, struct segment *segment_r)
{
	struct fragment piece;
	enum decode_result result = decode_frame(frame, segment_r, &piece);

	return fragments_take(f, result, segment_r, &piece);
}

void
fragments_counters(const struct fragments *f, counter_visit *visit, void *ctx)
{
	const struct counter counters[] = {
		{ "decode.fragment.datagrams", f->begun },
		{ "decode.fragment.whole", f->whole },
		{ "decode.fragment.lost", f->begun - f->whole },
		{ "decode.fragment.given_up", f->given_up },
		{ "decode.fragment.expired", f->expired },
		{ "decode.fragment.evicted", f->evicted },
		{ "decode.fragment.duplicate", f->news[PIECE_DUPLICATE] },
		{ "decode.fragment.overlap", f->news[PIECE_OVERLAP] },
		{ "decode.fragment.conflict", f->news[PIECE_CONFLICT] },
		{ "decode.fragment.spoiled", f->spoiled },
		{ "decode.fragment.malformed", f->news[PIECE_MALFORMED] },
		{ "decode.fragment.truncated", f->news[PIECE_TRUNCATED] },
		{ "decode.fragment.late", f->news[PIECE_LATE] },
		{ "decode.fragment.no_room", f->news[PIECE_NO_ROOM] },
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		visit(ctx, counters[i].name, counters[i].value);
}

void
fragments_free(struct fragments **f)
{
	struct datagram *d;
	uint64_t key;

	if (*f == NULL)
		return;
	while ((d = table_oldest((*f)->datagrams, &key)) != NULL)
		drop(*f, d, key, &(*f)->evicted);
	piece_pool_drain(&(*f)->pool);
	table_free(&(*f)->datagrams);
	free(*f);
	*f = NULL;
}
