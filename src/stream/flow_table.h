/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_FLOW_TABLE_H
#define STREAM_FLOW_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "decode/decode.h"
#include "words/flow.h"

struct connection;

/* Which of the lists, each from the latest used to the longest idle. */
enum flow_list {
	FLOWS_WAITING,		/* half open, or closed a moment ago */
	FLOWS_FOLLOWED,
	FLOWS_SHUNTED,
	FLOWS_RESET,		/* reset or finished, and perhaps not by its peers */
	FLOW_LISTS
};

/* Entries know each other by index; this one stands at an end. */
#define FLOW_NONE UINT32_MAX

/* One, and another for each 32 bits of ports, tap, two IPv6 addresses and VLANs. */
enum { FLOW_KEY_WORDS = 1 + 2 + 8 + 2 };

/*
 * Connections by both addresses, both ports and tap, and by VLANs unless each
 * direction may have its own. The hash is keyed
 * at random; entries are allocated once and zeroed when taken.
 */
struct flow_table {
	bool by_vlan;
	struct connection *entries;
	size_t size, touched;		/* entries beyond touched were never used */
	uint32_t *buckets;
	size_t bucket_mask;
	uint32_t spare;			/* entries that were given back */
	uint64_t key[FLOW_KEY_WORDS];	/* of the hash */
	struct {
		uint32_t newest, oldest;
		size_t count;
	} list[FLOW_LISTS];
};

/* 0, or -1 with *e set; flow_table_free() frees. */
int flow_table_init(struct flow_table *t, size_t size, bool by_vlan, struct err *e);
void flow_table_free(struct flow_table *t);

/* NULL when unknown; *from_r is who sent the segment. */
struct connection *flow_table_find(const struct flow_table *t,
    const struct segment *segment, enum side *from_r);

/*
 * Segments that will be looked for next: ask memory for what that needs, so that they wait
 * for it together and not one after the other. Sets their flow_hash.
 */
void flow_table_expect(const struct flow_table *t, struct segment *const segments[],
    size_t count);

/* A zeroed entry with that tuple, newest of its list; NULL when every entry is taken. */
struct connection *flow_table_add(struct flow_table *t,
    const struct flow_tuple *tuple, enum flow_list list);

void flow_table_remove(struct flow_table *t, struct connection *c);

/* Make it the newest of a list, which may be the one that it is in. */
void flow_table_move(struct flow_table *t, struct connection *c, enum flow_list list);

/* NULL when the list is empty. */
struct connection *flow_table_oldest(const struct flow_table *t, enum flow_list list);

/* The one used next after this, in the same list; NULL at the end. */
struct connection *flow_table_newer(const struct flow_table *t,
    const struct connection *c);

/* The entry's index, below size. */
uint32_t flow_table_index(const struct flow_table *t, const struct connection *c);

/* Who is the client when the segment's sender is, and when its receiver is. */
struct flow_tuple flow_tuple_of(const struct segment *segment, enum side sender);

#endif
