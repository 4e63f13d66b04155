/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold of any sessions, not just of those that somebody thought of. Worlds are made
 * from seeds: servers that always do the same, clients that each have a way of their own, and
 * whatever the tap lost of them. A server that always does the same is never accused: not
 * because of more sessions, of fewer, or of what a tap did not see, nor in hindsight.
 */
#include "unit.h"

#include <stdio.h>

#include "judge/judge.h"
#include "observed.h"

enum {
	WORLDS = 400,
	SESSIONS = 120,
	SERVERS = 18,
	CLIENTS = 8,
	NETWORKS = 2,
	DAYS = 60,
	LIMIT = 1024,
};

/* --- Dice --- */

struct dice {
	uint64_t state;
};

static unsigned
throw(struct dice *d, unsigned faces)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((d->state >> 33) % faces);
}

/* --- A world --- */

/* What a client does, always, with every server. */
enum manner { UPGRADES_IF_IT_CAN, NEVER_ASKS, ONLY_LOOKS, SAYS_HELO, MANNERS };

struct world {
	bool does_tls[SERVERS];
	bool attacked[SERVERS];		/* stripped now and then */
	int set_up[SERVERS];		/* on that day */
	enum manner manners[CLIENTS];
	struct observation sessions[SESSIONS];
	uint8_t server_of[SESSIONS];
	unsigned count;
};

static void
use_server(struct observation *o, unsigned server, unsigned client)
{
	o->flow.tuple.addr[SIDE_SERVER].bytes[2] = (uint8_t)(server % NETWORKS);
	o->flow.tuple.addr[SIDE_SERVER].bytes[3] = (uint8_t)(10 + server);
	if (server % 2 == 0)
		snprintf(o->server_name, sizeof(o->server_name), "mx%u.provider%u.example",
		    server, server % 4);
	o->mechanisms_known = o->listing_complete;
	o->mechanisms = MECHANISM_STRONG;
	if (o->established != FACT_TRUE)
		return;
	snprintf(o->tls.ja4, sizeof(o->tls.ja4), "client%u", client);
	snprintf(o->tls.ja3s, sizeof(o->tls.ja3s), "server%u", server);
	o->tls.version = 0x0303;
	/* keys change, who issues them does not */
	snprintf(o->tls.certificate.spki_sha256, sizeof(o->tls.certificate.spki_sha256),
	    "%u of %u", (unsigned)(o->flow.first.at_ns / CLOCK_DAY_NS / 20), server);
	snprintf(o->tls.certificate.issuer, sizeof(o->tls.certificate.issuer), "CN=issuer");
	snprintf(o->tls.certificate.subject, sizeof(o->tls.certificate.subject), "CN=%u", server);
}

static struct observation
declined(uint8_t client, int day)
{
	struct observation o = observed_offer(client, day);

	o.payload = FACT_TRUE;
	o.exposed[UPGRADE_OFFERED] = o.exposed_unasked = EXPOSED_PAYLOAD;
	return o;
}

static struct observation
without_listing(uint8_t client, int day)
{
	struct observation o = observed(client, day);

	o.payload = FACT_TRUE;
	o.exposed[UPGRADE_UNOFFERED] = o.exposed_unasked = EXPOSED_PAYLOAD;
	o.marked = UINT64_C(1) << MARK_HELO_ONLY;
	return o;
}

static struct observation
meet(enum manner manner, bool tls, uint8_t client, int day)
{
	struct observation o;

	if (manner == SAYS_HELO)
		return without_listing(client, day);
	if (manner == ONLY_LOOKS) {
		o = tls ? observed_offer(client, day) : observed_lack(client, day);
		o.payload = FACT_FALSE;
		memset(o.exposed, 0, sizeof(o.exposed));
		return o;
	}
	if (!tls)
		return observed_lack(client, day);
	return manner == NEVER_ASKS ? declined(client, day) : observed_upgrade(client, day);
}

/* The first one is always there. */
static unsigned
some_server(const struct world *w, struct dice *d, int day)
{
	unsigned server = throw(d, SERVERS);

	while (w->set_up[server] > day)
		server = throw(d, SERVERS);
	return server;
}

static void
make_session(struct world *w, struct dice *d, unsigned i)
{
	const int day = 1 + (int)(i * DAYS / SESSIONS);
	const unsigned server = some_server(w, d, day), client = throw(d, CLIENTS);
	bool strip = w->attacked[server] && throw(d, 2) == 0;
	struct observation *o = &w->sessions[i];

	*o = meet(w->manners[client], w->does_tls[server] && !strip, (uint8_t)(client + 1), day);
	w->server_of[i] = (uint8_t)server;
	o->flow.first.at_ns += (int64_t)i * CLOCK_SECOND_NS;
	o->flow.last.at_ns = o->at.at_ns = o->flow.first.at_ns + CLOCK_SECOND_NS / 2;
	use_server(o, server, client);
	o->flow.id = i + 1;
}

static void
make_world(struct world *w, struct dice *d, bool with_attacks)
{
	memset(w, 0, sizeof(*w));
	for (unsigned s = 0; s < SERVERS; s++) {
		/* all but few, or half of them */
		w->does_tls[s] = throw(d, 2 + s % NETWORKS * 8) != 0;
		w->set_up[s] = s == 0 || throw(d, 2) == 0 ? 1 : 1 + (int)throw(d, DAYS);
		w->attacked[s] = with_attacks && w->does_tls[s] && throw(d, 4) == 0;
	}
	for (unsigned c = 0; c < CLIENTS; c++)
		w->manners[c] = (enum manner)throw(d, MANNERS);
	w->count = SESSIONS;
	for (unsigned i = 0; i < SESSIONS; i++)
		make_session(w, d, i);
}

/* --- What a tap may lose of it --- */

