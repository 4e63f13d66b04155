/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On a live interface time passes without packets, and packets pass without being seen. */
#include "unit.h"

#include "base/clock.h"
#include "packets.h"

static void
silence_ends_a_connection_without_another_packet(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A=x");
	stream_pass_time(s, w.now_ns + STREAM_ESTABLISHED_IDLE_S * CLOCK_SECOND_NS);
	assert_string_equal(r.log, "open C=x");
	stream_pass_time(s, w.now_ns - CLOCK_SECOND_NS);
	stream_pass_time(s, w.now_ns + (STREAM_ESTABLISHED_IDLE_S + 1) * CLOCK_SECOND_NS);
	assert_string_equal(r.log, "open C=x idle");
	assert_int_equal(packets_counter(s, "flow.active"), 0);
	packets_free(&s);
}

static void
silence_is_silence_when_the_clock_was_set_back(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s), other;

	(void)state;
	wire_play(&w, "hs C:A=x");
	other = wire_new(s);
	other.now_ns = w.now_ns - (STREAM_ESTABLISHED_IDLE_S + 2) * CLOCK_SECOND_NS;
	other.port[SIDE_CLIENT]++;
	wire_play(&other, "C:S");
	assert_string_equal(r.log, "open C=x idle");
	packets_free(&s);
}

static void
a_reset_is_told_when_its_minute_has_passed(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A=x S:RA");
	stream_pass_time(s, w.now_ns + (STREAM_HALF_OPEN_IDLE_S + 1) * CLOCK_SECOND_NS);
	assert_string_equal(r.log, "open C=x Sreset rst");
	packets_free(&s);
}

static void
what_is_open_when_sight_is_lost_was_not_seen_whole(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A=x S:A=y");
	assert_true(flow_seen_whole(&r.flow));
	stream_lose_sight(s);
	wire_play(&w, "C:FA S:FA C:A");
	assert_string_equal(r.log, "open C=x S=y fin");
	assert_false(flow_seen_whole(&r.closed));
	/* nor is it known how long it was silent: perhaps it was the clock that was set */
	w = wire_new(s);
	w.port[SIDE_CLIENT] += 2;
	wire_play(&w, "hs C:A=x S:A=y");
	stream_lose_sight(s);
	stream_pass_time(s, w.now_ns + (STREAM_ESTABLISHED_IDLE_S + 1) * CLOCK_SECOND_NS);
	assert_int_equal(r.closed.end, FLOW_IDLE);
	assert_true(r.closed.silent_ns == 0);
	/* of the next one everything is seen */
	w = wire_new(s);
	w.port[SIDE_CLIENT]++;
	wire_play(&w, "hs C:A=x S:A=y C:FA S:FA C:A");
	assert_true(flow_seen_whole(&r.closed));
	packets_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_ends_a_connection_without_another_packet),
		cmocka_unit_test(silence_is_silence_when_the_clock_was_set_back),
		cmocka_unit_test(a_reset_is_told_when_its_minute_has_passed),
		cmocka_unit_test(what_is_open_when_sight_is_lost_was_not_seen_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
