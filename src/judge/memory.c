/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/memory.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/table.h"

enum { CHANGES_MAX = 1024, IN_USE_MAX = 4 };

/* What has changed since it was last stored; beyond the limit everything is looked through. */
struct changes {
	uint64_t hashes[CHANGES_MAX];
	size_t count;
	bool overflow;
};

/* One kind of entry: how many there may be, those there are, and what has changed. */
struct shelf {
	struct table *table;
	size_t entries_max;
	struct changes changes;
};

enum kind { SERVERS, PAIRS, NEIGHBOURHOODS, KINDS };

/* An entry of a table. */
struct entry {
	uint64_t dirty;		/* changed since it was last stored */
	unsigned char bytes[];	/* a struct server, pair or neighbourhood */
};

struct memory {
	struct shelf shelves[KINDS];
	struct memory_backing backing;
	uint64_t standings[STANDINGS];	/* servers by what is known of them */
	int64_t since_ns;		/* the earliest session that one was learnt from */
};

struct memory *
memory_new(size_t servers_max, size_t pairs_max)
{
	static const size_t sizes[KINDS] = { sizeof(struct server), sizeof(struct pair),
		sizeof(struct neighbourhood) };
	const size_t most[KINDS] = { servers_max, pairs_max, servers_max };
	struct memory *m = calloc(1, sizeof(*m));
	bool fits = m != NULL;

	for (int k = 0; k < KINDS && fits; k++) {
		struct shelf *s = &m->shelves[k];

		s->entries_max = most[k] > IN_USE_MAX ? most[k] : IN_USE_MAX;
		s->table = table_new(s->entries_max, sizeof(struct entry) + sizes[k]);
		fits = s->table != NULL;
	}
	if (m != NULL && !fits)
		memory_free(&m);
	return m;
}

void
memory_set_backing(struct memory *m, const struct memory_backing *backing)
{
	m->backing = *backing;
}

/* --- Finding --- */

/* Touches it; NULL when it is not in memory. */
static void *
find(struct shelf *s, uint64_t hash)
{
	struct entry *e = table_find(s->table, hash) != NULL ? table_take(s->table, hash) : NULL;

	return e != NULL ? e->bytes : NULL;
}

/* A place for one that is not in memory. */
static void *
place(struct memory *m, struct shelf *s, uint64_t hash)
{
	uint64_t other;
	const struct entry *oldest = table_oldest(s->table, &other);
	struct entry *e;

	if (table_used(s->table) == s->entries_max && oldest->dirty &&
	    m->backing.make_room != NULL)
		m->backing.make_room(m->backing.ctx);
	e = table_take(s->table, hash);
	return e->bytes;
}

static void
count_server(struct memory *m, struct server *s)
{
	m->standings[s->standing]--;
	s->standing = server_standing(s);
	m->standings[s->standing]++;
	if (s->first_seen_ns != 0 && (m->since_ns == 0 || s->first_seen_ns < m->since_ns))
		m->since_ns = s->first_seen_ns;
}

static struct server *
place_server(struct memory *m, uint64_t hash)
{
	struct shelf *s = &m->shelves[SERVERS];
	uint64_t other;
	const struct entry *oldest = table_oldest(s->table, &other);

	if (table_used(s->table) == s->entries_max) {
		const void *bytes = oldest->bytes;
		const struct server *leaves = bytes;

		m->standings[leaves->standing]--;
	}
	m->standings[STANDING_NEW]++;
	return place(m, s, hash);
}

struct server *
memory_server(struct memory *m, uint64_t hash)
{
	struct server *s = find(&m->shelves[SERVERS], hash), stored;

	if (s != NULL || m->backing.server == NULL ||
	    !m->backing.server(m->backing.ctx, hash, &stored))
		return s;
	s = place_server(m, hash);
	*s = stored;
	s->standing = STANDING_NEW;
	count_server(m, s);
	return s;
}

struct server *
memory_server_or_new(struct memory *m, uint64_t hash)
{
	struct server *s = memory_server(m, hash);

	return s != NULL ? s : place_server(m, hash);
}

/* All zero where there is no such pair: most are asked for often, and unknown. */
struct pair *
memory_pair_or_new(struct memory *m, uint64_t hash)
{
	struct pair *p = find(&m->shelves[PAIRS], hash), stored = { 0 };

	if (p != NULL)
		return p;
	if (m->backing.pair != NULL)
		m->backing.pair(m->backing.ctx, hash, &stored);
	p = place(m, &m->shelves[PAIRS], hash);
	*p = stored;
	return p;
}

struct pair *
memory_pair(struct memory *m, uint64_t hash)
{
	/* without a file behind it, what is not in memory is not known */
	struct pair *p = m->backing.pair != NULL ? memory_pair_or_new(m, hash) :
	    find(&m->shelves[PAIRS], hash);

	return p != NULL && p->last_ns != 0 ? p : NULL;
}

