/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Half a year of generated sessions of one server and twenty clients, and what
 * is told of them: how much of an attack, and how often for nothing. What comes
 * out is printed as the table of docs/detection.md; each row has to keep its bounds.
 */
#include "unit.h"

#include <stdio.h>

#include "court.h"

enum {
	DAYS = 180,
	CLIENTS = 20,
	SESSIONS_A_DAY = 12,
	HALF = 90,		/* when something happens, it happens then */
	VICTIM = 3,
	HOSTS = 4,		/* of a pool */
	LIARS = 2,		/* clients of the attacker's own */
};

enum fate { HONEST, ATTACKED, STAGED };	/* staged: by clients of the attacker's own */

struct day {
	int number;
	uint8_t client;
	unsigned random;	/* 0-99 */
	unsigned host;
};

struct scenario {
	const char *title;
	/* One session on that day; says whether somebody had a hand in it. */
	enum fate (*play)(const struct day *d, struct observation *o_r);
	unsigned detected_min;	/* per cent of attacked sessions, at least */
	unsigned false_max;	/* alerts for honest sessions, at most */
};

static struct observation
of_host(struct observation o, unsigned host)
{
	snprintf(o.server_name, sizeof(o.server_name), "mx%u.example", host);
	return o;
}

/* Another server of the same network. */
static struct observation
of_address(struct observation o, unsigned host)
{
	o.flow.tuple.addr[SIDE_SERVER].bytes[3] = (uint8_t)host;
	return o;
}

static enum fate
always_tls(const struct day *d, struct observation *o_r)
{
	*o_r = observed_upgrade(d->client, d->number);
	return HONEST;
}

static enum fate
never_tls(const struct day *d, struct observation *o_r)
{
	*o_r = observed_lack(d->client, d->number);
	return HONEST;
}

/* Half of the clients do not care for TLS, and send mail in clear all the time. */
static enum fate
some_never_ask(const struct day *d, struct observation *o_r)
{
	*o_r = observed_upgrade(d->client, d->number);
	if (d->client % 2 == 0) {
		*o_r = observed_offer(d->client, d->number);
		o_r->payload = FACT_TRUE;
		o_r->exposed[UPGRADE_OFFERED] = o_r->exposed_unasked = EXPOSED_PAYLOAD;
	}
	return HONEST;
}

static enum fate
loses_tls_for_good(const struct day *d, struct observation *o_r)
{
	return d->number < HALF ? always_tls(d, o_r) : never_tls(d, o_r);
}

static enum fate
set_up_half_way(const struct day *d, struct observation *o_r)
{
	return d->number < HALF ? never_tls(d, o_r) : always_tls(d, o_r);
}

static enum fate
pool_with_a_bad_host(const struct day *d, struct observation *o_r)
{
	if (d->host == 0)
		never_tls(d, o_r);
	else
		always_tls(d, o_r);
	*o_r = of_host(*o_r, d->host);
	return HONEST;
}

/* One host of a pool after the other is set up with TLS, a month apart. */
static enum fate
slow_roll_out(const struct day *d, struct observation *o_r)
{
	if (d->number < 30 * (int)(d->host + 1))
		never_tls(d, o_r);
	else
		always_tls(d, o_r);
	*o_r = of_host(*o_r, d->host);
	return HONEST;
}

static enum fate
stripped_for_one(const struct day *d, struct observation *o_r)
{
	if (d->number < HALF || d->client != VICTIM)
		return always_tls(d, o_r);
	never_tls(d, o_r);
	return ATTACKED;
}

static enum fate
stripped_from_the_first_day(const struct day *d, struct observation *o_r)
{
	if (d->client != VICTIM)
		return always_tls(d, o_r);
	never_tls(d, o_r);
	return ATTACKED;
}

static enum fate
stripped_for_everybody(const struct day *d, struct observation *o_r)
{
	if (d->number < HALF || d->number >= HALF + 2)
		return always_tls(d, o_r);
	never_tls(d, o_r);
	return ATTACKED;
}

/* Before he strips, two clients of his own have shown for weeks that nothing is offered. */
static enum fate
poisoned_first(const struct day *d, struct observation *o_r)
{
	if (d->client > CLIENTS - LIARS) {
		never_tls(d, o_r);
		return STAGED;
	}
	return stripped_for_one(d, o_r);
}

static enum fate
stripped_under_another_name(const struct day *d, struct observation *o_r)
{
	enum fate fate = stripped_for_one(d, o_r);

	*o_r = of_host(*o_r, fate == ATTACKED ? 100 + d->random : 1);
	return fate;
}

/* Servers of one network: four at first, and every week a new one. */
static unsigned
some_server(const struct day *d)
{
	return 1 + d->random % (4 + (unsigned)d->number / 7);
}