static void
forget_absence(enum fact *fact)
{
	if (*fact == FACT_FALSE)
		*fact = FACT_UNKNOWN;
}

/* Of a session with a hole nothing is said that would rest on what was in it. */
static void
blur(struct observation *o, struct dice *d)
{
	const enum side side = throw(d, 2) == 0 ? SIDE_CLIENT : SIDE_SERVER;

	switch (throw(d, 5)) {
	case 0:
		o->flow.gap_bytes[side] = 1 + throw(d, 9000);
		break;
	case 1:
		o->flow.handshake = false;
		break;
	case 2:
		o->flow.packets[side] = 0;
		break;
	case 3:
		o->flow.truncated = true;
		break;
	default:
		return;
	}
	/* what the server lists may be whole where its client was not */
	if (o->flow.gap_bytes[SIDE_CLIENT] == 0)
		forget_absence(&o->offered);
	forget_absence(&o->requested);
	forget_absence(&o->established);
	forget_absence(&o->credentials);
	forget_absence(&o->payload);
	o->exposed_unasked = 0;
	if (throw(d, 2) == 0)
		o->offered = FACT_UNKNOWN;
	o->listing_complete = o->listing_complete && o->offered != FACT_UNKNOWN;
	o->mechanisms_known = o->listing_complete;
}

/* --- What is said of it --- */

struct accused {
	const struct world *world;
	unsigned direct[SERVERS];	/* alerts of severity 1 and 2, by what they rest on */
	unsigned like_others[SERVERS];
	unsigned attacked;
};

static void
hear_session(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

static void
hear_alert(void *ctx, const struct alert *alert)
{
	struct accused *a = ctx;
	unsigned server = a->world->server_of[alert->record->seen.flow.id - 1];

	if (alert->severity > 2 && !alert->record->verdict.expected_like_others)
		return;
	a->attacked += a->world->attacked[server];
	if (alert->record->verdict.expected_like_others)
		a->like_others[server]++;
	else
		a->direct[server]++;
}

/* Judge those of the sessions that are kept, and look back at the end. */
static struct accused
judge(struct rule_set *rules, const struct world *w, const bool kept[SESSIONS])
{
	struct accused accused = { .world = w };
	struct judge_listener listener = { &accused, hear_session, hear_alert };
	const struct judge_limits limits = { LIMIT, LIMIT, 0 };
	struct err e;
	struct baseline *b = baseline_new(LIMIT, LIMIT, &e);
	struct judge *j = judge_new(rules, b, &limits, &listener, true, &e);

	assert_non_null(j);
	for (unsigned i = 0; i < w->count; i++) {
		if (kept == NULL || kept[i])
			judge_observe(j, &w->sessions[i]);
	}
	assert_int_equal(judge_finish(j, &e), 0);
	judge_free(&j);
	baseline_free(&b);
	return accused;
}

static void
honest_servers_are_not_accused(const struct accused *a, unsigned seed, const char *what)
{
	unsigned told[NETWORKS] = { 0 };

	for (unsigned s = 0; s < SERVERS; s++) {
		if (a->world->attacked[s])
			continue;
		if (a->direct[s] > 0)
			fail_msg("world %u, %s: server %u is accused", seed, what, s);
		/* a stranger without TLS, where all others have it: it takes one to learn that */
		told[s % NETWORKS] += a->like_others[s];
	}
	for (unsigned n = 0; n < NETWORKS; n++) {
		if (told[n] > 1)
			fail_msg("world %u, %s: network %u is told %u times", seed, what, n,
			    told[n]);
	}
}

static void
leave_some_out(bool kept[SESSIONS], struct dice *d)
{
	const unsigned of = 2 + throw(d, 8);

	for (unsigned i = 0; i < SESSIONS; i++)
		kept[i] = throw(d, of) != 0;
}

/*
 * A world, then a part of it, and then that part as a poor tap sees it: from each to the one
 * before, sessions are added, or are seen better.
 */
static void
hold_world(struct rule_set *rules, unsigned seed, bool with_attacks, unsigned *attacked)
{
	static struct world w;
	struct dice d = { seed };
	bool kept[SESSIONS];
	struct accused a;

	make_world(&w, &d, with_attacks);
	a = judge(rules, &w, NULL);
	*attacked += a.attacked;
	honest_servers_are_not_accused(&a, seed, "whole");
	leave_some_out(kept, &d);
	a = judge(rules, &w, kept);
	honest_servers_are_not_accused(&a, seed, "in part");
	for (unsigned i = 0; i < SESSIONS; i++)
		blur(&w.sessions[i], &d);
	a = judge(rules, &w, kept);
	honest_servers_are_not_accused(&a, seed, "in part and blurred");
}

static struct rule_set *
shipped(void)
{
	struct rule_set *rules = rule_set_new();
	struct err e;

	assert_int_equal(rule_set_add_builtin(rules, &e), 0);
	return rules;
}

static void
no_honest_sessions_accuse_an_honest_server(void **state)
{
	struct rule_set *rules = shipped();
	unsigned attacked = 0;

	(void)state;
	for (unsigned seed = 1; seed <= WORLDS; seed++)
		hold_world(rules, seed, false, &attacked);
	assert_int_equal(attacked, 0);
	rule_set_free(&rules);
}

static void
nor_do_attacks_on_others(void **state)
{
	struct rule_set *rules = shipped();
	unsigned attacked = 0;

	(void)state;
	for (unsigned seed = 1; seed <= WORLDS; seed++)
		hold_world(rules, seed, true, &attacked);
	/* ... which are told, or this would hold nothing */
	assert_true(attacked > WORLDS);
	rule_set_free(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_honest_sessions_accuse_an_honest_server),
		cmocka_unit_test(nor_do_attacks_on_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
