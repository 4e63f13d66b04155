/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/flow_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "stream/connection.h"

/* Entries of a million connections lie far apart: small pages would cost more than they do. */
static void
ask_for_large_pages(void *begin, size_t bytes)
{
	const uintptr_t page = 4096, first = ((uintptr_t)begin + page - 1) & ~(page - 1);
	const uintptr_t end = ((uintptr_t)begin + bytes) & ~(page - 1);

	/* a kernel that has none goes on as before */
	if (end > first)
		(void)madvise((void *)first, end - first, MADV_HUGEPAGE);
}

enum { TABLE_MAX = 1 << 24 };	/* 3 GB: more is a mistake in the settings */

int
flow_table_init(struct flow_table *t, size_t size, bool by_vlan, struct err *e)
{
	size_t buckets = 1;

	*t = (struct flow_table){ .by_vlan = by_vlan, .size = size, .spare = FLOW_NONE };
	if (size > TABLE_MAX)
		return err_set(e, "cannot hold %zu connections, at most %d", size,
		    TABLE_MAX);
	while (buckets < size)
		buckets *= 2;
	t->entries = aligned_alloc(CACHE_LINE_BYTES, size * sizeof(*t->entries));
	t->buckets = malloc(buckets * sizeof(*t->buckets));
	if (t->entries == NULL || t->buckets == NULL) {
		flow_table_free(t);
		return err_set(e, "no memory for %zu connections: lower the limits",
		    size);
	}
	ask_for_large_pages(t->entries, size * sizeof(*t->entries));
	ask_for_large_pages(t->buckets, buckets * sizeof(*t->buckets));
	t->bucket_mask = buckets - 1;
	for (size_t i = 0; i < buckets; i++)
		t->buckets[i] = FLOW_NONE;
	for (int list = 0; list < FLOW_LISTS; list++)
		t->list[list].newest = t->list[list].oldest = FLOW_NONE;
	hash_random(t->key, sizeof(t->key));
	return 0;
}

void
flow_table_free(struct flow_table *t)
{
	free(t->entries);
	free(t->buckets);
	t->entries = NULL;
	t->buckets = NULL;
}

struct flow_tuple
flow_tuple_of(const struct segment *segment, enum side sender)
{
	const enum side receiver = side_other(sender);
	struct flow_tuple t = { .vlan_count = segment->vlan_count, .tap = segment->tap };

	t.addr[sender] = segment->addr[0];
	t.port[sender] = segment->port[0];
	t.addr[receiver] = segment->addr[1];
	t.port[receiver] = segment->port[1];
	for (int i = 0; i < FLOW_VLAN_MAX && i < segment->vlan_count; i++)
		t.vlan[i] = segment->vlan[i];
	return t;
}

/* What a connection is known by: a segment's or a tuple's, whose arrays are alike. */
struct ends {
	const struct address *addr;
	const uint16_t *port, *vlan;
	uint8_t vlan_count, tap;
};

static inline struct ends
ends_of_segment(const struct segment *s)
{
	return (struct ends){ s->addr, s->port, s->vlan, s->vlan_count, s->tap };
}

static inline struct ends
ends_of_tuple(const struct flow_tuple *t)
{
	return (struct ends){ t->addr, t->port, t->vlan, t->vlan_count, t->tap };
}

/* One end of a connection, as numbers that have an order. */
struct endpoint {
	uint64_t high, low;	/* of an IPv4 address high is 0 */
	uint16_t port;
};

static struct endpoint
endpoint_of(const struct address *address, uint16_t port)
{
	struct endpoint e = { .port = port };
	uint32_t ipv4;

	if (address->family == 4) {
		memcpy(&ipv4, address->bytes, sizeof(ipv4));
		e.low = ipv4;
	} else {
		memcpy(&e.high, address->bytes, sizeof(e.high));
		memcpy(&e.low, address->bytes + sizeof(e.high), sizeof(e.low));
	}
	return e;
}

static bool
is_greater(const struct endpoint *a, const struct endpoint *b)
{
	if (a->low != b->low)
		return a->low > b->low;
	return a->high != b->high ? a->high > b->high : a->port > b->port;
}

/* What is hashed, word by word: its sum of products so far. */
struct sum {
	const uint64_t *key;
	uint64_t value;
};

static inline void
sum_add(struct sum *sum, uint64_t words)
{
	sum->value += sum->key[0] * (uint32_t)words + sum->key[1] * (words >> 32);
	sum->key += 2;
}

/*
 * The same for both directions: the lesser endpoint goes first. Each 32 bits are multiplied
 * by a random number of 64 of their own, and the upper half of the sum is the hash: of two
 * connections that somebody chose without seeing hashes it is equal by mere chance (multilinear
 * hashing, strongly universal), and takes a few instructions with each packet.
 */
static uint32_t
hash_of(const struct flow_table *t, const struct ends *ends)
{
	struct endpoint low = endpoint_of(&ends->addr[0], ends->port[0]);
	struct endpoint high = endpoint_of(&ends->addr[1], ends->port[1]);
	struct sum sum = { t->key + 1, t->key[0] };
	uint64_t vlans;

	if (is_greater(&low, &high)) {
		const struct endpoint other = low;

		low = high;
		high = other;
	}
	sum_add(&sum, (uint64_t)low.port << 48 | (uint64_t)high.port << 32 |
	    (uint64_t)ends->tap << 8 | ends->addr[0].family);
	if (ends->addr[0].family == 4) {
		sum_add(&sum, low.low << 32 | high.low);
	} else {
		sum_add(&sum, low.low);
		sum_add(&sum, high.low);
		sum_add(&sum, low.high);
		sum_add(&sum, high.high);
	}
	if (t->by_vlan && ends->vlan_count > 0) {
		memcpy(&vlans, ends->vlan, sizeof(vlans));
		sum_add(&sum, vlans);
	}
	return (uint32_t)(sum.value >> 32);
}

