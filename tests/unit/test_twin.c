/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One session at two taps: which belong together, and what differs between them. */
#include "unit.h"

#include <stdio.h>

#include "judge/twin.h"
#include "judge/twin_compare.h"
#include "observed.h"

static struct twins *
fresh(void)
{
	struct err e;
	struct twins *t = twins_new(16, &e);

	assert_non_null(t);
	return t;
}

/* The same session as another tap sees it. */
static struct observation
at_tap(struct observation o, uint8_t tap)
{
	o.flow.tuple.tap = tap;
	o.flow.id += tap;
	o.flow.initial_seq[SIDE_CLIENT] = 1000;
	o.flow.initial_seq[SIDE_SERVER] = 2000;
	o.flow.fin_by[SIDE_CLIENT] = o.flow.fin_by[SIDE_SERVER] = true;
	return o;
}

/* ... behind a machine that ends connections and opens its own, so many milliseconds later. */
static struct observation
behind_proxy(struct observation o, uint16_t port, int64_t later_ms)
{
	o.flow.tuple.addr[SIDE_CLIENT] = (struct address){ 4, { 203, 0, 113, 9 } };
	o.flow.tuple.port[SIDE_CLIENT] = port;
	o.flow.initial_seq[SIDE_CLIENT] = 77;
	o.flow.first.at_ns += later_ms * 1000000;
	o.flow.last.at_ns += later_ms * 1000000;
	o.flow.id += port;
	return o;
}

static struct twin
find_after(const struct observation *first, const struct observation *second)
{
	struct twins *t = fresh();
	struct twin twin;

	twins_learn(t, first);
	twin = twins_find(t, second, twins_learn(t, second));
	twins_free(&t);
	return twin;
}

static unsigned
difference(struct observation a, struct observation b)
{
	struct observation first = at_tap(a, 0), second = at_tap(b, 1);
	struct twin one = find_after(&first, &second), other = find_after(&second, &first);

	assert_true(one.flow_id == first.flow.id);
	assert_true(other.flow_id == second.flow.id);
	/* whichever ended first */
	assert_int_equal(one.differences, other.differences);
	return one.differences;
}

static struct observation
asked(enum fact accepted, const char *reply)
{
	struct observation o = observed_offer(1, 1);

	o.requested = FACT_TRUE;
	o.accepted = accepted;
	snprintf(o.reply, sizeof(o.reply), "%s", reply);
	return o;
}

static void
what_is_equal_does_not_differ(void **state)
{
	(void)state;
	assert_int_equal(difference(observed_lack(1, 1), observed_lack(1, 1)), 0);
	assert_int_equal(difference(observed_upgrade(1, 1), observed_upgrade(1, 1)), 0);
}

static void
each_difference_has_a_name(void **state)
{
	struct observation tls = observed_upgrade(1, 1), own = tls, clear = observed_lack(1, 1);
	struct observation offered = observed_offer(1, 1), granted = asked(FACT_TRUE, "220 Go");

	(void)state;
	assert_int_equal(difference(clear, offered), TWIN_LISTING);
	assert_int_equal(difference(asked(FACT_FALSE, "454 No"), offered), TWIN_DROPPED);
	assert_int_equal(difference(granted, offered), TWIN_REQUEST);
	assert_int_equal(difference(asked(FACT_FALSE, "454 No"), granted), TWIN_REPLY);
	tls.tls.client_random_hash = 1;
	own.tls.client_random_hash = 2;
	assert_int_equal(difference(tls, own), TWIN_HANDSHAKE);
	clear.offered = FACT_TRUE;
	assert_int_equal(difference(tls, clear) & TWIN_HALF_TLS, TWIN_HALF_TLS);
}

static void
what_a_tap_did_not_see_is_no_difference(void **state)
{
	struct observation offered = observed_offer(1, 1), blind = observed(1, 1);

	(void)state;
	assert_int_equal(difference(offered, blind), 0);
	/* a capture that ends, or has a gap, before the request */
	blind = offered;
	blind.flow.gap_bytes[SIDE_CLIENT] = 1;
	assert_int_equal(difference(asked(FACT_TRUE, "220 Go"), blind), 0);
}

/* It waited for no answer, which passes one tap before it and the other one behind it. */
static void
who_spoke_first_depends_on_the_place(void **state)
{
	struct observation near = asked(FACT_TRUE, "220 Go"), far = near;

	(void)state;
	near.marked |= UINT64_C(1) << MARK_INJECTED_COMMAND;
	assert_int_equal(difference(near, far), TWIN_REQUEST);
	far.marked |= UINT64_C(1) << MARK_CLEAR_AFTER_ACCEPT;
	assert_int_equal(difference(near, far), 0);
}

