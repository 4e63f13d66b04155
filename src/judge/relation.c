/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/relation.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/table.h"

/* The last setback of one client at one server, whatever the port. */
struct entry {
	enum setback setback;
	int64_t first_ns, end_ns;
	uint64_t client_name_hash;
	uint64_t flow_id;
};

struct relations {
	struct hash_key key;
	struct table *entries;
};

struct relations *
relations_new(size_t pairs_max, struct err *e)
{
	struct relations *r = calloc(1, sizeof(*r));

	if (r != NULL && (r->entries = table_new(pairs_max, sizeof(struct entry))) != NULL) {
		r->key = hash_key_random();
		return r;
	}
	err_set_errno(e, "memory of %zu pairs", pairs_max);
	free(r);
	return NULL;
}

static uint64_t
pair_hash(const struct relations *r, const struct observation *o)
{
	struct {
		struct address addr[2];
		char dialect[DIALECT_NAME_SIZE];
		uint64_t tunnel_to;
		uint8_t tap;
	} key;

	memset(&key, 0, sizeof(key));
	key.addr[0] = o->flow.tuple.addr[SIDE_CLIENT];
	key.addr[1] = o->flow.tuple.addr[SIDE_SERVER];
	key.tunnel_to = o->tunnel_to;
	key.tap = o->flow.tuple.tap;
	memcpy(key.dialect, o->dialect, sizeof(key.dialect));
	return hash_bytes(&r->key, &key, sizeof(key));
}

struct relation
relations_find(const struct relations *r, const struct observation *seen)
{
	const struct entry *e = table_find(r->entries, pair_hash(r, seen));
	struct relation none = { .setback = SETBACK_NONE };
	int64_t begin_ns = seen->flow.first.at_ns;

	if (e == NULL || e->flow_id == seen->flow.id)
		return none;
	/* a client may open the next connection before it has closed the last one */
	if (begin_ns < e->first_ns || begin_ns - e->end_ns > RELATION_AGE_NS)
		return none;
	return (struct relation){
		.setback = e->setback,
		.same_name = e->client_name_hash != 0 &&
		    e->client_name_hash == seen->client_name_hash,
		.flow_id = e->flow_id,
	};
}

static enum setback
setback_of(const struct observation *o)
{
	if (observation_has(o, MARK_CLIENT_HELLO)) {
		if (!observation_handshake_failed(o) || o->requested != FACT_TRUE)
			return SETBACK_NONE;
		if (observation_has(o, MARK_TLS_DAMAGED))
			return SETBACK_HANDSHAKE;
		return observation_has(o, MARK_TLS_ALERT) ? SETBACK_ALERT : SETBACK_HANDSHAKE;
	}
	/* behind an attacker who resets at the ClientHello, a tap sees only the reset */
	if (o->answer == ANSWER_GRANTED && o->flow.end == FLOW_RST)
		return SETBACK_HANDSHAKE;
	if (o->answer == ANSWER_ERROR)
		return SETBACK_ERROR;
	if (o->offered != FACT_TRUE)
		return SETBACK_NONE;
	if (o->answer == ANSWER_PERMANENT)
		return SETBACK_PERMANENT;
	return o->answer == ANSWER_TEMPORARY ? SETBACK_TEMPORARY : SETBACK_NONE;
}

void
relations_learn(struct relations *r, const struct observation *seen)
{
	enum setback setback = setback_of(seen);
	uint64_t hash = pair_hash(r, seen);

	const struct entry *known = table_find(r->entries, hash);

	/* a setback is over, or the reset that looked like one was not its end */
	if (seen->established == FACT_TRUE ||
	    (setback == SETBACK_NONE && known != NULL && known->flow_id == seen->flow.id))
		table_drop(r->entries, hash);
	if (setback == SETBACK_NONE || (seen->traits & TRAIT_OPTIONAL) != 0)
		return;
	*(struct entry *)table_take(r->entries, hash) = (struct entry){
		.setback = setback,
		.first_ns = seen->flow.first.at_ns,
		.end_ns = seen->flow.last.at_ns,
		.client_name_hash = seen->client_name_hash,
		.flow_id = seen->flow.id,
	};
}

void
relations_counters(const struct relations *r, counter_visit *visit, void *ctx)
{
	visit(ctx, "relations.pairs", table_used(r->entries));
	visit(ctx, "relations.pairs_evicted", table_evicted(r->entries));
}

void
relations_free(struct relations **r)
{
	if (*r == NULL)
		return;
	table_free(&(*r)->entries);
	free(*r);
	*r = NULL;
}