static enum fate
network_without_tls(const struct day *d, struct observation *o_r)
{
	never_tls(d, o_r);
	*o_r = of_address(*o_r, some_server(d));
	return HONEST;
}

/* As many have TLS as have none. */
static enum fate
mixed_network(const struct day *d, struct observation *o_r)
{
	unsigned host = some_server(d);

	if (host % 2 == 0)
		never_tls(d, o_r);
	else
		always_tls(d, o_r);
	*o_r = of_address(*o_r, host);
	return HONEST;
}

/* All have TLS, until in the second half some are set up that have none. */
static enum fate
network_that_becomes_mixed(const struct day *d, struct observation *o_r)
{
	unsigned host = some_server(d);

	if (host % 2 == 0 && host > 4 + HALF / 7)
		never_tls(d, o_r);
	else
		always_tls(d, o_r);
	*o_r = of_address(*o_r, host);
	return HONEST;
}

/* All have TLS, also the new one of each day; one client's first mail to that is stripped. */
static enum fate
stripped_where_never_seen(const struct day *d, struct observation *o_r)
{
	always_tls(d, o_r);
	*o_r = of_address(*o_r, 1 + d->random % 4);
	if (d->number < HALF || d->random % 4 != 0)
		return HONEST;
	*o_r = of_address(*o_r, 100 + (unsigned)d->number - HALF);
	if (d->client != VICTIM)
		return HONEST;
	never_tls(d, o_r);
	*o_r = of_address(*o_r, 100 + (unsigned)d->number - HALF);
	return ATTACKED;
}

struct result {
	unsigned attacked, detected, honest, false_alarms;
};

static struct result
run(const struct scenario *s)
{
	struct result r = { 0 };
	uint32_t seed = 1;
	uint64_t id = 1;
	struct court *c;
	void *state;

	open_court(&state);
	c = state;
	for (int day = 1; day <= DAYS; day++) {
		for (int i = 0; i < SESSIONS_A_DAY; i++) {
			struct day d = { .number = day };
			struct observation o;
			unsigned before = c->heard.alerts;
			enum fate fate;

			seed = seed * 1664525 + 1013904223;
			d.client = (uint8_t)(1 + (seed >> 8) % CLIENTS);
			d.random = (seed >> 16) % 100;
			d.host = (seed >> 20) % HOSTS;
			fate = s->play(&d, &o);
			o.flow.first.at_ns += (i + 1) * 3700 * CLOCK_SECOND_NS / 2;
			o.flow.last.at_ns = o.at.at_ns = o.flow.first.at_ns + CLOCK_SECOND_NS;
			o.flow.id = id++;
			see(c, o);
			r.attacked += fate == ATTACKED;
			r.honest += fate == HONEST;
			r.detected += fate == ATTACKED && c->heard.alerts > before;
			r.false_alarms += fate == HONEST && c->heard.alerts > before;
		}
	}
	close_court(&state);
	return r;
}

static const struct scenario scenarios[] = {
	{ "TLS for everybody", always_tls, 0, 0 },
	{ "no TLS, ever", never_tls, 0, 0 },
	{ "half of the clients never ask", some_never_ask, 0, 0 },
	{ "set up with TLS half way", set_up_half_way, 0, 0 },
	{ "a pool set up host by host", slow_roll_out, 0, 0 },
	{ "a pool with one host without TLS", pool_with_a_bad_host, 0, 8 },
	{ "loses TLS for good", loses_tls_for_good, 0, 2 * SESSIONS_A_DAY },
	{ "a network without TLS, new servers", network_without_tls, 0, 0 },
	{ "a mixed network, new servers", mixed_network, 0, 0 },
	{ "a network of TLS becomes mixed", network_that_becomes_mixed, 0, 1 },
	{ "stripped at servers never seen", stripped_where_never_seen, 75, 0 },
	{ "stripped for one client", stripped_for_one, 100, 0 },
	{ "stripped for one from the first day", stripped_from_the_first_day, 95, 0 },
	{ "stripped for everybody, two days", stripped_for_everybody, 50, 0 },
	{ "stripped after poisoning by two liars", poisoned_first, 95, 0 },
	{ "stripped under another name", stripped_under_another_name, 100, 0 },
};

static void
every_row_keeps_its_bounds(void **state)
{
	(void)state;
	printf("| %-38s | attacked | told | honest | false alarms |\n", "half a year");
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		const struct scenario *s = &scenarios[i];
		struct result r = run(s);

		printf("| %-38s | %8u | %4u | %6u | %12u |\n", s->title, r.attacked, r.detected,
		    r.honest, r.false_alarms);
		if (r.false_alarms > s->false_max ||
		    r.detected * 100 < r.attacked * s->detected_min)
			fail_msg("%s: out of its bounds", s->title);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_keeps_its_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
