/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/server_check.h"

#include "base/clock.h"

static const char *
impossible_counts(const struct server *s)
{
	if (s->offered > s->sessions)
		return "TLS offered in more sessions than there were";
	if (s->upgraded > s->sessions)
		return "TLS used in more sessions than there were";
	if (s->listed > s->sessions)
		return "more sessions with a listing than there were sessions";
	if (s->members > SERVER_MEMBERS_MAX)
		return "more names than are remembered of one address";
	return NULL;
}

static const char *
impossible_times(const struct server *s, int64_t now_ns)
{
	if (s->first_seen_ns > s->last_seen_ns)
		return "last seen before it was first seen";
	if (s->last_seen_ns > now_ns)
		return "last seen in the future";
	if (s->first_offer_ns > s->last_promise_ns)
		return "last offer before the first one";
	if (s->last_promise_ns > s->last_seen_ns)
		return "last offer after it was last seen";
	if (s->first_offer_ns != 0 && s->first_offer_ns < s->first_seen_ns)
		return "first offer before it was first seen";
	return NULL;
}

/* A client stands in it once, and the days are those of sessions. */
static const char *
impossible_sketch(const struct sketch *s, int64_t now_ns)
{
	const unsigned clients = sketch_clients(s);

	for (unsigned i = 0; i < clients; i++) {
		for (unsigned other = 0; other < i; other++) {
			if (s->clients[i] == s->clients[other])
				return "a client counted twice";
		}
	}
	if (clients > 0 && s->last_day > now_ns / CLOCK_DAY_NS)
		return "a client seen in the future";
	return NULL;
}

static const char *
impossible_habit(const struct habit *h, int64_t now_ns)
{
	if (h->last_ns > now_ns)
		return "a habit seen in the future";
	return impossible_sketch(&h->seen, now_ns);
}

const char *
server_impossible(const struct server *s, int64_t now_ns)
{
	const struct sketch *const sketches[] = { &s->everybody, &s->promised, &s->denied,
		&s->denied_first };
	const char *what = impossible_counts(s);

	if (what == NULL)
		what = impossible_times(s, now_ns);
	for (size_t i = 0; i < sizeof(sketches) / sizeof(sketches[0]) && what == NULL; i++)
		what = impossible_sketch(sketches[i], now_ns);
	for (size_t i = 0; i < HABITS_MAX && what == NULL; i++) {
		if (s->habits[i].kind != HABIT_NONE)
			what = impossible_habit(&s->habits[i], now_ns);
	}
	return what;
}

const char *
pair_impossible(const struct pair *p, int64_t now_ns)
{
	if (p->first_ns < 0 || p->hello_ns < 0)
		return "a time before 1970";
	if (p->first_ns > p->last_ns)
		return "a client last seen before it was first seen";
	if (p->last_ns > now_ns)
		return "a client seen in the future";
	if (p->hello_ns > p->last_ns)
		return "a ClientHello later than its client";
	return NULL;
}
