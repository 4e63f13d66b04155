/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = 0 };	/* slots count from 1 */

struct slot {
	uint64_t hash;
	uint32_t next;			/* in its bucket, or among the free ones */
	uint32_t newer, older;		/* by last touch */
};

struct table {
	size_t entries_max, entry_bytes, used;
	size_t bucket_mask;
	uint64_t evicted;
	uint32_t *buckets;
	struct slot *slots;
	unsigned char *entries;
	uint32_t free, newest, oldest, fresh;
};

struct table *
table_new(size_t entries_max, size_t entry_bytes)
{
	struct table *t = calloc(1, sizeof(*t));
	size_t buckets = 16;

	if (t == NULL)
		return NULL;
	while (buckets < entries_max)
		buckets *= 2;
	t->entries_max = entries_max;
	t->entry_bytes = entry_bytes;
	t->bucket_mask = buckets - 1;
	t->fresh = 1;
	/* untouched pages of these cost nothing until they are used */
	t->buckets = calloc(buckets, sizeof(*t->buckets));
	t->slots = calloc(entries_max + 1, sizeof(*t->slots));
	t->entries = calloc(entries_max + 1, entry_bytes);
	if (t->buckets == NULL || t->slots == NULL || t->entries == NULL)
		table_free(&t);
	return t;
}

static void *
entry_of(const struct table *t, uint32_t slot)
{
	return t->entries + (size_t)slot * t->entry_bytes;
}

static uint32_t
slot_of(const struct table *t, uint64_t hash)
{
	uint32_t slot = t->buckets[hash & t->bucket_mask];

	while (slot != NONE && t->slots[slot].hash != hash)
		slot = t->slots[slot].next;
	return slot;
}

void *
table_find(const struct table *t, uint64_t hash)
{
	uint32_t slot = slot_of(t, hash);

	return slot != NONE ? entry_of(t, slot) : NULL;
}

static void
unlink_age(struct table *t, uint32_t slot)
{
	struct slot *s = &t->slots[slot];

	if (s->newer != NONE)
		t->slots[s->newer].older = s->older;
	else
		t->newest = s->older;
	if (s->older != NONE)
		t->slots[s->older].newer = s->newer;
	else
		t->oldest = s->newer;
}

static void
link_newest(struct table *t, uint32_t slot)
{
	t->slots[slot].newer = NONE;
	t->slots[slot].older = t->newest;
	if (t->newest != NONE)
		t->slots[t->newest].newer = slot;
	else
		t->oldest = slot;
	t->newest = slot;
}

static void
remove_slot(struct table *t, uint32_t slot)
{
	uint32_t *at = &t->buckets[t->slots[slot].hash & t->bucket_mask];

	while (*at != slot)
		at = &t->slots[*at].next;
	*at = t->slots[slot].next;
	unlink_age(t, slot);
	t->slots[slot].next = t->free;
	t->free = slot;
	t->used--;
}

static uint32_t
new_slot(struct table *t)
{
	uint32_t slot = t->free;

	if (t->used == t->entries_max) {
		remove_slot(t, t->oldest);
		t->evicted++;
		slot = t->free;
	}
	if (slot != NONE)
		t->free = t->slots[slot].next;
	else
		slot = t->fresh++;
	return slot;
}

void *
table_take(struct table *t, uint64_t hash)
{
	uint32_t slot = slot_of(t, hash), *bucket = &t->buckets[hash & t->bucket_mask];

	if (slot != NONE) {
		unlink_age(t, slot);
		link_newest(t, slot);
		return entry_of(t, slot);
	}
	slot = new_slot(t);
	memset(entry_of(t, slot), 0, t->entry_bytes);
	t->slots[slot].hash = hash;
	t->slots[slot].next = *bucket;
	*bucket = slot;
	link_newest(t, slot);
	t->used++;
	return entry_of(t, slot);
}

void *
table_oldest(const struct table *t, uint64_t *hash_r)
{
	if (t->oldest == NONE)
		return NULL;
	*hash_r = t->slots[t->oldest].hash;
	return entry_of(t, t->oldest);
}

void
table_drop(struct table *t, uint64_t hash)
{
	uint32_t slot = slot_of(t, hash);

	if (slot != NONE)
		remove_slot(t, slot);
}

void
table_each(const struct table *t, void (*visit)(void *ctx, uint64_t hash, void *entry), void *ctx)
{
	for (uint32_t slot = t->oldest; slot != NONE; slot = t->slots[slot].newer)
		visit(ctx, t->slots[slot].hash, entry_of(t, slot));
}

size_t
table_used(const struct table *t)
{
	return t->used;
}

uint64_t
table_evicted(const struct table *t)
{
	return t->evicted;
}

void
table_free(struct table **t)
{
	if (*t == NULL)
		return;
	free((*t)->buckets);
	free((*t)->slots);
	free((*t)->entries);
	free(*t);
	*t = NULL;
}
