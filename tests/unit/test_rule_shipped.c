/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shipped rules: each fires on its own session, and none on an honest one. */
#include <stdio.h>

#include "unit.h"

#include "base/text.h"
#include "judge/rule.h"

/* Of these the decision table says that they never alert, so no rule speaks of them. */
static const enum technique never[] = {
	TECHNIQUE_ACCEPT_NO_TLS,
	TECHNIQUE_REPLY_STRUCTURE_ANOMALY,
	TECHNIQUE_CAP_OFFERED_AFTER_AUTH,
};

enum { CLEARTEXT_SID = 1100 };

static int
load(void **state)
{
	struct rule_set *set = rule_set_new();
	struct err e = { "" };

	if (rule_set_add_builtin(set, &e) == -1) {
		print_error("%s\n", e.text);
		return -1;
	}
	*state = set;
	return 0;
}

static int
unload(void **state)
{
	struct rule_set *set = *state;

	rule_set_free(&set);
	return 0;
}

struct hits {
	unsigned count;
	const struct rule *last;
};

static void
note_hit(void *ctx, const struct rule *rule)
{
	struct hits *h = ctx;

	h->count++;
	h->last = rule;
}

static struct hits
judge(struct rule_set *set, const struct record *record)
{
	struct hits h = { 0 };

	rule_set_judge(set, record, note_hit, &h);
	return h;
}

static bool
never_alerts(enum technique technique)
{
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (never[i] == technique)
			return true;
	}
	return false;
}

/* Whatever the flag says, a technique of which the table says "no" would have no rule. */
static void
every_technique_has_its_rule(void **state)
{
	for (int t = TECHNIQUE_NONE + 1; t < TECHNIQUES; t++) {
		struct record r = { 0 };
		struct hits h;

		r.verdict.count = 1;
		r.verdict.findings[0] = (struct finding){ (enum technique)t, true };
		h = judge(*state, &r);
		if (h.count != !never_alerts((enum technique)t))
			fail_msg("%s: %u rules", technique_info((enum technique)t)->id, h.count);
		if (h.count == 0)
			continue;
		assert_int_equal(h.last->technique, t);
		assert_int_equal(h.last->category, technique_info((enum technique)t)->category);
		/* most of what a tap sees of it was asked for where nobody sees it */
		assert_true(rule_severity(h.last) <= 2 + (t == TECHNIQUE_FTP_DATA_CLEAR));

		/* the table matched it and says: no alert */
		r.verdict.findings[0].alert = false;
		assert_int_equal(judge(*state, &r).count, 0);
	}
}

static void
several_findings_give_several_alerts(void **state)
{
	struct record r = { 0 };

	r.verdict.count = 2;
	r.verdict.findings[0] = (struct finding){ TECHNIQUE_CAP_CONTRADICTION, true };
	r.verdict.findings[1] = (struct finding){ TECHNIQUE_CAP_STRIPPED, true };
	assert_int_equal(judge(*state, &r).count, 2);
}

static struct record
upgraded(void)
{
	struct record r = { 0 };

	text_copy(r.seen.dialect, sizeof(r.seen.dialect), "smtp");
	r.seen.final = true;
	r.seen.offered = r.seen.requested = r.seen.accepted = FACT_TRUE;
	r.seen.established = FACT_TRUE;
	r.seen.credentials = r.seen.payload = FACT_FALSE;
	r.verdict.outcome = OUTCOME_UPGRADED;
	return r;
}

static void
honest_sessions_are_silent(void **state)
{
	struct record r = { 0 };

	assert_int_equal(judge(*state, &r).count, 0);
	r.seen.final = true;
	r.verdict.outcome = OUTCOME_UNKNOWN;
	assert_int_equal(judge(*state, &r).count, 0);
	r = upgraded();
	assert_int_equal(judge(*state, &r).count, 0);
}

struct clear_row {
	enum fact credentials, accepted, offered;
	enum expectation expected;
	enum outcome outcome;
	bool finding;
	bool want;
	const char *why;
};

