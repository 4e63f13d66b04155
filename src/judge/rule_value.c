/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values to compare with: each must suit its field and mean the same to all YAML readers. */
#include <string.h>

#include "judge/rule_parts.h"

static bool
holds_text(const struct field *field)
{
	return field_type(field) == FIELD_STRING || field_type(field) == FIELD_LIST;
}

static int
read_truth(const struct rule_reader *r, const struct tree_node *value, const char *name,
    bool *truth_r)
{
	int64_t number;
	enum tree_plain plain = yaml_tree_plain(value, &number);

	if (plain != TREE_PLAIN_TRUE && plain != TREE_PLAIN_FALSE)
		return rule_fail(r, value->line, "%s is true or false", name);
	*truth_r = plain == TREE_PLAIN_TRUE;
	return 0;
}

static int
read_number(const struct rule_reader *r, const struct tree_node *value, const char *name,
    struct rule_test *test)
{
	if (yaml_tree_plain(value, &test->number) != TREE_PLAIN_NUMBER)
		return rule_fail(r, value->line, "%s needs a whole number", name);
	test->kind = RULE_TEST_NUMBER;
	return 0;
}

/* A text that YAML does not take for something else. */
static int
check_text(const struct rule_reader *r, const struct tree_node *value, const char *name)
{
	int64_t number;
	enum tree_plain plain = yaml_tree_plain(value, &number);

	if (plain != TREE_PLAIN_TEXT && plain != TREE_PLAIN_NUMBER)
		return rule_fail(r, value->line,
		    "%s: put '%s' in quotes; bare, YAML does not read it as text", name,
		    rule_shown(r, value->text));
	if (strlen(value->text) > RULE_VALUE_MAX)
		return rule_fail(r, value->line, "%s: value too long", name);
	return 0;
}

static int
read_field_name(const struct rule_reader *r, const struct tree_node *value,
    const struct field *field, struct rule_test *test)
{
	test->kind = RULE_TEST_FIELD;
	test->other = field_find(value->text);
	if (test->other == NULL)
		return rule_fail(r, value->line, "sessions have no field '%s'",
		    rule_shown(r, value->text));
	if (field_type(field) != field_type(test->other) ||
	    field_type(field) == FIELD_LIST)
		return rule_fail(r, value->line, "%s and %s cannot be compared",
		    field_name(field), field_name(test->other));
	return 0;
}

static int
read_text(const struct rule_reader *r, const struct tree_node *value, const char *name,
    const struct rule_modifiers *m, struct rule_test *test)
{
	if (check_text(r, value, name) == -1)
		return -1;
	if (m->kind == RULE_MATCHES) {
		test->kind = RULE_TEST_REGEX;
		return rule_regex_read(r, value->line, value->text, m->any_case,
		    &test->regex);
	}
	if (m->kind == RULE_IN_NETWORK) {
		test->kind = RULE_TEST_CIDR;
		if (!network_read(value->text, &test->network))
			return rule_fail(r, value->line, "'%s' is no network such as "
			    "192.0.2.0/24", rule_shown(r, value->text));
		return 0;
	}
	if (m->kind != RULE_IS && value->text[0] == '\0')
		return rule_fail(r, value->line,
		    "%s: an empty text is part of every text", name);
	test->kind = RULE_TEST_PATTERN;
	rule_pattern_read(r->arena, value->text,
	    m->kind == RULE_CONTAINS || m->kind == RULE_ENDS,
	    m->kind == RULE_CONTAINS || m->kind == RULE_STARTS, m->cased, &test->pattern);
	return 0;
}

/* null stands for absence: the same as exists: false. */
static int
read_null(const struct rule_reader *r, const struct tree_node *value, const char *name,
    const struct rule_modifiers *m, struct rule_test *test)
{
	if (m->kind != RULE_IS || m->cased || m->all)
		return rule_fail(r, value->line, "%s: null takes no modifier", name);
	test->kind = RULE_TEST_EXISTS;
	test->expected = false;
	return 0;
}

int
rule_test_read(const struct rule_reader *r, const struct tree_node *value,
    const struct field *field, const struct rule_modifiers *modifiers,
    struct rule_test *test_r)
{
	const char *name = field_name(field);
	int64_t number;

	*test_r = (struct rule_test){ .field = field, .order = modifiers->order };
	if (value->kind != TREE_TEXT)
		return rule_fail(r, value->line, "%s: a value is a text, a number, true, "
		    "false or null", name);
	if (modifiers->kind == RULE_EXISTS) {
		test_r->kind = RULE_TEST_EXISTS;
		return read_truth(r, value, "exists", &test_r->expected);
	}
	if (yaml_tree_plain(value, &number) == TREE_PLAIN_NULL)
		return read_null(r, value, name, modifiers, test_r);
	if (modifiers->kind == RULE_IS_FIELD)
		return read_field_name(r, value, field, test_r);
	if (modifiers->kind == RULE_COMPARES) {
		if (field_type(field) != FIELD_NUMBER && field_type(field) != FIELD_LIST)
			return rule_fail(r, value->line, "%s is not a number", name);
		return read_number(r, value, name, test_r);
	}
	if (modifiers->kind == RULE_IS && !modifiers->cased) {
		test_r->kind = RULE_TEST_BOOL;
		if (field_type(field) == FIELD_BOOL)
			return read_truth(r, value, name, &test_r->expected);
		if (field_type(field) == FIELD_NUMBER)
			return read_number(r, value, name, test_r);
	}
	if (!holds_text(field))
		return rule_fail(r, value->line, "%s is not a text", name);
	return read_text(r, value, name, modifiers, test_r);
}
