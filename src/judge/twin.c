/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/table.h"
#include "judge/twin_compare.h"

enum {
	BUCKET_SESSIONS = 16,	/* sessions alike that are kept; one more makes it crowded */
	CLEARLY = 4,		/* so many times farther away the next candidate must be */
};

#define SECOND_NS INT64_C(1000000000)
#define SAME_NUMBERS_NS (60 * SECOND_NS)	/* clocks of two taps may be that far apart */
#define SAME_MOMENT_NS (3 * SECOND_NS)		/* ... where time itself is an argument */
#define DOUBT_NS (SECOND_NS / 20)		/* a proxy takes that long to open its own side */

/* Sessions with one key, the latest ones in a ring. */
struct bucket {
	struct twin_side sides[BUCKET_SESSIONS];
	uint32_t next;
};

struct twins {
	struct hash_key key;
	struct table *by_tuple;
	struct table *by_likeness;
	uint64_t remembered;
};

struct twins *
twins_new(size_t sessions_max, struct err *e)
{
	struct twins *t = calloc(1, sizeof(*t));

	if (t != NULL) {
		t->key = hash_key_random();
		t->by_tuple = table_new(sessions_max, sizeof(struct bucket));
		t->by_likeness = table_new(sessions_max, sizeof(struct bucket));
		if (t->by_tuple != NULL && t->by_likeness != NULL)
			return t;
	}
	err_set_errno(e, "memory of %zu sessions", sessions_max);
	twins_free(&t);
	return NULL;
}

static uint64_t
tuple_hash(const struct twins *t, const struct observation *o)
{
	struct {
		struct address addr[2];
		uint16_t port[2];
	} key;

	memset(&key, 0, sizeof(key));
	memcpy(key.addr, o->flow.tuple.addr, sizeof(key.addr));
	memcpy(key.port, o->flow.tuple.port, sizeof(key.port));
	return hash_bytes(&t->key, &key, sizeof(key));
}

/* What sessions whose ports differ may have in common: the best kind of key first. */
enum likeness { BY_NAME, BY_CLIENT, BY_BANNER, LIKENESSES };

/* 0 when the session has too little to be known by. */
static uint64_t
likeness_hash(const struct twins *t, const struct observation *o, enum likeness likeness)
{
	const struct mark *banner = observation_mark(o, MARK_BANNER);
	struct {
		struct address server, client;
		uint16_t port, likeness;
		char dialect[DIALECT_NAME_SIZE];
		uint64_t name;
		char banner[MARK_TEXT_SIZE];
	} key;

	memset(&key, 0, sizeof(key));
	key.server = o->flow.tuple.addr[SIDE_SERVER];
	key.port = o->flow.tuple.port[SIDE_SERVER];
	key.likeness = (uint16_t)likeness;
	memcpy(key.dialect, o->dialect, sizeof(key.dialect));
	if (likeness == BY_NAME)
		key.name = o->client_name_hash;
	else if (likeness == BY_CLIENT)
		key.client = o->flow.tuple.addr[SIDE_CLIENT];
	else if (banner != NULL)
		snprintf(key.banner, sizeof(key.banner), "%s", banner->text);
	if (key.name == 0 && key.client.family == 0 && key.banner[0] == '\0')
		return 0;
	return hash_bytes(&t->key, &key, sizeof(key));
}

static int64_t
distance(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns;
}

static bool
is_within(int64_t a_ns, int64_t b_ns, int64_t limit_ns)
{
	return distance(a_ns, b_ns) <= limit_ns;
}

/* Of one connection at two taps, for certain? */
static bool
same_numbers(const struct twin_side *a, const struct twin_side *b)
{
	bool equal = a->initial_seq[0] == b->initial_seq[0] &&
	    a->initial_seq[1] == b->initial_seq[1];

	/* a transparent proxy keeps the addresses and makes numbers of its own */
	return is_within(a->first_ns, b->first_ns,
	    equal && a->handshake && b->handshake ? SAME_NUMBERS_NS : SAME_MOMENT_NS);
}

/* The session of the other tap with the same addresses, ports and numbers, or NULL. */
static const struct twin_side *
find_by_tuple(const struct twins *t, const struct twin_side *mine)
{
	const struct bucket *bucket = table_find(t->by_tuple, mine->tuple_hash);
	const struct twin_side *found = NULL;

	for (int i = 0; bucket != NULL && i < BUCKET_SESSIONS; i++) {
		const struct twin_side *s = &bucket->sides[i];

		if (s->flow_id != 0 && s->tap != mine->tap && same_numbers(s, mine))
			found = s;
	}
	return found;
}

/* How far apart two sessions that look alike began and ended; -1 when they are two for certain. */
static int64_t
apart(const struct twin_side *a, const struct twin_side *b)
{
	if (!is_within(a->first_ns, b->first_ns, SAME_MOMENT_NS) ||
	    !is_within(a->last_ns, b->last_ns, SAME_MOMENT_NS))
		return -1;
	if (a->payload_hash != 0 && b->payload_hash != 0 && a->payload_hash != b->payload_hash)
		return -1;
	return distance(a->first_ns, b->first_ns) + distance(a->last_ns, b->last_ns);
}

