/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a rule that holds to an alert: told once, how grave, and when. */
#include "unit.h"

#include "court.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
