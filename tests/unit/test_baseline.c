/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a server, how it is learnt, and what it takes to unlearn it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/table.h"
#include "judge/baseline.h"
#include "observed.h"

static struct baseline *
fresh(void)
{
	struct err e;
	struct baseline *b = baseline_new(64, 64, &e);

	assert_non_null(b);
	return b;
}

static enum strength
strength(struct baseline *b)
{
	struct observation now = observed_lack(9, 30);

	return baseline_look(b, &now).strength;
}

static void
learn(struct baseline *b, struct observation seen)
{
	baseline_learn(b, &seen);
}

static void
a_stranger_has_no_history(void **state)
{
	struct baseline *b = fresh();
	struct observation now = observed_lack(1, 1);
	struct history h = baseline_look(b, &now);

	(void)state;
	assert_int_equal(h.sessions, 0);
	assert_int_equal(h.strength, STRENGTH_NONE);
	baseline_free(&b);
}

static void
one_offer_is_cheap_two_or_an_upgrade_are_weak(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn(b, observed_offer(1, 1));
	assert_int_equal(strength(b), STRENGTH_NONE);
	learn(b, observed_offer(1, 1));
	assert_int_equal(strength(b), STRENGTH_WEAK);
	baseline_free(&b);

	b = fresh();
	learn(b, observed_upgrade(1, 1));
	assert_int_equal(strength(b), STRENGTH_WEAK);
	baseline_free(&b);
}

static void
two_clients_and_two_days_are_strong(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn(b, observed_upgrade(1, 1));
	learn(b, observed_upgrade(2, 1));
	assert_int_equal(strength(b), STRENGTH_WEAK);
	learn(b, observed_upgrade(1, 2));
	assert_int_equal(strength(b), STRENGTH_STRONG);
	baseline_free(&b);
}

static void
it_takes_two_clients_and_two_days_to_unmake(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	for (int day = 1; day <= 3; day++) {
		learn(b, observed_upgrade(1, day));
		learn(b, observed_upgrade(2, day));
	}
	/* one client under attack for a week changes nothing */
	for (int day = 4; day <= 11; day++)
		learn(b, observed_lack(1, day));
	assert_int_equal(strength(b), STRENGTH_STRONG);
	/* nor does one day of trouble for everybody */
	learn(b, observed_upgrade(3, 12));
	for (uint8_t client = 1; client <= 4; client++)
		learn(b, observed_lack(client, 13));
	assert_int_equal(strength(b), STRENGTH_STRONG);
	learn(b, observed_lack(2, 14));
	assert_int_equal(strength(b), STRENGTH_NONE);
	baseline_free(&b);
}

static void
nothing_is_learnt_from_what_was_not_seen_whole(void **state)
{
	struct baseline *b = fresh();
	struct observation gap = observed_upgrade(1, 1), middle = gap, half = gap, cut = gap;
	struct observation now = observed_lack(1, 2);

	(void)state;
	gap.flow.gap_bytes[SIDE_SERVER] = 1;
	middle.flow.handshake = false;
	half.flow.packets[SIDE_CLIENT] = 0;
	cut.flow.truncated = true;
	learn(b, gap);
	learn(b, middle);
	learn(b, half);
	learn(b, cut);
	assert_int_equal(baseline_look(b, &now).sessions, 0);
	baseline_free(&b);
}

static void
history_counts_earlier_sessions_only_for_the_client(void **state)
{
	struct baseline *b = fresh();
	struct observation before = observed_lack(1, 1), after = observed_lack(1, 3);
	struct observation other = observed_lack(2, 3);

	(void)state;
	learn(b, observed_upgrade(1, 2));
	assert_false(baseline_look(b, &before).client_upgraded);
	assert_true(baseline_look(b, &after).client_upgraded);
	assert_false(baseline_look(b, &other).client_upgraded);
	assert_true(baseline_upgraded_later(b, &before));
	assert_false(baseline_upgraded_later(b, &after));
	baseline_free(&b);
}

