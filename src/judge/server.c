/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { WEAK_OFFERS = 2 };	/* whole sessions that offered, or one that upgraded */

#define HOUR_NS (3600 * CLOCK_SECOND_NS)

void
server_key_of(const struct observation *o, bool member, struct server_key *key_r)
{
	memset(key_r, 0, sizeof(*key_r));
	key_r->address = o->flow.tuple.addr[SIDE_SERVER];
	key_r->port = o->flow.tuple.port[SIDE_SERVER];
	text_copy(key_r->dialect, sizeof(key_r->dialect),
	    o->dialect[0] != '\0' ? o->dialect : o->dialect_expected);
	/* behind one proxy there are many servers, each known by its tunnel alone */
	if (o->tunnel_to != 0 && !member)
		snprintf(key_r->name, sizeof(key_r->name), "tunnel %016" PRIx64, o->tunnel_to);
	if (o->tunnel_to == 0 && member)
		text_copy(key_r->name, sizeof(key_r->name), o->server_name);
}

bool
server_lacks(const struct server *s)
{
	return sketch_is_broad(&s->denied);
}

enum strength
server_strength(const struct server *s, int64_t now_ns, int64_t fading_ns)
{
	/* it takes contradictions from two clients and on two days to unmake what was learnt */
	if (server_lacks(s) || now_ns - s->last_promise_ns > fading_ns)
		return STRENGTH_NONE;
	if (s->upgraded == 0 && s->offered < WEAK_OFFERS)
		return STRENGTH_NONE;
	return sketch_is_broad(&s->promised) ? STRENGTH_STRONG : STRENGTH_WEAK;
}

enum standing
server_standing(const struct server *s)
{
	const bool promised = s->last_promise_ns != 0;

	if (promised && sketch_clients(&s->denied) > 0)
		return STANDING_MIXED;
	switch (server_strength(s, s->last_promise_ns, 0)) {
	case STRENGTH_STRONG:
		return STANDING_STRONG;
	case STRENGTH_WEAK:
		return STANDING_WEAK;
	case STRENGTH_NONE:
		break;
	}
	return server_lacks(s) ? STANDING_WITHOUT : STANDING_NEW;
}

static int64_t
distance(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns;
}

bool
server_offered_others(const struct server *s, uint32_t client, int64_t at_ns)
{
	for (int i = 0; i < OFFERS_KEPT; i++) {
		if (s->offers[i].client != 0 && s->offers[i].client != client &&
		    distance(s->offers[i].at_ns, at_ns) <= HOUR_NS)
			return true;
	}
	return false;
}

/* What a session shows of each kind of habit: how many, in shown_r. */
static unsigned
habits_shown(const struct observation *o, struct habit shown_r[HABIT_KINDS])
{
	const struct tls_certificate *c = &o->tls.certificate;
	const uint32_t name = habit_number(o->tls.sni), client = habit_number(o->tls.ja4);
	const int64_t at_ns = o->flow.first.at_ns;
	unsigned n = 0;

	if (c->spki_sha256[0] != '\0') {
		shown_r[n++] = (struct habit){ .kind = HABIT_CERTIFICATE, .context = name,
			.value = habit_number(c->spki_sha256), .last_ns = at_ns };
		shown_r[n++] = (struct habit){ .kind = HABIT_ISSUER, .context = name,
			.value = habit_number(c->issuer), .last_ns = at_ns };
		shown_r[n++] = (struct habit){ .kind = HABIT_SUBJECT, .context = name,
			.value = habit_number(c->subject), .last_ns = at_ns };
	}
	if (o->established == FACT_TRUE && o->tls.ja4[0] != '\0' && o->tls.ja3s[0] != '\0') {
		shown_r[n++] = (struct habit){ .kind = HABIT_ANSWER, .context = client,
			.value = habit_number(o->tls.ja3s), .last_ns = at_ns };
		shown_r[n++] = (struct habit){ .kind = HABIT_VERSION, .context = client,
			.value = o->tls.version, .last_ns = at_ns };
	}
	if (o->greeting_offers != FACT_UNKNOWN)
		shown_r[n++] = (struct habit){ .kind = HABIT_GREETING,
			.value = o->greeting_offers == FACT_TRUE, .last_ns = at_ns };
	/* a greeting's list is a short one */
	if (o->listing_in_greeting_only)
		return n;
	if (o->listing_complete)
		shown_r[n++] = (struct habit){ .kind = HABIT_DEMAND,
			.value = o->listing_demands, .last_ns = at_ns };
	if (o->mechanisms_known)
		shown_r[n++] = (struct habit){ .kind = HABIT_MECHANISMS,
			.value = o->mechanisms, .last_ns = at_ns };
	return n;
}

