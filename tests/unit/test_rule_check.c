/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that are allowed and yet wrong: above all those that a SIEM would read otherwise. */
#include <stdio.h>

#include "rule_kit.h"

#include "base/text.h"

struct row {
	const char *detection;
	const char *want;	/* the first error, "" for none */
};

#define ABSENT(line, field) "t.yml:" line ": " field " is negated and may be absent, " \
	"which a SIEM takes for a match: add '" field "|exists: true'"

static const struct row rows[] = {
	/* nothing negated, or nothing that may be absent */
	{ "    a: {starttls.offered: true}\n    condition: a", "" },
	{ "    a: {dest_port: 25}\n    condition: not a", "" },
	{ "    a: {dest_port|neq: 25}\n    condition: a", "" },
	{ "    a: {starttls.techniques: cap-stripped}\n    condition: not a", "" },

	{ "    a: {starttls.offered: true}\n    condition: not a",
	  ABSENT("9", "starttls.offered") },
	{ "    a: {starttls.offered|neq: true}\n    condition: a",
	  ABSENT("9", "starttls.offered") },
	{ "    a: {starttls.offered|neq: true}\n    condition: not a", "" },
	{ "    a: {app_proto: smtp}\n    b: {starttls.reply|contains: x}\n"
	  "    condition: a and not b", ABSENT("10", "starttls.reply") },
	{ "    a: {src_port|fieldref|neq: server.history.sessions}\n    condition: a",
	  ABSENT("9", "server.history.sessions") },
	{ "    a: {app_proto: smtp}\n    b:\n        starttls.reply|contains:\n"
	  "            - x\n            - y\n    condition: a and not 1 of b*",
	  ABSENT("12", "starttls.reply") },

	/* guards: the absence of the field alone decides */
	{ "    a: {starttls.offered: true}\n    g: {starttls.offered|exists: true}\n"
	  "    condition: g and not a", "" },
	{ "    a: {starttls.offered|neq: true, starttls.offered|exists: true}\n"
	  "    condition: a", "" },
	{ "    a: {starttls.reply|startswith: '4'}\n    b: {starttls.reply|contains: x}\n"
	  "    condition: a and not b", "" },
	{ "    a: {starttls.offered: true}\n    g: {starttls.offered|exists: false}\n"
	  "    condition: not (a or g)", "" },
	{ "    a: {starttls.offered: true}\n    g: {starttls.offered: null}\n"
	  "    condition: not a and not g", "" },
	{ "    a: {starttls.offered: true, starttls.offered|exists: true}\n"
	  "    condition: not a", "" },
	{ "    a: {starttls.offered: true}\n    g: {starttls.offered: null}\n"
	  "    condition: g or not a", "" },
	{ "    a: {starttls.offered: true}\n    b: {dest_port: 25}\n"
	  "    g: {starttls.offered|exists: true}\n"
	  "    condition: b or (b and g and (b or not a))", "" },

	/* what looks like a guard and is none */
	{ "    a: {starttls.offered: true}\n    g: {starttls.offered|exists: true}\n"
	  "    condition: g or not a", ABSENT("9", "starttls.offered") },
	{ "    a: {starttls.offered: true}\n    g: {starttls.requested|exists: true}\n"
	  "    condition: g and not a", ABSENT("9", "starttls.offered") },
	{ "    a: {starttls.offered: true}\n    g: {starttls.offered|exists: true}\n"
	  "    b: {dest_port: 25}\n    condition: (g or b) and not a",
	  ABSENT("9", "starttls.offered") },

	{ "    a: {dest_port: 25}\n    b: {dest_port: 26}\n    condition: a",
	  "t.yml:10: the condition does not use the detection 'b'" },
};

struct findings {
	unsigned errors, warnings;
	char first[512];
};

static void
note(void *ctx, enum rule_finding kind, const char *message)
{
	struct findings *f = ctx;

	if (f->errors + f->warnings == 0)
		text_copy(f->first, sizeof(f->first), message);
	f->errors += kind == RULE_ERROR;
	f->warnings += kind == RULE_WARNING;
}

static void
negations_need_guards(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rule_set *set = kit_set(rows[i].detection);
		struct findings f = { 0 };
		unsigned errors = rule_check(rule_set_at(set, 0), note, &f);

		if (strcmp(f.first, rows[i].want) != 0)
			fail_msg("%s\n%s", rows[i].detection, f.first);
		assert_int_equal(errors, f.errors);
		assert_int_equal(f.warnings, 0);
		rule_set_free(&set);
	}
}

struct level_row {
	const char *level, *category;
	unsigned errors;
};

static const struct level_row levels[] = {
	{ "medium", "downgrade", 0 },
	{ "low", "downgrade", 1 },
	{ "high", "injection", 0 },
	{ "medium", "injection", 1 },
	{ "medium", "tls", 0 },
	{ "informational", "tls", 1 },
	{ "low", "exposure", 0 },
	{ "informational", "policy", 0 },
};

static void
levels_keep_what_categories_promise(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		struct rule_set *set = rule_set_new();
		struct findings f = { 0 };
		struct err e;
		char text[1024];
		int n = snprintf(text, sizeof(text), "title: A\n"
		    "id: 6d1f2b7e-0001-4a7b-9a55-000000000001\n"
		    "level: %s\ncustom: {sid: 7, rev: 1, category: %s}\n"
		    "logsource: {product: stripwatch, service: session}\n"
		    "detection: {a: {dest_port: 25}, condition: a}\n",
		    levels[i].level, levels[i].category);

		assert_int_equal(rule_set_add(set, "t.yml", span_of(text, (size_t)n), &e), 0);
		assert_int_equal(rule_check(rule_set_at(set, 0), note, &f), levels[i].errors);
		assert_int_equal(f.warnings, 1);	/* no innocent explanation */
		rule_set_free(&set);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(negations_need_guards),
		cmocka_unit_test(levels_keep_what_categories_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
