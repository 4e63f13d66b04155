/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judge keeps for writers, when one after the other dies, and when none takes anything. */
#include "unit.h"

#include <unistd.h>

#include "run/channel.h"
#include "sensor/courier.h"

enum { SMALL, LARGE, SMALL_BYTES = 8 * 1024, LARGE_BYTES = 16 << 20, TEXT_BYTES = 1000 };

static struct sensor sensor;
static struct courier courier;
static struct channel_room room;

static int
open_courier(void **state)
{
	int ends[2];
	struct err e;

	(void)state;
	assert_int_equal(channel_pair(ends, &e), 0);
	sensor = (struct sensor){ .writer = { ends[0], ends[1] }, .outputs.count = 2 };
	sensor.outputs.specs[SMALL] = (struct output_spec){ .format = FORMAT_EVE,
		.types = 1U << EVENT_SESSION, .delivery.queue_bytes = SMALL_BYTES };
	sensor.outputs.specs[LARGE] = (struct output_spec){ .format = FORMAT_EVE,
		.types = 1U << EVENT_SESSION | 1U << EVENT_ALERT,
		.delivery.queue_bytes = LARGE_BYTES };
	courier_begin(&courier, &sensor);
	return 0;
}

static int
close_courier(void **state)
{
	struct courier_receipt all;

	(void)state;
	courier.unsent = NULL;
	memset(&all, 0xff, sizeof(all));
	courier_confirm(&courier, span_of(&all, sizeof(all)));
	assert_null(list_oldest(&courier.parcels));
	close(sensor.writer.down);
	close(sensor.writer.up);
	return 0;
}

static void
take(enum event_type type)
{
	static const char text[TEXT_BYTES] = "{}";
	const struct event_line line = { .type = type, .format = FORMAT_EVE,
		.text = span_of(text, sizeof(text)) };

	courier_take(&courier, &line);
}

static void
hello(uint64_t id)
{
	courier_hello(&courier, span_of(&id, sizeof(id)));
}

/* The next message for the writer, for which the courier has more as soon as there is room. */
static bool
receive(struct message *m)
{
	const bool there = channel_receive(sensor.writer.up, &room, m) == 1;

	courier_work(&courier, 0);
	return there;
}

static void
expect_hello(uint64_t id)
{
	struct message m;
	uint64_t got;

	assert_true(receive(&m));
	assert_int_equal(m.kind, MESSAGE_HELLO);
	assert_int_equal(m.body.n, sizeof(got));
	memcpy(&got, m.body.p, sizeof(got));
	assert_int_equal(got, id);
}

static struct event_line
expect_event(void)
{
	struct event_line line;
	struct message m;

	assert_true(receive(&m));
	assert_int_equal(m.kind, MESSAGE_EVENT);
	memcpy(&line, m.body.p, sizeof(line));
	return line;
}

/* A writer may have said hello to the one before, which did not live to answer. */
static void
a_new_judge_says_that_it_has_nothing(void **state)
{
	(void)state;
	take(EVENT_SESSION);
	expect_hello(0);
	expect_event();
}

static void
each_writer_is_told_when_it_has_its_own(void **state)
{
	(void)state;
	take(EVENT_SESSION);
	expect_hello(0);
	expect_event();
	hello(7);
	hello(8);
	expect_event();
	expect_hello(7);
	expect_event();
	expect_hello(8);
}

/* Until the courier has what the channel has no room for, and is not patient any more. */
static uint64_t
fill_channel(void)
{
	take(EVENT_ALERT);
	while (!courier_waits(&courier))
		hello(1);
	return courier.number;
}

static void
what_was_never_sent_is_for_all_who_want_it(void **state)
{
	enum { SESSIONS = 20 };
	const uint64_t before = fill_channel();
	struct message m;
	unsigned sessions = 0;

	(void)state;
	for (int i = 0; i < SESSIONS; i++)
		take(EVENT_SESSION);
	assert_true(courier.bytes[SMALL] < SMALL_BYTES);
	hello(2);
	hello(3);
	while (receive(&m)) {
		struct event_line line;

		if (m.kind != MESSAGE_EVENT)
			continue;
		memcpy(&line, m.body.p, sizeof(line));
		if (line.number <= before)
			continue;
		assert_int_equal(line.not_for & 3, 0);
		sessions++;
	}
	assert_int_equal(sessions, SESSIONS);
	assert_int_equal(courier.dropped, 0);
}

