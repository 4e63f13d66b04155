/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes come out once, in order, however TCP cut, repeated or reordered them. */
#include "unit.h"

#include "packets.h"

static const struct packets_row rows[] = {
	{ "in order", "hs S:A=220 C:A=EHLO S:A=250 C:A",
	    "open S=220 C=EHLO S=250 end" },
	{ "joined", "hs C:A=ab C:A=cd", "open C=abcd end" },
	{ "one byte each", "hs C:A=a C:A=b C:A=c C:A=d", "open C=abcd end" },
	{ "two swapped", "hs C:A@2=cd C:A@0=ab", "open C=abcd end" },
	{ "both sides, swapped", "hs C:A@2=cd S:A@2=23 S:A@0=01 C:A@0=ab",
	    "open S=0123 C=abcd end" },
	{ "repeated", "hs C:A@0=abcd C:A@0=abcd C:A=e", "open C=abcde end" },
	{ "repeated while early", "hs C:A@2=cd C:A@2=cd C:A@0=ab", "open C=abcd end" },
	{ "repeated in part", "hs C:A@0=abc C:A@1=bcde", "open C=abcde end" },
	{ "repeated and more before", "hs C:A@2=cde C:A@0=abcdefg",
	    "open C=abcdefg end" },
	{ "early pieces bridged", "hs C:A@1=b C:A@3=d C:A@0=abcde C:A=f",
	    "open C=abcdef end" },
	{ "the first copy wins while early", "hs C:A@2=cd C:A@1=bXYe C:A@0=a",
	    "open C=abcde C!bcde|bXYe end" },
	{ "nothing twice behind a hole", "hs C:A@4=ef C:A@2=cdef C:A@2=cdefgh C:A@0=ab",
	    "open C=abcdefgh end" },
	{ "empty segments", "hs C:A C:A=a C:A S:A C:A=b", "open C=ab end" },
	{ "URG is data like any other", "hs C:AU=ab C:A=cd", "open C=abcd end" },
	{ "zero bytes of its own", "hs C:A@1=b C:A@0=a S:A=x", "open C=ab S=x end" },
};

static void
bytes_come_out_once_and_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct recorder r = { 0 };

		packets_run(rows[i].script, &r);
		assert_true(flow_seen_whole(&r.flow));
	}
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
ipv6_is_like_ipv4(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct recorder r = { 0 };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new_ipv6(s);

		wire_play(&w, rows[i].script);
		stream_finish(s);
		assert_string_equal(r.log, rows[i].log);
		assert_int_equal(r.flow.tuple.addr[SIDE_SERVER].family, 6);
		packets_free(&s);
	}
}

static void
numbers_wrap(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (uint32_t before = 0; before < 8; before++) {
			struct recorder r = { 0 };
			struct stream *s = packets_stream(NULL, &r);
			struct wire w = wire_new(s);

			w.peer[SIDE_CLIENT].isn = UINT32_MAX - before;
			w.peer[SIDE_SERVER].isn = UINT32_MAX / 2 - before;
			wire_play(&w, rows[i].script);
			stream_finish(s);
			assert_string_equal(r.log, rows[i].log);
			packets_free(&s);
		}
	}
}

static void
every_order_of_four_segments(void **state)
{
	static const char *const words[] = {
		"C:A@0=abc", "C:A@3=d", "C:A@4=efg", "C:A@7=hi",
	};

	(void)state;
	for (unsigned order = 0; order < 256; order++) {
		const unsigned digits[4] = {
			order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6,
		};
		unsigned seen = 0;
		struct recorder r = { 0 };
		struct stream *s;
		struct wire w;

		for (int i = 0; i < 4; i++)
			seen |= 1U << digits[i];
		if (seen != 15)
			continue;	/* not a permutation */
		s = packets_stream(NULL, &r);
		w = wire_new(s);
		wire_play(&w, "hs");
		for (int i = 0; i < 4; i++)
			wire_play(&w, words[digits[i]]);
		stream_finish(s);
		assert_string_equal(r.log, "open C=abcdefghi end");
		packets_free(&s);
	}
}

/* Frames are told as those that made the bytes readable. */
static void
the_frame_is_the_one_that_released_the_bytes(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A@1=b");
	assert_int_equal(r.last_frame, 0);
	wire_play(&w, "C:A@2=c C:A@0=a");
	assert_string_equal(r.log, "open C=abc");
	assert_int_equal(r.last_frame, 6);
	stream_finish(s);
	packets_free(&s);
}

/* Segments of this size, larger than libnids can queue at once. */
static void
play_large(struct wire *w, const uint8_t *bytes, size_t from, size_t n)
{
	const struct segment segment = wire_segment(w, SIDE_CLIENT, TCP_ACK,
	    (uint32_t)from, span_of(bytes + from, n));

	wire_send(w, &segment);
}

static void
segments_may_be_larger_than_the_queue(void **state)
{
	static uint8_t bytes[200000];
	struct recorder r = { .quiet = true, .said = { bytes } };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 251 + 1);
	wire_play(&w, "hs");
	play_large(&w, bytes, 0, 100000);
	play_large(&w, bytes, 50000, 150000);
	assert_int_equal(r.delivered[SIDE_CLIENT], sizeof(bytes));
	stream_finish(s);
	packets_free(&s);
}

/* 4.5 GB pass through libnids, whose counters have 31 bits and whose window is 1 GB. */
static void
a_long_stream_and_a_silent_receiver(void **state)
{
	enum { PIECE = 60000, PIECES = 75000 };
	static uint8_t bytes[PIECE];
	struct recorder r = { .quiet = true };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs");
	for (uint32_t i = 0; i < PIECES; i++) {
		const struct segment segment = wire_segment(&w, SIDE_CLIENT, TCP_ACK,
		    i * PIECE, span_of(bytes, PIECE));

		stream_segment(s, &segment);
	}
	assert_int_equal(r.delivered[SIDE_CLIENT], (uint64_t)PIECE * PIECES);
	assert_int_equal(r.lost[SIDE_CLIENT], 0);
	wire_play(&w, "S:A@0^205032704=still S:A=there");
	assert_int_equal(r.delivered[SIDE_SERVER], 10);
	stream_finish(s);
	packets_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_out_once_and_in_order),
		cmocka_unit_test(ipv6_is_like_ipv4),
		cmocka_unit_test(numbers_wrap),
		cmocka_unit_test(every_order_of_four_segments),
		cmocka_unit_test(the_frame_is_the_one_that_released_the_bytes),
		cmocka_unit_test(segments_may_be_larger_than_the_queue),
		cmocka_unit_test(a_long_stream_and_a_silent_receiver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
