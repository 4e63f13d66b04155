/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BER as LDAP restricts it: RFC 4511 §5.1, X.690 §8.1.3. */
#include "unit.h"

#include "dialect/ber.h"

/* What ber_begin() makes of some bytes: header bytes, 0 for more, -1 for none. */
static const struct {
	const char *what;
	const char *bytes;
	size_t n;
	long begin;
	uint32_t length;
} begins[] = {
	{ "nothing", "", 0, 0, 0 },
	{ "a tag alone", "\x30", 1, 0, 0 },
	{ "the short form", "\x30\x05", 2, 2, 5 },
	{ "the longest short form", "\x30\x7f", 2, 2, 127 },
	{ "one byte of length", "\x30\x81\x80", 3, 3, 128 },
	{ "two, the second missing", "\x30\x82\x01", 3, 0, 0 },
	{ "two bytes of length", "\x30\x82\x01\x00", 4, 4, 256 },
	{ "four bytes of length, as Active Directory has it", "\x30\x84\0\0\0\x05", 6, 6, 5 },
	{ "the longest length", "\x30\x84\xff\xff\xff\xff", 6, 6, UINT32_MAX },
	{ "five bytes of length", "\x30\x85\0\0\0\0\x05", 7, -1, 0 },
	{ "an indefinite length", "\x30\x80", 2, -1, 0 },
	{ "a tag of many bytes", "\x3f\x21\x05", 3, -1, 0 },
};

static void
a_header_tells_its_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		struct ber value = { 0 };

		print_message("%s\n", begins[i].what);
		assert_int_equal(ber_begin(span_of(begins[i].bytes, begins[i].n), &value),
		    begins[i].begin);
		if (begins[i].begin > 0)
			assert_int_equal(value.length, begins[i].length);
	}
}

static void
a_value_is_taken_only_when_it_is_whole(void **state)
{
	struct span in = span_of("\x04\x03" "ann" "\x04\x05" "be", 9);
	struct ber value;

	(void)state;
	assert_true(ber_take(&in, &value));
	assert_true(span_equals(value.content, span_text("ann")));
	assert_int_equal(in.n, 4);
	assert_false(ber_take(&in, &value));
	assert_int_equal(in.n, 4);
}

static void
another_tag_changes_nothing(void **state)
{
	struct span in = span_of("\x04\x01x", 3), content;

	(void)state;
	assert_false(ber_expect(&in, 0x30, &content));
	assert_int_equal(in.n, 3);
	assert_true(ber_expect(&in, 0x04, &content));
	assert_int_equal(in.n, 0);
}

static const struct {
	const char *bytes;
	size_t n;
	bool good;
	uint32_t number;
} numbers[] = {
	{ "\x02\x01\x05", 3, true, 5 },
	{ "\x02\x02\x00\xff", 4, true, 255 },
	{ "\x02\x04\x7f\xff\xff\xff", 6, true, INT32_MAX },
	{ "\x02\x05\x00\x7f\xff\xff\xff", 7, true, INT32_MAX },
	{ "\x02\x04\x80\x00\x00\x00", 6, false, 0 },	/* beyond maxInt */
	{ "\x02\x06\0\0\0\0\0\x01", 8, false, 0 },
	{ "\x02\x00", 2, false, 0 },
	{ "\x02\x02\x01", 3, false, 0 },
	{ "\x0a\x01\x05", 3, false, 0 },
};

static void
a_number_has_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct span in = span_of(numbers[i].bytes, numbers[i].n);
		uint32_t number = 0;

		assert_int_equal(ber_number(&in, 0x02, &number), numbers[i].good);
		assert_int_equal(number, numbers[i].number);
		assert_int_equal(in.n, numbers[i].good ? 0 : numbers[i].n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_tells_its_length),
		cmocka_unit_test(a_value_is_taken_only_when_it_is_whole),
		cmocka_unit_test(another_tag_changes_nothing),
		cmocka_unit_test(a_number_has_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
