/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/table.h"
#include "judge/neighbours.h"
#include "judge/server.h"

enum {
	ROLL_OUT_CLIENTS = 2,	/* that had gone without before the first offer */
	TEACHER_SHARE = 8,	/* no client brings more than this part of all servers */
};

struct baseline {
	struct hash_key key;
	int64_t fading_ns;
	struct memory *memory;
	struct table *teachers;		/* how many servers each client was the first to show */
	uint32_t teacher_max;
	uint64_t teachers_refused;
};

struct baseline *
baseline_new(size_t servers_max, size_t pairs_max, struct err *e)
{
	struct baseline *b = calloc(1, sizeof(*b));

	if (b != NULL) {
		b->key = hash_key_random();
		b->fading_ns = BASELINE_FADING_DAYS * CLOCK_DAY_NS;
		b->teacher_max = (uint32_t)(servers_max / TEACHER_SHARE) + 1;
		b->teachers = table_new(servers_max, sizeof(uint32_t));
		b->memory = memory_new(servers_max, pairs_max);
		if (b->memory != NULL && b->teachers != NULL)
			return b;
	}
	err_set_errno(e, "baseline of %zu servers", servers_max);
	baseline_free(&b);
	return NULL;
}

struct memory *
baseline_memory(struct baseline *b)
{
	return b->memory;
}

int64_t
baseline_fading_ns(const struct baseline *b)
{
	return b->fading_ns;
}

uint64_t
baseline_server_hash(const struct baseline *b, const struct server_key *key)
{
	struct server_key image;

	/* what lies between the members does not count */
	memset(&image, 0, sizeof(image));
	image.address = key->address;
	image.port = key->port;
	memcpy(image.dialect, key->dialect, sizeof(image.dialect));
	memcpy(image.name, key->name, sizeof(image.name));
	return hash_bytes(&b->key, &image, sizeof(image));
}

/* The server of a session, and its hash, which costs more than all else of a look. */
struct place {
	struct server_key key;
	uint64_t hash;
};

static struct place
place_of(const struct baseline *b, const struct observation *o, bool member)
{
	struct place p;

	server_key_of(o, member, &p.key);
	p.hash = baseline_server_hash(b, &p.key);
	return p;
}

/* Does it tell which machine behind the address it was? A tunnel's far end is one already. */
static bool
names_member(const struct observation *o)
{
	return o->server_name[0] != '\0' && o->tunnel_to == 0;
}

/* What is remembered of a client and a server. */
enum pair_did { PAIR_UPGRADED, PAIR_NEVER_LOOKED };

static uint64_t
pair_hash(const struct baseline *b, const struct place *server, const struct observation *o,
    enum pair_did did)
{
	struct {
		uint64_t server;
		struct address client;
	} key;

	memset(&key, 0, sizeof(key));
	key.server = server->hash;
	key.client = o->flow.tuple.addr[SIDE_CLIENT];
	return hash_bytes(&b->key, &key, sizeof(key)) ^ (uint64_t)did;
}

static uint32_t
client_hash(const struct baseline *b, const struct observation *o)
{
	const struct address *a = &o->flow.tuple.addr[SIDE_CLIENT];
	uint32_t hash = (uint32_t)hash_bytes(&b->key, a, sizeof(*a));

	return hash != 0 ? hash : 1;
}

/*
 * A member that has always gone without is no reason to wonder. One whose name
 * was never seen inherits what the address promises: whoever rewrites a greeting
 * must not become a stranger by that.
 */
static void
weigh_member(const struct baseline *b, const struct server *whole, const struct server *member,
    int64_t now_ns, struct history *h)
{
	enum strength own;

	if (h->strength == STRENGTH_NONE || whole->members == 0)
		return;
	own = member != NULL ? server_strength(member, now_ns, b->fading_ns) : STRENGTH_NONE;
	if (own != STRENGTH_NONE)
		return;
	h->by_another_name = true;
	if (member != NULL && server_lacks(member))
		h->strength = STRENGTH_NONE;
}

/* A password, and neither a listing nor a request before: nothing was there to be stripped. */
static bool
never_looked(const struct observation *o)
{
	return o->offered == FACT_UNKNOWN && !o->listing_complete &&
	    o->requested != FACT_TRUE && !observation_has(o, MARK_LISTING_REFUSED) &&
	    (o->exposed[UPGRADE_UNOFFERED] & o->exposed_unasked & EXPOSED_CREDENTIALS) != 0;
}

