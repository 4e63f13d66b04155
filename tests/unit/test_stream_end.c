/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How connections end, why, and what a full table does. */
#include "unit.h"

#include "packets.h"

#include <stdio.h>

#include "base/clock.h"

static const struct packets_row rows[] = {
	/* FIN */
	{ "both sides", "hs C:A=x C:FA S:A S:FA C:A", "open C=x fin" },
	{ "FIN with the last data", "hs C:FA=x S:FA=y C:A", "open C=x S=y fin" },
	{ "both at once", "hs C:FA S:FA^0 C:A S:A", "open fin" },
	{ "the last ACK is lost", "hs C:FA S:FA", "open end" },
	{ "the last ACK is lost, then silence", "hs C:FA S:FA^1 +3601000 C:A@999999999",
	    "open fin" },
	{ "half closed, and the other goes on", "hs C:FA S:A S:A=x S:A=y C:A S:FA C:A",
	    "open S=xy fin" },
	{ "FIN before the data", "hs C:FA@3 C:A@0=abc S:FA C:A@4", "open C=abc fin" },
	{ "FIN repeated", "hs C:FA C:FA@0 S:FA S:FA@0 C:A", "open fin" },
	{ "forged FIN", "hs C:FA@500 C:A@0=abc C:FA@3 S:FA^4 C:A@4", "open C=abc fin" },
	{ "forged FIN hides no loss", "hs C:A=abc C:FA@1 C:A@9=x S:A^10 +200 S:A^10",
	    "open C=abc Cgap6 C=x end" },
	{ "forged FINs in the past", "hs S:A=220 C:A=EHLO S:A S:FA@2 C:FA@3 C:A S:A=250",
	    "open S=220 C=EHLO S=250 end" },
	{ "forged FINs before the first byte",
	    "C:S S:SA S:FA@4294967295 C:FA@4294967295 C:A S:A=220 C:A=x", "open S=220 C=x end" },
	{ "late packets", "hs C:FA S:FA C:A C:FA@0 S:FA@0 C:A@1 C:A@0=x", "open fin" },
	{ "one-way", "C:S C:A C:A=x C:FA", "midstream C=x fin" },
	{ "one-way, more of it", "C:A@0^5=x C:A^5=y C:FA^5 C:A^5", "midstream C=xy fin" },
	{ "forged, both of them", "hs C:FA^1*9 S:FA^1*9 C:A@0^0=xx S:A@0^1=yy",
	    "open left C=xx S=yy end" },
	{ "forged, and acknowledged", "hs S:A=220 C:FA^3*9 S:FA^1*9 C:A@1^4*9 "
	    "+50000 C:A@0^3=xx S:A@3^1=yy", "open S=220 left C=xx S=yy end" },
	{ "forged, behind forged packets", "hs C:A*9 C:A*9 C:A*9 C:A*9 C:A*9 C:A*9 S:A*9 S:A*9 "
	    "S:A*9 S:A*9 S:A*9 S:A*9 C:FA^0*9 S:FA^1*9 C:A@1^1*9 C:A@0^0=xx S:A@0^1=yy",
	    "open left C=xx S=yy end" },
	{ "forged, with acknowledgements of each other", "hs C:FA^1 S:FA^1 C:A@1^1 C:A@0^0=xx "
	    "S:A@0^1=yy", "open left C=xx S=yy end" },
	{ "forged, with old acknowledgements", "hs S:A=220 C:A C:FA^0 S:FA^1 C:A@1^4 C:A@0^3=xx "
	    "S:A@3^1=yy", "open S=220 left C=xx S=yy end" },
	{ "forged, with old timestamps", "hs C:A&20 S:A&20 C:FA&19 S:FA&19 C:A&19 C:A@0^0=xx&21 "
	    "S:A@0^1=yy&21", "open left C=xx S=yy end" },
	{ "forged far ahead, both", "hs C:FA@500^601*9 S:FA@600^501*9 C:A@0^0=xx S:A@0^1=yy "
	    "C:A@1^1", "open left C=xx S=yy end" },
	{ "forged, behind a forged copy", "hs C:A=220 S:A C:A@0=220*9 C:FA@3*9 S:FA^4*9 C:A@4^1*9 "
	    "C:A@3^0=xx S:A@0^5=yy", "open C=220 left C=xx S=yy end" },
	{ "forged, with data", "hs S:A=220 C:FA^3=zz*9 S:FA^3=zz*9 C:A@3^6*9 "
	    "C:A@2^3=xx S:A@5^4=yy", "open S=220 C=zz S=zz left C=xx S=yy end" },
	{ "from a new route", "hs C:A=x*51 S:A C:FA*51 S:FA^2 C:A*51", "open C=x fin" },
	{ "behind a proxy of handshakes", "C:S S:SA*200 C:A S:A=x C:A C:FA S:FA C:A",
	    "open S=x fin" },
	{ "from elsewhere", "hs C:A=x S:A C:FA*51 S:FA^2 C:A", "open C=x left fin" },
	{ "from elsewhere, and the ports again", "hs C:A=x S:A C:FA*51 S:FA^2 C:A "
	    "C:S@9000 S:SA@9000^9000 C:A@9000^9000 C:A@9000=x", "open C=x left fin open C=x end" },
	{ "behind a sign of life", "hs C:FA S:A C:A@0=? S:FA^1 C:A@1", "open C=? left fin" },
	{ "out of step", "hs S:FA^4=250 C:A^0=QUIT C:FA^4 S:A@4^5", "open C=QUIT S=250 fin" },

	/* RST: the exact number, or none. */
	{ "by the client", "hs C:A=x C:R", "open C=x Creset rst" },
	{ "by the server", "hs C:A=x S:RA", "open C=x Sreset rst" },
	{ "behind a FIN", "hs C:FA S:A C:R@1", "open rst" },
	{ "behind a FIN that nobody acknowledged", "hs C:FA C:R@1", "open rst" },
	{ "behind a FIN, from somewhere else", "hs C:FA S:A C:R@1*9 S:A=y", "open Creset S=y rst" },
	{ "behind a FIN that came before its cause", "hs C:FA^1 C:R@1 S:A^0=y S:A^0=z",
	    "open Creset S=yz rst" },
	{ "behind a FIN far ahead", "hs S:A=220 C:A S:FA@70000 S:R@70001 C:A^3=x S:A@3=y",
	    "open S=220 C=x S=y end" },
	{ "behind what waits for its cause", "hs S:A^4=250 S:A^4=OK S:R C:A^0=EHLO",
	    "open Sreset C=EHLO S=250OK rst" },
	{ "behind a FIN that waits for its cause", "hs S:FA^4=250 S:R@4 C:A^0=EHLO",
	    "open Sreset C=EHLO S=250 rst" },
	{ "at what the receiver acknowledged", "hs S:A=220 C:A S:A@9=x S:R@3",
	    "open S=220 Sreset Sgap6 S=x rst" },
	{ "at the end of early bytes that nobody acknowledged",
	    "hs S:A=220 C:A S:A@60000=zz S:R@60002 +70000 C:A^3=x S:A@3^1=y",
	    "open S=220 C=x S=y Sgap59996 S=zz end" },
	{ "behind a FIN, and what is lost before it was received",
	    "hs C:A=x C:FA@5 S:A^5 C:R@6", "open C=x Cgap4 rst" },
	{ "behind what waits in another order",
	    "hs S:A@3^4=OK S:A@0^4=250 S:R@5 C:A^0=EHLO", "open Sreset C=EHLO S=250OK rst" },
	{ "behind a FIN without an ACK", "hs C:A=x S:A C:F@1 C:R@2 C:A@1=y S:A=z",
	    "open C=x Creset Clives C=y S=z end" },
	{ "blind, in the window", "hs C:A=x C:R@100 S:R@1 C:A=y S:A",
	    "open C=xy end" },
	{ "blind, or what came before it was lost", "hs C:A=x S:A C:R@8", "open C=x Cgap7 end" },
	{ "... behind a FIN", "hs C:A=x C:FA S:A C:R@8", "open C=x end" },
	{ "blind, old", "hs C:A=abc C:R@0 C:A=d", "open C=abcd end" },
	{ "of what was under way", "S:A@0=220 S:R", "midstream S=220 Sreset rst" },
	{ "of a side that said nothing", "C:A@0=x C:A=y S:RA@7",
	    "midstream C=xy Sgap7 end" },
	{ "before the ACK", "C:S S:SA S:A=220 C:R", "midstream S=220 Creset rst" },
	{ "what was under way to who has reset", "hs C:R S:A=y S:A=z C:R C:R",
	    "open Creset S=yz rst" },
	{ "late packets behind it", "hs C:R S:A=y +61000 C:R", "open Creset S=y rst" },
	{ "captured before what the other said", "hs S:A=a C:A C:A=x C:R C:A@0=x",
	    "open S=a C=x Creset rst" },

	/* ... and who is said to have sent it goes on: it was forged. */
	{ "outlived by the server", "hs C:A=a S:R C:A=b S:A=c C:FA S:FA C:A",
	    "open C=a Sreset C=b Slives S=c fin" },
	{ "outlived by the client", "hs S:A=220 C:R C:A=x S:A=y",
	    "open S=220 Creset Clives C=x S=y end" },
	{ "of both sides", "hs S:R C:R C:A=x S:A=y C:R S:A=z",
	    "open Sreset C=x Slives S=y Creset S=z rst" },
	{ "with a FIN before it", "hs S:A=220 C:FA^3*9 C:R@1*9 C:A@0^3=xx S:A@3^2=y",
	    "open S=220 Creset Clives C=xx S=y end" },
	{ "only empty packets behind it", "hs C:R C:A S:A C:A", "open Creset rst" },

	/* Silence. */
	{ "an hour", "hs C:A=x +3601000 C:A=y C:A=z",
	    "open C=x idle midstream C=yz end" },
	{ "not yet an hour", "hs C:A=x +3599000 C:A=y", "open C=xy end" },
	{ "of a handshake that nobody finished", "C:S S:SA +61000 C:A@99",
	    "attempt:idle" },
	{ "what is held is not lost", "S:A@0=220 +61000 C:A@99", "midstream S=220 idle" },
};

