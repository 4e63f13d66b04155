/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wire text becomes ours through text_escape() only: it must be UTF-8 and fit, whatever came. */
#include "unit.h"

#include "base/text.h"

struct row {
	const char *wire;
	size_t n;
	size_t size;
	const char *want;
};

#define WIRE(s) s, sizeof(s) - 1

static const struct row rows[] = {
	{ WIRE("250-STARTTLS"), 64, "250-STARTTLS" },
	{ WIRE("tab\there"), 64, "tab\\x09here" },
	{ WIRE("back\\slash"), 64, "back\\x5cslash" },
	{ WIRE("nul\0inside"), 64, "nul\\x00inside" },
	{ WIRE("gr\xc3\xbc\xc3\x9f"), 64, "gr\xc3\xbc\xc3\x9f" },
	{ WIRE("latin \xfc"), 64, "latin \\xfc" },
	{ WIRE("\xc0\xaf"), 64, "\\xc0\\xaf" },			/* overlong */
	{ WIRE("\xed\xa0\x80"), 64, "\\xed\\xa0\\x80" },	/* surrogate */
	{ WIRE("\xf4\x90\x80\x80"), 64, "\\xf4\\x90\\x80\\x80" }, /* beyond Unicode */
	{ WIRE("\xc2\x9b" "31m"), 64, "\\xc2\\x9b31m" },	/* a C1 control moves terminals */
	{ WIRE("\xc2\xa0"), 64, "\xc2\xa0" },			/* a blank that is seen */
	{ WIRE("a\xe2\x80\xa8" "b"), 64, "a\\xe2\\x80\\xa8b" },	/* U+2028 ends a line for some */
	{ WIRE("\xe2\x80\xa9"), 64, "\\xe2\\x80\\xa9" },
	{ WIRE("\xe2\x80\xaetxt.exe"), 64, "\\xe2\\x80\\xaetxt.exe" },	/* turns the writing */
	{ WIRE("\xe2\x81\xa6\xe2\x81\xa9"), 64, "\\xe2\\x81\\xa6\\xe2\\x81\\xa9" },
	{ WIRE("\xe2\x80\x8e\xd8\x9c"), 64, "\\xe2\\x80\\x8e\\xd8\\x9c" },
	{ WIRE("START\xe2\x80\x8bTLS"), 64, "START\\xe2\\x80\\x8bTLS" },	/* no width */
	{ WIRE("\xe2\x81\xa0\xef\xbb\xbf"), 64, "\\xe2\\x81\\xa0\\xef\\xbb\\xbf" },
	{ WIRE("\xf3\xa0\x81\x81"), 64, "\\xf3\\xa0\\x81\\x81" },	/* a tag */
	{ WIRE("\xef\xb7\x90\xef\xbf\xbe"), 64, "\\xef\\xb7\\x90\\xef\\xbf\\xbe" },
	{ WIRE("\xf4\x8f\xbf\xbf"), 64, "\\xf4\\x8f\\xbf\\xbf" },	/* the last noncharacter */
	{ WIRE("\xe2\x80\xa7\xe2\x80\xaf"), 64, "\xe2\x80\xa7\xe2\x80\xaf" },	/* neighbours */
	{ WIRE("\xf3\xa0\x82\x80"), 64, "\xf3\xa0\x82\x80" },
	{ WIRE("\xe2\x82"), 64, "\\xe2\\x82" },			/* cut character */
	{ WIRE("0123456789"), 11, "0123456789" },
	{ WIRE("0123456789"), 10, "012345..." },
	{ WIRE("\x01\x01\x01"), 8, "\\x01..." },
	{ WIRE("abcdef"), 3, "ab" },				/* no room for the dots */
	{ WIRE("abcdef"), 1, "" },
};

static void
escapes_are_utf8_and_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[64];
		size_t n = text_escape(out, rows[i].size,
		    span_of(rows[i].wire, rows[i].n));

		assert_string_equal(out, rows[i].want);
		assert_int_equal(n, strlen(rows[i].want));
		assert_true(text_is_utf8(span_text(out)));
	}
}

static void
what_is_shown_keeps_its_backslashes(void **state)
{
	char out[64];

	(void)state;
	text_show(out, sizeof(out), span_text("a\\xfc\033[31m\xe2\x80\xae"));
	assert_string_equal(out, "a\\xfc\\x1b[31m\\xe2\\x80\\xae");
}

static void
every_byte_pair_is_utf8(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			uint8_t wire[2] = { (uint8_t)a, (uint8_t)b };
			char out[16];

			text_escape(out, sizeof(out), span_of(wire, 2));
			assert_true(text_is_utf8(span_text(out)));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_are_utf8_and_fit),
		cmocka_unit_test(what_is_shown_keeps_its_backslashes),
		cmocka_unit_test(every_byte_pair_is_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
