/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge in a process of its own, with the test at the other ends of its channels: as a
 * worker that may be in somebody else's hands, as supervisor and as writer.
 */
#include "unit.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "observed.h"
#include "run/channel.h"
#include "run/tally.h"
#include "sensor/clock_watch.h"
#include "sensor/courier.h"
#include "sensor/law_text.h"
#include "sensor/sensor.h"
#include "words/observation_check.h"

enum { WORKERS = 2, PATIENCE_MS = 20000, QUEUE_BYTES = 65536 };

static struct settings settings = {
	.interfaces = { { { "eth0", "outside" }, { "eth1", "inside" } }, 2, false }, .learn = true,
	.workers = 1, .limits.servers = 100, .replace_s = 3600, .quiet_s = 3600,
};
static struct sensor sensor;
static struct channel_room room;
static pid_t judge;

static void
open_channel(struct channel *c)
{
	int ends[2];
	struct err e;

	assert_int_equal(channel_pair(ends, &e), 0);
	*c = (struct channel){ ends[0], ends[1] };
}

static void
start_judge(void)
{
	judge = fork();
	assert_true(judge >= 0);
	if (judge == 0)
		_exit((int)judge_process_run(&sensor, false));
}

static int
hold_court(void **state)
{
	struct err e;

	(void)state;
	memset(&sensor, 0, sizeof(sensor));
	sensor.settings = &settings;
	sensor.metrics = (struct channel){ -1, -1 };
	sensor.slots = WORKERS;
	sensor.formats = 1u << FORMAT_EVE;
	sensor.outputs.count = 2;
	sensor.outputs.specs[0] = (struct output_spec){ .format = FORMAT_EVE,
		.delivery.queue_bytes = QUEUE_BYTES };
	sensor.outputs.specs[1] = (struct output_spec){ .format = FORMAT_EVE,
		.types = 1u << EVENT_SESSION, .delivery.queue_bytes = QUEUE_BYTES };
	sensor.origin = (struct origin){ .host = "sensor", .live = true };
	for (int i = 0; i < WORKERS; i++)
		open_channel(&sensor.worker[i]);
	sensor.law = law_text_open(&e);
	assert_int_equal(law_text_renew(sensor.law, &settings, &e), 0);
	open_channel(&sensor.writer);
	open_channel(&sensor.supervisor);
	start_judge();
	return 0;
}

static int
close_court(void **state)
{
	(void)state;
	kill(judge, SIGKILL);
	waitpid(judge, NULL, 0);
	for (int i = 0; i < WORKERS; i++) {
		close(sensor.worker[i].up);
		close(sensor.worker[i].down);
	}
	close(sensor.law);
	close(sensor.writer.up);
	close(sensor.writer.down);
	close(sensor.supervisor.up);
	close(sensor.supervisor.down);
	return 0;
}

/* The next message at that end; it must come. */
static struct message
receive(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };
	struct message m = { .kind = MESSAGE_KINDS };

	if (poll(&one, 1, PATIENCE_MS) != 1 || channel_receive(fd, &room, &m) != 1)
		fail_msg("no message came");
	return m;
}

/* The judge gives a sign of life each second, which is passed over where it is not wanted. */
static void
expect_note(enum message_kind kind, uint32_t slot)
{
	struct sensor_note note;
	struct message m;

	do {
		do
			m = receive(sensor.supervisor.up);
		while (m.kind == MESSAGE_COUNTERS);
		assert_int_equal(m.body.n, sizeof(note));
		memcpy(&note, m.body.p, sizeof(note));
	} while (m.kind == MESSAGE_HELLO && note.slot == WORKERS && slot != WORKERS);
	assert_int_equal(m.kind, kind);
	assert_int_equal(note.slot, slot);
}

static void
say_hello(uint32_t slot)
{
	const struct sensor_note hello = { .slot = slot, .sandbox = SANDBOX_FULL };

	assert_int_equal(channel_send(sensor.worker[slot].down, MESSAGE_HELLO,
	    span_of(&hello, sizeof(hello))), CHANNEL_SENT);
	expect_note(MESSAGE_HELLO, slot);
}

static void
begin(void)
{
	expect_note(MESSAGE_HELLO, WORKERS);
	assert_int_equal(receive(sensor.writer.up).kind, MESSAGE_HELLO);
	say_hello(0);
	say_hello(1);
}

static void
send_observation(uint32_t slot, struct observation seen)
{
	struct observation_packed packed;
	size_t n = observation_pack(&seen, &packed);

	assert_int_equal(channel_send(sensor.worker[slot].down, MESSAGE_OBSERVATION,
	    span_of(&packed, n)), CHANNEL_SENT);
}

/* An event comes that has this text in it. */
static struct event_line
expect_event(const char *text)
{
	struct message m = receive(sensor.writer.up);
	struct event_line line;
	static char copy[CHANNEL_BODY_MAX + 1];

	assert_int_equal(m.kind, MESSAGE_EVENT);
	memcpy(&line, m.body.p, sizeof(line));
	m.body = span_tail(m.body, sizeof(line));
	memcpy(copy, m.body.p, m.body.n);
	copy[m.body.n] = '\0';
	if (strstr(copy, text) == NULL)
		fail_msg("not \"%s\" but %s", text, copy);
	return line;
}

