/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where events wait when the spool can take none. */
#include "scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sink/undelivered.h"

static bool
put(struct undelivered *b)
{
	const struct event_line line = { .type = EVENT_SESSION, .text = span_text("an event") };

	return undelivered_put(b, &line, false);
}

static void
a_spool_that_takes_nothing_is_as_good_as_none(void **state)
{
	struct undelivered b = { .queue_bytes_max = 1000, .label = "test" };
	struct err e;

	(void)state;
	b.spool = spool_open("spool", 1 << 20, &e);
	assert_non_null(b.spool);
	scratch_limit_files(20);
	assert_true(put(&b));
	assert_true(put(&b));
	assert_true(b.untold);
	assert_non_null(strstr(b.news.text, "spool"));
	b.untold = false;
	while (put(&b))
		;
	assert_int_equal(b.dropped, 1);
	assert_true(b.untold);
	assert_non_null(strstr(b.news.text, "events are dropped"));
	b.untold = false;
	assert_false(put(&b));
	assert_false(b.untold);
	scratch_limit_files(RLIM_INFINITY);
	undelivered_release(&b);
}

/* What is in the spool came before. */
static void
behind_what_is_spooled_memory_takes_nothing(void **state)
{
	struct undelivered b = { .queue_bytes_max = 1 << 20, .label = "test" };
	struct err e;

	(void)state;
	b.spool = spool_open("used", 1 << 20, &e);
	assert_non_null(b.spool);
	assert_true(put(&b));
	assert_int_equal(spool_count(b.spool), 1);
	scratch_limit_files(20);
	assert_false(put(&b));
	scratch_limit_files(RLIM_INFINITY);
	assert_int_equal(b.queue.count, 0);
	assert_int_equal(b.dropped, 1);
	undelivered_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spool_that_takes_nothing_is_as_good_as_none),
		cmocka_unit_test(behind_what_is_spooled_memory_takes_nothing),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
