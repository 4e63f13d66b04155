/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is given back at once: pieces are zeroed, aligned, apart, and of any size. */
#include <stdalign.h>

#include "unit.h"

#include "base/arena.h"

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 100, 16 * 1024, 1, 100 * 1024, 3 };
	enum { PIECES = sizeof(sizes) / sizeof(sizes[0]) };
	struct arena *a = arena_new();
	unsigned char *piece[PIECES];

	(void)state;
	for (size_t i = 0; i < PIECES; i++) {
		piece[i] = arena_alloc(a, sizes[i]);
		assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(piece[i][j], 0);
		memset(piece[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < PIECES; i++) {
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(piece[i][j], i + 1);
	}
	arena_free(&a);
	assert_null(a);
	arena_free(&a);
}

static void
texts_are_terminated(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(arena_text(a, "starttls", 5), "start");
	assert_string_equal(arena_text(a, NULL, 0), "");
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(texts_are_terminated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
