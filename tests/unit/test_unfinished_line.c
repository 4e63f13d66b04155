/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An output begins with a line of its own, whatever another process left there unfinished. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/delivery.h"

static char folder[] = "unfinished-XXXXXX";

static int
enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int
leave_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return chdir("..") == 0 && system(command) == 0 ? 0 : -1;
}

static struct delivery_settings
settings_of(const char *path, bool resumed)
{
	return (struct delivery_settings){ .name = "test",
		.sink = { .kind = SINK_FILE, .path = path, .resumed = resumed },
		.queue_bytes = 1 << 20, .give_up_ns = INT64_MAX };
}

static struct delivery *
begin(const struct delivery_settings *set)
{
	struct err e = { "" };
	struct delivery *d = delivery_new(set, &e);

	if (d == NULL)
		fail_msg("%s", e.text);
	return d;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_another_one_left_unfinished_is_ended),
		cmocka_unit_test(a_pipe_that_is_resumed_begins_a_line),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
