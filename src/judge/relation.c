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

/* The last time a client failed to reach a server's port with TLS. */
struct blocked {
	int64_t at_ns;
	uint64_t flow_id;
	uint16_t port;
};

/* Where a ClientHello was seen first. */
struct hello {
	uint64_t flow_id;
	int64_t at_ns;
	struct address server;
	uint16_t port;
	bool implicit;
};

struct relations {
	struct hash_key key;
	struct table *entries;
	struct table *blocked;
	struct table *hellos;
};

struct relations *
relations_new(size_t pairs_max, struct err *e)
{
	struct relations *r = calloc(1, sizeof(*r));

	if (r != NULL) {
		r->key = hash_key_random();
		r->entries = table_new(pairs_max, sizeof(struct entry));
		r->blocked = table_new(pairs_max, sizeof(struct blocked));
		r->hellos = table_new(pairs_max, sizeof(struct hello));
		if (r->entries != NULL && r->blocked != NULL && r->hellos != NULL)
			return r;
	}
	err_set_errno(e, "memory of %zu pairs", pairs_max);
	relations_free(&r);
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
	memcpy(key.dialect, o->dialect[0] != '\0' ? o->dialect : o->dialect_expected,
	    sizeof(key.dialect));
	return hash_bytes(&r->key, &key, sizeof(key));
}

static void
find_setback(const struct relations *r, const struct observation *seen, uint64_t hash,
    struct relation *found)
{
	const struct entry *e = table_find(r->entries, hash);
	int64_t begin_ns = seen->flow.first.at_ns;

	if (e == NULL || e->flow_id == seen->flow.id)
		return;
	/* a client may open the next connection before it has closed the last one */
	if (begin_ns < e->first_ns || begin_ns - e->end_ns > RELATION_AGE_NS)
		return;
	found->setback = e->setback;
	found->same_name = e->client_name_hash != 0 &&
	    e->client_name_hash == seen->client_name_hash;
	found->flow_id = e->flow_id;
}

/* Clients that find their servers by themselves may try both ports at once. */
static void
find_blocked(const struct relations *r, const struct observation *seen, uint64_t hash,
    struct relation *found)
{
	const struct blocked *b = table_find(r->blocked, hash);
	int64_t begin_ns = seen->flow.first.at_ns;

	if (b == NULL || seen->implicit || begin_ns < b->at_ns ||
	    begin_ns - b->at_ns > RELATION_AGE_NS)
		return;
	found->blocked_flow_id = b->flow_id;
	found->blocked_port = b->port;
}

/*
 * A proxy that passes TLS on shows one hello twice, too, but not once upgraded
 * and once not; a second tap that came late does, but on one port.
 */
static void
find_hello(const struct relations *r, const struct observation *seen, struct relation *found)
{
	const struct hello *h = seen->tls.client_random_hash == 0 ? NULL :
	    table_find(r->hellos, seen->tls.client_random_hash);

	if (h != NULL && h->flow_id != seen->flow.id && h->implicit != seen->implicit &&
	    h->port != seen->flow.tuple.port[SIDE_SERVER] &&
	    address_equal(&h->server, &seen->flow.tuple.addr[SIDE_SERVER]) &&
	    seen->flow.last.at_ns - h->at_ns <= RELATION_AGE_NS)
		found->same_hello_flow_id = h->flow_id;
}

struct relation
relations_find(const struct relations *r, const struct observation *seen)
{
	struct relation found = { .setback = SETBACK_NONE };
	uint64_t hash = pair_hash(r, seen);

	find_setback(r, seen, hash, &found);
	find_blocked(r, seen, hash, &found);
	find_hello(r, seen, &found);
	return found;
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

/* Where declining is normal, what was granted and then broken is not. */
static bool
handshake_broke(enum setback setback)
{
	return setback == SETBACK_HANDSHAKE || setback == SETBACK_ALERT;
}

static void
learn_hello(struct relations *r, const struct observation *seen)
{
	if (seen->tls.client_random_hash == 0)
		return;
	*(struct hello *)table_take(r->hellos, seen->tls.client_random_hash) = (struct hello){
		.flow_id = seen->flow.id,
		.at_ns = seen->flow.first.at_ns,
		.server = seen->flow.tuple.addr[SIDE_SERVER],
		.port = seen->flow.tuple.port[SIDE_SERVER],
		.implicit = seen->implicit,
	};
}

/* An attempt, or a connection to a port with TLS that got none. */
static void
learn_encrypted_port(struct relations *r, const struct observation *seen, uint64_t hash)
{
	learn_hello(r, seen);
	if (seen->established == FACT_TRUE) {
		table_drop(r->blocked, hash);
		return;
	}
	*(struct blocked *)table_take(r->blocked, hash) = (struct blocked){
		.at_ns = seen->flow.first.at_ns,
		.flow_id = seen->flow.id,
		.port = seen->flow.tuple.port[SIDE_SERVER],
	};
}

void
relations_learn(struct relations *r, const struct observation *seen)
{
	uint64_t hash = pair_hash(r, seen);
	const struct entry *known;
	enum setback setback;

	if (seen->elsewhere) {
		learn_hello(r, seen);
		return;
	}
	if (seen->attempt || seen->implicit) {
		learn_encrypted_port(r, seen, hash);
		return;
	}
	learn_hello(r, seen);
	setback = setback_of(seen);
	known = table_find(r->entries, hash);
	/* a setback is over, or the reset that looked like one was not its end */
	if (seen->established == FACT_TRUE ||
	    (setback == SETBACK_NONE && known != NULL && known->flow_id == seen->flow.id))
		table_drop(r->entries, hash);
	if (setback == SETBACK_NONE ||
	    ((seen->traits & TRAIT_OPTIONAL) != 0 && !handshake_broke(setback)))
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
	table_free(&(*r)->blocked);
	table_free(&(*r)->hellos);
	free(*r);
	*r = NULL;
}
