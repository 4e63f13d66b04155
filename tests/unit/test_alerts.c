/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a rule that holds to an alert: told once, how grave, and when. */
#include "unit.h"

#include "court.h"
#include "judge/repeats.h"

static void
one_rule_speaks_once_for_a_connection(void **state)
{
	struct court *c = *state;
	struct observation o = observed_refusal(ANSWER_PERMANENT, true);

	o.final = false;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.sessions, 0);
	o.serial++;
	see(c, o);
	o.final = true;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.sessions, 1);
	/* another connection is another case */
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 2);
}

static void
credentials_make_it_graver(void **state)
{
	struct court *c = *state;
	struct observation o = observed_refusal(ANSWER_TEMPORARY, true);

	see(c, o);
	assert_int_equal(c->heard.severity, 2);
	o.flow.id++;
	o.credentials = FACT_TRUE;
	o.exposed[UPGRADE_REFUSED] |= EXPOSED_CREDENTIALS;
	see(c, o);
	assert_int_equal(c->heard.severity, 1);
}

static struct observation
misspelt(void)
{
	struct observation o = observed_lack(1, 1);

	o.marked |= UINT64_C(1) << MARK_TOKEN_CORRUPTED;
	memset(o.exposed, 0, sizeof(o.exposed));
	o.payload = FACT_UNKNOWN;
	o.final = false;
	return o;
}

static void
a_password_that_follows_makes_it_graver_too(void **state)
{
	struct court *c = *state;
	struct observation o = misspelt();

	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	o.credentials = FACT_TRUE;
	o.exposed[UPGRADE_UNOFFERED] = EXPOSED_CREDENTIALS;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_CORRUPTED);
	assert_int_equal(c->heard.severity, 1);
	o.final = true;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
}

static void
it_is_not_waited_for_long(void **state)
{
	struct court *c = *state;
	struct observation o = misspelt(), other = observed(2, 1);

	see(c, o);
	judge_advance(c->judge, o.at.at_ns + ALERTS_GRACE_NS - 1);
	assert_int_equal(c->heard.alerts, 0);
	judge_advance(c->judge, o.at.at_ns + ALERTS_GRACE_NS);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.severity, 2);
	/* once something has crossed, and at the end, there is nothing to wait for */
	o.flow.id++;
	o.exposed[UPGRADE_UNOFFERED] = EXPOSED_PAYLOAD;
	see(c, o);
	assert_int_equal(c->heard.alerts, 2);
	o = misspelt();
	o.flow.id += 2;
	o.final = true;
	see(c, o);
	assert_int_equal(c->heard.alerts, 3);
	see(c, other);
	assert_int_equal(c->heard.alerts, 3);
}

static void
no_more_are_held_than_there_is_room_for(void **state)
{
	enum { MANY = 1000 };
	struct court *c = *state;
	struct observation o = misspelt();
	struct err e;

	for (int i = 0; i < MANY; i++) {
		o.flow.id++;
		see(c, o);
	}
	assert_in_range(c->heard.alerts, 1, MANY - 1);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, MANY);
}

static void
a_masked_listing_is_told_once_a_day(void **state)
{
	struct court *c = *state;
	struct observation o = observed_lack(1, 1);

	o.marked |= UINT64_C(1) << MARK_TOKEN_MASKED | UINT64_C(1) << MARK_TOKEN_MASKED_OTHER;
	see(c, o);
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_true(c->heard.last.verdict.middlebox_likely);
	o.at.at_ns += CLOCK_DAY_NS;
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 2);
}

static void
see_again(struct court *c, struct observation o, uint8_t client, int64_t after_ns)
{
	o.flow.tuple.addr[SIDE_CLIENT].bytes[3] = client;
	o.flow.id += (uint64_t)client + (uint64_t)after_ns;
	o.at.at_ns += after_ns;
	see(c, o);
}

static void
repeats_are_merged_where_that_is_wanted(void **state)
{
	struct court *c = *state;
	const struct observation o = observed_refusal(ANSWER_PERMANENT, true);
	struct err e;

	see_again(c, o, 1, 0);
	see_again(c, o, 1, 1);
	/* in a capture nothing is */
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.count, 1);

	assert_int_equal(judge_merge_repeats(c->judge, &e), 0);
	for (int64_t i = 2; i < 7; i++)
		see_again(c, o, 1, i);
	assert_int_equal(c->heard.alerts, 3);
	/* another client is another matter here */
	see_again(c, o, 2, 7);
	assert_int_equal(c->heard.alerts, 4);
	judge_advance(c->judge, o.at.at_ns + REPEATS_WINDOW_NS + 1);
	assert_int_equal(c->heard.alerts, 4);
	judge_advance(c->judge, o.at.at_ns + REPEATS_WINDOW_NS + 7);
	assert_int_equal(c->heard.alerts, 5);
	assert_int_equal(c->heard.count, 5);
	assert_int_equal(c->heard.clients, 1);
	assert_true(c->heard.first_seen_ns == o.at.at_ns + 2);
	/* and from there on it is told anew */
	see_again(c, o, 1, REPEATS_WINDOW_NS + 8);
	assert_int_equal(c->heard.alerts, 6);
	assert_int_equal(c->heard.count, 1);
	/* nothing was kept back of these */
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 6);
}

