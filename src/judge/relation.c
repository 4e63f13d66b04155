/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/relation.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/table.h"

/* So long a ClientHello may lack its answer before the next connection means something. */
#define PATIENCE_NS (5 * INT64_C(1000000000))

/* Software that tries again without TLS does so in less. */
#define AT_ONCE_NS (10 * INT64_C(1000000000))

/* The last setback of one client at one server, whatever the port. */
struct entry {
	enum setback setback;
	int64_t first_ns, end_ns;
	int64_t due_ns;		/* no setback before: the ServerHello may still come; or 0 */
	bool by_client;		/* it looks as if the client just left, as probes do */
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

/* Who gives no name, or not yet, and is back at once, is most likely the same software. */
static bool
is_second_try(const struct entry *e, const struct observation *seen)
{
	return (e->client_name_hash == 0 || seen->client_name_hash == 0) &&
	    seen->flow.first.at_ns - e->end_ns <= AT_ONCE_NS;
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
	if (begin_ns < e->first_ns || begin_ns < e->due_ns ||
	    begin_ns - e->end_ns > RELATION_AGE_NS)
		return;
	found->same_name = e->client_name_hash != 0 &&
	    e->client_name_hash == seen->client_name_hash;
	if (e->by_client && !found->same_name && !is_second_try(e, seen))
		return;
	found->setback = e->setback;
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

/* It is not over: a ClientHello was sent, and no answer came that the tap could have missed. */
static bool
waits_for_hello(const struct observation *o)
{
	return !o->final && o->flow.end != FLOW_RST && o->requested == FACT_TRUE &&
	    observation_has(o, MARK_CLIENT_HELLO) && !observation_has(o, MARK_SERVER_HELLO) &&
	    !observation_has(o, MARK_TLS_PROTECTED) && !observation_handshake_failed(o) &&
	    observation_seen_whole(o);
}

static enum setback
setback_of(const struct observation *o)
{
	if (observation_has(o, MARK_CLIENT_HELLO)) {
		if (o->requested != FACT_TRUE || (!observation_handshake_failed(o) &&
		    !observation_server_broke_off(o)))
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
	/* a service that closes is innocent, until the client has to do without TLS */
	return o->answer == ANSWER_TEMPORARY || o->answer == ANSWER_CLOSING ?
	    SETBACK_TEMPORARY : SETBACK_NONE;
}

/*
 * Nothing but a reset in the client's own name came in between: probes and scanners
 * leave like that, before their ClientHello or once they have the server's.
 */
static bool
client_left(const struct observation *o)
{
	bool done_to_it = o->flow.reset_by[SIDE_SERVER] ||
	    observation_has(o, MARK_RESET_FOREIGN) || observation_has(o, MARK_TLS_DAMAGED);

	return o->answer == ANSWER_GRANTED && o->flow.end == FLOW_RST && !done_to_it &&
	    observation_has(o, MARK_CLIENT_HELLO) == observation_has(o, MARK_SERVER_HELLO);
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

/* The client had to ask twice, and was answered then. */
static bool
succeeded(const struct observation *seen)
{
	return seen->attempt && seen->flow.phase == FLOW_ESTABLISHED;
}

/* Nobody but the client reset it, who had the server's hello: what it dislikes is not blocked. */
static bool
client_gave_up(const struct observation *seen)
{
	return observation_has(seen, MARK_SERVER_HELLO) && seen->flow.end == FLOW_RST &&
	    !seen->flow.reset_by[SIDE_SERVER] && !observation_has(seen, MARK_RESET_FOREIGN) &&
	    !observation_has(seen, MARK_TLS_DAMAGED);
}

/* An attempt, or a connection to a port with TLS that got none. */
static void
learn_encrypted_port(struct relations *r, const struct observation *seen, uint64_t hash)
{
	const struct blocked *known = table_find(r->blocked, hash);

	learn_hello(r, seen);
	if (seen->established == FACT_TRUE || (succeeded(seen) && known != NULL &&
	    known->flow_id == seen->flow.id))
		table_drop(r->blocked, hash);
	if (seen->established == FACT_TRUE || succeeded(seen) || client_gave_up(seen))
		return;
	*(struct blocked *)table_take(r->blocked, hash) = (struct blocked){
		/* who only waits has not gone elsewhere yet */
		.at_ns = seen->attempt && !seen->final ? seen->at.at_ns :
		    seen->flow.first.at_ns,
		.flow_id = seen->flow.id,
		.port = seen->flow.tuple.port[SIDE_SERVER],
	};
}

/* TLS ends what is known of the pair; and what this connection seemed to be, it may not be. */
static void
forget_setback(struct relations *r, const struct observation *seen, uint64_t hash)
{
	const struct entry *known = table_find(r->entries, hash);

	if (known != NULL &&
	    (seen->established == FACT_TRUE || known->flow_id == seen->flow.id))
		table_drop(r->entries, hash);
}

static void
learn_setback(struct relations *r, const struct observation *seen, uint64_t hash)
{
	const bool waits = waits_for_hello(seen);
	const enum setback setback = waits ? SETBACK_HANDSHAKE : setback_of(seen);
	struct entry *e;

	if (setback == SETBACK_NONE || seen->established == FACT_TRUE)
		forget_setback(r, seen, hash);
	if (setback == SETBACK_NONE ||
	    ((seen->traits & TRAIT_OPTIONAL) != 0 && !handshake_broke(setback)))
		return;
	e = table_find(r->entries, hash);
	/* a hello that most likely gets its answer is no reason to forget a setback */
	if (waits && e != NULL && e->due_ns == 0 && e->flow_id != seen->flow.id)
		return;
	*(struct entry *)table_take(r->entries, hash) = (struct entry){
		.setback = setback,
		.first_ns = seen->flow.first.at_ns,
		/* clients wait, too, and nobody says when they leave */
		.end_ns = seen->flow.last.at_ns + (waits ? FLOW_COMMAND_NS : 0),
		.by_client = client_left(seen),
		.due_ns = waits ? seen->at.at_ns + PATIENCE_NS : 0,
		.client_name_hash = seen->client_name_hash,
		.flow_id = seen->flow.id,
	};
}

void
relations_learn(struct relations *r, const struct observation *seen)
{
	uint64_t hash = pair_hash(r, seen);

	if (seen->elsewhere) {
		learn_hello(r, seen);
		return;
	}
	if (seen->attempt || seen->implicit) {
		learn_encrypted_port(r, seen, hash);
		return;
	}
	if (seen->final || seen->flow.end == FLOW_RST)
		learn_hello(r, seen);
	learn_setback(r, seen, hash);
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
