/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What waits goes out in its order, and when there is too much the least is let go. */
#include "unit.h"

#include "observed.h"
#include "sensor/shed_queue.h"
#include "words/observation_check.h"

enum { ROOM = 4 };

static uint64_t asked_value;

static void
ask(void *ctx, const char *name, uint64_t value)
{
	if (strcmp(ctx, name) == 0)
		asked_value = value;
}

static uint64_t
counter(const struct shed_queue *b, char *name)
{
	asked_value = UINT64_MAX;
	shed_queue_counters(b, ask, name);
	return asked_value;
}

/* Which client's session is the next to be sent? 0 when none is. */
static unsigned
next(struct shed_queue *b)
{
	struct observation seen;

	if (shed_queue_first(b).n == 0)
		return 0;
	assert_null(observation_unpack(shed_queue_first(b), &seen));
	shed_queue_drop(b);
	return seen.flow.tuple.addr[SIDE_CLIENT].bytes[3];
}

static void
add(struct shed_queue *b, struct observation seen)
{
	shed_queue_add(b, &seen);
}

static struct observation
open_session(uint8_t client)
{
	struct observation o = observed_offer(client, 1);

	o.final = false;
	return o;
}

static struct observation
grave(uint8_t client)
{
	struct observation o = observed_lack(client, 1);

	o.marked = UINT64_C(1) << MARK_LISTING_LACKS;
	return o;
}

static void
the_order_is_kept(void **state)
{
	struct shed_queue *b = shed_queue_new(ROOM);

	(void)state;
	for (uint8_t client = 1; client <= ROOM; client++)
		add(b, observed_offer(client, 1));
	for (unsigned client = 1; client <= ROOM; client++)
		assert_int_equal(next(b), client);
	assert_int_equal(next(b), 0);
	assert_int_equal(shed_queue_count(b), 0);
	shed_queue_free(&b);
}

static void
superseded_ones_go_first(void **state)
{
	struct shed_queue *b = shed_queue_new(ROOM);

	(void)state;
	add(b, observed_upgrade(1, 1));
	add(b, observed_offer(2, 1));
	add(b, open_session(3));
	add(b, observed_offer(3, 1));
	add(b, grave(4));
	assert_int_equal(counter(b, (char[]){ "queue.shed_superseded" }), 1);
	assert_int_equal(next(b), 1);
	assert_int_equal(next(b), 2);
	assert_int_equal(next(b), 3);
	assert_int_equal(next(b), 4);
	assert_int_equal(next(b), 0);
	shed_queue_free(&b);
}

static void
then_upgraded_ones_and_then_plain_ones(void **state)
{
	struct shed_queue *b = shed_queue_new(ROOM);

	(void)state;
	add(b, observed_offer(1, 1));
	add(b, observed_upgrade(2, 1));
	add(b, grave(3));
	add(b, grave(4));
	add(b, grave(5));
	assert_int_equal(counter(b, (char[]){ "queue.shed_upgraded" }), 1);
	add(b, grave(6));
	assert_int_equal(counter(b, (char[]){ "queue.shed_plain" }), 1);
	/* there is no room for it, and nothing that is worth less */
	add(b, observed_upgrade(7, 1));
	assert_int_equal(counter(b, (char[]){ "queue.shed_upgraded" }), 2);
	for (unsigned client = 3; client <= 6; client++)
		assert_int_equal(next(b), client);
	assert_int_equal(next(b), 0);
	shed_queue_free(&b);
}

static void
grave_ones_stay_as_long_as_there_is_memory_for_them(void **state)
{
	struct shed_queue *b = shed_queue_new(ROOM);

	(void)state;
	for (uint8_t client = 1; client <= ROOM * SHED_QUEUE_TIMES_GRAVE; client++)
		add(b, grave(client));
	assert_int_equal(counter(b, (char[]){ "queue.shed_grave" }), 0);
	assert_int_equal(shed_queue_count(b), ROOM * SHED_QUEUE_TIMES_GRAVE);
	add(b, grave(200));
	assert_int_equal(counter(b, (char[]){ "queue.shed_grave" }), 1);
	assert_int_equal(next(b), 2);
	shed_queue_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_is_kept),
		cmocka_unit_test(superseded_ones_go_first),
		cmocka_unit_test(then_upgraded_ones_and_then_plain_ones),
		cmocka_unit_test(grave_ones_stay_as_long_as_there_is_memory_for_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