static void
connections_end(void **state)
{
	(void)state;
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
who_reset_is_told(void **state)
{
	struct recorder r = { 0 };

	(void)state;
	packets_run("hs S:RA", &r);
	assert_true(r.flow.reset_by[SIDE_SERVER] && !r.flow.reset_by[SIDE_CLIENT]);
	r = (struct recorder){ 0 };
	packets_run("C:S S:RA", &r);
	assert_true(r.flow.reset_by[SIDE_SERVER] && !r.flow.reset_by[SIDE_CLIENT]);
	assert_int_equal(r.flow.packets[SIDE_CLIENT], 1);
	r = (struct recorder){ 0 };
	packets_run("C:S C:R", &r);
	assert_string_equal(r.log, "refused attempt:rst");
	assert_true(!r.flow.reset_by[SIDE_SERVER] && r.flow.reset_by[SIDE_CLIENT]);
	r = (struct recorder){ 0 };
	packets_run("hs C:A=x C:R@100", &r);
	assert_false(r.flow.reset_by[SIDE_SERVER] || r.flow.reset_by[SIDE_CLIENT]);
}

/* Another client each: port 40000 + i. */
static void
play_from(struct wire *w, unsigned i, const char *script)
{
	w->port[SIDE_CLIENT] = (uint16_t)(40000 + i);
	w->peer[SIDE_CLIENT].sent = w->peer[SIDE_SERVER].sent = 0;
	wire_play(w, script);
}

static void
a_full_table_forgets_the_longest_idle(void **state)
{
	const struct stream_limits limits = { .established_max = 3, .half_open_max = 4 };
	struct recorder r = { 0 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		play_from(&w, i, "hs");
	play_from(&w, 0, "C:A=x");
	play_from(&w, 3, "hs");
	assert_string_equal(r.log, "open open open C=x evicted open");
	assert_int_equal(r.closed.tuple.port[SIDE_CLIENT], 40001);
	assert_int_equal(packets_counter(s, "flow.evicted"), 1);
	assert_int_equal(packets_counter(s, "flow.active"), 3);
	stream_finish(s);
	assert_int_equal(r.opens, r.closes);
	packets_free(&s);
}

/* They take a place of their own, so that none that is read makes way for them. */
static void
shunted_ones_have_their_own_room(void **state)
{
	const struct stream_limits limits = { .established_max = 3, .shunted_max = 1,
		.half_open_max = 4 };
	struct recorder r = { .stop_after = 1 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		play_from(&w, i, "hs");
	play_from(&w, 2, "C:A=x");
	play_from(&w, 3, "hs");
	assert_string_equal(r.log, "open open open C=x open");
	play_from(&w, 1, "C:A=x");
	assert_string_equal(r.log, "open open open C=x open C=x evicted");
	assert_int_equal(r.closed.tuple.port[SIDE_CLIENT], 40002);
	stream_finish(s);
	packets_free(&s);
}

static void
a_flood_of_syns_evicts_no_connection(void **state)
{
	const struct stream_limits limits = { .established_max = 4, .half_open_max = 8 };
	struct recorder r = { 0 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	play_from(&w, 0, "hs C:A=a");
	for (unsigned i = 1; i < 20000; i++)
		play_from(&w, i, "C:S=data");
	w.peer[SIDE_CLIENT].sent = 1;
	w.port[SIDE_CLIENT] = 40000;
	wire_play(&w, "C:A=b S:A=c");
	assert_string_equal(r.log, "open C=ab S=c");
	assert_int_equal(packets_counter(s, "flow.evicted"), 0);
	assert_int_equal(packets_counter(s, "flow.evicted_half_open"), 19999 - 8);
	stream_finish(s);
	assert_int_equal(r.attempts, 8);
	packets_free(&s);
}

/* Room is made by ends that want room themselves: never at the cost of who it is made for. */
static void
who_makes_room_keeps_its_own(void **state)
{
	const struct stream_limits limits = { .established_max = 2, .half_open_max = 2 };
	struct recorder r = { 0 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	/* under way, alone, and so waiting; one that was reset; one that goes on */
	play_from(&w, 0, "C:A@0=x");
	play_from(&w, 1, "hs");
	play_from(&w, 2, "hs");
	w.now_ns += 30 * CLOCK_SECOND_NS;
	play_from(&w, 1, "S:RA");
	play_from(&w, 3, "C:S");
	w.now_ns += 31 * CLOCK_SECOND_NS;
	play_from(&w, 2, "C:A");
	assert_string_equal(r.log, "open open Sreset rst midstream C=x idle");
	stream_finish(s);
	assert_int_equal(packets_counter(s, "flow.active"), 0);
	packets_free(&s);
}

/* The only one that waits is established, and needs the room of one that was reset. */
static void
who_is_established_does_not_wait_any_more(void **state)
{
	const struct stream_limits limits = { .established_max = 1, .half_open_max = 1 };
	struct recorder r = { 0 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	play_from(&w, 0, "hs S:RA");
	play_from(&w, 1, "hs C:A=x");
	assert_string_equal(r.log, "open Sreset rst open C=x");
	stream_finish(s);
	assert_string_equal(r.log, "open Sreset rst open C=x end");
	packets_free(&s);
}

/* An end that no packet brings is told with the last frame of the connection. */
static void
silence_ends_at_the_last_frame(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	play_from(&w, 0, "hs C:A@4=late S:A");
	w.now_ns += 2 * 3600 * CLOCK_SECOND_NS;
	play_from(&w, 1, "C:S");
	assert_string_equal(r.log, "open Cgap4 C=late idle");
	assert_int_equal(r.last_frame, 5);
	assert_int_equal(r.closed.last.number, 5);
	packets_free(&s);
}

/* A packet with a wrong clock must not end everything. */
static void
one_packet_from_the_future_ends_little(void **state)
{
	struct recorder r = { .quiet = true };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);
	const int64_t now_ns = w.now_ns;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		play_from(&w, i, "hs");
	w.now_ns += 365 * CLOCK_DAY_NS;
	play_from(&w, 100, "C:S");
	w.now_ns = now_ns;
	play_from(&w, 101, "C:S");
	assert_in_range(r.closes, 1, 16);
	stream_finish(s);
	assert_int_equal(r.closes, 100);
	packets_free(&s);
}

/* The end of input closes in the order in which connections were first seen. */
static void
the_end_of_input_is_in_order(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	play_from(&w, 0, "C:S");
	play_from(&w, 1, "hs");
	play_from(&w, 2, "S:A=220");
	play_from(&w, 3, "hs C:A=x");
	play_from(&w, 1, "C:A");
	stream_finish(s);
	assert_string_equal(r.log,
	    "open open C=x attempt:end end midstream S=220 end end");
	assert_int_equal(packets_counter(s, "flow.active"), 0);
	stream_finish(s);
	assert_int_equal(r.closes, 3);
	packets_free(&s);
}

static void
without_finish_nothing_is_told(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A@5=early S:A^0=x");
	packets_free(&s);
	assert_string_equal(r.log, "open S=x");
	stream_free(&s);
}

static void
limits_that_cannot_be_are_refused(void **state)
{
	static const struct stream_limits limits[] = {
		{ .established_max = SIZE_MAX },
		{ .half_open_max = SIZE_MAX },
		{ .shunted_max = SIZE_MAX },
		{ .established_max = STREAM_ESTABLISHED_MAX + 1 },	/* not at first */
	};
	struct recorder r = { 0 };
	const struct stream_listener listener = recorder_listener(&r);
	struct stream *s = packets_stream(NULL, &r);

	(void)state;
	packets_free(&s);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct err e = { "" };

		assert_null(stream_new(&limits[i], &listener, &e));
		assert_string_not_equal(e.text, "");
	}
}

static void
one_stream_at_a_time(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	const struct stream_limits limits = { .established_max = 10 };
	const struct stream_listener listener = recorder_listener(&r);
	struct err e = { "" };

	(void)state;
	assert_null(stream_new(&limits, &listener, &e));
	assert_string_not_equal(e.text, "");
	packets_free(&s);
	s = packets_stream(&limits, &r);
	packets_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_end),
		cmocka_unit_test(who_reset_is_told),
		cmocka_unit_test(a_full_table_forgets_the_longest_idle),
		cmocka_unit_test(shunted_ones_have_their_own_room),
		cmocka_unit_test(a_flood_of_syns_evicts_no_connection),
		cmocka_unit_test(who_makes_room_keeps_its_own),
		cmocka_unit_test(who_is_established_does_not_wait_any_more),
		cmocka_unit_test(silence_ends_at_the_last_frame),
		cmocka_unit_test(one_packet_from_the_future_ends_little),
		cmocka_unit_test(the_end_of_input_is_in_order),
		cmocka_unit_test(without_finish_nothing_is_told),
		cmocka_unit_test(limits_that_cannot_be_are_refused),
		cmocka_unit_test(one_stream_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
