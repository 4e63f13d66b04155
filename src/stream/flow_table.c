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
	t->key = hash_key_random();
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

/* One end of a connection, as numbers that have an order. */
struct endpoint {
	uint64_t address[2];	/* an IPv4 address is a number of 32 bits */
	uint16_t port;
};

static struct endpoint
endpoint_of(const struct flow_tuple *t, enum side side)
{
	const struct address *address = &t->addr[side];
	struct endpoint e = { .port = t->port[side] };
	uint32_t ipv4;

	if (address->family == 4) {
		memcpy(&ipv4, address->bytes, sizeof(ipv4));
		e.address[0] = ipv4;
	} else {
		memcpy(e.address, address->bytes, sizeof(e.address));
	}
	return e;
}

static bool
is_greater(const struct endpoint *a, const struct endpoint *b)
{
	for (int i = 0; i < 2; i++) {
		if (a->address[i] != b->address[i])
			return a->address[i] > b->address[i];
	}
	return a->port > b->port;
}

/*
 * The same for both directions: the lesser endpoint goes first. A hash takes as long as
 * what it is over, so that is no more than it must be.
 */
static uint32_t *
bucket_of(const struct flow_table *t, const struct flow_tuple *tuple)
{
	struct endpoint low = endpoint_of(tuple, SIDE_CLIENT);
	struct endpoint high = endpoint_of(tuple, SIDE_SERVER);
	uint64_t image[6], *next = image;

	if (is_greater(&low, &high)) {
		const struct endpoint other = low;

		low = high;
		high = other;
	}
	*next++ = (uint64_t)low.port << 48 | (uint64_t)high.port << 32 |
	    (uint64_t)tuple->tap << 8 | tuple->addr[SIDE_CLIENT].family;
	if (tuple->addr[SIDE_CLIENT].family == 4) {
		*next++ = low.address[0] << 32 | high.address[0];
	} else {
		for (int i = 0; i < 2; i++) {
			*next++ = low.address[i];
			*next++ = high.address[i];
		}
	}
	if (t->by_vlan && tuple->vlan_count > 0) {
		memcpy(next, tuple->vlan, sizeof(tuple->vlan));
		next++;
	}
	return &t->buckets[hash_quick(&t->key, image,
	    (size_t)(next - image) * sizeof(*next)) & t->bucket_mask];
}

_Static_assert(sizeof(((struct flow_tuple *)NULL)->vlan) == sizeof(uint64_t), "one word");

static bool
endpoint_equal(const struct flow_tuple *a, enum side side_a, const struct flow_tuple *b,
    enum side side_b)
{
	return a->port[side_a] == b->port[side_b] &&
	    memcmp(&a->addr[side_a], &b->addr[side_b], sizeof(struct address)) == 0;
}

static bool
vlans_equal(const struct flow_tuple *a, const struct flow_tuple *b)
{
	return a->vlan_count == b->vlan_count && memcmp(a->vlan, b->vlan, sizeof(a->vlan)) == 0;
}

/* Equal, with b's client being a's client or, when crossed, a's server. */
static bool
tuple_equal(const struct flow_tuple *a, const struct flow_tuple *b, bool crossed)
{
	return endpoint_equal(a, SIDE_CLIENT, b, crossed ? SIDE_SERVER : SIDE_CLIENT) &&
	    endpoint_equal(a, SIDE_SERVER, b, crossed ? SIDE_CLIENT : SIDE_SERVER) &&
	    a->tap == b->tap;
}

struct connection *
flow_table_find(const struct flow_table *t, const struct segment *segment,
    enum side *from_r)
{
	const struct flow_tuple tuple = flow_tuple_of(segment, SIDE_CLIENT);

	for (uint32_t i = *bucket_of(t, &tuple); i != FLOW_NONE;
	    i = t->entries[i].bucket_next) {
		struct connection *c = &t->entries[i];

		for (int crossed = 0; crossed < 2; crossed++) {
			if (tuple_equal(&c->tuple, &tuple, crossed) &&
			    (!t->by_vlan || vlans_equal(&c->tuple, &tuple))) {
				*from_r = crossed ? SIDE_SERVER : SIDE_CLIENT;
				return c;
			}
		}
	}
	return NULL;
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
