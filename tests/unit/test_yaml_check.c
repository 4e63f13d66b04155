/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that nobody knows, and which was meant. */
#include "unit.h"

#include <string.h>

#include "base/yaml_check.h"

static const char *const keys[] = { "servers", "clients", "names", "until", "tls", NULL };

static void
a_slip_of_the_pen_is_seen(void **state)
{
	static const struct {
		const char *word, *want;
	} rows[] = {
		{ "server", "servers" },
		{ "sevrers", "servers" },
		{ "Names", "names" },
		{ "util", "until" },
		{ "tsl", NULL },	/* two slips are more than half of three letters */
		{ "tl", "tls" },
		{ "technique", NULL },
		{ "", NULL },
		{ "a-word-that-is-longer-than-any-key-of-ours", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = yaml_nearest(rows[i].word, keys);

		if (rows[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got != NULL ? got : "none", rows[i].want);
	}
}

static int
keys_of(const char *text, struct err *e)
{
	struct arena *arena = arena_new();
	struct yaml_tree *yaml = yaml_tree_open("site.yaml", span_text(text), arena);
	const struct tree_node *root;
	int result;

	assert_int_equal(yaml_tree_next(yaml, &root, e), 1);
	result = yaml_only_keys("site.yaml", root, keys, e);
	yaml_tree_close(&yaml);
	arena_free(&arena);
	return result;
}

static void
an_unknown_key_is_told_with_its_line(void **state)
{
	struct err e = { "" };

	(void)state;
	assert_int_equal(keys_of("names: a\nuntil: b\n", &e), 0);
	assert_int_equal(keys_of("names: a\n\nunti: b\n", &e), -1);
	assert_string_equal(e.text,
	    "site.yaml:3: unti is no key that is known here; is it until?");
	assert_int_equal(keys_of("\"\\e[2J\": b\n", &e), -1);
	assert_string_equal(e.text, "site.yaml:1: \\x1b[2J is no key that is known here");
	assert_int_equal(keys_of("- names\n", &e), -1);
	assert_string_equal(e.text, "site.yaml:1: a map of keys is wanted here");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_of_the_pen_is_seen),
		cmocka_unit_test(an_unknown_key_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
