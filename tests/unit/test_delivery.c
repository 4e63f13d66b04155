/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One output: order, what is kept while its other end is away, and what is dropped when. */
#include "scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "delivery_kit.h"
#include "peer.h"

enum { ROUNDS_MAX = 20000 };

/* A clock of our own: each turn takes ten milliseconds. */
static struct moment clock_of_test = { .steady_ns = CLOCK_SECOND_NS };

static void
turn(struct delivery *d)
{
	clock_of_test.steady_ns += 10000000;
	delivery_work(d, &clock_of_test);
}

static void
work_until_idle(struct delivery *d, struct peer *p)
{
	for (int i = 0; i < ROUNDS_MAX && !delivery_is_idle(d); i++) {
		turn(d);
		peer_read(p, SIZE_MAX);
	}
	assert_true(delivery_is_idle(d));
}

static struct delivery_settings
settings_of(enum sink_kind kind)
{
	return (struct delivery_settings){ .name = "test",
		.sink = { .kind = kind, .path = "peer.sock" }, .queue_bytes = 1 << 20,
		.spool_bytes = 1 << 20, .give_up_ns = INT64_MAX };
}

static bool
put(struct delivery *d, int number)
{
	char text[64];
	struct event_line line = { .type = EVENT_SESSION };

	snprintf(text, sizeof(text), "event %d", number);
	line.text = span_text(text);
	return delivery_put(d, &line);
}

static void
keep(void *ctx, const char *name, uint64_t value)
{
	uint64_t *counters = ctx;

	if (strcmp(name, "sink.test.written") == 0)
		counters[0] = value;
	else if (strcmp(name, "sink.test.dropped") == 0)
		counters[1] = value;
	else if (strcmp(name, "sink.test.queued") == 0)
		counters[2] = value;
	else
		fail_msg("%s", name);
}

static void
counters_are(const struct delivery *d, uint64_t written, uint64_t dropped, uint64_t queued)
{
	uint64_t counters[3] = { 99, 99, 99 };

	delivery_counters(d, keep, counters);
	assert_int_equal(counters[0], written);
	assert_int_equal(counters[1], dropped);
	assert_int_equal(counters[2], queued);
}

static void
what_waits_leaves_in_order_once_somebody_listens(void **state)
{
	static struct peer p;
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);
	struct delivery *d = begin(&set);
	struct err e;

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(put(d, i));
	turn(d);
	assert_true(delivery_tell(d, &e));
	assert_non_null(strstr(e.text, "unix:peer.sock"));
	for (int i = 0; i < 1000; i++)
		turn(d);
	assert_false(delivery_tell(d, &e));	/* said once */
	counters_are(d, 0, 0, 100);
	peer_appear(&p, SOCK_STREAM);
	work_until_idle(d, &p);
	peer_received(&p, 0, 99, false);
	counters_are(d, 100, 0, 0);
	peer_vanish(&p);
	delivery_free(&d);
}

/* The other end reads some bytes, in the middle of a line, and goes. */
static void
what_was_not_read_is_sent_again_from_its_first_byte(void **state)
{
	static struct peer p;
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);
	struct delivery *d = begin(&set);

	(void)state;
	for (size_t cut = 0; cut < 40; cut++) {
		peer_appear(&p, SOCK_STREAM);
		for (int i = 0; i < 5; i++)
			assert_true(put(d, i));
		for (int i = 0; i < 5000 && p.connected < 0; i++) {
			turn(d);
			peer_read(&p, cut);
		}
		peer_read(&p, cut - p.n);
		assert_int_equal(p.n, cut);
		peer_vanish(&p);
		p.n = 0;	/* it had not made use of it, either */
		turn(d);
		peer_appear(&p, SOCK_STREAM);
		work_until_idle(d, &p);
		peer_received(&p, 0, 4, false);
		peer_vanish(&p);
	}
	delivery_free(&d);
}

static void
a_slow_reader_gets_everything(void **state)
{
	static struct peer p;
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);
	struct delivery *d;
	int sent = 0;

	(void)state;
	set.queue_bytes = 8 << 20;
	d = begin(&set);
	peer_appear(&p, SOCK_STREAM);
	for (int i = 0; i < ROUNDS_MAX && p.n < 600000; i++) {
		while (sent < 50000 && sent < i * 300)
			assert_true(put(d, sent++));
		turn(d);
		peer_read(&p, 997);
	}
	work_until_idle(d, &p);
	peer_received(&p, 0, sent - 1, false);
	counters_are(d, (uint64_t)sent, 0, 0);
	peer_vanish(&p);
	delivery_free(&d);
}

