/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/neighbours.h"

#include <string.h>

#include "base/text.h"
#include "judge/neighbourhood.h"

/*
 * Who may be counted once in a neighbourhood: an address, however many names it gives
 * itself.
 */
static uint32_t
server_number(const struct baseline *b, const struct server *s)
{
	struct server_key whole = s->key;
	uint32_t number;

	memset(whole.name, 0, sizeof(whole.name));
	number = (uint32_t)baseline_server_hash(b, &whole);
	return number != 0 ? number : 1;
}

static void
tell(struct baseline *b, const struct server_key *where, const struct server *s,
    enum example example)
{
	struct memory *m = baseline_memory(b);
	uint64_t hash = baseline_server_hash(b, where);

	neighbourhood_learn(memory_neighbourhood_or_new(m, hash), server_number(b, s), example, s);
	memory_neighbourhood_changed(m, hash);
}

static void
tell_both(struct baseline *b, const struct server *s, enum example example)
{
	struct server_key where;

	if (neighbourhood_of_address(&s->key, &where))
		tell(b, &where, s, example);
	if (neighbourhood_of_name(&s->key, &where))
		tell(b, &where, s, example);
}

void
neighbours_learn(struct baseline *b, const struct server *s)
{
	tell_both(b, s, server_example(s, s->last_seen_ns, baseline_fading_ns(b)));
}

void
neighbours_forget(struct baseline *b, const struct server *s)
{
	tell_both(b, s, EXAMPLE_NONE);
}

/* How they stand there, and in *history_r who they are when TLS is to be expected of them. */
static enum example
ask(struct baseline *b, const struct server_key *where, int64_t now_ns,
    struct history *history_r)
{
	const struct neighbourhood *n = memory_neighbourhood(baseline_memory(b),
	    baseline_server_hash(b, where));
	enum example example = n == NULL ? EXAMPLE_NONE :
	    neighbourhood_example(n, now_ns, baseline_fading_ns(b));

	if (example == EXAMPLE_KEEPING && history_r->neighbours_known == 0) {
		history_r->neighbours_known = sketch_clients(&n->keeping);
		text_copy(history_r->neighbours, sizeof(history_r->neighbours), where->name);
	}
	return example;
}

void
neighbours_look(struct baseline *b, const struct observation *o, struct history *history_r)
{
	enum example by_address = EXAMPLE_NONE, by_name = EXAMPLE_NONE;
	const int64_t now_ns = o->flow.first.at_ns;
	struct server_key server, where;

	/* who offers says all there is to know himself; of what is not whole nothing is learnt */
	if (o->offered == FACT_TRUE || o->established == FACT_TRUE || !observation_seen_whole(o))
		return;
	server_key_of(o, false, &server);
	if (neighbourhood_of_address(&server, &where))
		by_address = ask(b, &where, now_ns, history_r);
	server_key_of(o, true, &server);
	if (neighbourhood_of_name(&server, &where))
		by_name = ask(b, &where, now_ns, history_r);
	/* no two opinions */
	if (by_address == EXAMPLE_LACKING || by_name == EXAMPLE_LACKING)
		history_r->neighbours_known = 0;
}