struct neighbourhood *
memory_neighbourhood_or_new(struct memory *m, uint64_t hash)
{
	struct neighbourhood *n = find(&m->shelves[NEIGHBOURHOODS], hash), stored = { 0 };

	if (n != NULL)
		return n;
	if (m->backing.neighbourhood != NULL)
		m->backing.neighbourhood(m->backing.ctx, hash, &stored);
	n = place(m, &m->shelves[NEIGHBOURHOODS], hash);
	*n = stored;
	return n;
}

struct neighbourhood *
memory_neighbourhood(struct memory *m, uint64_t hash)
{
	return m->backing.neighbourhood != NULL ? memory_neighbourhood_or_new(m, hash) :
	    find(&m->shelves[NEIGHBOURHOODS], hash);
}

/* --- Changes --- */

static void
note_change(struct shelf *s, uint64_t hash)
{
	struct entry *e = table_find(s->table, hash);
	struct changes *c = &s->changes;

	if (e == NULL || e->dirty)
		return;
	e->dirty = true;
	if (c->count < CHANGES_MAX)
		c->hashes[c->count++] = hash;
	else
		c->overflow = true;
}

void
memory_server_changed(struct memory *m, uint64_t hash)
{
	struct entry *e = table_find(m->shelves[SERVERS].table, hash);
	void *server = e != NULL ? e->bytes : NULL;

	note_change(&m->shelves[SERVERS], hash);
	if (server != NULL)
		count_server(m, server);
}

void
memory_pair_changed(struct memory *m, uint64_t hash)
{
	note_change(&m->shelves[PAIRS], hash);
}

void
memory_neighbourhood_changed(struct memory *m, uint64_t hash)
{
	note_change(&m->shelves[NEIGHBOURHOODS], hash);
}

/* What is shown of one kind, and to whom. */
struct showing {
	const struct memory_visitor *visitor;
	enum kind kind;
};

static void
show(void *ctx, uint64_t hash, void *place)
{
	const struct showing *s = ctx;
	const struct memory_visitor *v = s->visitor;
	struct entry *e = place;
	const void *bytes = e->bytes;

	if (!e->dirty)
		return;
	e->dirty = false;
	if (s->kind == SERVERS)
		v->server(v->ctx, hash, bytes);
	else if (s->kind == PAIRS)
		v->pair(v->ctx, hash, bytes);
	else
		v->neighbourhood(v->ctx, hash, bytes);
}

static void
take_changes(struct shelf *s, struct showing *showing)
{
	struct changes *c = &s->changes;

	if (c->overflow)
		table_each(s->table, show, showing);
	for (size_t i = 0; i < c->count && !c->overflow; i++) {
		void *entry = table_find(s->table, c->hashes[i]);

		if (entry != NULL)
			show(showing, c->hashes[i], entry);
	}
	c->count = 0;
	c->overflow = false;
}

void
memory_take_changes(struct memory *m, const struct memory_visitor *visitor)
{
	for (int k = 0; k < KINDS; k++) {
		struct showing showing = { visitor, (enum kind)k };

		take_changes(&m->shelves[k], &showing);
	}
}

static void
make_dirty(void *ctx, uint64_t hash, void *place)
{
	struct entry *e = place;

	(void)ctx;
	(void)hash;
	e->dirty = true;
}

void
memory_changes_failed(struct memory *m)
{
	for (int k = 0; k < KINDS; k++) {
		struct shelf *s = &m->shelves[k];

		table_each(s->table, make_dirty, NULL);
		s->changes.count = 0;
		s->changes.overflow = table_used(s->table) > 0;
	}
}

size_t
memory_changes(const struct memory *m)
{
	size_t n = 0;

	for (int k = 0; k < KINDS; k++)
		n += m->shelves[k].changes.count + m->shelves[k].changes.overflow;
	return n;
}

void
memory_counters(const struct memory *m, counter_visit *visit, void *ctx)
{
	static const struct {
		const char *used, *evicted;
	} names[KINDS] = {
		[SERVERS] = { "baseline.servers", "baseline.servers_evicted" },
		[PAIRS] = { "baseline.pairs", "baseline.pairs_evicted" },
		[NEIGHBOURHOODS] = { "baseline.neighbourhoods",
		    "baseline.neighbourhoods_evicted" },
	};

	for (int k = 0; k < KINDS; k++) {
		visit(ctx, names[k].used, table_used(m->shelves[k].table));
		visit(ctx, names[k].evicted, table_evicted(m->shelves[k].table));
	}
	visit(ctx, "baseline.strong", m->standings[STANDING_STRONG]);
	visit(ctx, "baseline.weak", m->standings[STANDING_WEAK]);
	visit(ctx, "baseline.mixed", m->standings[STANDING_MIXED]);
	visit(ctx, "baseline.without", m->standings[STANDING_WITHOUT]);
	visit(ctx, "baseline.since", (uint64_t)(m->since_ns / CLOCK_SECOND_NS));
}

void
memory_free(struct memory **m)
{
	if (*m == NULL)
		return;
	for (int k = 0; k < KINDS; k++)
		table_free(&(*m)->shelves[k].table);
	free(*m);
	*m = NULL;
}
