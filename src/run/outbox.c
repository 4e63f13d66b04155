/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/list.h"
#include "base/table.h"
#include "words/observation_check.h"

/* One that waits: in the order of sending, and in that of its kind. */
struct waiting {
	struct list_link order, shed;
	enum outbox_kind kind;
	uint64_t flow_id;
	size_t bytes;
	struct observation_packed packed;	/* as much of it as there is */
};

struct outbox {
	size_t max, count;
	struct list order, kinds[OUTBOX_KINDS];
	struct table *latest;		/* by flow: the last one that waits */
	struct hash_key key;
	uint64_t shed[OUTBOX_KINDS], no_memory;
};

struct outbox *
outbox_new(size_t max)
{
	struct outbox *b = calloc(1, sizeof(*b));

	if (b == NULL || (b->latest = table_new(max * OUTBOX_TIMES_GRAVE,
	    sizeof(struct waiting *))) == NULL) {
		free(b);
		return NULL;
	}
	b->max = max;
	b->key = hash_key_random();
	return b;
}

static uint64_t
hash_of(const struct outbox *b, uint64_t flow_id)
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

static enum outbox_kind
kind_of(const struct observation *o)
{
	if (has_blemish(o))
		return OUTBOX_GRAVE;
	return o->final && (o->established == FACT_TRUE || o->implicit) ? OUTBOX_UPGRADED :
	    OUTBOX_PLAIN;
}

static void
forget(struct outbox *b, struct waiting *w)
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
supersede(struct outbox *b, struct waiting *w)
{
	struct waiting **latest = table_take(b->latest, hash_of(b, w->flow_id));

	if (*latest != NULL) {
		list_remove(&b->kinds[(*latest)->kind], &(*latest)->shed);
		(*latest)->kind = OUTBOX_SUPERSEDED;
		list_add(&b->kinds[OUTBOX_SUPERSEDED], &(*latest)->shed, *latest);
	}
	*latest = w;
}

static void
make_room(struct outbox *b)
{
	while (b->count > b->max) {
		struct waiting *victim = NULL;
		int kind = OUTBOX_SUPERSEDED;

		for (; kind < OUTBOX_KINDS && victim == NULL; kind++)
			victim = list_oldest(&b->kinds[kind]);
		if (victim == NULL || (victim->kind == OUTBOX_GRAVE &&
		    b->count <= b->max * OUTBOX_TIMES_GRAVE))
			return;
		b->shed[victim->kind]++;
		forget(b, victim);
	}
}

void
outbox_add(struct outbox *b, const struct observation *seen)
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
outbox_first(const struct outbox *b)
{
	const struct waiting *w = list_oldest(&b->order);

	return w != NULL ? span_of(&w->packed, w->bytes) : span_of(NULL, 0);
}

void
outbox_drop(struct outbox *b)
{
	struct waiting *w = list_oldest(&b->order);

	if (w != NULL)
		forget(b, w);
}

size_t
outbox_count(const struct outbox *b)
{
	return b->count;
}

void
outbox_counters(const struct outbox *b, counter_visit *visit, void *ctx)
{
	visit(ctx, "outbox.waiting", b->count);
	visit(ctx, "outbox.shed_superseded", b->shed[OUTBOX_SUPERSEDED]);
	visit(ctx, "outbox.shed_upgraded", b->shed[OUTBOX_UPGRADED]);
	visit(ctx, "outbox.shed_plain", b->shed[OUTBOX_PLAIN]);
	visit(ctx, "outbox.shed_grave", b->shed[OUTBOX_GRAVE]);
	visit(ctx, "outbox.no_memory", b->no_memory);
}

void
outbox_free(struct outbox **b)
{
	if (*b == NULL)
		return;
	while ((*b)->count > 0)
		outbox_drop(*b);
	table_free(&(*b)->latest);
	free(*b);
	*b = NULL;
}
