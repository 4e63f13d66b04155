/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is put around an event, and files: whole lines, and put aside when it is time. */
#include "scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/frame.h"
#include "sink/rotate.h"
#include "sink/sink.h"

/* --- Frames --- */

static const struct event_line alert = { .type = EVENT_ALERT, .format = FORMAT_EVE, .severity = 1,
	.at_ns = INT64_C(1763915868123456000), .text = { (const uint8_t *)"{\"a\":1}", 7 } };

static void
frame_is(enum framing framing, const struct frame_settings *settings,
    const struct event_line *line, const char *expected)
{
	char room[1024];
	size_t n = frame_write(room, framing, settings, line);

	room[n] = '\0';
	assert_string_equal(room, expected);
}

static void
a_frame_is_put_around_the_event(void **state)
{
	struct frame_settings s = { .syslog = false };
	struct event_line line = alert;

	(void)state;
	frame_is(FRAMING_BARE, &s, &alert, "{\"a\":1}");
	frame_is(FRAMING_LINE, &s, &alert, "{\"a\":1}\n");
	frame_is(FRAMING_COUNTED, &s, &alert, "7 {\"a\":1}");
	s = (struct frame_settings){ .syslog = true, .facility = 3, .host = "sensor.example",
		.process_id = 42 };
	/* RFC 5424 section 6: facility 3 and severity 2 are 26 */
	frame_is(FRAMING_BARE, &s, &alert, "<26>1 2025-11-23T16:37:48.123456+00:00 sensor.example "
	    "stripwatch 42 alert - {\"a\":1}");
	frame_is(FRAMING_COUNTED, &s, &alert, "83 <26>1 2025-11-23T16:37:48.123456+00:00 "
	    "sensor.example stripwatch 42 alert - {\"a\":1}");
	line.severity = 2;
	s.facility = 16;
	frame_is(FRAMING_LINE, &s, &line, "<132>1 2025-11-23T16:37:48.123456+00:00 sensor.example "
	    "stripwatch 42 alert - {\"a\":1}\n");
	line.type = EVENT_STATS;
	s.host = "name with spaces";
	frame_is(FRAMING_BARE, &s, &line, "<134>1 2025-11-23T16:37:48.123456+00:00 - stripwatch 42 "
	    "stats - {\"a\":1}");
}

static void
a_frame_never_needs_more_room_than_promised(void **state)
{
	char host[300], room[7 + FRAME_EXTRA_MAX];
	struct frame_settings s = { .syslog = true, .facility = 23, .host = host,
		.process_id = 4194304 };

	(void)state;
	memset(host, 'h', sizeof(host));
	for (size_t n = 0; n < sizeof(host); n++) {
		host[n] = '\0';
		assert_in_range(frame_write(room, FRAMING_COUNTED, &s, &alert), 7, sizeof(room));
		host[n] = 'h';
	}
}

static void
facilities_have_their_numbers(void **state)
{
	(void)state;
	assert_int_equal(frame_facility(span_text("kern")), 0);
	assert_int_equal(frame_facility(span_text("daemon")), 3);
	assert_int_equal(frame_facility(span_text("local7")), 23);
	assert_int_equal(frame_facility(span_text("local8")), -1);
	assert_int_equal(frame_facility(span_text("")), -1);
}

/* --- Files --- */

static struct sink *
open_file(const struct sink_settings *set)
{
	struct err e = { "" };
	struct sink *s = sink_new(set, &e);

	assert_non_null(s);
	if (sink_open(s, &e) != SINK_READY)
		fail_msg("%s", e.text);
	return s;
}

static void
write_at(struct sink *s, const char *text, int64_t wall_s)
{
	struct moment now = { .wall_s = wall_s };
	struct err e;
	size_t taken;

	assert_int_equal(sink_write(s, span_text(text), &now, &taken, &e), SINK_READY);
	assert_int_equal(taken, strlen(text));
}

static void
file_is(const char *name, const char *expected)
{
	char text[4096];
	FILE *in = fopen(name, "r");
	size_t n;

	if (expected == NULL) {
		assert_null(in);
		return;
	}
	assert_non_null(in);
	n = fread(text, 1, sizeof(text) - 1, in);
	text[n] = '\0';
	assert_string_equal(text, expected);
	fclose(in);
}

static void
files_are_appended_to(void **state)
{
	struct sink_settings set = { .kind = SINK_FILE, .path = "appended" };

	(void)state;
	for (int round = 0; round < 2; round++) {
		struct sink *s = open_file(&set);

		write_at(s, "one\n", 0);
		sink_free(&s);
	}
	file_is("appended", "one\none\n");
}

