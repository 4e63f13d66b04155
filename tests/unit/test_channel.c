/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages between processes arrive whole or not at all, and counters are what they can be. */
#include "unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "run/channel.h"
#include "run/tally.h"

static struct channel_room room;

static void
open_pair(int ends[2])
{
	struct err e;

	assert_int_equal(channel_pair(ends, &e), 0);
}

static void
close_pair(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static void
messages_arrive_as_they_were_sent(void **state)
{
	static uint8_t large[CHANNEL_BODY_MAX + 1];
	struct message m;
	int ends[2];

	(void)state;
	open_pair(ends);
	large[CHANNEL_BODY_MAX - 1] = 7;
	assert_int_equal(channel_receive(ends[1], &room, &m), CHANNEL_EMPTY);
	assert_int_equal(channel_send(ends[0], MESSAGE_END, span_of(NULL, 0)), CHANNEL_SENT);
	assert_int_equal(channel_send(ends[0], MESSAGE_EVENT, span_text("one")), CHANNEL_SENT);
	assert_int_equal(channel_send(ends[0], MESSAGE_EVENT, span_of(large, CHANNEL_BODY_MAX)),
	    CHANNEL_SENT);
	assert_int_equal(channel_send(ends[0], MESSAGE_EVENT, span_of(large, sizeof(large))),
	    CHANNEL_TOO_LARGE);
	assert_int_equal(channel_receive(ends[1], &room, &m), 1);
	assert_int_equal(m.kind, MESSAGE_END);
	assert_int_equal(m.body.n, 0);
	assert_int_equal(channel_receive(ends[1], &room, &m), 1);
	assert_true(span_equals(m.body, span_text("one")));
	assert_int_equal(channel_receive(ends[1], &room, &m), 1);
	assert_true(span_equals(m.body, span_of(large, CHANNEL_BODY_MAX)));
	assert_int_equal(channel_receive(ends[1], &room, &m), CHANNEL_EMPTY);
	close_pair(ends);
}

static void
a_full_channel_and_a_closed_one_are_told_apart(void **state)
{
	static const uint8_t body[4096];
	struct message m;
	int ends[2], sent = 0;

	(void)state;
	open_pair(ends);
	while (channel_send(ends[0], MESSAGE_EVENT, span_of(body, sizeof(body))) == CHANNEL_SENT)
		sent++;
	assert_true(sent >= 16);
	assert_int_equal(channel_send(ends[0], MESSAGE_EVENT, span_of(body, sizeof(body))),
	    CHANNEL_FULL);
	while (channel_receive(ends[1], &room, &m) == 1)
		sent--;
	assert_int_equal(sent, 0);
	assert_int_equal(channel_send(ends[0], MESSAGE_END, span_of(NULL, 0)), CHANNEL_SENT);
	close(ends[1]);
	assert_int_equal(channel_send(ends[0], MESSAGE_END, span_of(NULL, 0)), CHANNEL_GONE);
	assert_int_equal(channel_receive(ends[0], &room, &m), CHANNEL_CLOSED);
	close(ends[0]);
}

/* Whoever took a worker over can write anything into its end. */
static void
what_is_no_message_is_nonsense(void **state)
{
	static const char *const rows[] = {
		"short", "\3\0\0\0\5\0\2\0one", "\2\0\0\0\5\0\1\0one", "\4\0\0\0\5\0\1\0one",
		"\3\0\0\0\xff\0\1\0one", "\xff\xff\xff\xff\5\0\1\0one",
	};
	static const size_t sizes[] = { 5, 11, 11, 11, 11, 11 };
	static const uint8_t larger[sizeof(room.body) + 64];
	struct message m;
	int ends[2];

	(void)state;
	open_pair(ends);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(send(ends[0], rows[i], sizes[i], 0), sizes[i]);
		assert_int_equal(channel_receive(ends[1], &room, &m), CHANNEL_NONSENSE);
	}
	assert_int_equal(send(ends[0], larger, sizeof(larger), 0), sizeof(larger));
	assert_int_equal(channel_receive(ends[1], &room, &m), CHANNEL_NONSENSE);
	close_pair(ends);
}

static void
counters_are_added_and_carried(void **state)
{
	static struct tally one, two, read;
	static const char *const rooms[] = { "flow.", "stream.", NULL };

	(void)state;
	tally_add(&one, "flow.opened", 2);
	tally_add(&one, "flow.active", 1);
	tally_add(&two, "flow.opened", 3);
	tally_merge(&one, &two);
	assert_int_equal(tally_value(&one, "flow.opened"), 5);
	assert_true(tally_read(&read, tally_body(&one), rooms));
	assert_int_equal(tally_value(&read, "flow.opened"), 5);
	assert_int_equal(tally_value(&read, "flow.active"), 1);
	tally_drop_levels(&read);
	assert_int_equal(tally_value(&read, "flow.opened"), 5);
	assert_int_equal(tally_value(&read, "flow.active"), 0);
}

static void
counters_of_others_are_refused(void **state)
{
	static const char *const names[] = { "alerts.downgrade", "", "flow", "flow.\x1b[2J",
		"flow.\"", "flow.A", "flow. a" };
	static const char *const rooms[] = { "flow.", NULL };
	static struct tally_row row;
	static struct tally t;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		memset(&row, 0, sizeof(row));
		memcpy(row.name, names[i], strlen(names[i]));
		assert_false(tally_read(&t, span_of(&row, sizeof(row)), rooms));
	}
	memset(row.name, 'a', sizeof(row.name));
	memcpy(row.name, "flow.", 5);
	assert_false(tally_read(&t, span_of(&row, sizeof(row)), rooms));
	row.name[6] = '\0';
	assert_true(tally_read(&t, span_of(&row, sizeof(row)), rooms));
	assert_false(tally_read(&t, span_of(&row, sizeof(row) - 1), rooms));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_arrive_as_they_were_sent),
		cmocka_unit_test(a_full_channel_and_a_closed_one_are_told_apart),
		cmocka_unit_test(what_is_no_message_is_nonsense),
		cmocka_unit_test(counters_are_added_and_carried),
		cmocka_unit_test(counters_of_others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
