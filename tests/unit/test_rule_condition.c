/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions: what binds how, what "1 of" and "all of" mean, and what is refused. */
#include "rule_kit.h"

/* Two detections that hold, one that does not, one that cannot tell, and one that hides. */
static const char detections[] =
    "    yes_a: {starttls.offered: true}\n"
    "    yes_b: {app_proto: smtp}\n"
    "    no_a: {app_proto: imap}\n"
    "    open-a: {cleartext.credentials: true}\n"
    "    _hidden: {app_proto: imap}\n"
    "    condition: ";

static struct record
session(void)
{
	struct record r = { 0 };

	r.seen.offered = FACT_TRUE;
	memcpy(r.seen.dialect, "smtp", sizeof("smtp"));
	return r;
}

struct row {
	const char *condition;
	enum rule_answer want;
};

static const struct row rows[] = {
	{ "yes_a", RULE_YES },
	{ "no_a", RULE_NO },
	{ "open-a", RULE_CANNOT_TELL },
	{ "not no_a", RULE_YES },
	{ "not not no_a", RULE_NO },
	{ "not open-a", RULE_CANNOT_TELL },
	{ "yes_a and yes_b", RULE_YES },
	{ "yes_a and no_a", RULE_NO },
	{ "no_a or yes_a", RULE_YES },

	/* not binds tighter than and, and tighter than or */
	{ "yes_a or yes_b and no_a", RULE_YES },
	{ "(yes_a or yes_b) and no_a", RULE_NO },
	{ "not yes_a or yes_b", RULE_YES },
	{ "not (yes_a or yes_b)", RULE_NO },
	{ "not no_a and no_a", RULE_NO },
	{ "no_a and no_a or yes_a", RULE_YES },
	{ "((((yes_a))))", RULE_YES },
	{ "yes_a and(not no_a)", RULE_YES },
	{ "  yes_a\\n   and yes_b ", RULE_YES },

	{ "1 of yes_*", RULE_YES },
	{ "any of yes_*", RULE_YES },
	{ "all of yes_*", RULE_YES },
	{ "1 of *_a", RULE_YES },
	{ "all of *_a", RULE_NO },
	{ "1 of no*", RULE_NO },
	{ "not 1 of no*", RULE_YES },
	{ "all of y*s_*", RULE_YES },
	{ "1 of yes_a", RULE_YES },
	{ "1 of *-a", RULE_CANNOT_TELL },
	{ "1 of them", RULE_YES },
	{ "all of them", RULE_NO },
	{ "1 of _*", RULE_NO },
	{ "yes_a and 1 of no* or 1 of yes*", RULE_YES },

	/* Kleene: an open question stays open only where it matters */
	{ "open-a and yes_a", RULE_CANNOT_TELL },
	{ "open-a and no_a", RULE_NO },
	{ "open-a or yes_a", RULE_YES },
	{ "open-a or no_a", RULE_CANNOT_TELL },
};

static const char *
with_condition(char *out, size_t size, const char *condition)
{
	snprintf(out, size, "%s\"%s\"", detections, condition);
	return out;
}

static void
conditions_are_answered(void **state)
{
	const struct record r = session();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[2048];

		with_condition(text, sizeof(text), rows[i].condition);
		if (kit_ask(text, &r) != rows[i].want)
			fail_msg("%s", rows[i].condition);
	}
}

/* "all of them" leaves out what begins with an underscore, else it would be a no here. */
static void
hidden_detections_are_left_out(void **state)
{
	const struct record r = session();
	static const char all[] = "    a: {app_proto: smtp}\n    _b: {app_proto: imap}\n"
	    "    condition: all of them";
	static const char star[] = "    a: {app_proto: smtp}\n    _b: {app_proto: imap}\n"
	    "    condition: all of *";

	(void)state;
	assert_int_equal(kit_ask(all, &r), RULE_YES);
	assert_int_equal(kit_ask(star, &r), RULE_YES);
}