/* Has it been going on for more than a day? */
static bool
is_old(const struct pair *p)
{
	return p->last_ns - p->first_ns >= CLOCK_DAY_NS;
}

/* It did so before, for more than a day. */
static bool
is_habit_of_client(struct baseline *b, const struct place *server,
    const struct observation *seen)
{
	const struct pair *p = memory_pair(b->memory,
	    pair_hash(b, server, seen, PAIR_NEVER_LOOKED));

	return p != NULL && p->first_ns != 0 && is_old(p) &&
	    seen->flow.first.at_ns - p->last_ns < b->fading_ns;
}

/*
 * Another ClientHello than this client always sent to this server, for more than a day: one
 * that has two kinds of software, or resumes its sessions, never is so constant.
 */
static bool
is_other_hello(const struct baseline *b, const struct pair *p, const struct observation *seen)
{
	return p != NULL && seen->established == FACT_TRUE && seen->tls.ja4[0] != '\0' &&
	    p->hello != 0 && p->hello != habit_number(seen->tls.ja4) &&
	    p->last_ns - p->hello_ns >= CLOCK_DAY_NS &&
	    seen->flow.first.at_ns - p->last_ns < b->fading_ns;
}

static const struct server *
find_member(struct baseline *b, const struct observation *seen)
{
	const struct place member = place_of(b, seen, true);

	return memory_server(b->memory, member.hash);
}

static struct history
look_at(struct baseline *b, const struct place *server, const struct observation *seen)
{
	const struct server *s = memory_server(b->memory, server->hash);
	const struct pair *p = memory_pair(b->memory, pair_hash(b, server, seen, PAIR_UPGRADED));
	int64_t now_ns = seen->flow.first.at_ns;
	struct history h = { 0 };

	if (s == NULL || s->sessions == 0) {
		neighbours_look(b, seen, &h);
		return h;
	}
	h.sessions = s->sessions;
	h.offered = s->offered;
	h.upgraded = s->upgraded;
	h.listed = s->listed;
	h.clients = sketch_clients(&s->everybody);
	h.clients_denied = sketch_clients(&s->denied);
	h.first_seen_ns = s->first_seen_ns;
	h.last_seen_ns = s->last_seen_ns;
	h.strength = server_strength(s, now_ns, b->fading_ns);
	if (names_member(seen))
		weigh_member(b, s, find_member(b, seen), now_ns, &h);
	h.client_upgraded = p != NULL && p->first_ns < now_ns;
	h.client_always_asked = h.client_upgraded && is_old(p);
	h.hello_changed = is_other_hello(b, p, seen);
	h.client_never_looks = never_looked(seen) && is_habit_of_client(b, server, seen);
	h.offered_others = server_offered_others(s, client_hash(b, seen), now_ns);
	server_habits(s, seen, &h.habits);
	return h;
}

struct history
baseline_look(struct baseline *b, const struct observation *seen)
{
	const struct place server = place_of(b, seen, false);

	return look_at(b, &server, seen);
}

bool
baseline_serves_tls(struct baseline *b, const struct observation *seen, uint16_t port)
{
	struct server_key key;
	const struct server *s;

	server_key_of(seen, false, &key);
	key.port = port;
	s = memory_server(b->memory, baseline_server_hash(b, &key));
	return s != NULL && s->upgraded > 0 &&
	    server_strength(s, seen->flow.first.at_ns, b->fading_ns) != STRENGTH_NONE;
}

struct history
baseline_hindsight(struct baseline *b, const struct observation *seen)
{
	const struct place server = place_of(b, seen, false);
	struct history h = look_at(b, &server, seen);
	const struct server *s = memory_server(b->memory, server.hash);

	if (s != NULL && seen->flow.first.at_ns < s->first_offer_ns &&
	    sketch_clients(&s->denied_first) >= ROLL_OUT_CLIENTS)
		h.strength = STRENGTH_NONE;
	return h;
}

bool
baseline_upgraded_later(struct baseline *b, const struct observation *seen)
{
	const struct place server = place_of(b, seen, false);
	const struct pair *p = memory_pair(b->memory, pair_hash(b, &server, seen, PAIR_UPGRADED));

	return p != NULL && p->last_ns > seen->flow.first.at_ns;
}

static void
learn_pair(struct baseline *b, const struct place *server, const struct observation *seen,
    enum pair_did did)
{
	uint64_t hash = pair_hash(b, server, seen, did);
	struct pair *p = memory_pair_or_new(b->memory, hash);
	int64_t at_ns = seen->flow.first.at_ns;

