/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PROXY protocol, versions 1 and 2: a header is whole, or waited for, or there is none. */
#include "unit.h"

#include "session/preface.h"

struct row {
	const char *wire;
	size_t n;
	long length;
};

#define WIRE(s) s, sizeof(s) - 1
#define V2 "\r\n\r\n\0\r\nQUIT\n"

static const struct row rows[] = {
	{ WIRE("PROXY TCP4 198.51.100.7 192.0.2.25 40000 25\r\nEHLO a\r\n"), 45 },
	{ WIRE("PROXY TCP6 2001:db8::7 2001:db8::25 40000 25\r\n"), 46 },
	{ WIRE("PROXY UNKNOWN\r\n"), 15 },
	{ WIRE("P"), -1 },
	{ WIRE("PROXY"), -1 },
	{ WIRE("PROXY TCP4 198.51"), -1 },
	{ WIRE("PROX"), -1 },
	{ WIRE("PROXIMA"), 0 },
	{ WIRE("PASS secret\r\n"), 0 },
	{ WIRE("proxy TCP4 198.51.100.7 192.0.2.25 40000 25\r\n"), 0 },
	{ WIRE("EHLO a\r\n"), 0 },
	{ WIRE(V2 "\x21\x11\0\x0c" "ADDRADDRPOPO" "EHLO a\r\n"), 28 },
	{ WIRE(V2 "\x20\0\0\0"), 16 },
	{ WIRE(V2 "\x21\x11\0\x0c" "ADDR"), -1 },
	{ WIRE(V2 "\x21\x11\0"), -1 },
	{ WIRE(V2), -1 },
	{ WIRE("\r\n"), -1 },
	{ WIRE("\r\n\r\nEHLO a\r\n"), 0 },
	{ WIRE(""), 0 },
};

static void
headers_are_measured(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(preface_length(span_of(rows[i].wire, rows[i].n)), rows[i].length);
}

static void
a_line_of_text_has_a_limit(void **state)
{
	char wire[200] = "PROXY TCP6 ";

	(void)state;
	memset(wire + 11, '1', sizeof(wire) - 11);
	assert_int_equal(preface_length(span_of(wire, 106)), -1);
	assert_int_equal(preface_length(span_of(wire, 107)), 0);
	wire[106] = '\n';
	assert_int_equal(preface_length(span_of(wire, sizeof(wire))), 107);
	wire[106] = '1';
	wire[107] = '\n';
	assert_int_equal(preface_length(span_of(wire, sizeof(wire))), 0);
}

static void
a_preface_never_grows_shorter(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].length <= 0)
			continue;
		for (size_t n = 1; n < (size_t)rows[i].length; n++)
			assert_int_equal(preface_length(span_of(rows[i].wire, n)), -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_measured),
		cmocka_unit_test(a_line_of_text_has_a_limit),
		cmocka_unit_test(a_preface_never_grows_shorter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
