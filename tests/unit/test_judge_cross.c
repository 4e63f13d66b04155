/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts that take more than one session: other connections, other taps. */
#include "unit.h"

#include <stdio.h>

#include "court.h"

/* An attempt to reach the port with TLS, which was refused. */
static struct observation
knocking(int day)
{
	struct observation o = observed(1, day);

	o.attempt = true;
	o.dialect[0] = '\0';
	memcpy(o.dialect_expected, "smtp", sizeof("smtp"));
	o.flow.tuple.port[SIDE_SERVER] = 465;
	o.flow.id = 465;
	return o;
}

static struct observation
implicit(uint8_t client, int day)
{
	struct observation o = observed_upgrade(client, day);

	o.implicit = true;
	o.dialect[0] = '\0';
	memcpy(o.dialect_expected, "smtp", sizeof("smtp"));
	o.offered = FACT_UNKNOWN;
	o.flow.tuple.port[SIDE_SERVER] = 465;
	o.flow.id += 465;
	return o;
}

static void
a_blocked_port_with_tls_is_told_where_it_is_known_to_serve(void **state)
{
	struct court *c = *state;
	struct observation clear = observed_lack(1, 9);

	clear.flow.first.at_ns += 2 * CLOCK_SECOND_NS;
	clear.exposed[UPGRADE_UNOFFERED] |= EXPOSED_CREDENTIALS;
	see(c, knocking(9));
	see(c, clear);
	/* a client that finds its settings by trying, a server that never served it */
	assert_int_equal(c->heard.alerts, 0);

	see(c, implicit(2, 10));
	see(c, implicit(3, 11));
	see(c, knocking(12));
	clear.flow.first.at_ns += 3 * CLOCK_DAY_NS;
	clear.flow.id++;
	see(c, clear);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_PORT_DOWNGRADE);
	assert_true(c->heard.last.verdict.related == 465);
}

static void
reaching_the_port_with_tls_ends_the_matter(void **state)
{
	struct court *c = *state;
	struct observation clear = observed_lack(1, 12);

	see(c, implicit(2, 10));
	see(c, implicit(3, 11));
	see(c, knocking(12));
	see(c, implicit(1, 12));
	clear.flow.first.at_ns += 2 * CLOCK_SECOND_NS;
	see(c, clear);
	assert_int_equal(c->heard.alerts, 0);
}

/* The port with TLS is known, and a client asks for it twice. */
static struct observation
see_waiting(struct court *c)
{
	struct observation waiting = knocking(12);

	see(c, implicit(2, 10));
	see(c, implicit(3, 11));
	waiting.final = false;
	waiting.flow.end = FLOW_OPEN;
	waiting.flow.phase = FLOW_NEW;
	see(c, waiting);
	return waiting;
}

/* Two seconds later it gives its password away in clear. */
static void
see_clear(struct court *c)
{
	struct observation clear = observed_lack(1, 12);

	clear.flow.first.at_ns += 2 * CLOCK_SECOND_NS;
	clear.exposed[UPGRADE_UNOFFERED] |= EXPOSED_CREDENTIALS;
	see(c, clear);
}

/* Its first SYN was lost, or its way is long: it waits, and is where it wanted to be. */
static void
who_had_to_ask_twice_was_not_blocked(void **state)
{
	struct court *c = *state;
	struct observation waiting = see_waiting(c);

	waiting.flow.phase = FLOW_ESTABLISHED;
	see(c, waiting);
	see_clear(c);
	assert_int_equal(c->heard.alerts, 0);
}

/* Somebody forged the refusal, and the port answered all the same. */
static void
who_was_refused_by_a_stranger_was_not_blocked(void **state)
{
	struct court *c = *state;
	struct observation refused = see_waiting(c);

	refused.final = true;
	refused.flow.end = FLOW_RST;
	see(c, refused);
	refused.final = false;
	refused.flow.end = FLOW_OPEN;
	refused.flow.phase = FLOW_ESTABLISHED;
	see(c, refused);
	see_clear(c);
	assert_int_equal(c->heard.alerts, 0);
}

static void
who_asks_in_vain_is_blocked_before_the_attempt_ends(void **state)
{
	struct court *c = *state;

	see_waiting(c);
	see_clear(c);
	assert_int_equal(c->heard.technique, TECHNIQUE_PORT_DOWNGRADE);
}

static void
one_hello_in_two_connections_is_told(void **state)
{
	struct court *c = *state;
	struct observation one = implicit(1, 1), two = observed_upgrade(4, 1);

	one.tls.client_random_hash = two.tls.client_random_hash = 99;
	see(c, one);
	see(c, two);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_OPOSSUM);
	assert_int_equal(c->heard.severity, 1);
	assert_true(c->heard.last.verdict.related == one.flow.id);
}

static void
the_one_from_the_first_byte_may_end_last(void **state)
{
	struct court *c = *state;
	struct observation one = implicit(1, 1), two = observed_upgrade(4, 1);

	one.tls.client_random_hash = two.tls.client_random_hash = 99;
	see(c, two);
	see(c, one);
	assert_int_equal(c->heard.technique, TECHNIQUE_OPOSSUM);
}

