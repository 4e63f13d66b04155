/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/list.h"
#include "base/table.h"
#include "words/observation_check.h"

/* One that waits: in the order of sending, and in that of its kind. */
struct waiting {
	struct list_link order, shed;
	enum backlog_kind kind;
	uint64_t flow_id;
	size_t bytes;
	struct observation_packed packed;	/* as much of it as there is */
};

struct backlog {
	size_t max, count;
	struct list order, kinds[BACKLOG_KINDS];
	struct table *latest;		/* by flow: the last one that waits */
	struct hash_key key;
	uint64_t shed[BACKLOG_KINDS], no_memory;
};

struct backlog *
backlog_new(size_t max)
{
	struct backlog *b = calloc(1, sizeof(*b));

	if (b == NULL || (b->latest = table_new(max * BACKLOG_TIMES_GRAVE,
	    sizeof(struct waiting *))) == NULL) {
		free(b);
		return NULL;
	}
	b->max = max;
	b->key = hash_key_random();
	return b;
}

static uint64_t
hash_of(const struct backlog *b, uint64_t flow_id)
{
	return hash_bytes(&b->key, &flow_id, sizeof(flow_id));
}

/* Marks of a session in which nothing went wrong. */
static bool
has_blemish(const struct observation *o)
{
	static const enum mark_kind harmless[] = { MARK_BANNER, MARK_LISTING, MARK_HELO_ONLY,
		MARK_REQUEST, MARK_ACCEPTED, MARK_CLIENT_HELLO, MARK_SERVER_HELLO,
		MARK_TLS_PROTECTED, MARK_DEMAND };
	uint64_t others = o->marked;

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		others &= ~(UINT64_C(1) << harmless[i]);
	return others != 0;
}

static enum backlog_kind
kind_of(const struct observation *o)
{
	if (has_blemish(o))
		return BACKLOG_GRAVE;
	return o->final && (o->established == FACT_TRUE || o->implicit) ? BACKLOG_UPGRADED :
	    BACKLOG_PLAIN;
}

static void
forget(struct backlog *b, struct waiting *w)
{
	const uint64_t hash = hash_of(b, w->flow_id);
	struct waiting **latest = table_find(b->latest, hash);

	if (latest != NULL && *latest == w)
		table_drop(b->latest, hash);
	list_remove(&b->order, &w->order);
	list_remove(&b->kinds[w->kind], &w->shed);
	b->count--;
	free(w);
}

/* What an earlier snapshot of the session says stands in the new one, too. */
static void
supersede(struct backlog *b, struct waiting *w)
{
	struct waiting **latest = table_take(b->latest, hash_of(b, w->flow_id));

	if (*latest != NULL) {
		list_remove(&b->kinds[(*latest)->kind], &(*latest)->shed);
		(*latest)->kind = BACKLOG_SUPERSEDED;
		list_add(&b->kinds[BACKLOG_SUPERSEDED], &(*latest)->shed, *latest);
	}
	*latest = w;
}

static void
make_room(struct backlog *b)
{
	while (b->count > b->max) {
		struct waiting *victim = NULL;
		int kind = BACKLOG_SUPERSEDED;

		for (; kind < BACKLOG_KINDS && victim == NULL; kind++)
			victim = list_oldest(&b->kinds[kind]);
		if (victim == NULL || (victim->kind == BACKLOG_GRAVE &&
		    b->count <= b->max * BACKLOG_TIMES_GRAVE))
			return;
		b->shed[victim->kind]++;
		forget(b, victim);
	}
}

void
backlog_add(struct backlog *b, const struct observation *seen)
{
	struct observation_packed packed;
	const size_t bytes = observation_pack(seen, &packed);
	struct waiting *w = malloc(offsetof(struct waiting, packed) + bytes);

	if (w == NULL) {
		b->no_memory++;
		return;
	}
	memset(w, 0, offsetof(struct waiting, packed));
	memcpy(&w->packed, &packed, bytes);
	w->bytes = bytes;
	w->kind = kind_of(seen);
	w->flow_id = seen->flow.id;
	list_add(&b->order, &w->order, w);
	list_add(&b->kinds[w->kind], &w->shed, w);
	b->count++;
	supersede(b, w);
	make_room(b);
}

struct span
backlog_first(const struct backlog *b)
{
	const struct waiting *w = list_oldest(&b->order);

	return w != NULL ? span_of(&w->packed, w->bytes) : span_of(NULL, 0);
}

void
backlog_drop(struct backlog *b)
{
	struct waiting *w = list_oldest(&b->order);

	if (w != NULL)
		forget(b, w);
}

size_t
backlog_count(const struct backlog *b)
{
	return b->count;
}

void
backlog_counters(const struct backlog *b, counter_visit *visit, void *ctx)
{
	visit(ctx, "backlog.waiting", b->count);
	visit(ctx, "backlog.shed_superseded", b->shed[BACKLOG_SUPERSEDED]);
	visit(ctx, "backlog.shed_upgraded", b->shed[BACKLOG_UPGRADED]);
	visit(ctx, "backlog.shed_plain", b->shed[BACKLOG_PLAIN]);
	visit(ctx, "backlog.shed_grave", b->shed[BACKLOG_GRAVE]);
	visit(ctx, "backlog.no_memory", b->no_memory);
}

void
backlog_free(struct backlog **b)
{
	if (*b == NULL)
		return;
	while ((*b)->count > 0)
		backlog_drop(*b);
	table_free(&(*b)->latest);
	free(*b);
	*b = NULL;
}
