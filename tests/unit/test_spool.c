/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spool: what is in it comes out in order, whatever happened to the program or the file. */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/spool.h"
#include "sink/spool_format.h"

enum { EVENTS = 5, FILE_MAX = 1 << 16 };

static char path[] = "spool-XXXXXX";

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	return fd < 0 ? -1 : 0;
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static struct event_line
line_of(const char *text, enum event_type type)
{
	return (struct event_line){ .type = type, .format = FORMAT_EVE, .severity = 2,
		.at_ns = 1234567890, .text = span_text(text) };
}

static struct spool *
open_it(void)
{
	struct err e = { "" };
	struct spool *s = spool_open(path, 1 << 20, &e);

	if (s == NULL)
		fail_msg("%s", e.text);
	return s;
}

static struct spool *
begin(void)
{
	assert_int_equal(truncate(path, 0), 0);
	return open_it();
}

static void
add(struct spool *s, int number)
{
	char text[64];
	struct err e;
	struct event_line line;

	snprintf(text, sizeof(text), "{\"event\":%d,\"%.*s\"}", number, 3 * number,
	    "abcdefghijklmnopqrstuvwxyz");
	line = line_of(text, EVENT_SESSION);
	assert_int_equal(spool_add(s, &line, &e), SPOOL_OK);
}

/* The number of the next event, or -1 when there is none. */
static int
next(struct spool *s, uint64_t *end_r)
{
	struct event_line line;
	struct err e;
	char text[64];

	if (spool_next(s, &line, end_r, &e) != SPOOL_OK)
		return -1;
	snprintf(text, sizeof(text), "%.*s", (int)line.text.n, (const char *)line.text.p);
	assert_int_equal(strncmp(text, "{\"event\":", 9), 0);
	assert_int_equal(line.at_ns, 1234567890);
	assert_int_equal(line.severity, 2);
	return (int)strtol(text + 9, NULL, 10);
}

static size_t
read_file(uint8_t *bytes)
{
	FILE *in = fopen(path, "rb");
	size_t n;

	assert_non_null(in);
	n = fread(bytes, 1, FILE_MAX, in);
	fclose(in);
	return n;
}

