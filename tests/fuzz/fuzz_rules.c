/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a rule file: read, checked, and asked about a session that shows
 * much and one that shows nothing. What the check lets pass must mean the same
 * to a reader with two values, which takes an absent field for one that differs.
 */
#include <stdlib.h>

#include "fuzz.h"

#include "base/text.h"
#include "judge/rule_parts.h"

static void
ignore_finding(void *ctx, enum rule_finding kind, const char *message)
{
	(void)ctx;
	(void)kind;
	(void)message;
}

static void
ignore_hit(void *ctx, const struct rule *rule)
{
	(void)ctx;
	(void)rule;
}

/* Every field that is not optional is there. */
static struct record
bare_session(void)
{
	struct record r = { 0 };

	r.seen.flow.tuple.addr[SIDE_CLIENT] = (struct address){ 4, { 192, 0, 2, 7 } };
	r.seen.flow.tuple.addr[SIDE_SERVER] = (struct address){ 6, { 0x20, 1, 0xd, 0xb8 } };
	r.seen.final = true;
	return r;
}

static struct record
full_session(void)
{
	struct record r = bare_session();

	text_copy(r.seen.dialect, sizeof(r.seen.dialect), "smtp");
	text_copy(r.seen.reply, sizeof(r.seen.reply), "454 4.7.0 aaaaaaaaaaaaaaaa\\xfc!");
	text_copy(r.seen.server_name, sizeof(r.seen.server_name), "m\xc3\xbcnster.example");
	r.seen.flow.tuple.vlan_count = 1;
	r.seen.offered = FACT_TRUE;
	r.seen.credentials = FACT_FALSE;
	r.verdict.count = 1;
	r.verdict.findings[0] = (struct finding){ TECHNIQUE_CAP_STRIPPED, true };
	return r;
}

/* The answer with two values, as a SIEM has them. */
static bool
holds(const struct rule_expression *e, const struct record *record)
{
	const struct fields session = fields_of_record(record);

	if (e->kind == RULE_TEST)
		return rule_test_answer(e->test, &session) == RULE_YES;
	if (e->kind == RULE_NOT)
		return !holds(e->parts[0], record);
	for (size_t i = 0; i < e->count; i++) {
		if (holds(e->parts[i], record) == (e->kind == RULE_OR))
			return e->kind == RULE_OR;
	}
	return e->kind == RULE_AND;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct record records[] = { bare_session(), full_session() };
	struct rule_set *set = rule_set_new();
	struct err e;

	rule_set_add(set, "f", span_of(data, size), &e);
	for (size_t i = 0; i < rule_set_count(set); i++) {
		const struct rule *rule = rule_set_at(set, i);
		bool fine = rule_check(rule, ignore_finding, NULL) == 0;

		for (size_t j = 0; fine && j < 2; j++) {
			bool alerts = rule_answer(rule, &records[j]) == RULE_YES;

			if (holds(rule->condition, &records[j]) != alerts)
				abort();
		}
	}
	rule_set_judge(set, &records[0], ignore_hit, NULL);
	rule_set_judge(set, &records[1], ignore_hit, NULL);
	rule_set_free(&set);
	return 0;
}
