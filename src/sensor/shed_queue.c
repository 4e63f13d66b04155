/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/shed_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/list.h"
#include "base/table.h"
#include "words/observation_check.h"

/* One that waits: in the order of sending, and in that of its kind. */
struct waiting {
	struct list_link order, shed;
	enum shed_queue_kind kind;
	uint64_t flow_id;
	size_t bytes;
	struct observation_packed packed;	/* as much of it as there is */
};

struct shed_queue {
	size_t max, count;
	struct list order, kinds[SHED_QUEUE_KINDS];
	struct table *latest;		/* by flow: the last one that waits */
	struct hash_key key;
	uint64_t shed[SHED_QUEUE_KINDS], no_memory;
};

struct shed_queue *
shed_queue_new(size_t max)
{
	struct shed_queue *b = calloc(1, sizeof(*b));

	if (b == NULL || (b->latest = table_new(max * SHED_QUEUE_TIMES_GRAVE,
	    sizeof(struct waiting *))) == NULL) {
		free(b);
		return NULL;
	}
	b->max = max;
	b->key = hash_key_random();
	return b;
}

static uint64_t
hash_of(const struct shed_queue *b, uint64_t flow_id)
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

static enum shed_queue_kind
kind_of(const struct observation *o)
{
	if (has_blemish(o))
		return SHED_QUEUE_GRAVE;
	return o->final && (o->established == FACT_TRUE || o->implicit) ? SHED_QUEUE_UPGRADED :
	    SHED_QUEUE_PLAIN;
}

static void
forget(struct shed_queue *b, struct waiting *w)
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
supersede(struct shed_queue *b, struct waiting *w)
{
	struct waiting **latest = table_take(b->latest, hash_of(b, w->flow_id));

	if (*latest != NULL) {
		list_remove(&b->kinds[(*latest)->kind], &(*latest)->shed);
		(*latest)->kind = SHED_QUEUE_SUPERSEDED;
		list_add(&b->kinds[SHED_QUEUE_SUPERSEDED], &(*latest)->shed, *latest);
	}
	*latest = w;
}

static void
make_room(struct shed_queue *b)
{
	while (b->count > b->max) {
		struct waiting *victim = NULL;
		int kind = SHED_QUEUE_SUPERSEDED;

		for (; kind < SHED_QUEUE_KINDS && victim == NULL; kind++)
			victim = list_oldest(&b->kinds[kind]);
		if (victim == NULL || (victim->kind == SHED_QUEUE_GRAVE &&
		    b->count <= b->max * SHED_QUEUE_TIMES_GRAVE))
			return;
		b->shed[victim->kind]++;
		forget(b, victim);
	}
}

void
shed_queue_add(struct shed_queue *b, const struct observation *seen)
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
shed_queue_first(const struct shed_queue *b)
{
	const struct waiting *w = list_oldest(&b->order);

	return w != NULL ? span_of(&w->packed, w->bytes) : span_of(NULL, 0);
}

void
shed_queue_drop(struct shed_queue *b)
{
	struct waiting *w = list_oldest(&b->order);

	if (w != NULL)
		forget(b, w);
}

size_t
shed_queue_count(const struct shed_queue *b)
{
	return b->count;
}

void
shed_queue_counters(const struct shed_queue *b, counter_visit *visit, void *ctx)
{
	visit(ctx, "queue.waiting", b->count);
	visit(ctx, "queue.shed_superseded", b->shed[SHED_QUEUE_SUPERSEDED]);
	visit(ctx, "queue.shed_upgraded", b->shed[SHED_QUEUE_UPGRADED]);
	visit(ctx, "queue.shed_plain", b->shed[SHED_QUEUE_PLAIN]);
	visit(ctx, "queue.shed_grave", b->shed[SHED_QUEUE_GRAVE]);
	visit(ctx, "queue.no_memory", b->no_memory);
}

void
shed_queue_free(struct shed_queue **b)
{
	if (*b == NULL)
		return;
	while ((*b)->count > 0)
		shed_queue_drop(*b);
	table_free(&(*b)->latest);
	free(*b);
	*b = NULL;
}
