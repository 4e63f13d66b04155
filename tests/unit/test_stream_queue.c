/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of early bytes, against a map of single bytes, wherever the numbers wrap. */
#include "unit.h"

#include "packets.h"
#include "stream/queue.h"

enum { MAP_SIZE = 300 };

/* The ranges must be in order, apart, and exactly the bytes of the map. */
static void
check(const struct queue *q, uint32_t base, const bool map[MAP_SIZE])
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < q->count; i++) {
		const uint32_t start = q->range[i].start - base;
		const uint32_t end = q->range[i].end - base;

		assert_true(start < end && end <= MAP_SIZE);
		assert_true(i == 0 || start > at);
		for (; at < start; at++)
			assert_false(map[at]);
		for (; at < end; at++)
			assert_true(map[at]);
	}
	for (; at < MAP_SIZE; at++)
		assert_false(map[at]);
}

/* Add whatever of [start, end) is missing, as feeding a segment does. */
static void
add(struct queue *q, uint32_t base, bool map[MAP_SIZE], uint32_t start, uint32_t end)
{
	struct queue_range missing;

	while (queue_find_missing(q, base + start, base + end, &missing)) {
		for (uint32_t i = start; i < missing.start - base; i++)
			assert_true(map[i]);
		for (start = missing.start - base; start < missing.end - base; start++) {
			assert_false(map[start]);
			map[start] = true;
		}
		queue_add(q, missing.start, missing.end);
	}
	for (; start < end; start++)
		assert_true(map[start]);
}

static void
ranges_are_what_was_added(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 2000; seed++) {
		uint64_t random = seed;
		const uint32_t base = UINT32_MAX - packets_random(&random, 2 * MAP_SIZE);
		bool map[MAP_SIZE] = { false };
		struct queue q = { .count = 0 };

		for (int i = 0; i < 40; i++) {
			const uint32_t start = packets_random(&random, MAP_SIZE);
			const uint32_t end = start + 1 + packets_random(&random, 30);

			add(&q, base, map, start, end < MAP_SIZE ? end : MAP_SIZE);
			check(&q, base, map);
		}
		if (q.count > 1) {
			const uint32_t next = q.range[0].end;

			memset(map, 0, next - base);
			queue_trim(&q, next);
			check(&q, base, map);
		}
	}
}

static void
nothing_is_missing_from_nothing(void **state)
{
	struct queue_range missing;

	(void)state;
	assert_false(queue_find_missing(NULL, 5, 5, &missing));
	assert_true(queue_find_missing(NULL, 5, 9, &missing));
	assert_int_equal(missing.start, 5);
	assert_int_equal(missing.end, 9);
}

/* Another client each, with bytes behind a hole. */
static void
hold_early(struct wire *w, unsigned i)
{
	w->port[SIDE_CLIENT] = (uint16_t)(40000 + i);
	w->peer[SIDE_CLIENT].sent = w->peer[SIDE_SERVER].sent = 0;
	wire_play(w, "hs C:A@4=late");
}

/* A queue takes a block of 2 KB, and what libnids counts for its bytes. */
static void
those_who_wait_longest_give_up(void **state)
{
	const struct stream_limits limits = { .early_max = 3 * 2400 };
	struct recorder r = { 0 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		hold_early(&w, i);
	assert_string_equal(r.log, "open open open");
	hold_early(&w, 3);
	assert_string_equal(r.log, "open open open open Cgap4 C=late");
	assert_int_equal(r.flow.tuple.port[SIDE_CLIENT], 40000);
	assert_int_equal(packets_counter(s, "stream.early_given_up"), 1);
	stream_finish(s);
	assert_int_equal(packets_counter(s, "stream.early_bytes"), 0);
	packets_free(&s);
}

static void
one_connection_holds_so_much(void **state)
{
	const struct stream_limits limits = { .early_connection_max = 6000 };
	struct recorder r = { 0 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A@4=late S:A@9^0=late");
	assert_string_equal(r.log, "open");
	for (int i = 0; i < 4; i++)
		wire_play(&w, "C:A^0=abcd");
	assert_true(packets_counter(s, "stream.early_bytes") <= 6000);
	for (int i = 0; i < 4; i++)
		wire_play(&w, "C:A^0=abcd");
	assert_string_equal(r.log, "open Cgap4 C=lateabcdabcdabcdabcdabcdabcdabcdabcd");
	stream_finish(s);
	packets_free(&s);
}

/* Behind a FIN that was acknowledged nobody says anything, so nothing makes room there. */
static void
what_stands_behind_an_end_is_dropped(void **state)
{
	const struct stream_limits limits = { .early_max = 2000 };
	struct recorder r = { 0 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A=hello C:FA S:A^6 C:A@20=later C:A@40=latest");
	assert_int_equal(packets_counter(s, "stream.early_given_up"), 2);
	assert_int_equal(packets_counter(s, "stream.early_bytes"), 0);
	wire_play(&w, "S:A^6=bye");
	stream_finish(s);
	assert_string_equal(r.log, "open C=hello S=bye end");
	packets_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_behind_an_end_is_dropped),
		cmocka_unit_test(ranges_are_what_was_added),
		cmocka_unit_test(nothing_is_missing_from_nothing),
		cmocka_unit_test(those_who_wait_longest_give_up),
		cmocka_unit_test(one_connection_holds_so_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