static const struct clear_row clear_rows[] = {
	{ FACT_TRUE, FACT_TRUE, FACT_FALSE, EXPECTED_BY_NOBODY, OUTCOME_UNSAID, false, true,
	  "accepted and nothing on offer: at once" },
	{ FACT_TRUE, FACT_TRUE, FACT_UNKNOWN, EXPECTED_BY_NOBODY, OUTCOME_UNSAID, false, true,
	  "no listing was seen" },
	{ FACT_TRUE, FACT_UNKNOWN, FACT_FALSE, EXPECTED_BY_NOBODY, OUTCOME_UNSAID, false, false,
	  "it may still turn out to be a guess" },
	{ FACT_TRUE, FACT_UNKNOWN, FACT_FALSE, EXPECTED_BY_NOBODY, OUTCOME_ABSENT, false, true,
	  "the end came without an answer" },
	{ FACT_TRUE, FACT_FALSE, FACT_FALSE, EXPECTED_BY_NOBODY, OUTCOME_ABSENT, false, false,
	  "a wrong password is a guess" },
	{ FACT_FALSE, FACT_TRUE, FACT_FALSE, EXPECTED_BY_NOBODY, OUTCOME_ABSENT, false, false,
	  "challenge and response show no secret" },
	{ FACT_UNKNOWN, FACT_UNKNOWN, FACT_FALSE, EXPECTED_BY_NOBODY, OUTCOME_ABSENT, false,
	  false, "not seen is not false, and not true either" },
	{ FACT_TRUE, FACT_TRUE, FACT_TRUE, EXPECTED_BY_NOBODY, OUTCOME_DECLINED, false, false,
	  "TLS was on offer: the decision table speaks" },
	{ FACT_TRUE, FACT_TRUE, FACT_UNKNOWN, EXPECTED_BY_HISTORY, OUTCOME_ABSENT, false, true,
	  "TLS was expected, and the decision table has nothing to say" },
	{ FACT_TRUE, FACT_TRUE, FACT_FALSE, EXPECTED_BY_NOBODY, OUTCOME_ABSENT, true, true,
	  "the alert of the finding, and only that" },
};

static void
clear_credentials_are_noted(void **state)
{
	for (size_t i = 0; i < sizeof(clear_rows) / sizeof(clear_rows[0]); i++) {
		const struct clear_row *row = &clear_rows[i];
		struct record r = { 0 };
		struct hits h;

		r.seen.final = row->outcome != OUTCOME_UNSAID;
		r.seen.credentials = row->credentials;
		r.seen.credentials_accepted = row->accepted;
		r.seen.offered = row->offered;
		r.verdict.outcome = row->outcome;
		r.verdict.expected_by = row->expected;
		r.verdict.count = row->finding;
		r.verdict.findings[0] = (struct finding){ TECHNIQUE_REQUIRED_VIOLATED,
			row->finding };
		h = judge(*state, &r);
		if (h.count != row->want)
			fail_msg("%s", row->why);
		if (h.count == 1 && !row->finding) {
			assert_int_equal(h.last->sid, CLEARTEXT_SID);
			assert_int_equal(rule_severity(h.last), 3);
			assert_int_equal(h.last->category, CATEGORY_EXPOSURE);
		}
	}
}

static void
complain(void *ctx, enum rule_finding kind, const char *message)
{
	(void)ctx;
	(void)kind;
	fail_msg("%s", message);
}

/* What a person who gets the alert will need. */
static void
every_rule_is_complete(void **state)
{
	const struct rule_set *set = *state;

	for (size_t i = 0; i < rule_set_count(set); i++) {
		const struct rule *rule = rule_set_at(set, i);
		char id[RULE_MITRE_SIZE];
		unsigned techniques = 0;

		rule_check(rule, complain, NULL);
		for (size_t j = 0; j < rule->tags.count; j++)
			techniques += rule_mitre_id(rule->tags.items[j], id);
		if (techniques == 0 || rule->references.count == 0 ||
		    rule->falsepositives.count == 0 || rule->description[0] == '\0' ||
		    strlen(rule->title) > 100 || rule->sid < 1001 || rule->sid > 1999)
			fail_msg("%s is not complete", rule->file);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_technique_has_its_rule),
		cmocka_unit_test(several_findings_give_several_alerts),
		cmocka_unit_test(honest_sessions_are_silent),
		cmocka_unit_test(clear_credentials_are_noted),
		cmocka_unit_test(every_rule_is_complete),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
