/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is a line, and what is left of one that is too long or has a hole. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "dialect/line.h"

struct row {
	const char *wire;
	long used;
	const char *text;
	bool bare_lf;
};

static const struct row rows[] = {
	{ "EHLO a\r\nMORE", 8, "EHLO a", false },
	{ "EHLO a\nMORE", 7, "EHLO a", true },
	{ "\r\n", 2, "", false },
	{ "\n", 1, "", true },
	{ "blanks \t \r\n", 11, "blanks", false },
	{ "odd \r\r\n", 7, "odd", false },
	{ " front\r\n", 8, " front", false },
	{ "two\rlines?\r\n", 12, "two\rlines?", false },	/* a bare CR ends nothing */
	{ "half", 0, NULL, false },
	{ "half\r", 0, NULL, false },
	{ "", 0, NULL, false },
};

static void
lines_end_as_peers_read_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line_reader reader = { 0 };
		struct line line;

		assert_int_equal(line_read(&reader, span_text(rows[i].wire), &line), rows[i].used);
		if (rows[i].used == 0)
			continue;
		assert_int_equal(line.kind, LINE_WHOLE);
		assert_true(span_equals(line.text, span_text(rows[i].text)));
		assert_int_equal(line.bare_lf, rows[i].bare_lf);
	}
}

/* Give the reader the bytes in pieces, as a conversation does; the kinds of lines come out. */
static void
read_in_pieces(struct line_reader *reader, struct span wire, size_t piece, char *kinds_r)
{
	size_t start = 0, end = 0;

	while (end < wire.n) {
		struct line line;
		long used;

		end = end + piece < wire.n ? end + piece : wire.n;
		while ((used = line_read(reader, span_tail(span_head(wire, end), start),
		    &line)) > 0) {
			start += (size_t)used;
			if (line.kind != LINE_REST)
				*kinds_r++ = "WLRT"[line.kind];
			if (start == end)
				break;
		}
	}
	*kinds_r = '\0';
	assert_int_equal(start, wire.n);
}

static void
a_long_line_is_one_line_however_it_is_cut(void **state)
{
	static const size_t pieces[] = { 1, 7, 1460, 65535, 65536, 100000 };
	char *wire = malloc(80000);
	size_t n;

	(void)state;
	assert_non_null(wire);
	n = (size_t)snprintf(wire, 80000, "250-short\r\n250-%070000d\r\n250 end\r\n", 0);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct line_reader reader = { 0 };
		char kinds[16];

		read_in_pieces(&reader, span_of(wire, n), pieces[i], kinds);
		assert_string_equal(kinds, "WLW");
	}
	free(wire);
}

static void
the_longest_line_is_still_whole(void **state)
{
	struct line_reader reader = { 0 };
	char *wire = malloc(LINE_MAX_BYTES + 3);
	struct line line;

	(void)state;
	assert_non_null(wire);
	memset(wire, 'x', LINE_MAX_BYTES + 3);
	wire[LINE_MAX_BYTES] = '\n';
	assert_int_equal(line_read(&reader, span_of(wire, LINE_MAX_BYTES + 1), &line),
	    LINE_MAX_BYTES + 1);
	assert_int_equal(line.kind, LINE_WHOLE);
	wire[LINE_MAX_BYTES] = 'x';
	wire[LINE_MAX_BYTES + 1] = '\n';
	assert_int_equal(line_read(&reader, span_of(wire, LINE_MAX_BYTES + 2), &line),
	    LINE_MAX_BYTES);
	assert_int_equal(line.kind, LINE_TOO_LONG);
	assert_int_equal(line_read(&reader, span_of(wire + LINE_MAX_BYTES, 2), &line), 2);
	assert_int_equal(line.kind, LINE_REST);
	assert_int_equal(line.text.n, 0);
	free(wire);
}

static void
behind_a_hole_comes_a_tail(void **state)
{
	struct line_reader reader = { 0 };
	struct line line;

	(void)state;
	assert_int_equal(line_read(&reader, span_text("250-STAR"), &line), 0);
	line_gap(&reader);
	assert_int_equal(line_read(&reader, span_text("TLS\r\n250 end\r\n"), &line), 5);
	assert_int_equal(line.kind, LINE_TAIL);
	assert_true(span_equals(line.text, span_text("TLS")));
	assert_int_equal(line_read(&reader, span_text("250 end\r\n"), &line), 9);
	assert_int_equal(line.kind, LINE_WHOLE);
}

static void
words_are_divided_by_blanks(void **state)
{
	static const struct { const char *text, *word, *rest; } words[] = {
		{ "STARTTLS", "STARTTLS", "" },
		{ "SIZE 1000", "SIZE", "1000" },
		{ "AUTH \t PLAIN LOGIN", "AUTH", "PLAIN LOGIN" },
		{ " front", "", "front" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct span rest, word = line_word(span_text(words[i].text), &rest);

		assert_true(span_equals(word, span_text(words[i].word)));
		assert_true(span_equals(rest, span_text(words[i].rest)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_as_peers_read_them),
		cmocka_unit_test(a_long_line_is_one_line_however_it_is_cut),
		cmocka_unit_test(the_longest_line_is_still_whole),
		cmocka_unit_test(behind_a_hole_comes_a_tail),
		cmocka_unit_test(words_are_divided_by_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
