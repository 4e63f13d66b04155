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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_what_was_added),
		cmocka_unit_test(nothing_is_missing_from_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