static bool
is_clearly_nearer(int64_t near_ns, int64_t far_ns)
{
	return far_ns >= CLEARLY * near_ns + DOUBT_NS;
}

/* Does one that is so far from mine have a counterpart that is clearly nearer? */
static bool
belongs_elsewhere(const struct bucket *bucket, const struct twin_side *s,
    const struct twin_side *mine, int64_t apart_ns)
{
	for (int i = 0; i < BUCKET_SESSIONS; i++) {
		const struct twin_side *other = &bucket->sides[i];
		int64_t other_ns;

		if (other->flow_id == 0 || other->flow_id == mine->flow_id || other->tap == s->tap)
			continue;
		other_ns = apart(other, s);
		if (other_ns >= 0 && is_clearly_nearer(other_ns, apart_ns))
			return true;
	}
	return false;
}

/*
 * The session of the other tap that it can be. NULL when there is none, or when
 * a second one, of either tap, is nearly as near: then nothing is certain. Those
 * that have been found elsewhere are nobody else's.
 */
static const struct twin_side *
find_alike(const struct twins *t, const struct bucket *bucket, const struct twin_side *mine)
{
	int64_t nearest_ns = SAME_MOMENT_NS * 2 + 1, second_ns = nearest_ns;
	const struct twin_side *found = NULL;
	int alike = 0;

	for (int i = 0; i < BUCKET_SESSIONS; i++) {
		const struct twin_side *s = &bucket->sides[i];
		bool other = s->flow_id != 0 && s->flow_id != mine->flow_id;
		int64_t apart_ns = other ? apart(s, mine) : -1;

		if (apart_ns < 0 || find_by_tuple(t, s) != NULL ||
		    belongs_elsewhere(bucket, s, mine, apart_ns))
			continue;
		alike++;
		if (apart_ns < nearest_ns) {
			second_ns = nearest_ns;
			nearest_ns = apart_ns;
			found = s->tap != mine->tap ? s : NULL;
		} else if (apart_ns < second_ns) {
			second_ns = apart_ns;
		}
	}
	if (alike >= BUCKET_SESSIONS - 1 || !is_clearly_nearer(nearest_ns, second_ns))
		return NULL;
	return found;
}

static const struct twin_side *
find_by_likeness(const struct twins *t, const struct observation *seen,
    const struct twin_side *mine)
{
	const struct twin_side *found = NULL;

	for (int l = 0; l < LIKENESSES && found == NULL; l++) {
		uint64_t hash = likeness_hash(t, seen, (enum likeness)l);
		const struct bucket *bucket =
		    hash != 0 ? table_find(t->by_likeness, hash) : NULL;

		if (bucket != NULL)
			found = find_alike(t, bucket, mine);
	}
	return found;
}

static void
side_of(const struct twins *t, const struct observation *seen, struct twin_side *side_r)
{
	twin_side_of(seen, side_r);
	side_r->tuple_hash = tuple_hash(t, seen);
}

struct twin
twins_find(const struct twins *t, const struct observation *seen, uint64_t serial)
{
	const struct twin_side *other;
	struct twin_side mine;
	struct twin twin = { 0 };
	bool by_content;

	side_of(t, seen, &mine);
	other = find_by_tuple(t, &mine);
	by_content = other == NULL;
	if (by_content)
		other = find_by_likeness(t, seen, &mine);
	/* of two that belong together the later one is held against the other */
	if (other == NULL || other->serial > serial)
		return twin;
	twin = twin_compare(&mine, other);
	twin.by_content = by_content;
	twin.same_name = by_content && (address_equal(&mine.client, &other->client) ||
	    (mine.client_name_hash != 0 && mine.client_name_hash == other->client_name_hash));
	return twin;
}

static void
remember(struct table *table, uint64_t hash, const struct twin_side *side)
{
	struct bucket *bucket = table_take(table, hash);

	bucket->sides[bucket->next++ % BUCKET_SESSIONS] = *side;
}

uint64_t
twins_learn(struct twins *t, const struct observation *seen)
{
	struct twin_side mine;

	side_of(t, seen, &mine);
	mine.serial = ++t->remembered;
	remember(t->by_tuple, mine.tuple_hash, &mine);
	for (int l = 0; l < LIKENESSES; l++) {
		uint64_t hash = likeness_hash(t, seen, (enum likeness)l);

		if (hash != 0)
			remember(t->by_likeness, hash, &mine);
	}
	return mine.serial;
}

void
twins_counters(const struct twins *t, counter_visit *visit, void *ctx)
{
	visit(ctx, "twins.sessions", table_used(t->by_tuple));
	visit(ctx, "twins.sessions_evicted", table_evicted(t->by_tuple));
}

void
twins_free(struct twins **t)
{
	if (*t == NULL)
		return;
	table_free(&(*t)->by_tuple);
	table_free(&(*t)->by_likeness);
	free(*t);
	*t = NULL;
}
