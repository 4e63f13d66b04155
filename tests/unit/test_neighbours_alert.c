/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of a server that nobody has seen, how often, and in which words. */
#include "unit.h"

#include "court.h"
#include "judge/decision.h"
#include "street.h"

static void
court_learns_network(struct court *c)
{
	for (uint8_t host = 1; host <= 5; host++) {
		see(c, at_host(observed_upgrade(1, 1), host));
		see(c, at_host(observed_upgrade(1, 2), host));
	}
}

static void
a_stripped_stranger_is_told_once_and_not_as_grave(void **state)
{
	struct court *c = *state;
	struct observation o = stranger();

	court_learns_network(c);
	o.credentials = FACT_TRUE;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
	assert_int_equal(c->heard.severity, 3);
	assert_int_equal(c->heard.last.verdict.confidence, 30);
	assert_int_equal(c->heard.last.verdict.proof, PROOF_HISTORY);
	assert_int_equal(c->heard.last.verdict.expected_by, EXPECTED_BY_HISTORY);
	assert_true(c->heard.last.verdict.expected_like_others);
	/* from now on it is known for having none, and so is its network */
	see(c, at_host(observed_lack(9, LATER + 1), STRANGER));
	see(c, at_host(observed_lack(9, LATER + 1), STRANGER + 1));
	assert_int_equal(c->heard.alerts, 1);
}

/* Two clients find it at the same time, and neither knows of the other. */
static void
once_is_enough_for_several_at_once(void **state)
{
	struct court *c = *state;
	struct observation first = stranger(), second = stranger();

	court_learns_network(c);
	second.flow.tuple.addr[SIDE_CLIENT].bytes[3] = 8;
	second.flow.id++;
	first.final = second.final = false;
	first.exposed_unasked = second.exposed_unasked = EXPOSED_PAYLOAD;
	see(c, first);
	see(c, second);
	/* what a password would make graver is held for a second */
	judge_advance(c->judge, first.at.at_ns + 5 * CLOCK_SECOND_NS);
	assert_int_equal(c->heard.alerts, 1);
	first.final = second.final = true;
	see(c, first);
	see(c, second);
	assert_int_equal(c->heard.alerts, 1);
}

/*
 * Two clients log in at the same time. What the second session teaches takes back what was
 * expected of the first one, of which has been told by then: that nothing was found in it
 * is not said as well.
 */
static void
one_session_is_not_told_in_two_ways(void **state)
{
	struct court *c = *state;
	struct observation first = stranger(), second = stranger();

	court_learns_network(c);
	first.credentials = FACT_TRUE;
	first.exposed[UPGRADE_UNOFFERED] = first.exposed_unasked = EXPOSED_CREDENTIALS;
	first.credentials_accepted = FACT_TRUE;
	second.flow.tuple.addr[SIDE_CLIENT].bytes[3] = 8;
	second.flow.id++;
	first.final = false;
	see(c, first);
	assert_int_equal(c->heard.alerts, 1);
	see(c, second);
	first.final = true;
	see(c, first);
	assert_int_equal(c->heard.last.verdict.expected_by, EXPECTED_BY_NOBODY);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.exposures, 0);
}

static void
take_benign(void *ctx, const struct alert *alert)
{
	const char **first = ctx;

	if (alert->rule->technique == TECHNIQUE_CAP_STRIPPED)
		*first = alert_benign(alert, 0);
}

static void
no_session(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

/* What is said first of a stranger is not what is said first of a server that is known. */
static void
a_neighbour_may_be_somebody_elses(void **state)
{
	struct court *c = *state;
	const char *first = NULL;
	struct judge_listener listener = { &first, no_session, take_benign };
	const struct judge_limits limits = { 0 };
	struct err e;
	struct judge *judge;

	court_learns_network(c);
	judge = judge_new(c->rules, c->baseline, &limits, &listener, false, &e);
	assert_non_null(judge);
	for (int i = 0; i < 2; i++) {
		struct observation o = i == 0 ? at_host(observed_lack(9, LATER), 1) : stranger();

		o.flow.id += (uint64_t)i;
		judge_observe(judge, &o);
		assert_non_null(first);
		assert_int_equal(strstr(first, "somebody else's") != NULL, i == 1);
	}
	judge_free(&judge);
}

static void
look_for_stripped(void *ctx, const struct row_look *look)
{
	if (look->technique == TECHNIQUE_CAP_STRIPPED)
		*(struct row_look *)ctx = *look;
}

/* "but not: TLS is to be expected" would be wrong: it is, and nobody was harmed. */
static void
what_a_guess_lacks_is_named(void **state)
{
	struct observation o = stranger();
	struct knowledge k = { .history = { .neighbours_known = 3 } };
	struct row_look look = { 0 };

	(void)state;
	decision_explain(&o, &k, look_for_stripped, &look);
	assert_true(look.holds && look.alert);
	assert_string_equal(look.needs, "TLS is to be expected of this server");
	memset(o.exposed, 0, sizeof(o.exposed));
	decision_explain(&o, &k, look_for_stripped, &look);
	assert_true(look.holds && !look.alert);
	assert_non_null(strstr(look.needs, "crossed in clear"));
	k.history.neighbours_known = 0;
	decision_explain(&o, &k, look_for_stripped, &look);
	assert_string_equal(look.needs, "TLS is to be expected of this server");
}

static void
a_stranger_that_offers_needs_nobody_to_speak_for_it(void **state)
{
	struct court *c = *state;

	court_learns_network(c);
	see(c, at_host(observed_offer(9, LATER), STRANGER));
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.expected_by, EXPECTED_BY_NOBODY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_COURT(a_stripped_stranger_is_told_once_and_not_as_grave),
		IN_COURT(once_is_enough_for_several_at_once),
		IN_COURT(one_session_is_not_told_in_two_ways),
		IN_COURT(a_neighbour_may_be_somebody_elses),
		cmocka_unit_test(what_a_guess_lacks_is_named),
		IN_COURT(a_stranger_that_offers_needs_nobody_to_speak_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
