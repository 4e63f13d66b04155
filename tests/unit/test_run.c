/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports: what is taken, and what is refused. */
#include "unit.h"

#include "run/ports.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_read_from_words_and_lists),
		cmocka_unit_test(bad_ports_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
