/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several outputs, driven by a loop as a process of their own would: filters, names, reopening. */
#include "scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "run/outputs.h"

/* What outputs have said, one after the other. */
static void
note(void *ctx, const struct err *e)
{
	char *said = ctx;

	snprintf(said + strlen(said), 1000 - strlen(said), "%s\n", e->text);
}

static struct outputs *
open_all(const char *const *texts, size_t count, char *said)
{
	struct outputs_settings set = { .host = "sensor.example", .live = true, .say = note,
		.say_ctx = said };
	struct output_spec specs[OUTPUTS_MAX];
	struct outputs *o;
	struct err e = { "" };

	for (size_t i = 0; i < count; i++)
		assert_int_equal(output_spec_parse(&specs[i], texts[i], &e), 0);
	o = outputs_open(specs, count, &set, &e);
	if (o == NULL)
		fail_msg("%s", e.text);
	return o;
}

static void
take(struct outputs *o, enum event_type type, enum format format, unsigned severity, int number)
{
	char text[32];
	struct event_line line = { .type = type, .format = format, .severity = severity };

	snprintf(text, sizeof(text), "event %d", number);
	line.text = span_text(text);
	outputs_take(o, &line);
}

static void
file_is(const char *name, const char *expected)
{
	char text[1024];
	FILE *in = fopen(name, "r");
	size_t n;

	if (in == NULL)
		fail_msg("there is no %s", name);
	n = fread(text, 1, sizeof(text) - 1, in);
	text[n] = '\0';
	assert_string_equal(text, expected);
	fclose(in);
}

static void
each_gets_what_it_wants(void **state)
{
	static const char *const texts[] = { "all", "file:alerts?types=alert&severity=2",
		"file:ecs?format=ecs" };
	char said[1000] = "";
	struct outputs *o = open_all(texts, 3, said);

	(void)state;
	assert_int_equal(outputs_formats(o), 1 << FORMAT_EVE | 1 << FORMAT_ECS);
	take(o, EVENT_SESSION, FORMAT_EVE, 0, 1);
	take(o, EVENT_ALERT, FORMAT_EVE, 3, 2);
	take(o, EVENT_ALERT, FORMAT_EVE, 2, 3);
	take(o, EVENT_ALERT, FORMAT_ECS, 2, 4);
	outputs_free(&o);
	file_is("all", "event 1\nevent 2\nevent 3\n");
	file_is("alerts", "event 3\n");
	file_is("ecs", "event 4\n");
	assert_string_equal(said, "");
}

static void
a_file_that_was_moved_away_is_begun_anew(void **state)
{
	static const char *const texts[] = { "moved" };
	char said[1000] = "";
	struct outputs *o = open_all(texts, 1, said);
	struct moment now = moment_now();

	(void)state;
	take(o, EVENT_STATS, FORMAT_EVE, 0, 1);
	assert_int_equal(rename("moved", "moved.old"), 0);
	take(o, EVENT_STATS, FORMAT_EVE, 0, 2);
	outputs_reopen(o);
	outputs_work(o, &now);
	take(o, EVENT_STATS, FORMAT_EVE, 0, 3);
	outputs_free(&o);
	file_is("moved.old", "event 1\nevent 2\n");
	file_is("moved", "event 3\n");
}

/* The loop that outputs.h describes, until nothing waits. */
static void
drive(struct outputs *o, struct peer *p)
{
	enum { TURNS_MAX = 3000 };

	for (int turns = 0; turns < TURNS_MAX; turns++) {
		struct pollfd fds[OUTPUTS_MAX];
		struct moment now = moment_now();
		int timeout_ms, idle = 1;
		size_t n = outputs_poll(o, &now, fds, &timeout_ms);

		for (size_t i = 0; i < outputs_count(o); i++)
			idle &= delivery_is_idle(outputs_at(o, i));
		if (idle)
			return;
		/* the other end is driven from here as well */
		if (timeout_ms < 0 || timeout_ms > 10)
			timeout_ms = 10;
		assert_true(poll(fds, n, timeout_ms) >= 0);
		now = moment_now();
		outputs_work(o, &now);
		if (p->listening > 0)
			peer_read(p, SIZE_MAX);
	}
	fail_msg("it never came to rest");
}