static uint32_t *
bucket_of(const struct flow_table *t, const struct flow_tuple *tuple)
{
	const struct ends ends = ends_of_tuple(tuple);

	return &t->buckets[hash_of(t, &ends) & t->bucket_mask];
}

_Static_assert(sizeof(((struct flow_tuple *)NULL)->vlan) == sizeof(uint64_t), "one word");

/* The same connection, with client as the side of whom is first in ends? */
static inline bool
ends_equal(const struct ends *ends, const struct flow_tuple *t, enum side first)
{
	const enum side second = side_other(first);

	return ends->port[0] == t->port[first] && ends->port[1] == t->port[second] &&
	    memcmp(&ends->addr[0], &t->addr[first], sizeof(struct address)) == 0 &&
	    memcmp(&ends->addr[1], &t->addr[second], sizeof(struct address)) == 0 &&
	    ends->tap == t->tap;
}

static inline bool
vlans_equal(const struct ends *ends, const struct flow_tuple *t)
{
	return ends->vlan_count == t->vlan_count &&
	    memcmp(ends->vlan, t->vlan, sizeof(t->vlan)) == 0;
}

struct connection *
flow_table_find(const struct flow_table *t, const struct segment *segment,
    enum side *from_r)
{
	const struct ends ends = ends_of_segment(segment);
	const uint32_t hash = segment->flow_hash != 0 ? segment->flow_hash : hash_of(t, &ends);

	for (uint32_t i = t->buckets[hash & t->bucket_mask]; i != FLOW_NONE;
	    i = t->entries[i].bucket_next) {
		struct connection *c = &t->entries[i];

		if (ends_equal(&ends, &c->tuple, SIDE_CLIENT))
			*from_r = SIDE_CLIENT;
		else if (ends_equal(&ends, &c->tuple, SIDE_SERVER))
			*from_r = SIDE_SERVER;
		else
			continue;
		if (!t->by_vlan || vlans_equal(&ends, &c->tuple))
			return c;
	}
	return NULL;
}

static inline void
ask_for_entry(const struct connection *c)
{
	for (size_t at = 0; at < sizeof(*c); at += CACHE_LINE_BYTES)
		__builtin_prefetch((const char *)c + at, 1);
}

void
flow_table_expect(const struct flow_table *t, struct segment *const segments[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct ends ends = ends_of_segment(segments[i]);

		segments[i]->flow_hash = hash_of(t, &ends);
		__builtin_prefetch(&t->buckets[segments[i]->flow_hash & t->bucket_mask]);
	}
	for (size_t i = 0; i < count; i++) {
		const uint32_t first = t->buckets[segments[i]->flow_hash & t->bucket_mask];

		if (first != FLOW_NONE)
			ask_for_entry(&t->entries[first]);
	}
}

uint32_t
flow_table_index(const struct flow_table *t, const struct connection *c)
{
	return (uint32_t)(c - t->entries);
}

static void
lru_add(struct flow_table *t, struct connection *c, enum flow_list list)
{
	const uint32_t index = flow_table_index(t, c);

	c->list = (uint8_t)list;
	c->newer = FLOW_NONE;
	c->older = t->list[list].newest;
	if (c->older != FLOW_NONE)
		t->entries[c->older].newer = index;
	else
		t->list[list].oldest = index;
	t->list[list].newest = index;
	t->list[list].count++;
}

static void
lru_remove(struct flow_table *t, struct connection *c)
{
	if (c->newer != FLOW_NONE)
		t->entries[c->newer].older = c->older;
	else
		t->list[c->list].newest = c->older;
	if (c->older != FLOW_NONE)
		t->entries[c->older].newer = c->newer;
	else
		t->list[c->list].oldest = c->newer;
	t->list[c->list].count--;
}

struct connection *
flow_table_add(struct flow_table *t, const struct flow_tuple *tuple, enum flow_list list)
{
	uint32_t *bucket = bucket_of(t, tuple);
	uint32_t index = t->spare;
	struct connection *c;

	if (index != FLOW_NONE)
		t->spare = t->entries[index].bucket_next;
	else if (t->touched < t->size)
		index = (uint32_t)t->touched++;
	else
		return NULL;
	c = &t->entries[index];
	memset(c, 0, sizeof(*c));
	c->tuple = *tuple;
	c->bucket_next = *bucket;
	*bucket = index;
	lru_add(t, c, list);
	return c;
}

void
flow_table_remove(struct flow_table *t, struct connection *c)
{
	const uint32_t index = flow_table_index(t, c);
	uint32_t *link = bucket_of(t, &c->tuple);

	while (*link != index)
		link = &t->entries[*link].bucket_next;
	*link = c->bucket_next;
	lru_remove(t, c);
	c->bucket_next = t->spare;
	t->spare = index;
}

void
flow_table_move(struct flow_table *t, struct connection *c, enum flow_list list)
{
	lru_remove(t, c);
	lru_add(t, c, list);
}

struct connection *
flow_table_oldest(const struct flow_table *t, enum flow_list list)
{
	const uint32_t index = t->list[list].oldest;

	return index != FLOW_NONE ? &t->entries[index] : NULL;
}

struct connection *
flow_table_newer(const struct flow_table *t, const struct connection *c)
{
	return c->newer != FLOW_NONE ? &t->entries[c->newer] : NULL;
}
