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

struct memory {
	struct table *servers, *pairs;
	size_t servers_max, pairs_max;
	struct changes changed_servers, changed_pairs;
	struct memory_backing backing;
	uint64_t standings[STANDINGS];	/* servers by what is known of them */
	int64_t since_ns;		/* the earliest session that one was learnt from */
};

struct memory *
memory_new(size_t servers_max, size_t pairs_max)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->servers_max = servers_max > IN_USE_MAX ? servers_max : IN_USE_MAX;
	m->pairs_max = pairs_max > IN_USE_MAX ? pairs_max : IN_USE_MAX;
	m->servers = table_new(m->servers_max, sizeof(struct server));
	m->pairs = table_new(m->pairs_max, sizeof(struct pair));
	if (m->servers == NULL || m->pairs == NULL)
		memory_free(&m);
	return m;
}

void
memory_set_backing(struct memory *m, const struct memory_backing *backing)
{
	m->backing = *backing;
}

/* --- Finding --- */

static void
make_room(struct memory *m)
{
	if (m->backing.make_room != NULL)
		m->backing.make_room(m->backing.ctx);
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
	uint64_t other;
	const struct server *oldest = table_oldest(m->servers, &other);

	if (table_used(m->servers) == m->servers_max) {
		if (oldest->dirty)
			make_room(m);
		m->standings[oldest->standing]--;
	}
	m->standings[STANDING_NEW]++;
	return table_take(m->servers, hash);
}

static struct pair *
place_pair(struct memory *m, uint64_t hash)
{
	uint64_t other;
	const struct pair *oldest = table_oldest(m->pairs, &other);

	if (table_used(m->pairs) == m->pairs_max && oldest->dirty)
		make_room(m);
	return table_take(m->pairs, hash);
}

struct server *
memory_server(struct memory *m, uint64_t hash)
{
	struct server stored, *s;

	if (table_find(m->servers, hash) != NULL)
		return table_take(m->servers, hash);
	if (m->backing.server == NULL || !m->backing.server(m->backing.ctx, hash, &stored))
		return NULL;
	s = place_server(m, hash);
	*s = stored;
	s->standing = STANDING_NEW;
	count_server(m, s);
	return s;
}

/* Its entry, all zero where there is no such pair: most are asked for often, and unknown. */
static struct pair *
pair_at(struct memory *m, uint64_t hash)
{
	struct pair stored = { 0 }, *p;

	if (table_find(m->pairs, hash) != NULL)
		return table_take(m->pairs, hash);
	if (m->backing.pair != NULL)
		m->backing.pair(m->backing.ctx, hash, &stored);
	p = place_pair(m, hash);
	*p = stored;
	return p;
}

struct pair *
memory_pair(struct memory *m, uint64_t hash)
{
	/* without a file behind it, what is not in memory is not known */
	struct pair *p = m->backing.pair != NULL ? pair_at(m, hash) : table_find(m->pairs, hash);

	return p != NULL && p->last_ns != 0 ? p : NULL;
}

struct server *
memory_server_or_new(struct memory *m, uint64_t hash)
{
	struct server *s = memory_server(m, hash);

	return s != NULL ? s : place_server(m, hash);
}

struct pair *
memory_pair_or_new(struct memory *m, uint64_t hash)
{
	return pair_at(m, hash);
}

/* --- Changes --- */

static void
note_change(struct changes *c, bool *dirty, uint64_t hash)
{
	if (*dirty)
		return;
	*dirty = true;
	if (c->count < CHANGES_MAX)
		c->hashes[c->count++] = hash;
	else
		c->overflow = true;
}

void
memory_server_changed(struct memory *m, struct server *server, uint64_t hash)
{
	note_change(&m->changed_servers, &server->dirty, hash);
	count_server(m, server);
}

void
memory_pair_changed(struct memory *m, struct pair *pair, uint64_t hash)
{
	note_change(&m->changed_pairs, &pair->dirty, hash);
}

static void
take_server(void *ctx, uint64_t hash, void *entry)
{
	const struct memory_visitor *visitor = ctx;
	struct server *s = entry;

	if (!s->dirty)
		return;
	s->dirty = false;
	visitor->server(visitor->ctx, hash, s);
}

static void
take_pair(void *ctx, uint64_t hash, void *entry)
{
	const struct memory_visitor *visitor = ctx;
	struct pair *p = entry;

	if (!p->dirty)
		return;
	p->dirty = false;
	visitor->pair(visitor->ctx, hash, p);
}

static void
take_changes(struct table *t, struct changes *c,
    void (*one)(void *ctx, uint64_t hash, void *entry), struct memory_visitor *visitor)
{
	if (c->overflow)
		table_each(t, one, visitor);
	for (size_t i = 0; i < c->count && !c->overflow; i++) {
		void *entry = table_find(t, c->hashes[i]);

		if (entry != NULL)
			one(visitor, c->hashes[i], entry);
	}
	c->count = 0;
	c->overflow = false;
}

void
memory_take_changes(struct memory *m, const struct memory_visitor *visitor)
{
	struct memory_visitor v = *visitor;

	take_changes(m->servers, &m->changed_servers, take_server, &v);
	take_changes(m->pairs, &m->changed_pairs, take_pair, &v);
}

size_t
memory_changes(const struct memory *m)
{
	return m->changed_servers.count + m->changed_pairs.count;
}

void
memory_counters(const struct memory *m, counter_visit *visit, void *ctx)
{
	visit(ctx, "baseline.servers", table_used(m->servers));
	visit(ctx, "baseline.strong", m->standings[STANDING_STRONG]);
	visit(ctx, "baseline.weak", m->standings[STANDING_WEAK]);
	visit(ctx, "baseline.mixed", m->standings[STANDING_MIXED]);
	visit(ctx, "baseline.without", m->standings[STANDING_WITHOUT]);
	visit(ctx, "baseline.since", (uint64_t)(m->since_ns / CLOCK_SECOND_NS));
	visit(ctx, "baseline.servers_evicted", table_evicted(m->servers));
	visit(ctx, "baseline.pairs", table_used(m->pairs));
	visit(ctx, "baseline.pairs_evicted", table_evicted(m->pairs));
}

void
memory_free(struct memory **m)
{
	if (*m == NULL)
		return;
	table_free(&(*m)->servers);
	table_free(&(*m)->pairs);
	free(*m);
	*m = NULL;
}
