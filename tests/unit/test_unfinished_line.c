/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An output begins with a line of its own, whatever another process left there unfinished. */
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "delivery_kit.h"

static struct delivery_settings
settings_of(const char *path, bool resumed)
{
	return (struct delivery_settings){ .name = "test",
		.sink = { .kind = SINK_FILE, .path = path, .resumed = resumed },
		.queue_bytes = 1 << 20, .give_up_ns = INT64_MAX };
}

static void
put(struct delivery *d)
{
	const struct event_line line = { .type = EVENT_SESSION, .text = span_text("event 1") };

	assert_true(delivery_put(d, &line));
}

/* Whoever wrote there before died in the middle of a line. */
static void
what_another_one_left_unfinished_is_ended(void **state)
{
	static const char *const left[] = { "", "whole\n", "whole\nha" };
	static const char *const then[] = { "event 1\n", "whole\nevent 1\n",
		"whole\nha\nevent 1\n" };
	const struct delivery_settings set = settings_of("file", false);

	(void)state;
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		struct delivery *d;
		struct moment now = moment_now();
		char got[64];
		FILE *f = fopen("file", "w");

		assert_non_null(f);
		fputs(left[i], f);
		fclose(f);
		d = begin(&set);
		put(d);
		delivery_work(d, &now);
		delivery_work(d, &now);
		assert_true(delivery_is_idle(d));
		assert_int_equal(delivery_written(d), 1);
		delivery_free(&d);
		f = fopen("file", "r");
		assert_non_null(f);
		got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
		fclose(f);
		assert_string_equal(got, then[i]);
	}
}

/* Nobody can look at the end of a pipe. */
static void
a_pipe_that_is_resumed_begins_a_line(void **state)
{
	static const char *const expected[] = { "event 1\n", "\nevent 1\n" };

	(void)state;
	for (int resumed = 0; resumed < 2; resumed++) {
		const struct delivery_settings set = settings_of("pipe", resumed == 1);
		struct delivery *d;
		struct moment now = moment_now();
		char got[64];
		ssize_t n;
		int reader;

		assert_true(mkfifo("pipe", 0600) == 0 || resumed == 1);
		reader = open("pipe", O_RDONLY | O_NONBLOCK);
		assert_true(reader >= 0);
		d = begin(&set);
		put(d);
		delivery_work(d, &now);
		/* and once more opened at the end of a line */
		delivery_reopen(d);
		delivery_work(d, &now);
		n = read(reader, got, sizeof(got) - 1);
		assert_true(n > 0);
		got[n] = '\0';
		assert_string_equal(got, expected[resumed]);
		close(reader);
		delivery_free(&d);
	}
}

/* Half of a line is in the pipe already: who reopened it would begin another one there. */
static void
a_pipe_is_not_reopened_within_a_line(void **state)
{
	enum { LINES = 40, TEXT_BYTES = 3000 };
	const struct delivery_settings set = settings_of("slow", false);
	static char text[TEXT_BYTES], got[LINES * (TEXT_BYTES + 1)];
	const struct event_line line = { .type = EVENT_SESSION,
		.text = span_of(text, sizeof(text)) };
	struct delivery *d;
	size_t n = 0;
	int reader;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(mkfifo("slow", 0600), 0);
	reader = open("slow", O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	d = begin(&set);
	for (int i = 0; i < LINES; i++)
		assert_true(delivery_put(d, &line));
	while (n < sizeof(got)) {
		struct moment now = moment_now();
		ssize_t more;

		delivery_work(d, &now);
		delivery_reopen(d);
		more = read(reader, got + n, sizeof(got) - n < 1000 ? sizeof(got) - n : 1000);
		assert_true(more > 0);
		n += (size_t)more;
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(got[i], i % (TEXT_BYTES + 1) == TEXT_BYTES ? '\n' : 'x');
	delivery_free(&d);
	close(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_another_one_left_unfinished_is_ended),
		cmocka_unit_test(a_pipe_that_is_resumed_begins_a_line),
		cmocka_unit_test(a_pipe_is_not_reopened_within_a_line),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
