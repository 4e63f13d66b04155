/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where events wait when the spool can take none. */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sink/undelivered.h"

static char folder[] = "undelivered-XXXXXX";

static int
enter_folder(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
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

static bool
put(struct undelivered *b)
{
	const struct event_line line = { .type = EVENT_SESSION, .text = span_text("an event") };

	return undelivered_put(b, &line, false);
}

/* Files that are larger cannot be written from now on. */
static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
a_spool_that_takes_nothing_is_as_good_as_none(void **state)
{
	struct undelivered b = { .queue_bytes_max = 1000, .label = "test" };
	struct err e;

	(void)state;
	b.spool = spool_open("spool", 1 << 20, &e);
	assert_non_null(b.spool);
	limit_files(20);
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
	limit_files(RLIM_INFINITY);
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
	limit_files(20);
	assert_false(put(&b));
	limit_files(RLIM_INFINITY);
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

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
