/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that tell their length: heads are kept, the rest is passed over. */
#include "unit.h"

#include "dialect/pdu.h"

static struct span
bytes(size_t n)
{
	static const uint8_t zeroes[70000];

	return span_of(zeroes, n);
}

static void
a_short_message_is_waited_for(void **state)
{
	struct pdu_reader r = { 0 };
	struct facts facts = { 0 };
	struct span head;

	(void)state;
	assert_int_equal(pdu_take(&r, bytes(9), 10, 100, &head, &facts), 0);
	assert_int_equal(pdu_take(&r, bytes(12), 10, 100, &head, &facts), 10);
	assert_int_equal(head.n, 10);
	assert_false(facts.goes_on);
}

static void
of_a_long_one_the_head_is_kept(void **state)
{
	struct pdu_reader r = { 0 };
	struct facts facts = { 0 };
	struct span head;

	(void)state;
	assert_int_equal(pdu_take(&r, bytes(99), 1000, 100, &head, &facts), 0);
	assert_int_equal(pdu_take(&r, bytes(500), 1000, 100, &head, &facts), 100);
	assert_int_equal(head.n, 100);
	assert_true(facts.goes_on);
	assert_int_equal(pdu_rest(&r, bytes(400), &facts), 400);
	assert_true(facts.goes_on);
	assert_int_equal(pdu_rest(&r, bytes(600), &facts), 500);
	assert_false(facts.goes_on);
	assert_int_equal(pdu_rest(&r, bytes(100), &facts), 0);
}

static void
a_hole_within_the_rest_does_no_harm(void **state)
{
	struct pdu_reader r = { .skip = 300 };
	struct facts facts = { 0 };

	(void)state;
	assert_true(pdu_gap(&r, 200, &facts));
	assert_true(facts.goes_on);
	assert_false(r.is_lost);
	assert_int_equal(pdu_rest(&r, bytes(200), &facts), 100);
}

static void
a_hole_beyond_it_loses_the_place(void **state)
{
	struct pdu_reader r = { .skip = 300 };
	struct facts facts = { 0 };

	(void)state;
	assert_false(pdu_gap(&r, 301, &facts));
	assert_true(r.is_lost);
	assert_int_equal(r.skip, 0);
}

static void
nobody_looks_for_a_message_for_ever(void **state)
{
	static struct observation seen;
	struct pdu_reader r = { 0 };
	struct facts facts = { .seen = &seen, .from = SIDE_CLIENT };
	unsigned count = 0;

	(void)state;
	while (!facts.done && count < 100000)
		count += (unsigned)pdu_lost(&r, &facts);
	assert_int_equal(count, 65537);
	assert_int_equal(facts.unit, UNIT_UNREADABLE);
	assert_true(seen.lost_sync);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_message_is_waited_for),
		cmocka_unit_test(of_a_long_one_the_head_is_kept),
		cmocka_unit_test(a_hole_within_the_rest_does_no_harm),
		cmocka_unit_test(a_hole_beyond_it_loses_the_place),
		cmocka_unit_test(nobody_looks_for_a_message_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