void
server_habits(const struct server *s, const struct observation *o, struct habits *r)
{
	struct habit shown[HABIT_KINDS];
	unsigned n = habits_shown(o, shown);
	enum habit_state states[HABIT_KINDS] = { HABIT_UNKNOWN };

	for (unsigned i = 0; i < n; i++)
		states[shown[i].kind] = habit_look(s->habits, (enum habit_kind)shown[i].kind,
		    shown[i].context, shown[i].value);
	*r = (struct habits){
		.certificate = states[HABIT_CERTIFICATE],
		.issuer = states[HABIT_ISSUER],
		.subject = states[HABIT_SUBJECT],
		.answer = states[HABIT_ANSWER],
		.version = states[HABIT_VERSION],
		.mechanisms = states[HABIT_MECHANISMS],
		.demand = states[HABIT_DEMAND],
		.greeting = states[HABIT_GREETING],
	};
}

static void
note_offer(struct server *s, uint32_t client, int64_t at_ns)
{
	int slot = s->offers[0].client == client ? 0 : s->offers[1].client == client ? 1 :
	    s->offers[0].at_ns <= s->offers[1].at_ns ? 0 : 1;

	s->offers[slot].client = client;
	s->offers[slot].at_ns = at_ns;
}

/* A promise: the server offered, or did, TLS. */
static void
learn_promise(struct server *s, const struct observation *seen, uint32_t client)
{
	if (s->first_offer_ns == 0 || seen->flow.first.at_ns < s->first_offer_ns)
		s->first_offer_ns = seen->flow.first.at_ns;
	if (seen->flow.first.at_ns > s->last_promise_ns)
		s->last_promise_ns = seen->flow.first.at_ns;
	sketch_add(&s->promised, client, seen->flow.first.at_ns);
	note_offer(s, client, seen->flow.first.at_ns);
	memset(&s->denied, 0, sizeof(s->denied));
}

static void
learn_denial(struct server *s, const struct observation *seen, uint32_t client)
{
	sketch_add(&s->denied, client, seen->flow.first.at_ns);
	if (s->first_offer_ns == 0)
		sketch_add(&s->denied_first, client, seen->flow.first.at_ns);
}

/* One run may learn from captures that are older than those of the run before. */
static void
note_time(struct server *s, int64_t first_ns, int64_t last_ns)
{
	if (s->sessions == 0 || first_ns < s->first_seen_ns)
		s->first_seen_ns = first_ns;
	if (last_ns > s->last_seen_ns)
		s->last_seen_ns = last_ns;
}

void
server_learn(struct server *s, const struct observation *seen, uint32_t client)
{
	bool upgraded = seen->established == FACT_TRUE;

	note_time(s, seen->flow.first.at_ns, seen->flow.last.at_ns);
	s->sessions++;
	s->offered += seen->offered == FACT_TRUE;
	s->upgraded += upgraded;
	s->listed += seen->listing_complete;
	sketch_add(&s->everybody, client, seen->flow.first.at_ns);
	if (upgraded || seen->offered == FACT_TRUE)
		learn_promise(s, seen, client);
	else if (seen->offered == FACT_FALSE && !seen->listing_in_greeting_only)
		learn_denial(s, seen, client);
}

void
server_learn_habits(struct server *s, const struct observation *seen, uint32_t client)
{
	struct habit shown[HABIT_KINDS];
	unsigned n = habits_shown(seen, shown);

	for (unsigned i = 0; i < n; i++)
		habit_learn(s->habits, &shown[i], client);
}

void
server_accept(struct server *s)
{
	s->offered = s->upgraded = 0;
	s->first_offer_ns = s->last_promise_ns = 0;
	memset(&s->promised, 0, sizeof(s->promised));
	memset(&s->denied, 0, sizeof(s->denied));
	memset(&s->denied_first, 0, sizeof(s->denied_first));
	memset(s->offers, 0, sizeof(s->offers));
	memset(s->habits, 0, sizeof(s->habits));
}
