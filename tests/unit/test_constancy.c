/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client that always says the same, and then something else. */
#include "street.h"

#include <stdio.h>

#include "court.h"

static struct observation
greeting_with(const char *ja4, int day)
{
	struct observation o = observed_upgrade(1, day);

	snprintf(o.tls.ja4, sizeof(o.tls.ja4), "%s", ja4);
	return o;
}

static bool
hello_changed(struct baseline *b, const char *ja4, int day)
{
	struct observation now = greeting_with(ja4, day);

	return baseline_look(b, &now).hello_changed;
}

static void
only_who_always_said_the_same_hello_can_change_it(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn(b, greeting_with("mine", 1));
	learn(b, greeting_with("mine", 2));
	assert_true(hello_changed(b, "other", 3));
	assert_false(hello_changed(b, "other", 3 + BASELINE_FADING_DAYS));
	/* two programs, or one that resumes */
	for (int day = 3; day < 20; day++)
		learn(b, greeting_with(day % 2 == 0 ? "mine" : "other", day));
	assert_false(hello_changed(b, "third", 20));
	baseline_free(&b);
}

static void
it_is_noted_and_no_alert(void **state)
{
	struct court *c = *state;
	const struct verdict *v = &c->heard.last.verdict;

	see(c, greeting_with("mine", 1));
	see(c, greeting_with("mine", 2));
	assert_int_equal(v->count, 0);
	see(c, greeting_with("other", 3));
	assert_int_equal(v->count, 1);
	assert_int_equal(v->findings[0].technique, TECHNIQUE_CLIENTHELLO_CHANGED);
	assert_int_equal(c->heard.alerts, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_who_always_said_the_same_hello_can_change_it),
		IN_COURT(it_is_noted_and_no_alert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
