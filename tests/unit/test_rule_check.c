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

#define NEVER(line, field, text, words) "t.yml:" line ": " field " is never '" text \
	"'; it may be " words

/* Where the words are ours, a slip of the pen is a rule that cannot fire. */
static const struct row words[] = {
	{ "    a: {app_proto: SMTP}\n    condition: a", "" },
	{ "    a: {app_proto: [tls, unknown]}\n    condition: a", "" },
	{ "    a: {app_proto: '?map'}\n    condition: a", "" },
	{ "    a: {starttls.outcome: declined}\n    condition: a", "" },
	{ "    a: {starttls.techniques: cap-*}\n    condition: a", "" },
	{ "    a: {starttls.findings|contains: refused}\n    condition: a", "" },
	{ "    a: {flow.reason: [timeout, shutdown, tcp_reuse, forced]}\n    condition: a", "" },
	{ "    a: {flow.state: established, proto: tcp}\n    condition: a", "" },
	{ "    a: {expected.by: mta-sts, expected.when: after}\n    condition: a", "" },
	{ "    a: {starttls.proof: taps, server.history.strength: strong}\n    condition: a", "" },
	{ "    a: {app_proto_expected: imap, tls.from_proto: pop3}\n    condition: a", "" },
	/* what comes from the wire may be anything */
	{ "    a: {starttls.reply: declned}\n    condition: a", "" },
	{ "    a: {cleartext.mechanism: nonsense}\n    condition: a", "" },
	{ "    a: {vlan: 7}\n    condition: a", "" },

	{ "    a: {starttls.outcome: declned}\n    condition: a",
	  NEVER("9", "starttls.outcome", "declned", "upgraded, implicit, declined, absent, "
	  "unasked, refused, unanswered, failed, unknown") },
	{ "    a: {dest_port: 25}\n    b:\n        direction:\n            - inbound\n"
	  "            - \"out\\e[31m\"\n    condition: a and b",
	  NEVER("13", "direction", "out\\x1b[31m", "inbound, outbound, internal, external") },
	{ "    a: {server.history.strength: STRONGER}\n    condition: a",
	  NEVER("9", "server.history.strength", "STRONGER", "weak, strong") },
	{ "    a: {server.history.strength|cased: STRONG}\n    condition: a",
	  NEVER("9", "server.history.strength", "STRONG", "weak, strong") },
	{ "    a: {starttls.proof|startswith: hist_}\n    condition: a",
	  NEVER("9", "starttls.proof", "hist_*", "session, history, correlation, taps, headers") },
	{ "    a: {dest_port: 25}\n    b: {expected.when: soon, expected.when|exists: true}\n"
	  "    condition: a and not b", NEVER("10", "expected.when", "soon", "before, after") },
};

struct findings {
	unsigned errors, warnings;
	char first[2048];
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
check_rows(const struct row *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct rule_set *set = kit_set(list[i].detection);
		struct findings f = { 0 };
		unsigned errors = rule_check(rule_set_at(set, 0), note, &f);

		if (strcmp(f.first, list[i].want) != 0)
			fail_msg("%s\n%s", list[i].detection, f.first);
		assert_int_equal(errors, f.errors);
		assert_int_equal(f.warnings, 0);
		rule_set_free(&set);
	}
}

static void
negations_need_guards(void **state)
{
	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
closed_vocabularies_hold_no_other_words(void **state)
{
	(void)state;
	check_rows(words, sizeof(words) / sizeof(words[0]));
}

/* All of the catalogue and all dialects, whole: the message has room for them. */
static void
long_vocabularies_are_told_whole(void **state)
{
	struct rule_set *set = kit_set("    a: {starttls.techniques: nonsense}\n"
	    "    b: {app_proto: smpt}\n    condition: a and b");
	struct findings f = { 0 };

	(void)state;
	assert_int_equal(rule_check(rule_set_at(set, 0), note, &f), 2);
	assert_non_null(strstr(f.first, "t.yml:9: starttls.techniques is never 'nonsense'; "));
	for (int t = TECHNIQUE_NONE + 1; t < TECHNIQUES; t++)
		assert_non_null(strstr(f.first, technique_info((enum technique)t)->id));
	rule_set_free(&set);
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
		cmocka_unit_test(closed_vocabularies_hold_no_other_words),
		cmocka_unit_test(long_vocabularies_are_told_whole),
		cmocka_unit_test(levels_keep_what_categories_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