/* Statistics, when asked for by the supervisor. */
static void
expect_stats(const char *text)
{
	const struct sensor_note note = { .sandbox = SANDBOX_FULL };

	assert_int_equal(channel_send(sensor.supervisor.up, MESSAGE_STATS,
	    span_of(&note, sizeof(note))), CHANNEL_SENT);
	expect_event(text);
}

static void
observations_become_events(void **state)
{
	(void)state;
	begin();
	send_observation(0, observed_upgrade(1, 1));
	expect_event("\"outcome\":\"upgraded\"");
	expect_stats("\"sandbox\":\"full\"");
}

/* Whatever follows counts for nothing until another worker says hello. */
static void
a_worker_that_lies_is_replaced_and_not_heard(void **state)
{
	struct observation wrong = observed_upgrade(1, 1);

	(void)state;
	begin();
	memcpy(wrong.server_name, "\x1b[2J", 5);
	send_observation(0, wrong);
	send_observation(0, observed_upgrade(2, 1));
	expect_note(MESSAGE_REPLACE, 0);
	send_observation(0, observed_upgrade(3, 1));
	say_hello(0);
	send_observation(0, observed_upgrade(4, 1));
	expect_event("\"192.0.2.4\"");
	expect_stats("\"refused\":1");
}

static void
nobody_speaks_for_another_interface(void **state)
{
	struct observation seen = observed_upgrade(1, 1);

	(void)state;
	begin();
	send_observation(1, seen);
	expect_note(MESSAGE_REPLACE, 1);
	seen.flow.tuple.tap = 1;
	seen.at.source = 1;
	say_hello(1);
	send_observation(1, seen);
	expect_event("\"upgraded\"");
}

static void
what_is_no_message_is_a_reason_too(void **state)
{
	static const enum message_kind kinds[] = { MESSAGE_STATS, MESSAGE_REPLACE, MESSAGE_EVENT,
		MESSAGE_COUNTERS, MESSAGE_HELLO, MESSAGE_OBSERVATION, MESSAGE_OPEN };

	(void)state;
	begin();
	assert_int_equal(write(sensor.worker[0].down, "nonsense", 8), 8);
	expect_note(MESSAGE_REPLACE, 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		say_hello(0);
		assert_int_equal(channel_send(sensor.worker[0].down, kinds[i], span_text("x")),
		    CHANNEL_SENT);
		expect_note(MESSAGE_REPLACE, 0);
	}
}

/* What it had counted stays, and what it was following is counted as lost. */
static void
counters_outlive_their_worker(void **state)
{
	static struct tally counters;

	(void)state;
	begin();
	tally_add(&counters, "flow.opened", 7);
	tally_add(&counters, "flow.active", 3);
	assert_int_equal(channel_send(sensor.worker[0].down, MESSAGE_COUNTERS,
	    tally_body(&counters)), CHANNEL_SENT);
	say_hello(0);
	expect_stats("\"sessions_lost\":3");
	expect_stats("\"opened\":7");
	expect_stats("\"active\":0");
}

static void
the_end_waits_for_the_workers(void **state)
{
	uint64_t handed;
	struct message m;
	int status;

	(void)state;
	begin();
	assert_int_equal(kill(judge, SIGTERM), 0);
	send_observation(0, observed_upgrade(1, 1));
	assert_int_equal(channel_send(sensor.worker[0].down, MESSAGE_END, span_of(NULL, 0)),
	    CHANNEL_SENT);
	expect_event("\"192.0.2.1\"");
	send_observation(1, observed_upgrade(2, 1));
	expect_note(MESSAGE_REPLACE, 1);
	assert_int_equal(channel_send(sensor.worker[1].down, MESSAGE_END, span_of(NULL, 0)),
	    CHANNEL_SENT);
	say_hello(1);
	assert_int_equal(channel_send(sensor.worker[1].down, MESSAGE_END, span_of(NULL, 0)),
	    CHANNEL_SENT);
	expect_event("\"event_type\":\"stats\"");
	assert_int_equal(receive(sensor.writer.up).kind, MESSAGE_END);
	/* no receipt has come for either of the two */
	m = receive(sensor.supervisor.up);
	while (m.kind != MESSAGE_END)
		m = receive(sensor.supervisor.up);
	assert_int_equal(m.body.n, sizeof(handed));
	memcpy(&handed, m.body.p, sizeof(handed));
	assert_int_equal(handed, 2);
	assert_int_equal(waitpid(judge, &status, 0), judge);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == SENSOR_DONE);
}

/* Messages lie in the channel, not in the process. */
static void
what_waits_outlives_the_judge(void **state)
{
	(void)state;
	begin();
	kill(judge, SIGKILL);
	waitpid(judge, NULL, 0);
	send_observation(0, observed_upgrade(5, 1));
	start_judge();
	expect_note(MESSAGE_HELLO, WORKERS);
	assert_int_equal(receive(sensor.writer.up).kind, MESSAGE_HELLO);
	expect_event("\"192.0.2.5\"");
}