static void
another_port_is_another_server(void **state)
{
	struct baseline *b = fresh();
	struct observation now = observed_lack(1, 3);

	(void)state;
	learn(b, observed_upgrade(1, 1));
	now.flow.tuple.port[SIDE_SERVER] = 587;
	assert_int_equal(baseline_look(b, &now).sessions, 0);
	baseline_free(&b);
}

static void
hindsight_does_not_accuse_a_roll_out(void **state)
{
	struct baseline *b = fresh();
	struct observation early = observed_lack(1, 1), late = observed_lack(1, 9);

	(void)state;
	learn(b, observed_lack(1, 1));
	learn(b, observed_lack(2, 2));
	learn(b, observed_upgrade(1, 5));
	learn(b, observed_upgrade(2, 6));
	assert_int_equal(baseline_hindsight(b, &early).strength, STRENGTH_NONE);
	assert_int_equal(baseline_hindsight(b, &late).strength, STRENGTH_STRONG);
	baseline_free(&b);

	/* only one client had gone without: that may have been an attack */
	b = fresh();
	learn(b, observed_lack(1, 1));
	learn(b, observed_upgrade(2, 5));
	assert_int_equal(baseline_hindsight(b, &early).strength, STRENGTH_WEAK);
	baseline_free(&b);
}

static void
what_was_promised_long_ago_fades(void **state)
{
	struct baseline *b = fresh();
	struct observation day_90 = observed_lack(1, 92), day_91 = observed_lack(1, 93);

	(void)state;
	for (int day = 1; day <= 2; day++) {
		learn(b, observed_upgrade(1, day));
		learn(b, observed_upgrade(2, day));
	}
	assert_int_equal(baseline_look(b, &day_90).strength, STRENGTH_STRONG);
	assert_int_equal(baseline_look(b, &day_91).strength, STRENGTH_NONE);
	baseline_free(&b);
}

static struct observation
named(struct observation o, const char *name)
{
	snprintf(o.server_name, sizeof(o.server_name), "%s", name);
	return o;
}

static enum strength
strength_named(struct baseline *b, const char *name)
{
	struct observation now = named(observed_lack(9, 30), name);

	return baseline_look(b, &now).strength;
}

static void
members_of_a_pool_have_memories_of_their_own(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	for (int day = 1; day <= 3; day++) {
		for (uint8_t client = 1; client <= 3; client++)
			learn(b, named(observed_upgrade(client, day), "mx1.example"));
	}
	assert_int_equal(strength_named(b, "mx1.example"), STRENGTH_STRONG);
	/* whoever rewrites the greeting does not become a stranger by that */
	assert_int_equal(strength_named(b, "mx2.example"), STRENGTH_STRONG);
	learn(b, named(observed_lack(1, 4), "mx2.example"));
	learn(b, named(observed_lack(1, 5), "mx2.example"));
	assert_int_equal(strength_named(b, "mx2.example"), STRENGTH_STRONG);
	/* a second client: this member has no TLS, and the others still have */
	learn(b, named(observed_lack(2, 5), "mx2.example"));
	learn(b, named(observed_upgrade(3, 6), "mx1.example"));
	assert_int_equal(strength_named(b, "mx2.example"), STRENGTH_NONE);
	assert_int_equal(strength_named(b, "mx1.example"), STRENGTH_STRONG);
	baseline_free(&b);
}

static void
an_offer_to_others_is_known_for_an_hour(void **state)
{
	struct baseline *b = fresh();
	struct observation mine = observed_lack(1, 5), other = observed_offer(2, 5);

	(void)state;
	learn(b, observed_offer(1, 5));
	assert_false(baseline_look(b, &mine).offered_others);
	learn(b, other);
	assert_true(baseline_look(b, &mine).offered_others);
	mine.flow.first.at_ns += 3601 * CLOCK_SECOND_NS;
	assert_false(baseline_look(b, &mine).offered_others);
	baseline_free(&b);
}