static void
without_a_spool_the_newest_are_dropped_and_alerts_last(void **state)
{
	static struct peer p;
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);
	struct event_line alert = { .type = EVENT_ALERT, .severity = 1,
		.text = span_text("event 999999") };
	struct delivery *d;
	struct err e;
	int taken = 0;

	(void)state;
	set.queue_bytes = 64 << 10;
	d = begin(&set);
	turn(d);
	assert_true(delivery_tell(d, &e));
	while (put(d, taken))
		taken++;
	assert_in_range(taken, 100, 1000);
	assert_true(delivery_tell(d, &e));
	assert_non_null(strstr(e.text, "dropped"));
	assert_false(put(d, taken));
	assert_false(delivery_tell(d, &e));
	assert_true(delivery_put(d, &alert));
	counters_are(d, 0, 2, (uint64_t)taken + 1);
	peer_appear(&p, SOCK_STREAM);
	work_until_idle(d, &p);
	p.text[p.n] = '\0';
	assert_non_null(strstr(p.text, "event 999999\n"));
	p.n -= strlen("event 999999\n");
	peer_received(&p, 0, taken - 1, false);
	peer_vanish(&p);
	delivery_free(&d);
}

static void
a_spool_takes_over_and_survives_a_restart(void **state)
{
	static struct peer p;
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);
	struct delivery *d;
	int number = 0;

	(void)state;
	set.spool = "spool";
	d = begin(&set);
	peer_appear(&p, SOCK_STREAM);
	turn(d);
	while (number < 10)
		assert_true(put(d, number++));
	work_until_idle(d, &p);
	peer_received(&p, 0, 9, false);

	/* the other end goes, and so does the program, without a word */
	peer_vanish(&p);
	while (number < 15)
		assert_true(put(d, number++));
	turn(d);
	while (number < 3000)
		assert_true(put(d, number++));
	counters_are(d, 10, 0, 2990);
	delivery_free(&d);

	d = begin(&set);
	counters_are(d, 0, 0, 2990);
	while (number < 3010)
		assert_true(put(d, number++));
	peer_appear(&p, SOCK_STREAM);
	work_until_idle(d, &p);
	peer_received(&p, 10, 3009, false);
	counters_are(d, 3000, 0, 0);

	/* an orderly end keeps what is only in memory */
	peer_vanish(&p);
	assert_true(put(d, number++));
	delivery_finish(d);
	counters_are(d, 3000, 0, 1);
	delivery_free(&d);
	d = begin(&set);
	peer_appear(&p, SOCK_STREAM);
	work_until_idle(d, &p);
	peer_received(&p, 3010, 3010, false);
	peer_vanish(&p);
	delivery_free(&d);
	unlink("spool");
}

static void
what_goes_to_the_spool_from_memory_leaves_once(void **state)
{
	static struct peer p;
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);
	struct delivery *d;

	(void)state;
	set.spool = "spool";
	d = begin(&set);
	peer_appear(&p, SOCK_STREAM);
	turn(d);
	peer_vanish(&p);
	for (int i = 0; i < 10; i++)
		assert_true(put(d, i));
	turn(d);	/* it notices */
	for (int i = 10; i < 20; i++)
		assert_true(put(d, i));
	peer_appear(&p, SOCK_STREAM);
	work_until_idle(d, &p);
	peer_received(&p, 0, 19, false);
	counters_are(d, 20, 0, 0);
	peer_vanish(&p);
	delivery_free(&d);
	unlink("spool");
}

