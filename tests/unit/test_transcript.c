/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language of tests/transcripts: what is written wrong is refused. */
#include "unit.h"

#include <stdio.h>

#include "capture_builder.h"
#include "transcript.h"

/* A transcript of one row with that line; NULL when it is refused. */
static struct transcript *
read_line(const char *line)
{
	char path[CAPTURE_PATH_SIZE];
	struct capture file;

	file.n = (size_t)snprintf((char *)file.bytes, sizeof(file.bytes),
	    "== a row\n%s\n> offered=?\n", line);
	capture_save(&file, file.n, "smtp.txt", path);
	return transcript_read(path);
}

static void
text_is_what_it_says(void **state)
{
	static const struct {
		const char *line;
		const char *want;	/* NULL: refused */
	} rows[] = {
		{ "S: 220 ready", "220 ready\r\n" },
		{ "S~ {x*3}", "xxx" },
		{ "S~ a{x*3}b{*2}", NULL },
		{ "S~ a{**3}b", "a***b" },
		{ "S~ {x*0}", "" },
		{ "S~ \\x41\\x7ba*2}", "A{a*2}" },
		/* literals of IMAP are no repetitions */
		{ "C~ a1 LOGIN {5}", "a1 LOGIN {5}" },
		{ "C~ a1 LOGIN {5+}*", "a1 LOGIN {5+}*" },
		{ "C~ {", "{" },
		{ "C~ {a*", "{a*" },
		{ "C~ C:\\data", "C:\\data" },
		{ "S~ {ab*3}", NULL },
		{ "S~ {x*}", NULL },
		{ "S~ {x*-1}", NULL },
		{ "S~ {x* 3}", NULL },
		{ "S~ {x*3,}", NULL },
		{ "S~ \\x4", NULL },
		{ "S~ \\x4g", NULL },
		{ "S conflict {ab*3}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct transcript *t = read_line(rows[i].line);

		if ((t == NULL) != (rows[i].want == NULL))
			fail_msg("%s: %s", rows[i].line, t == NULL ? "refused" : "taken");
		if (t == NULL)
			continue;
		assert_int_equal(t->rows[0].step_count, 1);
		const struct span got = buffer_span(&t->rows[0].steps[0].bytes[LINE_CRLF]);

		if (!span_equals(got, span_text(rows[i].want)))
			fail_msg("%s: %.*s", rows[i].line, (int)got.n, (const char *)got.p);
		transcript_free(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_what_it_says),
	};

	return cmocka_run_group_tests(tests, capture_make_directory, capture_remove_all);
}