static void
what_a_reset_swallows_is_no_difference(void **state)
{
	struct observation far = observed_upgrade(1, 1), near = far;

	(void)state;
	near.marked &= ~(UINT64_C(1) << MARK_SERVER_HELLO);
	near.established = FACT_UNKNOWN;
	assert_int_equal(difference(far, near), TWIN_HANDSHAKE);
	near.flow.reset_by[SIDE_CLIENT] = true;
	assert_int_equal(difference(far, near), 0);
}

static void
a_tap_has_no_twin_in_itself(void **state)
{
	struct observation a = at_tap(observed_offer(1, 1), 1), again = a;

	(void)state;
	again.flow.id++;
	assert_true(find_after(&a, &again).flow_id == 0);
}

static void
other_numbers_need_the_same_moment(void **state)
{
	struct observation a = at_tap(observed_offer(1, 1), 0), b = at_tap(observed_offer(1, 1), 1);

	(void)state;
	b.flow.first.at_ns += 30 * CLOCK_SECOND_NS;
	b.flow.last.at_ns += 30 * CLOCK_SECOND_NS;
	assert_true(find_after(&a, &b).flow_id == a.flow.id);
	b.flow.initial_seq[SIDE_SERVER]++;
	assert_true(find_after(&a, &b).flow_id == 0);
}

static void
behind_a_proxy_name_and_time_must_agree(void **state)
{
	struct observation a = at_tap(observed_lack(1, 1), 0), b;
	struct twin twin;

	(void)state;
	a.client_name_hash = 5;
	b = behind_proxy(at_tap(a, 1), 50001, 2);
	b.offered = FACT_TRUE;
	twin = find_after(&a, &b);
	assert_true(twin.flow_id == a.flow.id && twin.by_content && twin.same_name);
	assert_int_equal(twin.differences, TWIN_LISTING);
	b.client_name_hash = 6;
	assert_true(find_after(&a, &b).flow_id == 0);
	b = behind_proxy(at_tap(a, 1), 50001, 5000);
	assert_true(find_after(&a, &b).flow_id == 0);
}

static void
two_that_look_alike_accuse_nobody(void **state)
{
	struct twins *t = fresh();
	struct observation a = at_tap(observed_lack(1, 1), 0), sibling, behind;

	(void)state;
	a.client_name_hash = 5;
	sibling = a;
	sibling.flow.tuple.port[SIDE_CLIENT]++;
	sibling.flow.id += 1000;
	sibling.flow.first.at_ns += CLOCK_SECOND_NS / 100;
	behind = behind_proxy(at_tap(a, 1), 50001, 2);
	twins_learn(t, &a);
	twins_learn(t, &sibling);
	assert_true(twins_find(t, &behind, twins_learn(t, &behind)).flow_id == 0);
	twins_free(&t);

	/* one after the other they can be told apart */
	t = fresh();
	sibling.flow.first.at_ns += CLOCK_SECOND_NS;
	sibling.flow.last.at_ns += CLOCK_SECOND_NS;
	twins_learn(t, &a);
	twins_learn(t, &sibling);
	assert_true(twins_find(t, &behind, twins_learn(t, &behind)).flow_id == a.flow.id);
	twins_free(&t);
}

static void
a_crowd_accuses_nobody(void **state)
{
	struct twins *t = fresh();
	struct observation a = at_tap(observed_lack(1, 1), 0), behind;

	(void)state;
	a.client_name_hash = 5;
	behind = behind_proxy(at_tap(a, 1), 50001, 2);
	for (int i = 0; i < 20; i++) {
		a.flow.tuple.port[SIDE_CLIENT]++;
		a.flow.id++;
		twins_learn(t, &a);
	}
	assert_true(twins_find(t, &behind, twins_learn(t, &behind)).flow_id == 0);
	twins_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_equal_does_not_differ),
		cmocka_unit_test(each_difference_has_a_name),
		cmocka_unit_test(what_a_tap_did_not_see_is_no_difference),
		cmocka_unit_test(who_spoke_first_depends_on_the_place),
		cmocka_unit_test(what_a_reset_swallows_is_no_difference),
		cmocka_unit_test(a_tap_has_no_twin_in_itself),
		cmocka_unit_test(other_numbers_need_the_same_moment),
		cmocka_unit_test(behind_a_proxy_name_and_time_must_agree),
		cmocka_unit_test(two_that_look_alike_accuse_nobody),
		cmocka_unit_test(a_crowd_accuses_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