static void
when_the_clock_is_set_back_nothing_waits_for_the_old_time(void **state)
{
	struct court *c = *state;
	struct observation o = misspelt(), late = observed(2, 1);
	struct err e;

	assert_int_equal(judge_merge_repeats(c->judge, &e), 0);
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	judge_limit_time(c->judge, o.at.at_ns);
	assert_int_equal(c->heard.alerts, 0);
	judge_limit_time(c->judge, o.at.at_ns - REPEATS_WINDOW_NS);
	assert_int_equal(c->heard.alerts, 1);
	/* nor does what still comes with the old time bring it back */
	late.at.at_ns += REPEATS_WINDOW_NS;
	see(c, late);
	/* it is waited for as long as ever, and the window of before is over */
	o.at.at_ns -= REPEATS_WINDOW_NS;
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	judge_advance(c->judge, o.at.at_ns + ALERTS_GRACE_NS);
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.count, 1);
}

static void
what_all_clients_miss_is_one_matter(void **state)
{
	struct court *c = *state;
	struct err e;

	assert_int_equal(judge_merge_repeats(c->judge, &e), 0);
	see(c, observed_upgrade(1, 1));
	see(c, observed_upgrade(2, 2));
	for (uint8_t client = 1; client <= 9; client++)
		see_again(c, observed_lack(1, 3), client, client);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.count, 9);
	assert_int_equal(c->heard.clients, 9);
}

static void
what_is_graver_is_told_all_the_same(void **state)
{
	struct court *c = *state;
	struct observation o = observed_refusal(ANSWER_TEMPORARY, true);
	struct err e;

	assert_int_equal(judge_merge_repeats(c->judge, &e), 0);
	see_again(c, o, 1, 1);
	see_again(c, o, 1, 2);
	assert_int_equal(c->heard.alerts, 1);
	o.credentials = FACT_TRUE;
	o.exposed[UPGRADE_REFUSED] |= EXPOSED_CREDENTIALS;
	see_again(c, o, 1, 3);
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.severity, 1);
	/* other rules may come: what was counted is told before */
	judge_use_rules(c->judge, c->rules);
	assert_int_equal(c->heard.alerts, 3);
	assert_int_equal(c->heard.count, 3);
	assert_int_equal(c->heard.severity, 1);
}

static void
windows_are_bounded(void **state)
{
	struct court *c = *state;
	struct observation o = observed_refusal(ANSWER_PERMANENT, true);
	struct err e;

	assert_int_equal(judge_merge_repeats(c->judge, &e), 0);
	for (int64_t i = 0; i < 3 * REPEATS_DEFAULT; i++) {
		o.flow.tuple.port[SIDE_SERVER] = (uint16_t)(1000 + i);
		see_again(c, o, 1, 2 * i);
		see_again(c, o, 1, 2 * i + 1);
	}
	/* those that had to make room were told */
	assert_true(c->heard.alerts > 5 * REPEATS_DEFAULT - 10);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 6 * REPEATS_DEFAULT);
}

/* Two findings, of which one is told at once and the other may be in hindsight. */
static struct observation
half_told(void)
{
	struct observation o = observed_offer(7, 1);

	memcpy(o.dialect, "ftp", sizeof("ftp"));
	o.marked |= UINT64_C(1) << MARK_CONFLICT | UINT64_C(1) << MARK_CLEAR_AFTER_TLS;
	return o;
}

static void
hindsight_repeats_nothing_however_much_came_between(void **state)
{
	enum { MORE_THAN_ARE_REMEMBERED = 70000 };
	struct court *c = *state;
	struct observation o = observed_refusal(ANSWER_PERMANENT, true);
	struct err e;

	see(c, half_told());
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_MOTS_CONFLICT);
	for (int i = 0; i < MORE_THAN_ARE_REMEMBERED; i++) {
		o.flow.id++;
		see(c, o);
	}
	assert_int_equal(c->heard.alerts, 1 + MORE_THAN_ARE_REMEMBERED);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 1 + MORE_THAN_ARE_REMEMBERED);
}

/* Who lets one alert be remembered has the last one remembered. */
static void
as_many_are_remembered_as_is_said(void **state)
{
	struct court *c = *state;
	const struct judge_limits one = { .alerts_max = 1 };
	const struct judge_listener listener = { &c->heard, hear_session, hear_alert };
	struct observation secret = observed_lack(1, 1);
	struct err e;

	judge_free(&c->judge);
	c->judge = judge_new(c->rules, c->baseline, &one, &listener, false, &e);
	secret.credentials = secret.credentials_accepted = FACT_TRUE;
	secret.exposed[UPGRADE_UNOFFERED] |= EXPOSED_CREDENTIALS;
	for (int i = 1; i <= 3; i++) {
		secret.flow.id++;
		secret.final = false;
		see(c, secret);
		secret.final = true;
		see(c, secret);
		assert_int_equal(c->heard.exposures, i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_COURT(one_rule_speaks_once_for_a_connection),
		IN_COURT(credentials_make_it_graver),
		IN_COURT(a_password_that_follows_makes_it_graver_too),
		IN_COURT(it_is_not_waited_for_long),
		IN_COURT(no_more_are_held_than_there_is_room_for),
		IN_COURT(a_masked_listing_is_told_once_a_day),
		IN_COURT(repeats_are_merged_where_that_is_wanted),
		IN_COURT(when_the_clock_is_set_back_nothing_waits_for_the_old_time),
		IN_COURT(what_all_clients_miss_is_one_matter),
		IN_COURT(what_is_graver_is_told_all_the_same),
		IN_COURT(windows_are_bounded),
		IN_COURT(hindsight_repeats_nothing_however_much_came_between),
		IN_COURT(as_many_are_remembered_as_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
