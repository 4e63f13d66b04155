/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/table.h"

enum {
	SKETCH_SIZE = 4,	/* distinct clients are counted exactly up to here */
	WEAK_OFFERS = 2,	/* whole sessions that offered, or one that upgraded */
	STRONG_CLIENTS = 2,
	STRONG_DAYS = 2,
};

/* Distinct clients, and whether they came on more than one day. */
struct sketch {
	uint32_t clients[SKETCH_SIZE];	/* short hashes, 0 = free */
	int32_t first_day, last_day;
};

struct server {
	uint32_t sessions, offered, upgraded, listed;
	int64_t first_seen_ns, last_seen_ns, first_offer_ns;
	struct sketch everybody;
	struct sketch promised;		/* saw an offer or an upgrade */
	struct sketch denied;		/* saw a whole listing that lacked it since */
	struct sketch denied_first;	/* ... and before the first offer */
	int32_t said_day[TECHNIQUES];	/* day after which a thing may be said again */
};

struct pair {
	int64_t first_upgrade_ns, last_upgrade_ns;
};

struct baseline {
	struct hash_key key;
	struct table *servers;
	struct table *pairs;
};

struct baseline *
baseline_new(size_t servers_max, size_t pairs_max, struct err *e)
{
	struct baseline *b = calloc(1, sizeof(*b));

	if (b != NULL) {
		b->key = hash_key_random();
		b->servers = table_new(servers_max, sizeof(struct server));
		b->pairs = table_new(pairs_max, sizeof(struct pair));
		if (b->servers != NULL && b->pairs != NULL)
			return b;
	}
	err_set_errno(e, "baseline of %zu servers", servers_max);
	baseline_free(&b);
	return NULL;
}

static uint64_t
server_hash(const struct baseline *b, const struct observation *o)
{
	struct {
		struct address address;
		uint16_t port;
		char dialect[DIALECT_NAME_SIZE];
		uint64_t tunnel_to;
	} key;

	memset(&key, 0, sizeof(key));
	key.address = o->flow.tuple.addr[SIDE_SERVER];
	key.port = o->flow.tuple.port[SIDE_SERVER];
	memcpy(key.dialect, o->dialect, sizeof(key.dialect));
	/* behind one proxy there are many servers */
	key.tunnel_to = o->tunnel_to;
	return hash_bytes(&b->key, &key, sizeof(key));
}

static uint64_t
pair_hash(const struct baseline *b, const struct observation *o)
{
	struct {
		uint64_t server;
		struct address client;
	} key;

	memset(&key, 0, sizeof(key));
	key.server = server_hash(b, o);
	key.client = o->flow.tuple.addr[SIDE_CLIENT];
	return hash_bytes(&b->key, &key, sizeof(key));
}

static uint32_t
client_hash(const struct baseline *b, const struct observation *o)
{
	const struct address *a = &o->flow.tuple.addr[SIDE_CLIENT];
	uint32_t hash = (uint32_t)hash_bytes(&b->key, a, sizeof(*a));

	return hash != 0 ? hash : 1;
}

static unsigned
sketch_clients(const struct sketch *s)
{
	unsigned n = 0;

	while (n < SKETCH_SIZE && s->clients[n] != 0)
		n++;
	return n;
}

static unsigned
sketch_days(const struct sketch *s)
{
	return s->clients[0] == 0 ? 0 : s->first_day == s->last_day ? 1 : 2;
}

static void
sketch_add(struct sketch *s, uint32_t client, int64_t at_ns)
{
	int32_t day = (int32_t)(at_ns / CLOCK_DAY_NS);
	unsigned n = 0;

	while (n < SKETCH_SIZE && s->clients[n] != 0 && s->clients[n] != client)
		n++;
	if (s->clients[0] == 0)
		s->first_day = s->last_day = day;
	if (n < SKETCH_SIZE)
		s->clients[n] = client;
	if (day > s->last_day)
		s->last_day = day;
}

/* It takes contradictions from two clients and on two days to unmake what was learnt. */
static bool
is_unmade(const struct server *s)
{
	return sketch_clients(&s->denied) >= STRONG_CLIENTS &&
	    sketch_days(&s->denied) >= STRONG_DAYS;
}

static enum strength
strength_of(const struct server *s)
{
	if (is_unmade(s))
		return STRENGTH_NONE;
	if (s->upgraded == 0 && s->offered < WEAK_OFFERS)
		return STRENGTH_NONE;
	if (sketch_clients(&s->promised) >= STRONG_CLIENTS &&
	    sketch_days(&s->promised) >= STRONG_DAYS)
		return STRENGTH_STRONG;
	return STRENGTH_WEAK;
}

