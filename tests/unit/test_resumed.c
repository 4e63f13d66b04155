/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An output that another process had before: what it needs may have gone, and comes back. */
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "delivery_kit.h"

static struct moment now = { .steady_ns = CLOCK_SECOND_NS };

static struct delivery_settings
settings_of(const char *path, const char *spool, bool resumed)
{
	return (struct delivery_settings){ .name = "test",
		.sink = { .kind = SINK_FILE, .path = path, .resumed = resumed },
		.queue_bytes = 64 << 10, .spool = spool, .spool_bytes = 1 << 20,
		.give_up_ns = INT64_MAX };
}

static bool
put(struct delivery *d, uint64_t number)
{
	char text[32];
	struct event_line line = { .type = EVENT_SESSION, .number = number };

	snprintf(text, sizeof(text), "event %d", (int)number);
	line.text = span_text(text);
	return delivery_put(d, &line);
}

/* Longer than any pause between two attempts. */
static void
wait_and_work(struct delivery *d)
{
	now.steady_ns += 60 * CLOCK_SECOND_NS;
	delivery_work(d, &now);
}

static void
file_is(const char *name, const char *expected)
{
	char got[256] = "";
	FILE *f = fopen(name, "r");

	assert_non_null(f);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, expected);
}

/* A spool in a folder that comes later, with what somebody had put there before. */
static void
a_spool_that_is_missing_is_tried_again(void **state)
{
	struct delivery_settings set = settings_of("out", "old", false);
	struct delivery *d = begin(&set);
	struct err e;

	(void)state;
	assert_true(put(d, 1));
	delivery_finish(d);
	delivery_free(&d);
	set = settings_of("out", "away/spool", false);
	assert_null(delivery_new(&set, &e));
	assert_non_null(strstr(e.text, "away/spool"));

	set.sink.resumed = true;
	d = begin(&set);
	assert_true(delivery_is_down(d));
	assert_true(delivery_tell(d, &e));
	assert_non_null(strstr(e.text, "away/spool"));
	assert_true(put(d, 2));
	assert_true(put(d, 3));
	for (int i = 0; i < 3; i++)
		wait_and_work(d);
	assert_false(delivery_tell(d, &e));
	assert_true(delivery_is_down(d));
	assert_int_equal(delivery_waiting(d), 2);
	/* only memory holds them */
	assert_int_equal(delivery_oldest(d, 9), 2);

	assert_int_equal(mkdir("away", 0700), 0);
	assert_int_equal(rename("old", "away/spool"), 0);
	wait_and_work(d);
	assert_int_equal(delivery_written(d), 3);
	assert_false(delivery_is_down(d));
	delivery_free(&d);
	file_is("out", "event 1\nevent 2\nevent 3\n");
}

/* It is as if there were no spool, and what is lost is counted. */
static void
one_whose_spool_stays_damaged_stays_down(void **state)
{
	struct delivery_settings set = settings_of("nothing", "damaged", true);
	struct delivery *d;
	struct err e;
	uint64_t taken = 0;

	(void)state;
	assert_int_equal(system("echo This is no spool >damaged"), 0);
	d = begin(&set);
	assert_true(delivery_tell(d, &e));
	assert_non_null(strstr(e.text, "damaged"));
	while (put(d, taken))
		taken++;
	assert_true(taken > 0);
	wait_and_work(d);
	assert_int_equal(access("nothing", F_OK), -1);
	delivery_finish(d);
	assert_int_equal(delivery_dropped(d), taken + 1);
	delivery_free(&d);
	file_is("damaged", "This is no spool\n");
}

static void
certificates_that_are_missing_are_tried_again(void **state)
{
	struct delivery_settings set = settings_of(NULL, NULL, false);
	struct delivery *d;
	struct err e;

	(void)state;
	set.sink = (struct sink_settings){ .kind = SINK_SYSLOG_TLS, .host = "192.0.2.1",
		.port = "6514", .ca = "ca.pem" };
	assert_null(delivery_new(&set, &e));
	assert_non_null(strstr(e.text, "ca.pem"));
	set.sink.resumed = true;
	d = begin(&set);
	assert_true(delivery_is_down(d));
	wait_and_work(d);
	assert_true(delivery_tell(d, &e));
	assert_non_null(strstr(e.text, "ca.pem: No such file"));
	assert_int_equal(system("echo This is no certificate >ca.pem"), 0);
	wait_and_work(d);
	assert_false(delivery_tell(d, &e));
	delivery_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spool_that_is_missing_is_tried_again),
		cmocka_unit_test(one_whose_spool_stays_damaged_stays_down),
		cmocka_unit_test(certificates_that_are_missing_are_tried_again),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