static void
one_client_cannot_push_out_what_others_taught(void **state)
{
	struct err e;
	struct baseline *b = baseline_new(16, 16, &e);
	struct observation flood = observed_upgrade(7, 2), now = observed_lack(9, 3);

	(void)state;
	learn(b, observed_upgrade(1, 1));
	for (uint16_t port = 1000; port < 1100; port++) {
		flood.flow.tuple.port[SIDE_SERVER] = port;
		learn(b, flood);
	}
	assert_int_equal(baseline_look(b, &now).sessions, 1);
	baseline_free(&b);
}

static struct observation
showing(uint8_t client, int day, const char *key)
{
	struct observation o = observed_upgrade(client, day);

	snprintf(o.tls.certificate.spki_sha256, sizeof(o.tls.certificate.spki_sha256), "%s", key);
	return o;
}

static void
a_habit_is_trusted_after_two_clients_and_two_days(void **state)
{
	struct baseline *b = fresh();
	struct observation same = showing(9, 9, "a"), other = showing(9, 9, "b");

	(void)state;
	learn(b, showing(1, 1, "a"));
	assert_int_equal(baseline_look(b, &other).habits.certificate, HABIT_UNKNOWN);
	learn(b, showing(2, 2, "a"));
	assert_int_equal(baseline_look(b, &same).habits.certificate, HABIT_KEPT);
	assert_int_equal(baseline_look(b, &other).habits.certificate, HABIT_BROKEN);
	/* an attacker does not make his own trusted on one client's path */
	for (int day = 10; day < 20; day++)
		learn(b, showing(1, day, "b"));
	assert_int_equal(baseline_look(b, &other).habits.certificate, HABIT_BROKEN);
	learn(b, showing(2, 20, "b"));
	assert_int_equal(baseline_look(b, &other).habits.certificate, HABIT_KEPT);
	assert_int_equal(baseline_look(b, &same).habits.certificate, HABIT_KEPT);
	baseline_free(&b);
}

static void
many_values_do_not_push_out_the_trusted_one(void **state)
{
	struct baseline *b = fresh();
	struct observation other = showing(9, 9, "b");

	(void)state;
	learn(b, showing(1, 1, "a"));
	learn(b, showing(2, 2, "a"));
	for (int i = 0; i < 50; i++) {
		char key[8];

		snprintf(key, sizeof(key), "x%d", i);
		learn(b, showing(1, 3, key));
	}
	assert_int_equal(baseline_look(b, &other).habits.certificate, HABIT_BROKEN);
	baseline_free(&b);
}

static void
a_demand_may_come_but_not_go(void **state)
{
	struct baseline *b = fresh();
	struct observation demands = observed_upgrade(1, 1), silent = observed_upgrade(1, 9);

	(void)state;
	learn(b, observed_upgrade(3, 1));
	learn(b, observed_upgrade(4, 2));
	demands.listing_demands = true;
	assert_int_equal(baseline_look(b, &demands).habits.demand, HABIT_KEPT);
	baseline_free(&b);

	b = fresh();
	learn(b, demands);
	demands = observed_upgrade(2, 2);
	demands.listing_demands = true;
	learn(b, demands);
	assert_int_equal(baseline_look(b, &silent).habits.demand, HABIT_BROKEN);
	baseline_free(&b);
}

static void
a_thing_is_said_once_a_day(void **state)
{
	struct baseline *b = fresh();
	struct observation monday = observed_lack(1, 1), tuesday = observed_lack(2, 2);

	(void)state;
	assert_true(baseline_first_today(b, &monday, TECHNIQUE_CAP_MASKED));
	assert_false(baseline_first_today(b, &monday, TECHNIQUE_CAP_MASKED));
	assert_true(baseline_first_today(b, &tuesday, TECHNIQUE_CAP_MASKED));
	baseline_free(&b);
}