static void
one_that_is_down_keeps_no_other_waiting(void **state)
{
	static const char *const texts[] = { "unix:peer.sock", "file:beside", "unix:nobody.sock" };
	static struct peer p;
	char said[1000] = "", expected[1000] = "";
	struct outputs *o = open_all(texts, 3, said);

	(void)state;
	for (int i = 0; i < 20; i++) {
		take(o, EVENT_SESSION, FORMAT_EVE, 0, i);
		snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected),
		    "event %d\n", i);
	}
	file_is("beside", expected);
	assert_non_null(strstr(said, "unix:peer.sock: nobody listens"));
	assert_non_null(strstr(said, "unix:nobody.sock: nobody listens"));
	peer_appear(&p, SOCK_STREAM);
	for (int turns = 0; turns < 3000 && delivery_waiting(outputs_at(o, 0)) > 0; turns++) {
		struct moment now = moment_now();
		struct pollfd fds[OUTPUTS_MAX];
		int timeout_ms;
		size_t n = outputs_poll(o, &now, fds, &timeout_ms);

		assert_in_range(timeout_ms, 0, 40000);
		(void)poll(fds, n, timeout_ms < 10 ? timeout_ms : 10);
		now = moment_now();
		outputs_work(o, &now);
		peer_read(&p, SIZE_MAX);
	}
	peer_received(&p, 0, 19, false);
	assert_int_equal(delivery_waiting(outputs_at(o, 2)), 20);
	peer_vanish(&p);
	outputs_finish(o);
	assert_int_equal(delivery_dropped(outputs_at(o, 2)), 20);
	assert_true(outputs_lost_some(o));
	outputs_free(&o);
}

static void
an_idle_one_wakes_nobody(void **state)
{
	static const char *const texts[] = { "unix:peer.sock", "quiet" };
	static struct peer p;
	char said[1000] = "";
	struct outputs *o;
	struct moment now;
	struct pollfd fds[OUTPUTS_MAX];
	int timeout_ms;

	(void)state;
	peer_appear(&p, SOCK_STREAM);
	o = open_all(texts, 2, said);
	take(o, EVENT_SESSION, FORMAT_EVE, 0, 0);
	drive(o, &p);
	now = moment_now();
	assert_int_equal(outputs_poll(o, &now, fds, &timeout_ms), 1);
	assert_int_equal(timeout_ms, -1);
	assert_int_equal(fds[0].events, POLLIN);
	assert_int_equal(poll(fds, 1, 0), 0);
	/* that the other end went is noticed at once, without an event to write */
	peer_vanish(&p);
	assert_int_equal(poll(fds, 1, 1000), 1);
	now = moment_now();
	outputs_work(o, &now);
	assert_non_null(strstr(said, "closed the connection"));
	(void)outputs_poll(o, &now, fds, &timeout_ms);
	assert_in_range(timeout_ms, 100, 1000);
	outputs_free(&o);
}

/* A peer that goes after a while is told, each time; one that goes at once, and again, is not. */
static void
each_new_failure_is_told(void **state)
{
	static const char *const texts[] = { "unix:peer.sock" };
	static struct peer p;
	char said[1000] = "";
	struct outputs *o = open_all(texts, 1, said);
	struct moment now = moment_now();

	(void)state;
	for (int round = 0; round < 4; round++) {
		bool steady = round >= 2;

		peer_appear(&p, SOCK_STREAM);
		now.steady_ns += INT64_C(60) * 1000000000;
		outputs_work(o, &now);
		now.steady_ns += steady ? INT64_C(60) * 1000000000 : 1000000;
		peer_vanish(&p);
		outputs_work(o, &now);
		assert_int_equal(strlen(said) > 0, round != 1);
		said[0] = '\0';
	}
	outputs_free(&o);
}

static void
keep(void *ctx, const char *name, uint64_t value)
{
	char *all = ctx;

	snprintf(all + strlen(all), 1000 - strlen(all), "%s=%d ", name, (int)value);
}

static void
counters_have_names(void **state)
{
	static const char *const texts[] = { "first", "file:b?name=siem", "third" };
	char said[1000] = "", all[1000] = "";
	struct outputs *o = open_all(texts, 3, said);

	(void)state;
	take(o, EVENT_SESSION, FORMAT_EVE, 0, 0);
	outputs_counters(o, keep, all);
	assert_string_equal(all, "sink.output.written=1 sink.output.dropped=0 "
	    "sink.output.queued=0 sink.siem.written=1 sink.siem.dropped=0 sink.siem.queued=0 "
	    "sink.output3.written=1 sink.output3.dropped=0 sink.output3.queued=0 ");
	outputs_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gets_what_it_wants),
		cmocka_unit_test(a_file_that_was_moved_away_is_begun_anew),
		cmocka_unit_test(one_that_is_down_keeps_no_other_waiting),
		cmocka_unit_test(an_idle_one_wakes_nobody),
		cmocka_unit_test(each_new_failure_is_told),
		cmocka_unit_test(counters_have_names),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
