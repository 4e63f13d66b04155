/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An answer belongs to the oldest command without one; many of a kind take one place. */
#include "unit.h"

#include "dialect/pending.h"

enum { MAIL = 1, RCPT, DATA };

static void
answers_go_to_the_oldest(void **state)
{
	struct pending p = { 0 };
	static const uint8_t asked[] = { MAIL, RCPT, RCPT, RCPT, DATA, RCPT };

	(void)state;
	assert_int_equal(pending_oldest(&p), 0);
	for (size_t i = 0; i < sizeof(asked); i++)
		assert_true(pending_add(&p, asked[i]));
	assert_true(pending_holds(&p, DATA));
	for (size_t i = 0; i < sizeof(asked); i++) {
		assert_int_equal(pending_oldest(&p), asked[i]);
		pending_drop(&p);
	}
	assert_int_equal(pending_oldest(&p), 0);
	assert_false(pending_holds(&p, DATA));
}

static void
an_answer_too_many_does_no_harm(void **state)
{
	struct pending p = { 0 };

	(void)state;
	pending_drop(&p);
	assert_true(pending_add(&p, MAIL));
	pending_drop(&p);
	pending_drop(&p);
	assert_true(pending_add(&p, DATA));
	assert_int_equal(pending_oldest(&p), DATA);
}

static void
a_full_list_says_so(void **state)
{
	struct pending p = { 0 };

	(void)state;
	for (int i = 0; i < PENDING_RUNS_MAX; i++)
		assert_true(pending_add(&p, i % 2 == 0 ? MAIL : RCPT));
	assert_false(pending_add(&p, MAIL));
	assert_true(pending_add(&p, RCPT));	/* joins the last run */
	pending_drop(&p);
	assert_true(pending_add(&p, DATA));	/* goes round the end of the array */
	for (int i = 1; i < PENDING_RUNS_MAX; i++) {
		assert_int_equal(pending_oldest(&p), i % 2 == 0 ? MAIL : RCPT);
		pending_drop(&p);
	}
	assert_int_equal(pending_oldest(&p), RCPT);
	pending_drop(&p);
	assert_int_equal(pending_oldest(&p), DATA);
}

static void
a_run_longer_than_its_counter_takes_another_place(void **state)
{
	struct pending p = { 0 };

	(void)state;
	for (unsigned i = 0; i < UINT16_MAX + 10u; i++)
		assert_true(pending_add(&p, RCPT));
	assert_int_equal(p.used, 2);
	for (unsigned i = 0; i < UINT16_MAX + 10u; i++) {
		assert_int_equal(pending_oldest(&p), RCPT);
		pending_drop(&p);
	}
	assert_int_equal(pending_oldest(&p), 0);
}

static void
forgetting_forgets_all(void **state)
{
	struct pending p = { 0 };

	(void)state;
	pending_add(&p, MAIL);
	pending_add(&p, RCPT);
	pending_clear(&p);
	assert_int_equal(pending_oldest(&p), 0);
	assert_false(pending_holds(&p, RCPT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_go_to_the_oldest),
		cmocka_unit_test(an_answer_too_many_does_no_harm),
		cmocka_unit_test(a_full_list_says_so),
		cmocka_unit_test(a_run_longer_than_its_counter_takes_another_place),
		cmocka_unit_test(forgetting_forgets_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