static void
a_full_table_lets_the_oldest_go(void **state)
{
	struct table *t = table_new(3, sizeof(int));
	uint64_t oldest = 0;

	(void)state;
	assert_null(table_oldest(t, &oldest));
	for (uint64_t hash = 1; hash <= 3; hash++)
		*(int *)table_take(t, hash) = (int)hash;
	table_take(t, 1);		/* touched: 2 is the oldest now */
	assert_int_equal(*(int *)table_oldest(t, &oldest), 2);
	assert_int_equal(oldest, 2);
	*(int *)table_take(t, 4) = 4;
	assert_null(table_find(t, 2));
	assert_int_equal(*(int *)table_find(t, 1), 1);
	assert_int_equal(*(int *)table_find(t, 3), 3);
	assert_int_equal(*(int *)table_find(t, 4), 4);
	assert_int_equal(table_used(t), 3);
	assert_int_equal(table_evicted(t), 1);
	table_drop(t, 3);
	assert_null(table_find(t, 3));
	assert_int_equal(*(int *)table_take(t, 5), 0);
	assert_int_equal(table_evicted(t), 1);
	table_free(&t);
}

static void
a_table_agrees_with_a_plain_array(void **state)
{
	/* random takes and drops against the simplest thing that could be right */
	enum { KEYS = 40, ROOM = 16, STEPS = 20000 };
	struct table *t = table_new(ROOM, sizeof(uint32_t));
	uint32_t value[KEYS] = { 0 }, touched[KEYS] = { 0 }, seed = 1;

	(void)state;
	for (uint32_t step = 1; step <= STEPS; step++) {
		uint32_t key = (seed = seed * 1664525 + 1013904223) >> 8;
		bool drop = key % 7 == 0;
		size_t used = 0, oldest = KEYS;

		key = key / 7 % KEYS;
		for (size_t k = 0; k < KEYS; k++) {
			used += touched[k] != 0;
			if (touched[k] != 0 && (oldest == KEYS || touched[k] < touched[oldest]))
				oldest = k;
		}
		if (drop) {
			table_drop(t, key);
			touched[key] = value[key] = 0;
			continue;
		}
		if (touched[key] == 0 && used == ROOM)
			touched[oldest] = value[oldest] = 0;
		assert_int_equal(*(uint32_t *)table_take(t, key), value[key]);
		*(uint32_t *)table_take(t, key) = value[key] = step;
		touched[key] = step;
	}
	for (size_t k = 0; k < KEYS; k++)
		assert_int_equal(table_find(t, k) != NULL, touched[k] != 0);
	table_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_has_no_history),
		cmocka_unit_test(one_offer_is_cheap_two_or_an_upgrade_are_weak),
		cmocka_unit_test(two_clients_and_two_days_are_strong),
		cmocka_unit_test(it_takes_two_clients_and_two_days_to_unmake),
		cmocka_unit_test(nothing_is_learnt_from_what_was_not_seen_whole),
		cmocka_unit_test(history_counts_earlier_sessions_only_for_the_client),
		cmocka_unit_test(another_port_is_another_server),
		cmocka_unit_test(hindsight_does_not_accuse_a_roll_out),
		cmocka_unit_test(what_was_promised_long_ago_fades),
		cmocka_unit_test(members_of_a_pool_have_memories_of_their_own),
		cmocka_unit_test(an_offer_to_others_is_known_for_an_hour),
		cmocka_unit_test(one_client_cannot_push_out_what_others_taught),
		cmocka_unit_test(a_habit_is_trusted_after_two_clients_and_two_days),
		cmocka_unit_test(many_values_do_not_push_out_the_trusted_one),
		cmocka_unit_test(a_demand_may_come_but_not_go),
		cmocka_unit_test(a_thing_is_said_once_a_day),
		cmocka_unit_test(a_full_table_lets_the_oldest_go),
		cmocka_unit_test(a_table_agrees_with_a_plain_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