static void
a_file_that_would_be_too_large_is_put_aside(void **state)
{
	struct sink_settings set = { .kind = SINK_FILE, .path = "sized", .rotate_bytes = 10,
		.keep = 2 };
	struct sink *s = open_file(&set);

	(void)state;
	write_at(s, "aaaa\n", 0);
	write_at(s, "bbbb\n", 0);
	file_is("sized.1", NULL);
	write_at(s, "cccc\n", 0);
	file_is("sized.1", "aaaa\nbbbb\n");
	file_is("sized", "cccc\n");
	write_at(s, "longer than that\n", 0);	/* one message is never cut */
	write_at(s, "dddd\n", 0);
	file_is("sized", "dddd\n");
	file_is("sized.1", "longer than that\n");
	file_is("sized.2", "cccc\n");
	file_is("sized.3", NULL);
	sink_free(&s);
	/* what was there counts */
	s = open_file(&set);
	write_at(s, "eeee\nff\n", 0);
	file_is("sized.1", "dddd\n");
	sink_free(&s);
}

static void
a_day_begins_a_file(void **state)
{
	struct sink_settings set = { .kind = SINK_FILE, .path = "aged", .rotate_s = 86400,
		.keep = 7 };
	struct sink *s = open_file(&set);
	const int64_t midnight = INT64_C(20000) * 86400;

	(void)state;
	write_at(s, "evening\n", midnight - 1);
	file_is("aged.1", NULL);
	write_at(s, "night\n", midnight);
	write_at(s, "morning\n", midnight + 40000);
	file_is("aged.1", "evening\n");
	file_is("aged", "night\nmorning\n");
	sink_free(&s);
}

static void
without_a_number_to_keep_the_old_one_goes(void **state)
{
	struct err e;

	(void)state;
	for (unsigned keep = 0; keep < 3; keep++) {
		FILE *out = fopen("only", "w");

		fputs("x", out);
		fclose(out);
		assert_int_equal(rotate_files("only", keep, &e), 0);
		file_is("only", NULL);
		file_is("only.1", keep > 0 ? "x" : NULL);
	}
	file_is("only.2", "x");
	file_is("only.3", NULL);
}

static void
a_line_that_the_disk_has_no_room_for_is_not_begun(void **state)
{
	struct sink_settings set = { .kind = SINK_FILE, .path = "full" };
	struct sink *s = open_file(&set);
	struct moment now = { .wall_s = 0 };
	struct err e = { "" };
	size_t taken;

	(void)state;
	scratch_limit_files(12);
	write_at(s, "12345678\n", 0);
	assert_int_equal(sink_write(s, span_text("abcdefgh\n"), &now, &taken, &e), SINK_FAILED);
	scratch_limit_files(RLIM_INFINITY);
	assert_non_null(strstr(e.text, "full: cannot be written"));
	file_is("full", "12345678\n");
	/* and once there is room, it goes on behind whole lines */
	assert_int_equal(sink_open(s, &e), SINK_READY);
	write_at(s, "abcdefgh\n", 0);
	file_is("full", "12345678\nabcdefgh\n");
	sink_free(&s);
}

static void
a_path_that_cannot_be_written_is_named(void **state)
{
	static const char *const paths[] = { "/nonexistent/events.json", ".", "" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct sink_settings set = { .kind = SINK_FILE, .path = paths[i] };
		struct sink *s = sink_new(&set, &e);

		assert_non_null(s);
		assert_int_equal(sink_open(s, &e), SINK_FAILED);
		assert_non_null(strstr(e.text, paths[i]));
		sink_free(&s);
	}
}

static void
a_named_pipe_without_a_reader_keeps_nobody_waiting(void **state)
{
	struct sink_settings set = { .kind = SINK_FILE, .path = "pipe" };
	struct err e;
	struct sink *s;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	s = sink_new(&set, &e);
	assert_int_equal(sink_open(s, &e), SINK_FAILED);
	sink_free(&s);
}

static void
certificates_that_cannot_be_read_are_named(void **state)
{
	struct sink_settings set = { .kind = SINK_SYSLOG_TLS, .host = "log.example", .port = "6514",
		.ca = "no-such-file.pem" };
	struct sink *s;
	struct err e;

	(void)state;
	s = sink_new(&set, &e);
	assert_non_null(s);
	for (int attempt = 0; attempt < 2; attempt++) {
		assert_int_equal(sink_prepare(s, &e), -1);
		assert_non_null(strstr(e.text, "no-such-file.pem"));
		assert_int_equal(sink_open(s, &e), SINK_FAILED);
	}
	sink_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_is_put_around_the_event),
		cmocka_unit_test(a_frame_never_needs_more_room_than_promised),
		cmocka_unit_test(facilities_have_their_numbers),
		cmocka_unit_test(files_are_appended_to),
		cmocka_unit_test(a_file_that_would_be_too_large_is_put_aside),
		cmocka_unit_test(a_day_begins_a_file),
		cmocka_unit_test(without_a_number_to_keep_the_old_one_goes),
		cmocka_unit_test(a_line_that_the_disk_has_no_room_for_is_not_begun),
		cmocka_unit_test(a_path_that_cannot_be_written_is_named),
		cmocka_unit_test(a_named_pipe_without_a_reader_keeps_nobody_waiting),
		cmocka_unit_test(certificates_that_cannot_be_read_are_named),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
