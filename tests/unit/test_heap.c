/* SPDX-License-Identifier: GPL-2.0-or-later */
/* However it is filled and changed, the heap gives times in order, and equal ones by index. */
#include "unit.h"

#include <stdbool.h>

#include "capture/heap.h"

enum { ENTRIES = 64, ROUNDS = 2000 };

/* A small generator of our own, so that a failure can be repeated. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* The entry that must be on top, found the slow way in the model. */
static size_t
first_in(const int64_t *times, const bool *present)
{
	size_t best = ENTRIES;

	for (size_t i = 0; i < ENTRIES; i++) {
		if (present[i] && (best == ENTRIES || times[i] < times[best]))
			best = i;
	}
	return best;
}

static void
the_top_is_always_the_first(void **state)
{
	struct heap_entry room[ENTRIES];
	struct heap heap = { .entries = room };
	int64_t times[ENTRIES] = { 0 };
	bool present[ENTRIES] = { false };
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		size_t index = next_random(&seed) % ENTRIES;
		int64_t at_ns = next_random(&seed) % 16;

		if (!present[index]) {
			heap_push(&heap, (struct heap_entry){ at_ns, index });
			present[index] = true;
			times[index] = at_ns;
		} else if (at_ns < 4) {
			present[heap.entries[0].index] = false;
			heap_pop(&heap);
		} else {
			times[heap.entries[0].index] = at_ns;
			heap_move_top(&heap, at_ns);
		}
		if (heap.count > 0)
			assert_int_equal(heap.entries[0].index, first_in(times, present));
		else
			assert_int_equal(first_in(times, present), ENTRIES);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_top_is_always_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