	if (p->last_ns == 0)
		p->first_ns = at_ns;
	if (at_ns > p->last_ns)
		p->last_ns = at_ns;
	if (did == PAIR_UPGRADED && seen->tls.ja4[0] != '\0' &&
	    p->hello != habit_number(seen->tls.ja4)) {
		p->hello = habit_number(seen->tls.ja4);
		p->hello_ns = at_ns;
	}
	memory_pair_changed(b->memory, hash);
}

/* Whoever shows us many servers must not push out those that others taught. */
static bool
may_teach(struct baseline *b, uint32_t client)
{
	uint32_t *taught = table_take(b->teachers, client);

	if (*taught >= b->teacher_max) {
		b->teachers_refused++;
		return false;
	}
	++*taught;
	return true;
}

/* Its neighbours hear of it when it changes, and once a day. */
static void
learn_and_tell(struct baseline *b, struct server *s, const struct observation *seen,
    uint32_t client)
{
	const int64_t now_ns = seen->flow.first.at_ns, before_ns = s->last_seen_ns;
	enum example before = server_example(s, now_ns, b->fading_ns);

	server_learn(s, seen, client);
	if (server_example(s, now_ns, b->fading_ns) != before ||
	    s->last_seen_ns / CLOCK_DAY_NS != before_ns / CLOCK_DAY_NS)
		neighbours_learn(b, s);
}

/* Learn into one entry, which is then to be stored; NULL when this client may bring no more. */
static struct server *
learn_into(struct baseline *b, const struct place *place, const struct observation *seen,
    uint32_t client)
{
	struct server *s = memory_server(b->memory, place->hash);

	if (s == NULL && !may_teach(b, client))
		return NULL;
	if (s == NULL)
		s = memory_server_or_new(b->memory, place->hash);
	s->key = place->key;
	learn_and_tell(b, s, seen, client);
	return s;
}

static void
learn_member(struct baseline *b, const struct place *server, const struct observation *seen,
    uint32_t client)
{
	const struct place member = place_of(b, seen, true);
	const bool known = memory_server(b->memory, member.hash) != NULL;
	struct server *whole = memory_server(b->memory, server->hash);

	if (whole == NULL || (!known && whole->members >= SERVER_MEMBERS_MAX))
		return;
	if (!known)
		whole->members++;
	/* in a full table this may push out the address itself: nothing is kept of it here */
	if (learn_into(b, &member, seen, client) != NULL)
		memory_server_changed(b->memory, member.hash);
}

void
baseline_learn(struct baseline *b, const struct observation *seen)
{
	const uint32_t client = client_hash(b, seen);
	struct place server;
	struct server *s;

	if (!observation_seen_whole(seen) || observation_is_unread(seen) ||
	    (seen->dialect[0] == '\0' && seen->dialect_expected[0] == '\0'))
		return;
	server = place_of(b, seen, false);
	if ((s = learn_into(b, &server, seen, client)) == NULL)
		return;
	server_learn_habits(s, seen, client);
	memory_server_changed(b->memory, server.hash);
	if (seen->established == FACT_TRUE)
		learn_pair(b, &server, seen, PAIR_UPGRADED);
	if (never_looked(seen))
		learn_pair(b, &server, seen, PAIR_NEVER_LOOKED);
	if (names_member(seen))
		learn_member(b, &server, seen, client);
}

bool
baseline_first_today(struct baseline *b, const struct observation *seen,
    enum technique technique)
{
	int32_t tomorrow = (int32_t)(seen->at.at_ns / CLOCK_DAY_NS) + 1;
	struct server_key key;
	struct server *s;

	server_key_of(seen, false, &key);
	s = memory_server_or_new(b->memory, baseline_server_hash(b, &key));
	s->key = key;
	if (s->said_day[technique] == tomorrow)
		return false;
	s->said_day[technique] = tomorrow;
	return true;
}

void
baseline_set_key(struct baseline *b, struct hash_key key)
{
	b->key = key;
}

struct hash_key
baseline_key(const struct baseline *b)
{
	return b->key;
}

void
baseline_counters(const struct baseline *b, counter_visit *visit, void *ctx)
{
	memory_counters(b->memory, visit, ctx);
	visit(ctx, "baseline.teachers_refused", b->teachers_refused);
}

void
baseline_free(struct baseline **b)
{
	if (*b == NULL)
		return;
	memory_free(&(*b)->memory);
	table_free(&(*b)->teachers);
	free(*b);
	*b = NULL;
}