struct history
baseline_look(const struct baseline *b, const struct observation *seen)
{
	const struct server *s = table_find(b->servers, server_hash(b, seen));
	const struct pair *p = table_find(b->pairs, pair_hash(b, seen));
	struct history h = { 0 };

	if (s == NULL || s->sessions == 0)
		return h;
	h.sessions = s->sessions;
	h.offered = s->offered;
	h.upgraded = s->upgraded;
	h.listed = s->listed;
	h.clients = sketch_clients(&s->everybody);
	h.first_seen_ns = s->first_seen_ns;
	h.last_seen_ns = s->last_seen_ns;
	h.strength = strength_of(s);
	h.client_upgraded = p != NULL && p->first_upgrade_ns < seen->flow.first.at_ns;
	return h;
}

struct history
baseline_hindsight(const struct baseline *b, const struct observation *seen)
{
	const struct server *s = table_find(b->servers, server_hash(b, seen));
	struct history h = baseline_look(b, seen);

	if (s != NULL && seen->flow.first.at_ns < s->first_offer_ns &&
	    sketch_clients(&s->denied_first) >= STRONG_CLIENTS)
		h.strength = STRENGTH_NONE;
	return h;
}

bool
baseline_upgraded_later(const struct baseline *b, const struct observation *seen)
{
	const struct pair *p = table_find(b->pairs, pair_hash(b, seen));

	return p != NULL && p->last_upgrade_ns > seen->flow.first.at_ns;
}

static void
learn_pair(struct baseline *b, const struct observation *seen)
{
	struct pair *p = table_take(b->pairs, pair_hash(b, seen));
	int64_t at_ns = seen->flow.first.at_ns;

	if (p->last_upgrade_ns == 0)
		p->first_upgrade_ns = at_ns;
	if (at_ns > p->last_upgrade_ns)
		p->last_upgrade_ns = at_ns;
}

/* A promise: the server offered, or did, TLS. */
static void
learn_promise(struct server *s, const struct observation *seen, uint32_t client)
{
	if (s->first_offer_ns == 0)
		s->first_offer_ns = seen->flow.first.at_ns;
	sketch_add(&s->promised, client, seen->flow.first.at_ns);
	memset(&s->denied, 0, sizeof(s->denied));
}

static void
learn_denial(struct server *s, const struct observation *seen, uint32_t client)
{
	sketch_add(&s->denied, client, seen->flow.first.at_ns);
	if (s->first_offer_ns == 0)
		sketch_add(&s->denied_first, client, seen->flow.first.at_ns);
}

void
baseline_learn(struct baseline *b, const struct observation *seen)
{
	bool upgraded = seen->established == FACT_TRUE;
	uint32_t client = client_hash(b, seen);
	struct server *s;

	if (!observation_seen_whole(seen) || seen->dialect[0] == '\0')
		return;
	s = table_take(b->servers, server_hash(b, seen));
	if (s->sessions == 0)
		s->first_seen_ns = seen->flow.first.at_ns;
	s->last_seen_ns = seen->flow.last.at_ns;
	s->sessions++;
	s->offered += seen->offered == FACT_TRUE;
	s->upgraded += upgraded;
	s->listed += seen->listing_complete;
	sketch_add(&s->everybody, client, seen->flow.first.at_ns);
	if (upgraded)
		learn_pair(b, seen);
	if (upgraded || seen->offered == FACT_TRUE)
		learn_promise(s, seen, client);
	else if (seen->offered == FACT_FALSE)
		learn_denial(s, seen, client);
}

bool
baseline_first_today(struct baseline *b, const struct observation *seen,
    enum technique technique)
{
	struct server *s = table_take(b->servers, server_hash(b, seen));
	int32_t tomorrow = (int32_t)(seen->at.at_ns / CLOCK_DAY_NS) + 1;

	if (s->said_day[technique] == tomorrow)
		return false;
	s->said_day[technique] = tomorrow;
	return true;
}

void
baseline_counters(const struct baseline *b, counter_visit *visit, void *ctx)
{
	visit(ctx, "baseline.servers", table_used(b->servers));
	visit(ctx, "baseline.servers_evicted", table_evicted(b->servers));
	visit(ctx, "baseline.pairs", table_used(b->pairs));
	visit(ctx, "baseline.pairs_evicted", table_evicted(b->pairs));
}

void
baseline_free(struct baseline **b)
{
	if (*b == NULL)
		return;
	table_free(&(*b)->servers);
	table_free(&(*b)->pairs);
	free(*b);
	*b = NULL;
}