static void
say_as_writer(enum message_kind kind, struct span body)
{
	assert_int_equal(channel_send(sensor.writer.up, kind, body), CHANNEL_SENT);
}

/* To each output what it may have lost, and no more. */
static void
a_new_writer_gets_what_the_old_one_had(void **state)
{
	struct courier_receipt receipt = { .first = { 0 } };
	struct event_line first, second, again;

	(void)state;
	begin();
	send_observation(0, observed_upgrade(1, 1));
	first = expect_event("\"192.0.2.1\"");
	send_observation(0, observed_upgrade(2, 1));
	second = expect_event("\"192.0.2.2\"");
	assert_true(second.number > first.number);
	assert_int_equal(first.not_for, 0);
	receipt.first[0] = second.number + 1;
	receipt.first[1] = second.number;
	say_as_writer(MESSAGE_RECEIPT, span_of(&receipt, sizeof(receipt)));
	say_as_writer(MESSAGE_HELLO, span_of(NULL, 0));
	again = expect_event("\"192.0.2.2\"");
	assert_int_equal(again.number, second.number);
	assert_int_equal(again.not_for & 3, 1);
	assert_int_equal(receive(sensor.writer.up).kind, MESSAGE_HELLO);
	receipt.first[1] = second.number + 1;
	say_as_writer(MESSAGE_RECEIPT, span_of(&receipt, sizeof(receipt)));
	say_as_writer(MESSAGE_HELLO, span_of(NULL, 0));
	assert_int_equal(receive(sensor.writer.up).kind, MESSAGE_HELLO);
}

/* Of an output that takes nothing, no more than it would hold itself. */
static void
what_is_kept_is_bounded(void **state)
{
	enum { SESSIONS = 200 };
	const int fd = sensor.writer.up;
	struct message m;
	unsigned again = 0;
	size_t bytes = 0;

	(void)state;
	begin();
	for (uint32_t i = 0; i < SESSIONS; i++) {
		send_observation(0, observed_upgrade(1 + i % 200, 1));
		expect_event("\"session\"");
	}
	say_as_writer(MESSAGE_HELLO, span_of(NULL, 0));
	for (m = receive(fd); m.kind == MESSAGE_EVENT; m = receive(fd)) {
		bytes += m.body.n;
		again++;
	}
	assert_int_equal(m.kind, MESSAGE_HELLO);
	assert_in_range(again, 10, SESSIONS - 1);
	assert_in_range(bytes, QUEUE_BYTES / 2, QUEUE_BYTES);
}

static int
be_impatient(void **state)
{
	settings.replace_s = 1;
	return hold_court(state);
}

static int
be_patient_again(void **state)
{
	settings.replace_s = 3600;
	return close_court(state);
}

/* One of them has ended; the other one hangs. */
static void
who_hangs_is_replaced(void **state)
{
	(void)state;
	begin();
	assert_int_equal(channel_send(sensor.worker[0].down, MESSAGE_END, span_of(NULL, 0)),
	    CHANNEL_SENT);
	expect_note(MESSAGE_REPLACE, 1);
	say_hello(1);
	expect_stats("\"hung\":1");
}

static void
a_clock_that_was_set_is_noticed(void **state)
{
	const int64_t second = INT64_C(1000000000);
	struct clock_watch c = { 0, 0 };

	(void)state;
	assert_false(clock_jumped(&c, 1000 * second, 5 * second));
	assert_false(clock_jumped(&c, 1060 * second, 66 * second));
	assert_true(clock_jumped(&c, 4661 * second, 67 * second));
	assert_false(clock_jumped(&c, 4662 * second, 68 * second));
	assert_true(clock_jumped(&c, 1063 * second, 69 * second));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(observations_become_events, hold_court,
		    close_court),
		cmocka_unit_test_setup_teardown(a_worker_that_lies_is_replaced_and_not_heard,
		    hold_court, close_court),
		cmocka_unit_test_setup_teardown(nobody_speaks_for_another_interface, hold_court,
		    close_court),
		cmocka_unit_test_setup_teardown(what_is_no_message_is_a_reason_too, hold_court,
		    close_court),
		cmocka_unit_test_setup_teardown(counters_outlive_their_worker, hold_court,
		    close_court),
		cmocka_unit_test_setup_teardown(the_end_waits_for_the_workers, hold_court,
		    close_court),
		cmocka_unit_test_setup_teardown(what_waits_outlives_the_judge, hold_court,
		    close_court),
		cmocka_unit_test_setup_teardown(a_new_writer_gets_what_the_old_one_had,
		    hold_court, close_court),
		cmocka_unit_test_setup_teardown(what_is_kept_is_bounded, hold_court, close_court),
		cmocka_unit_test_setup_teardown(who_hangs_is_replaced, be_impatient,
		    be_patient_again),
		cmocka_unit_test(a_clock_that_was_set_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