static void
write_file(const uint8_t *bytes, size_t n)
{
	FILE *out = fopen(path, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static void
what_goes_in_comes_out_in_order(void **state)
{
	struct spool *s = begin();
	uint64_t end = 0;

	(void)state;
	for (int i = 0; i < EVENTS; i++)
		add(s, i);
	assert_int_equal(spool_count(s), EVENTS);
	for (int i = 0; i < EVENTS; i++)
		assert_int_equal(next(s, &end), i);
	assert_int_equal(next(s, &end), -1);
	assert_int_equal(end, spool_end(s));
	spool_free(&s);
}

static void
a_restart_finds_what_was_not_done(void **state)
{
	struct err e;
	uint64_t end = 0;
	struct spool *s = begin();

	(void)state;
	for (int i = 0; i < EVENTS; i++)
		add(s, i);
	assert_int_equal(next(s, &end), 0);
	assert_int_equal(next(s, &end), 1);
	assert_int_equal(spool_done(s, end, 2, &e), 0);
	assert_int_equal(next(s, &end), 2);	/* read, and not delivered */
	spool_free(&s);

	s = open_it();
	assert_int_equal(spool_count(s), EVENTS - 2);
	add(s, EVENTS);
	for (int i = 2; i <= EVENTS; i++)
		assert_int_equal(next(s, &end), i);
	assert_int_equal(spool_done(s, end, EVENTS - 1, &e), 0);
	assert_int_equal(spool_count(s), 0);
	spool_free(&s);

	s = open_it();
	assert_int_equal(spool_count(s), 0);
	assert_int_equal(next(s, &end), -1);
	spool_free(&s);
}

static void
it_shrinks_when_nothing_waits(void **state)
{
	struct spool *s = begin();
	struct stat st;
	uint64_t end;
	struct err e;

	(void)state;
	for (int round = 0; round < 3; round++) {
		add(s, round);
		assert_int_equal(next(s, &end), round);
		assert_int_equal(spool_done(s, end, 1, &e), 0);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_size, SPOOL_HEAD_SIZE);
	}
	spool_free(&s);
}

/* A program that was killed while it wrote: at whatever byte, the events before are there. */
static void
killed_at_every_byte(void **state)
{
	static uint8_t bytes[FILE_MAX];
	size_t n, ends[EVENTS];
	uint64_t end;
	struct spool *s = begin();

	(void)state;
	for (int i = 0; i < EVENTS; i++) {
		add(s, i);
		ends[i] = (size_t)spool_end(s);
	}
	spool_free(&s);
	n = read_file(bytes);
	assert_int_equal(n, ends[EVENTS - 1]);
	for (size_t cut = 0; cut < n; cut++) {
		int whole = 0;

		while (whole < EVENTS && ends[whole] <= cut)
			whole++;
		write_file(bytes, cut);
		s = open_it();
		assert_int_equal(spool_count(s), whole);
		assert_int_equal(spool_torn(s), cut > SPOOL_HEAD_SIZE &&
		    (whole == 0 || ends[whole - 1] != cut));
		add(s, 99);
		for (int i = 0; i < whole; i++)
			assert_int_equal(next(s, &end), i);
		assert_int_equal(next(s, &end), 99);
		spool_free(&s);
	}
}

/* ... and while it noted what was done: nothing is lost, at worst something comes again. */
static void
killed_while_it_notes_what_is_done(void **state)
{
	static uint8_t before[FILE_MAX], after[FILE_MAX];
	size_t n;
	uint64_t end;
	struct err e;
	struct spool *s = begin();

	(void)state;
	for (int i = 0; i < EVENTS; i++)
		add(s, i);
	assert_int_equal(next(s, &end), 0);
	assert_int_equal(spool_done(s, end, 1, &e), 0);
	read_file(before);
	assert_int_equal(next(s, &end), 1);
	assert_int_equal(spool_done(s, end, 1, &e), 0);
	n = read_file(after);
	spool_free(&s);
	for (size_t cut = 0; cut <= SPOOL_HEAD_SIZE; cut++) {
		static uint8_t mixed[FILE_MAX];
		int first;

		memcpy(mixed, before, n);
		memcpy(mixed, after, cut);
		write_file(mixed, n);
		s = open_it();
		first = next(s, &end);
		assert_true(first == 1 || first == 2);
		spool_free(&s);
	}
}

/* Each bit that can be wrong: it is refused and left as it is, or nothing depended on it. */
static void
a_damaged_one_is_refused_and_left_alone(void **state)
{
	static uint8_t bytes[FILE_MAX], again[FILE_MAX];
	size_t n, last, refused = 0;
	struct spool *s = begin();

	(void)state;
	for (int i = 0; i < EVENTS; i++) {
		last = (size_t)spool_end(s);
		add(s, i);
	}
	spool_free(&s);
	n = read_file(bytes);
	for (size_t at = 0; at < n; at++) {
		struct err e = { "" };

		bytes[at] ^= 0x10;
		write_file(bytes, n);
		s = spool_open(path, 1 << 20, &e);
		if (s == NULL) {
			refused++;
			assert_non_null(strstr(e.text, path));
			assert_non_null(strstr(e.text, "damaged"));
			assert_int_equal(read_file(again), n);
			assert_memory_equal(again, bytes, n);
		} else if (at >= SPOOL_HEAD_SIZE) {
			/* only the last event's text may be taken for one that was not finished */
			assert_true(at >= last + SPOOL_EVENT_HEAD_SIZE);
			assert_int_equal(spool_count(s), EVENTS - 1);
			assert_int_equal(spool_torn(s), 1);
		} else {
			assert_true(at >= 24);	/* one of the two marks */
			assert_int_equal(spool_count(s), EVENTS);
		}
		spool_free(&s);
		bytes[at] ^= 0x10;
	}
	assert_true(refused > n / 2);
}

static void
zeros_behind_the_last_one_are_what_power_failures_leave(void **state)
{
	struct spool *s = begin();
	uint64_t end;

	(void)state;
	add(s, 1);
	end = spool_end(s);
	spool_free(&s);
	assert_int_equal(truncate(path, (off_t)end + 5000), 0);
	s = open_it();
	assert_int_equal(spool_count(s), 1);
	assert_int_equal(spool_torn(s), 1);
	spool_free(&s);
}

static void
a_full_one_takes_no_more_and_keeps_room_for_alerts(void **state)
{
	char text[500];
	struct err e;
	struct event_line line;
	struct spool *s;
	int sessions = 0, alerts = 0;
	uint64_t end;

	(void)state;
	assert_int_equal(truncate(path, 0), 0);
	s = spool_open(path, 1 << 14, &e);
	assert_non_null(s);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	line = line_of(text, EVENT_SESSION);
	while (spool_add(s, &line, &e) == SPOOL_OK)
		sessions++;
	assert_in_range(sessions, 20, (1 << 14) / sizeof(text));
	line.type = EVENT_ALERT;
	while (spool_add(s, &line, &e) == SPOOL_OK)
		alerts++;
	assert_in_range(alerts, 2, 5);
	assert_int_equal(spool_count(s), sessions + alerts);

	/* as soon as something is done there is room again, and the file does not grow for ever */
	line.type = EVENT_SESSION;
	for (int round = 0; round < 500; round++) {
		struct event_line read;
		struct stat st;

		assert_int_equal(spool_next(s, &read, &end, &e), SPOOL_OK);
		assert_int_equal(spool_done(s, end, 1, &e), 0);
		line.type = EVENT_ALERT;
		assert_int_equal(spool_add(s, &line, &e), SPOOL_OK);
		assert_int_equal(stat(path, &st), 0);
		assert_true(st.st_size <= 2 * (1 << 14));
	}
	spool_free(&s);
	s = spool_open(path, 1 << 14, &e);
	assert_non_null(s);
	assert_int_equal(spool_count(s), sessions + alerts);
	spool_free(&s);
}

static void
a_full_disk_leaves_it_as_it_was(void **state)
{
	struct err e = { "" };
	struct event_line line;
	struct spool *s = begin();
	uint64_t end;
	char *large = malloc(100000);
	int taken = 0;

	struct rlimit before, limit;

	(void)state;
	memset(large, 'x', 100000);
	add(s, 7);
	/* the limit of this process stands for the disk's */
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ 450000, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	line = (struct event_line){ .text = span_of(large, 100000) };
	while (spool_add(s, &line, &e) == SPOOL_OK && taken < 20)
		taken++;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(taken, 4);
	assert_non_null(strstr(e.text, path));
	add(s, 8);
	assert_int_equal(spool_count(s), (uint64_t)taken + 2);
	assert_int_equal(next(s, &end), 7);
	spool_free(&s);
	s = open_it();
	assert_int_equal(spool_count(s), (uint64_t)taken + 2);
	assert_int_equal(spool_torn(s), 0);
	spool_free(&s);
	free(large);
}

static void
two_cannot_have_the_same(void **state)
{
	struct err e = { "" };
	struct spool *s = begin();

	(void)state;
	assert_null(spool_open(path, 1 << 20, &e));
	assert_non_null(strstr(e.text, "uses this spool"));
	spool_free(&s);
}

static void
what_is_no_spool_is_left_alone(void **state)
{
	static const char other[] = "Somebody's list of things to do, which is longer than a head "
	    "of a spool would be.\n";
	uint8_t again[FILE_MAX];
	struct err e = { "" };

	(void)state;
	write_file((const uint8_t *)other, sizeof(other));
	assert_null(spool_open(path, 1 << 20, &e));
	assert_non_null(strstr(e.text, "was left as it is"));
	assert_int_equal(read_file(again), sizeof(other));
	assert_memory_equal(again, other, sizeof(other));
	/* nor is a short one written over */
	write_file((const uint8_t *)other, 20);
	assert_null(spool_open(path, 1 << 20, &e));
	assert_int_equal(read_file(again), 20);
	assert_null(spool_open("/dev/null", 1 << 20, &e));
	assert_null(spool_open("/nonexistent/spool", 1 << 20, &e));
	assert_non_null(strstr(e.text, "/nonexistent/spool"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out_in_order),
		cmocka_unit_test(a_restart_finds_what_was_not_done),
		cmocka_unit_test(it_shrinks_when_nothing_waits),
		cmocka_unit_test(killed_at_every_byte),
		cmocka_unit_test(killed_while_it_notes_what_is_done),
		cmocka_unit_test(a_damaged_one_is_refused_and_left_alone),
		cmocka_unit_test(zeros_behind_the_last_one_are_what_power_failures_leave),
		cmocka_unit_test(a_full_one_takes_no_more_and_keeps_room_for_alerts),
		cmocka_unit_test(a_full_disk_leaves_it_as_it_was),
		cmocka_unit_test(two_cannot_have_the_same),
		cmocka_unit_test(what_is_no_spool_is_left_alone),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
