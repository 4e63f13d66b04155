/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files can be read apart: the silences between them, and who begins where. */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "capture/merge.h"
#include "capture_builder.h"

static void
no_fault(void *ctx, const struct err *e)
{
	(void)ctx;
	fail_msg("%s", e->text);
}

/* Saves as many as there are; how many. */
static size_t
save_files(const char *const files[3], char paths_r[3][CAPTURE_PATH_SIZE],
    struct merge_input inputs_r[3])
{
	size_t count = 0;

	for (; count < 3 && files[count] != NULL; count++) {
		char name[16];

		snprintf(name, sizeof(name), "%zu.pcap", count);
		capture_save_times(files[count], name, paths_r[count]);
		inputs_r[count] = (struct merge_input){ .path = paths_r[count] };
	}
	return count;
}

/*
 * Reads to the end and writes each frame as source and second, for example "0:1 1:1 ", with
 * a bar where silence is told, and what is due behind it.
 */
static void
drain(struct merge *m, char *text_r, size_t size)
{
	struct frame f;
	size_t n = 0;
	int got;

	text_r[0] = '\0';
	while ((got = merge_next(m, &f)) != MERGE_END) {
		if (got == MERGE_SILENCE)
			n += (size_t)snprintf(text_r + n, size - n, "|%zu ", merge_due(m));
		else
			n += (size_t)snprintf(text_r + n, size - n, "%u:%c ", f.ref.source,
			    f.bytes.p[0]);
	}
}

/* Longer than two seconds is silence. */
static void
silence_between_files_is_told(void **state)
{
	static const struct {
		const char *files[3];
		const char *want;
	} rows[] = {
		{ { "12", "56" }, "0:1 0:2 |1 1:5 1:6 " },
		{ { "56", "12" }, "1:1 1:2 |0 0:5 0:6 " },
		/* two seconds are none */
		{ { "12", "45" }, "0:1 0:2 1:4 1:5 " },
		/* nor is it one inside a file, or beside an open one */
		{ { "19" }, "0:1 0:9 " },
		{ { "18", "4" }, "0:1 1:4 0:8 " },
		{ { "18", "4", "9" }, "0:1 1:4 0:8 2:9 " },
		/* what counts is the latest frame, not the last */
		{ { "162", "8" }, "0:1 0:6 0:2 1:8 " },
		{ { "1", "5", "9" }, "0:1 |1 1:5 |2 2:9 " },
		{ { "", "1", "5" }, "1:1 |2 2:5 " },
		{ { "9" }, "0:9 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char paths[3][CAPTURE_PATH_SIZE], text[128];
		struct merge_input inputs[3];
		const size_t count = save_files(rows[i].files, paths, inputs);
		struct err e;
		struct merge *m = merge_new(inputs, count, NULL, no_fault, NULL, &e);

		assert_non_null(m);
		merge_tell_silence(m, 2 * INT64_C(1000000000));
		drain(m, text, sizeof(text));
		assert_string_equal(text, rows[i].want);
		assert_int_equal(merge_due(m), count);
		merge_free(&m);
	}
}

/* Whoever is told where they begin goes on from any of them, and opens no other. */
static void
somebody_else_can_begin_anywhere(void **state)
{
	static const char *const files[3] = { "79", "24", "13" };
	static const char *const want[] = { "2:1 1:2 2:3 1:4 0:7 0:9 ", "1:2 1:4 0:7 0:9 ",
		"0:7 0:9 ", "" };
	char paths[3][CAPTURE_PATH_SIZE], text[128];
	struct merge_input inputs[3];
	struct merge_beginning beginnings[3];
	struct err e;
	const size_t count = save_files(files, paths, inputs);
	struct merge *m = merge_new(inputs, count, NULL, no_fault, NULL, &e);

	(void)state;
	assert_int_equal(merge_beginnings(m, beginnings), 3);
	merge_free(&m);
	for (size_t from = 0; from <= 3; from++) {
		m = merge_begin(inputs, count, beginnings + from, 3 - from, NULL, no_fault, NULL,
		    &e);
		assert_non_null(m);
		drain(m, text, sizeof(text));
		assert_string_equal(text, want[from]);
		merge_free(&m);
		if (from < 3)
			assert_int_equal(unlink(paths[beginnings[from].index]), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_between_files_is_told),
		cmocka_unit_test(somebody_else_can_begin_anywhere),
	};

	return cmocka_run_group_tests(tests, capture_make_directory, capture_remove_all);
}
