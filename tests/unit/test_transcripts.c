/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every row of tests/transcripts, played whole, byte by byte, cut at every
 * place, and with bare LF: what is concluded is what the row says, however the
 * bytes came.
 */
#include "unit.h"

#include <stdio.h>

#include "expect.h"
#include "expect_verdict.h"
#include "player.h"
#include "seen.h"
#include "transcripts.h"

static unsigned
meets_expectation(const struct row *row)
{
	struct observation seen;
	const char *dirty;

	play_row(row, &(struct play){ .style = PLAY_WHOLE }, &seen);
	dirty = seen_secret(&seen);
	if (dirty != NULL)
		print_error("%s:%u: %s: a secret, or no UTF-8: %s\n", row->file, row->line,
		    row->name, dirty);
	return !expect_met(row, &seen) || dirty != NULL;
}

static unsigned
meets_verdict(const struct row *row)
{
	struct observation seen;

	play_row(row, &(struct play){ .style = PLAY_WHOLE }, &seen);
	return !expect_verdict_met(row, &seen);
}

/* Once whole and once as told; the text of marks may differ only with the line ends. */
static bool
is_same(const struct row *row, const struct play *play, const struct observation *whole)
{
	struct observation seen;
	const char *differs;

	play_row(row, play, &seen);
	differs = seen_same(whole, &seen, play->style != PLAY_LOOSE);
	if (differs == NULL)
		return true;
	print_error("%s:%u: %s: %s differs when played %s", row->file, row->line, row->name,
	    differs, play->style == PLAY_BYTES ? "byte by byte" :
	    play->style == PLAY_LOOSE ? "with bare LF" : "in two pieces");
	if (play->style == PLAY_CUT)
		print_error(": step %zu cut at %zu", play->step + 1, play->offset);
	print_error("\n");
	return false;
}

static unsigned
byte_by_byte_is_the_same(const struct row *row)
{
	struct observation whole;

	play_row(row, &(struct play){ .style = PLAY_WHOLE }, &whole);
	return !is_same(row, &(struct play){ .style = PLAY_BYTES }, &whole);
}

static unsigned
bare_lf_is_the_same(const struct row *row)
{
	struct observation whole;

	if (row->crlf_only)
		return 0;
	play_row(row, &(struct play){ .style = PLAY_WHOLE }, &whole);
	return !is_same(row, &(struct play){ .style = PLAY_LOOSE }, &whole);
}

enum { CUT_CLOSELY = 512 };

/* The next place to cut: every one, but in the middle of long steps only some. */
static size_t
next_cut(size_t at, size_t n)
{
	bool middle = at >= CUT_CLOSELY && at + CUT_CLOSELY < n;

	return at + (middle ? 211 : 1);
}

/* One complaint for each row is enough. */
static unsigned
every_cut_is_the_same(const struct row *row)
{
	struct observation whole;

	play_row(row, &(struct play){ .style = PLAY_WHOLE }, &whole);
	for (size_t i = 0; i < row->step_count; i++) {
		size_t n = row->steps[i].kind == STEP_BYTES ?
		    row->steps[i].bytes[LINE_CRLF].n : 0;

		for (size_t at = 1; at < n; at = next_cut(at, n)) {
			if (!is_same(row, &(struct play){ PLAY_CUT, i, at, NULL }, &whole))
				return 1;
		}
	}
	return 0;
}

static void
rows_are_met(void **state)
{
	(void)state;
	transcripts_check(meets_expectation);
}

static void
verdicts_are_met(void **state)
{
	(void)state;
	transcripts_check(meets_verdict);
}

static void
bytes_alone_change_nothing(void **state)
{
	(void)state;
	transcripts_check(byte_by_byte_is_the_same);
}

static void
cuts_change_nothing(void **state)
{
	(void)state;
	transcripts_check(every_cut_is_the_same);
}

static void
line_ends_change_nothing(void **state)
{
	(void)state;
	transcripts_check(bare_lf_is_the_same);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_met),
		cmocka_unit_test(verdicts_are_met),
		cmocka_unit_test(bytes_alone_change_nothing),
		cmocka_unit_test(cuts_change_nothing),
		cmocka_unit_test(line_ends_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