static void
what_nobody_keeps_and_nobody_took_is_counted(void **state)
{
	enum { SESSIONS = 20 };
	struct message m;
	unsigned sent = 0;

	(void)state;
	fill_channel();
	sensor.outputs.specs[LARGE].types = 1U << EVENT_ALERT;
	for (int i = 0; i < SESSIONS; i++)
		take(EVENT_SESSION);
	while (receive(&m)) {
		struct event_line line = { 0 };

		if (m.kind == MESSAGE_EVENT)
			memcpy(&line, m.body.p, sizeof(line));
		sent += m.kind == MESSAGE_EVENT && line.type == EVENT_SESSION;
	}
	assert_in_range(sent, 1, SESSIONS - 1);
	assert_int_equal(courier.dropped, SESSIONS - sent);
}

static void
confirm(uint64_t small, uint64_t large)
{
	const struct courier_receipt receipt = { .first = { small, large } };

	courier_confirm(&courier, span_of(&receipt, sizeof(receipt)));
}

/* One output is down, and an alert waits for it; another one takes all it gets. */
static void
one_that_waits_holds_none_behind_it(void **state)
{
	struct message m;

	(void)state;
	sensor.outputs.specs[LARGE].types = 1U << EVENT_ALERT;
	take(EVENT_ALERT);
	for (int i = 0; i < 1000; i++) {
		take(EVENT_SESSION);
		while (receive(&m))
			;
		confirm(courier.number + 1, 1);
	}
	assert_int_equal(courier.bytes[SMALL], 0);
	assert_ptr_equal(courier.parcels.oldest, courier.parcels.newest);
	hello(1);
	expect_event();
	expect_hello(1);
	confirm(courier.number + 1, courier.number + 1);
	assert_null(list_oldest(&courier.parcels));
}

/* What a new writer confirms is only what it has been sent. */
static void
what_was_not_sent_again_is_kept(void **state)
{
	struct message m;

	(void)state;
	take(EVENT_SESSION);
	take(EVENT_SESSION);
	while (receive(&m))
		;
	courier.slow = true;
	courier.unsent = list_oldest(&courier.parcels);
	confirm(courier.number + 1, courier.number + 1);
	assert_non_null(list_oldest(&courier.parcels));
	courier_work(&courier, 0);
	confirm(courier.number + 1, courier.number + 1);
	assert_null(list_oldest(&courier.parcels));
}

/* What a judge before had for the writer died with it, and now the writer does, too. */
static void
orphans_are_lost_with_the_writer(void **state)
{
	struct courier_receipt receipt = { .first = { 1, 1 }, .orphans = { 3, 4 } };

	(void)state;
	courier_confirm(&courier, span_of(&receipt, sizeof(receipt)));
	receipt.orphans[SMALL] = 0;
	courier_confirm(&courier, span_of(&receipt, sizeof(receipt)));
	assert_int_equal(courier.dropped, 0);
	hello(1);
	assert_int_equal(courier.dropped, 4);
	hello(2);
	assert_int_equal(courier.dropped, 4);
	assert_false(courier_finish(&courier, 0));
}

/* What the writer was given may be lost with it, until it says that it is not. */
static void
what_was_handed_over_can_be_told(void **state)
{
	struct message m;

	(void)state;
	take(EVENT_SESSION);
	take(EVENT_ALERT);
	while (receive(&m))
		;
	assert_int_equal(courier_handed(&courier), 2);
	/* the small one has both, the large one only the first */
	confirm(courier.number + 1, courier.number);
	assert_int_equal(courier_handed(&courier), 1);
	/* a new one has nothing yet */
	courier.slow = true;
	courier.unsent = list_oldest(&courier.parcels);
	assert_int_equal(courier_handed(&courier), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_judge_says_that_it_has_nothing,
		    open_courier, close_courier),
		cmocka_unit_test_setup_teardown(each_writer_is_told_when_it_has_its_own,
		    open_courier, close_courier),
		cmocka_unit_test_setup_teardown(what_was_never_sent_is_for_all_who_want_it,
		    open_courier, close_courier),
		cmocka_unit_test_setup_teardown(what_nobody_keeps_and_nobody_took_is_counted,
		    open_courier, close_courier),
		cmocka_unit_test_setup_teardown(one_that_waits_holds_none_behind_it, open_courier,
		    close_courier),
		cmocka_unit_test_setup_teardown(what_was_not_sent_again_is_kept, open_courier,
		    close_courier),
		cmocka_unit_test_setup_teardown(what_was_handed_over_can_be_told, open_courier,
		    close_courier),
		cmocka_unit_test_setup_teardown(orphans_are_lost_with_the_writer, open_courier,
		    close_courier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
