/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_RULE_KIT_H
#define TESTS_RULE_KIT_H

/* A rule around a detection, so that a test row is the detection alone. */

#include <stdio.h>

#include "unit.h"

#include "judge/rule.h"

enum { KIT_TEXT_SIZE = 16 * 1024 };

/* What stands before the detection has eight lines: the first of the detection is line 9. */
static inline struct span
kit_text(char *text, size_t size, const char *detection)
{
	int n = snprintf(text, size,
	    "title: A test\n"
	    "id: 6d1f2b7e-0001-4a7b-9a55-000000000001\n"
	    "level: medium\n"
	    "falsepositives: [none]\n"
	    "logsource: {product: stripwatch, service: session}\n"
	    "custom: {sid: 1000000, rev: 1, category: policy}\n"
	    "\n"
	    "detection:\n"
	    "%s\n", detection);

	assert_true(n > 0 && (size_t)n < size);
	return span_of(text, (size_t)n);
}

/* A set that holds this one rule; the test fails where it cannot be read. */
static inline struct rule_set *
kit_set(const char *detection)
{
	char text[KIT_TEXT_SIZE];
	struct rule_set *set = rule_set_new();
	struct err e = { "" };

	if (rule_set_add(set, "t.yml", kit_text(text, sizeof(text), detection), &e) == -1)
		fail_msg("%s\n%s", e.text, detection);
	return set;
}

static inline enum rule_answer
kit_ask(const char *detection, const struct record *record)
{
	struct rule_set *set = kit_set(detection);
	enum rule_answer answer = rule_answer(rule_set_at(set, 0), record);

	rule_set_free(&set);
	return answer;
}

#endif