static void
one_of_them_may_have_no_event_of_its_own(void **state)
{
	struct court *c = *state;
	struct observation one = implicit(1, 1), two = observed_upgrade(4, 1);

	one.tls.client_random_hash = two.tls.client_random_hash = 99;
	one.flow.tuple.port[SIDE_SERVER] = 443;
	one.dialect_expected[0] = '\0';
	one.elsewhere = true;
	see(c, one);
	assert_int_equal(c->heard.sessions, 0);
	see(c, two);
	assert_int_equal(c->heard.technique, TECHNIQUE_OPOSSUM);
}

static void
a_proxy_that_passes_tls_on_is_no_opossum(void **state)
{
	struct court *c = *state;
	struct observation one = observed_upgrade(1, 1), two = observed_upgrade(4, 1);

	one.tls.client_random_hash = two.tls.client_random_hash = 99;
	see(c, one);
	see(c, two);
	assert_int_equal(c->heard.alerts, 0);
}

static void
a_tap_that_came_late_makes_no_opossum(void **state)
{
	struct court *c = *state;
	struct observation late = implicit(1, 1), whole = observed_upgrade(1, 1);

	late.tls.client_random_hash = whole.tls.client_random_hash = 99;
	late.flow.tuple.port[SIDE_SERVER] = whole.flow.tuple.port[SIDE_SERVER];
	see(c, late);
	see(c, whole);
	assert_int_equal(c->heard.alerts, 0);
}

/* Something that is not over, that long after the first day. */
static struct observation
later(int64_t by_ns)
{
	struct observation o = observed(9, 1);

	o.final = false;
	o.at.at_ns += by_ns;
	return o;
}

/* A tap that joins between two connections of one client sees the second one only. */
static void
who_has_a_counterpart_of_his_own_is_nobody_elses(void **state)
{
	struct court *c = *state;
	struct observation first = observed_offer(1, 1), second = observed_lack(1, 1), there;
	struct err e;

	assert_int_equal(judge_compare_taps(c->judge, &e), 0);
	first.flow.fin_by[SIDE_CLIENT] = second.flow.fin_by[SIDE_CLIENT] = true;
	second.flow.tuple.port[SIDE_CLIENT]++;
	second.flow.first.at_ns += CLOCK_SECOND_NS / 100;
	second.flow.id++;
	there = second;
	there.flow.tuple.tap = 1;
	there.flow.id += 1000;
	see(c, first);
	/* the other tap happens to know first that it has ended */
	see(c, there);
	see(c, second);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.sessions, 3);
	assert_int_equal(c->heard.alerts, 0);
}

static void
what_only_the_second_tap_saw_whole_is_learnt_from_it(void **state)
{
	struct court *c = *state;
	struct observation late = observed_upgrade(1, 1), whole = late;
	struct err e;

	assert_int_equal(judge_compare_taps(c->judge, &e), 0);
	late.flow.handshake = false;
	whole.flow.tuple.tap = 1;
	whole.flow.id++;
	see(c, late);
	see(c, whole);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_true(c->heard.last.verdict.twin.flow_id == late.flow.id);
	assert_int_equal(baseline_look(c->baseline, &whole).sessions, 1);
}

static void
two_taps_prove_it(void **state)
{
	struct court *c = *state;
	struct observation near = observed_lack(1, 1), far = observed_offer(1, 1);
	struct err e;

	assert_int_equal(judge_compare_taps(c->judge, &e), 0);
	far.flow.tuple.tap = 1;
	far.flow.id++;
	near.flow.fin_by[SIDE_CLIENT] = true;
	see(c, near);
	see(c, far);
	/* what is still to come may belong to one of them */
	assert_int_equal(c->heard.sessions, 0);
	see(c, later(CLOCK_DAY_NS));
	assert_int_equal(c->heard.sessions, 2);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_TWO_TAP_MISMATCH);
	assert_int_equal(c->heard.last.verdict.proof, PROOF_TAPS);
	assert_int_equal(c->heard.last.verdict.confidence, 95);
	assert_true(c->heard.last.verdict.twin.flow_id == near.flow.id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_COURT(a_blocked_port_with_tls_is_told_where_it_is_known_to_serve),
		IN_COURT(reaching_the_port_with_tls_ends_the_matter),
		IN_COURT(who_had_to_ask_twice_was_not_blocked),
		IN_COURT(who_was_refused_by_a_stranger_was_not_blocked),
		IN_COURT(who_asks_in_vain_is_blocked_before_the_attempt_ends),
		IN_COURT(one_hello_in_two_connections_is_told),
		IN_COURT(the_one_from_the_first_byte_may_end_last),
		IN_COURT(one_of_them_may_have_no_event_of_its_own),
		IN_COURT(a_proxy_that_passes_tls_on_is_no_opossum),
		IN_COURT(a_tap_that_came_late_makes_no_opossum),
		IN_COURT(two_taps_prove_it),
		IN_COURT(who_has_a_counterpart_of_his_own_is_nobody_elses),
		IN_COURT(what_only_the_second_tap_saw_whole_is_learnt_from_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