/* It comes and goes at every turn, with a spool and without. */
static void
a_restless_peer_loses_nothing(void **state)
{
	static struct peer p;
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);

	(void)state;
	for (int spool = 0; spool < 2; spool++) {
		struct delivery *d;
		int number = 0;

		set.spool = spool ? "spool" : NULL;
		d = begin(&set);
		for (int round = 0; round < 300; round++) {
			peer_appear(&p, SOCK_STREAM);
			for (int i = 0; i < round % 7; i++)
				assert_true(put(d, number++));
			for (int i = 0; i < round % 50; i++)
				turn(d);
			/* it reads whole lines, or nothing of the connection */
			peer_read(&p, round % 3 == 0 ? 0 : SIZE_MAX);
			peer_vanish(&p);
			for (int i = 0; i < round % 3; i++)
				assert_true(put(d, number++));
			turn(d);
		}
		peer_appear(&p, SOCK_STREAM);
		work_until_idle(d, &p);
		peer_received(&p, 0, number - 1, true);
		counters_are(d, (uint64_t)number, 0, 0);
		peer_vanish(&p);
		delivery_free(&d);
	}
	unlink("spool");
}

static void
datagrams_are_whole_and_too_large_ones_are_counted(void **state)
{
	static struct peer p;
	static char large[4 << 20];
	struct delivery_settings set = settings_of(SINK_UNIX_DATAGRAM);
	struct event_line line = { .type = EVENT_ALERT, .text = span_of(large, sizeof(large)) };
	struct delivery *d;
	struct err e;

	(void)state;
	set.queue_bytes = 64 << 20;
	d = begin(&set);
	peer_appear(&p, SOCK_DGRAM);
	turn(d);
	for (int i = 0; i < 100; i++)
		assert_true(put(d, i));
	assert_true(delivery_put(d, &line));
	assert_true(put(d, 100));
	for (int i = 0; i < ROUNDS_MAX && !delivery_is_idle(d); i++) {
		ssize_t n;

		turn(d);
		while ((n = recv(p.listening, p.text + p.n, 65536, MSG_DONTWAIT)) > 0) {
			p.n += (size_t)n;
			p.text[p.n++] = '\n';
		}
	}
	peer_received(&p, 0, 100, false);
	counters_are(d, 101, 1, 0);
	assert_true(delivery_tell(d, &e));
	assert_non_null(strstr(e.text, "too long"));
	peer_vanish(&p);
	delivery_free(&d);
}

static void
a_limit_of_patience_ends_it(void **state)
{
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);
	struct delivery *d;
	struct err e;

	(void)state;
	set.give_up_ns = 10 * CLOCK_SECOND_NS;
	d = begin(&set);
	assert_true(put(d, 0));
	for (int i = 0; i < 900; i++)
		turn(d);
	assert_false(delivery_gave_up(d, &e));
	for (int i = 0; i < 2000; i++)
		turn(d);
	assert_true(delivery_gave_up(d, &e));
	assert_non_null(strstr(e.text, "nobody listens"));
	assert_false(put(d, 1));
	counters_are(d, 0, 2, 0);
	assert_true(delivery_is_idle(d));
	delivery_free(&d);
}

static void
attempts_become_rarer_and_come_to_no_more_than_two_a_minute(void **state)
{
	struct delivery_settings set = settings_of(SINK_UNIX_STREAM);
	struct delivery *d = begin(&set);
	int64_t until_ns, gap_ns, last_ns = 0;
	short events;

	(void)state;
	for (int attempt = 0; attempt < 20; attempt++) {
		delivery_work(d, &clock_of_test);
		(void)delivery_poll(d, &clock_of_test, &events, &until_ns);
		gap_ns = until_ns - clock_of_test.steady_ns;
		assert_in_range(gap_ns, 180000000, 37500000000);
		if (attempt > 10)
			assert_in_range(gap_ns, 22000000000, 37500000000);
		last_ns = gap_ns;
		clock_of_test.steady_ns = until_ns;
	}
	assert_true(last_ns > 0);
	delivery_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_waits_leaves_in_order_once_somebody_listens),
		cmocka_unit_test(what_was_not_read_is_sent_again_from_its_first_byte),
		cmocka_unit_test(a_slow_reader_gets_everything),
		cmocka_unit_test(without_a_spool_the_newest_are_dropped_and_alerts_last),
		cmocka_unit_test(a_spool_takes_over_and_survives_a_restart),
		cmocka_unit_test(what_goes_to_the_spool_from_memory_leaves_once),
		cmocka_unit_test(a_restless_peer_loses_nothing),
		cmocka_unit_test(datagrams_are_whole_and_too_large_ones_are_counted),
		cmocka_unit_test(a_limit_of_patience_ends_it),
		cmocka_unit_test(attempts_become_rarer_and_come_to_no_more_than_two_a_minute),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
