/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that wait: in at the end, out at the front, never beyond the limit. */
#include "unit.h"

#include "session/buffer.h"

static void
bytes_keep_their_order(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	assert_true(buffer_add(&b, span_text("first "), 100));
	assert_true(buffer_add(&b, span_text("second"), 100));
	assert_true(span_equals(buffer_span(&b), span_text("first second")));
	buffer_drop(&b, 3);
	assert_true(span_equals(buffer_span(&b), span_text("st second")));
	assert_true(buffer_add(&b, span_text("!"), 100));
	assert_true(span_equals(buffer_span(&b), span_text("st second!")));
	buffer_clear(&b);
}

static void
the_limit_holds(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	assert_true(buffer_add(&b, span_text("12345"), 8));
	assert_false(buffer_add(&b, span_text("6789"), 8));
	assert_true(span_equals(buffer_span(&b), span_text("12345")));
	assert_true(buffer_add(&b, span_text("678"), 8));
	assert_false(buffer_add(&b, span_text("9"), 8));
	assert_true(buffer_add(&b, span_text(""), 8));
	assert_false(buffer_add(&b, span_of("", SIZE_MAX), 8));
	buffer_clear(&b);
}

static void
an_empty_buffer_has_no_memory(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	assert_true(buffer_add(&b, span_text(""), 8));
	assert_true(buffer_add(&b, span_text("12345"), 8));
	buffer_drop(&b, 5);
	assert_null(b.p);
	assert_int_equal(b.size, 0);
	assert_true(buffer_add(&b, span_text("12345"), 8));
	buffer_drop(&b, 100);
	assert_null(b.p);
	buffer_clear(&b);
	assert_int_equal(buffer_span(&b).n, 0);
}

static void
it_grows_as_far_as_it_must(void **state)
{
	struct buffer b = { 0 };
	uint8_t piece[1000];

	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		memset(piece, (int)i, sizeof(piece));
		assert_true(buffer_add(&b, span_of(piece, sizeof(piece)), 64000));
	}
	assert_false(buffer_add(&b, span_of(piece, 1), 64000));
	for (unsigned i = 0; i < 64000; i++)
		assert_int_equal(b.p[i], i / 1000);
	buffer_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_keep_their_order),
		cmocka_unit_test(the_limit_holds),
		cmocka_unit_test(an_empty_buffer_has_no_memory),
		cmocka_unit_test(it_grows_as_far_as_it_must),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
