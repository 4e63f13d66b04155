/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rule says of a session, by Kleene: a fact that was not seen decides nothing. */
#include <strings.h>
#include <stdio.h>
#include <string.h>

#include "judge/rule_parts.h"

static bool
text_passes(const struct rule_test *test, const char *text)
{
	switch (test->kind) {
	case RULE_TEST_PATTERN:
		return rule_pattern_matches(&test->pattern, text);
	case RULE_TEST_REGEX:
		return rule_regex_matches(&test->regex, text);
	case RULE_TEST_CIDR:
		return network_holds(&test->network, text);
	default:
		return false;
	}
}

static bool
number_passes(const struct rule_test *test, int64_t number)
{
	switch (test->order) {
	case RULE_EQUAL:
		return number == test->number;
	case RULE_LESS:
		return number < test->number;
	case RULE_LESS_EQUAL:
		return number <= test->number;
	case RULE_GREATER:
		return number > test->number;
	case RULE_GREATER_EQUAL:
		return number >= test->number;
	}
	return false;
}

/* An item that is a number is compared as one, or by its decimal digits. */
static bool
item_passes(const struct rule_test *test, const struct field_value *list, size_t i)
{
	char digits[24];

	if (test->kind == RULE_TEST_NUMBER)
		return list->items[i] == NULL && number_passes(test, list->numbers[i]);
	if (list->items[i] != NULL)
		return text_passes(test, list->items[i]);
	snprintf(digits, sizeof(digits), "%lld", (long long)list->numbers[i]);
	return text_passes(test, digits);
}

static bool
list_passes(const struct rule_test *test, const struct field_value *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (item_passes(test, list, i))
			return true;
	}
	return false;
}

static bool
values_equal(const struct field_value *a, const struct field_value *b)
{
	switch (a->type) {
	case FIELD_BOOL:
		return a->truth == b->truth;
	case FIELD_NUMBER:
		return a->number == b->number;
	case FIELD_STRING:
		return strcasecmp(a->text, b->text) == 0;
	case FIELD_LIST:
		return false;
	}
	return false;
}

static enum rule_answer
compare_fields(const struct rule_test *test, const struct field_value *value,
    const struct fields *session)
{
	struct field_value other;

	if (!session->get(session->of, test->other, &other))
		return RULE_CANNOT_TELL;
	return rule_answer_of(values_equal(value, &other));
}

enum rule_answer
rule_test_answer(const struct rule_test *test, const struct fields *session)
{
	struct field_value value;
	bool present = session->get(session->of, test->field, &value);

	if (test->kind == RULE_TEST_EXISTS)
		return rule_answer_of(present == test->expected);
	/* a list that is not there is known to be empty */
	if (!present)
		return field_type(test->field) == FIELD_LIST ? RULE_NO : RULE_CANNOT_TELL;
	if (test->kind == RULE_TEST_FIELD)
		return compare_fields(test, &value, session);
	switch (value.type) {
	case FIELD_BOOL:
		return rule_answer_of(value.truth == test->expected);
	case FIELD_NUMBER:
		return rule_answer_of(number_passes(test, value.number));
	case FIELD_STRING:
		return rule_answer_of(text_passes(test, value.text));
	case FIELD_LIST:
		return rule_answer_of(list_passes(test, &value));
	}
	return RULE_CANNOT_TELL;
}

/* The least answer for "and", the greatest for "or"; an extreme ends the search. */
static enum rule_answer
join_answers(const struct rule_expression *expression, const struct fields *session)
{
	bool both = expression->kind == RULE_AND;
	enum rule_answer answer = both ? RULE_YES : RULE_NO;

	for (size_t i = 0; i < expression->count; i++) {
		enum rule_answer part =
		    rule_expression_answer(expression->parts[i], session);

		if (both ? part < answer : part > answer)
			answer = part;
		if (answer == (both ? RULE_NO : RULE_YES))
			break;
	}
	return answer;
}

enum rule_answer
rule_expression_answer(const struct rule_expression *expression,
    const struct fields *session)
{
	switch (expression->kind) {
	case RULE_TEST:
		return rule_test_answer(expression->test, session);
	case RULE_NOT:
		return rule_answer_not(
		    rule_expression_answer(expression->parts[0], session));
	default:
		return join_answers(expression, session);
	}
}

enum rule_answer
rule_answer(const struct rule *rule, const struct record *record)
{
	struct fields session = fields_of_record(record);

	return rule_expression_answer(rule->condition, &session);
}