/* A list of conditions: one of them must hold. */
static void
conditions_may_be_a_list(void **state)
{
	const struct record r = session();
	static const char list[] = "    a: {app_proto: smtp}\n    b: {app_proto: imap}\n"
	    "    condition:\n        - b\n        - a";

	(void)state;
	assert_int_equal(kit_ask(list, &r), RULE_YES);
}

struct broken {
	const char *condition;
	const char *want;
};

static const struct broken broken[] = {
	{ "", "t.yml:14: condition: the name of a detection is expected, but it ends" },
	{ "yes_a and", "t.yml:14: condition: the name of a detection is expected, but it ends" },
	{ "nobody", "t.yml:14: condition: the name of a detection is expected at 'nobody'" },
	{ "yes_a yes_b", "t.yml:14: condition: 'and' or 'or' is expected at 'yes_b'" },
	{ "yes_a AND yes_b", "t.yml:14: condition: 'and' or 'or' is expected at 'AND'" },
	{ "(yes_a", "t.yml:14: condition: ')' is expected, but it ends" },
	{ "yes_a)", "t.yml:14: condition: 'and' or 'or' is expected at ')'" },
	{ "()", "t.yml:14: condition: the name of a detection is expected at ')'" },
	{ "2 of yes_*", "t.yml:14: condition: the name of a detection is expected at '2'" },
	{ "1 yes_a", "t.yml:14: condition: 'of' is expected at 'yes_a'" },
	{ "1 of", "t.yml:14: condition: no detection is meant, but it ends" },
	{ "1 of maybe*", "t.yml:14: condition: no detection is meant at 'maybe*'" },
	{ "yes_a | count() > 5", "t.yml:14: condition: 'and' or 'or' is expected at '|'" },
	{ "yes_a near yes_b", "t.yml:14: condition: 'and' or 'or' is expected at 'near'" },
	{ "\\xc3\\xbc", "t.yml:14: condition: the name of a detection is expected at '\\xc3'" },
};

static void
expect_error(const char *detection, const char *want)
{
	char text[KIT_TEXT_SIZE];
	struct rule_set *set = rule_set_new();
	struct err e = { "" };

	assert_int_equal(rule_set_add(set, "t.yml",
	    kit_text(text, sizeof(text), detection), &e), -1);
	assert_string_equal(e.text, want);
	assert_int_equal(rule_set_count(set), 0);
	rule_set_free(&set);
}

static void
broken_conditions_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		char text[2048];

		expect_error(with_condition(text, sizeof(text), broken[i].condition),
		    broken[i].want);
	}
}

static void
repeat(char *out, const char *piece, size_t times)
{
	size_t n = strlen(piece);

	for (size_t i = 0; i < times; i++)
		memcpy(out + i * n, piece, n + 1);
}

static void
depth_and_length_are_bounded(void **state)
{
	char condition[2 * RULE_CONDITION_MAX], text[2 * sizeof(condition)];

	(void)state;
	repeat(condition, "(", RULE_CONDITION_DEPTH_MAX + 1);
	expect_error(with_condition(text, sizeof(text), condition),
	    "t.yml:14: condition: nested too deeply at '('");
	repeat(condition, "not ", RULE_CONDITION_DEPTH_MAX + 1);
	expect_error(with_condition(text, sizeof(text), condition),
	    "t.yml:14: condition: nested too deeply at 'not'");
	repeat(condition, "yes_a and ", RULE_CONDITION_MAX / 10 + 1);
	expect_error(with_condition(text, sizeof(text), condition),
	    "t.yml:14: condition: too long");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_are_answered),
		cmocka_unit_test(hidden_detections_are_left_out),
		cmocka_unit_test(conditions_may_be_a_list),
		cmocka_unit_test(broken_conditions_are_refused),
		cmocka_unit_test(depth_and_length_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
