/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports, and the sink: what is taken, and what happens when it cannot be written. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/ports.h"
#include "sink/sink.h"

static void
ports_are_read_from_words_and_lists(void **state)
{
	static struct ports p;
	struct err e;

	(void)state;
	assert_int_equal(ports_parse(&p, "all", &e), 0);
	assert_true(ports_hold(&p, 31337));
	assert_int_equal(ports_parse(&p, "dialect", &e), 0);
	assert_true(ports_hold(&p, 25));
	assert_true(ports_hold(&p, 465));
	assert_false(ports_hold(&p, 31337));
	assert_int_equal(ports_parse(&p, "25,2000-2010,65535", &e), 0);
	assert_true(ports_hold(&p, 25));
	assert_true(ports_hold(&p, 2000));
	assert_true(ports_hold(&p, 2010));
	assert_true(ports_hold(&p, 65535));
	assert_false(ports_hold(&p, 26));
	assert_false(ports_hold(&p, 2011));
}

static void
bad_ports_are_refused(void **state)
{
	static const char *const rows[] = { "", "x", "0", "65536", "70000", "25,", ",25",
		"25-", "30-20", "25 26", "-25", "25;26", "99999999999999999999", "all,25" };
	static struct ports p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = { "" };

		if (ports_parse(&p, rows[i], &e) == 0)
			fail_msg("\"%s\" was taken", rows[i]);
		assert_non_null(strstr(e.text, "say all, dialect, or ports"));
	}
}

static void
lines_are_appended(void **state)
{
	char path[] = "sink-XXXXXX", text[64] = "";
	int fd = mkstemp(path);
	struct sink *s;
	struct err e;

	(void)state;
	assert_true(fd >= 0);
	for (int round = 0; round < 2; round++) {
		s = sink_open(path, &e);
		assert_non_null(s);
		assert_int_equal(sink_write(s, "one", 3, &e), 0);
		assert_int_equal(sink_flush(s, &e), 0);
		sink_free(&s);
	}
	assert_true(read(fd, text, sizeof(text) - 1) == 8);
	assert_string_equal(text, "one\none\n");
	close(fd);
	unlink(path);
}

static void
a_line_longer_than_the_buffer_is_whole(void **state)
{
	enum { LONG = 200000 };
	char path[] = "sink-XXXXXX", *line = malloc(LONG);
	int fd = mkstemp(path);
	struct sink *s;
	struct err e;

	(void)state;
	memset(line, 'x', LONG);
	s = sink_open(path, &e);
	assert_int_equal(sink_write(s, "first", 5, &e), 0);
	assert_int_equal(sink_write(s, line, LONG, &e), 0);
	assert_int_equal(sink_flush(s, &e), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 6 + LONG + 1);
	sink_free(&s);
	close(fd);
	unlink(path);
	free(line);
}

static void
a_full_disk_is_an_error_that_says_where(void **state)
{
	struct err e;
	struct sink *s = sink_open("/dev/full", &e);

	(void)state;
	assert_non_null(s);
	assert_int_equal(sink_write(s, "line", 4, &e), 0);
	assert_int_equal(sink_flush(s, &e), -1);
	assert_non_null(strstr(e.text, "/dev/full"));
	assert_false(sink_reader_gone(s));
	sink_free(&s);
}

static void
a_path_that_cannot_be_written_is_refused(void **state)
{
	struct err e;

	(void)state;
	assert_null(sink_open("/nonexistent/events.json", &e));
	assert_non_null(strstr(e.text, "/nonexistent/events.json"));
}

static void
a_reader_that_goes_is_told_apart(void **state)
{
	int ends[2], saved = dup(STDOUT_FILENO);
	struct err e;
	struct sink *s;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[0]);
	close(ends[1]);
	s = sink_open(NULL, &e);
	assert_int_equal(sink_write(s, "line", 4, &e), 0);
	assert_int_equal(sink_flush(s, &e), -1);
	assert_true(sink_reader_gone(s));
	sink_free(&s);
	dup2(saved, STDOUT_FILENO);
	close(saved);
}

static void
a_pipe_that_does_not_wait_loses_nothing(void **state)
{
	enum { LINES = 5000, LENGTH = 99 };
	int ends[2], saved = dup(STDOUT_FILENO), status;
	char line[LENGTH], taken[4096];
	size_t got = 0;
	struct sink *s;
	struct err e;
	pid_t reader;
	ssize_t n;

	(void)state;
	memset(line, 'x', sizeof(line));
	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	reader = fork();
	if (reader == 0) {
		close(ends[1]);
		while ((n = read(ends[0], taken, sizeof(taken))) > 0)
			got += (size_t)n;
		_exit(got == (size_t)LINES * (LENGTH + 1) ? 0 : 1);
	}
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[0]);
	close(ends[1]);
	s = sink_open(NULL, &e);
	for (int i = 0; i < LINES; i++)
		assert_int_equal(sink_write(s, line, sizeof(line), &e), 0);
	assert_int_equal(sink_flush(s, &e), 0);
	sink_free(&s);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_read_from_words_and_lists),
		cmocka_unit_test(bad_ports_are_refused),
		cmocka_unit_test(lines_are_appended),
		cmocka_unit_test(a_line_longer_than_the_buffer_is_whole),
		cmocka_unit_test(a_full_disk_is_an_error_that_says_where),
		cmocka_unit_test(a_path_that_cannot_be_written_is_refused),
		cmocka_unit_test(a_reader_that_goes_is_told_apart),
		cmocka_unit_test(a_pipe_that_does_not_wait_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
