/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_COURT_H
#define TESTS_COURT_H

/* A judge with the shipped rules and an empty baseline, and what it says. */

#include "unit.h"

#include "judge/judge.h"
#include "observed.h"

/* What a judge said in one test. */
struct heard {
	unsigned sessions, alerts, severity, exposures;
	enum technique technique;
	uint64_t count;		/* of the last alert, and since when */
	int64_t first_seen_ns;
	unsigned clients;
	struct record last;
};

static inline void
hear_session(void *ctx, const struct record *record)
{
	struct heard *h = ctx;

	h->sessions++;
	h->last = *record;
}

static inline void
hear_alert(void *ctx, const struct alert *alert)
{
	struct heard *h = ctx;

	h->exposures += alert->rule->category == CATEGORY_EXPOSURE;
	if (alert->severity > 2 && !alert->record->verdict.expected_like_others)
		return;
	h->alerts++;
	h->severity = alert->severity;
	h->technique = alert->rule->technique;
	h->count = alert->count;
	h->first_seen_ns = alert->first_seen_ns;
	h->clients = alert->clients;
	h->last = *alert->record;
}

struct court {
	struct rule_set *rules;
	struct baseline *baseline;
	struct judge *judge;
	struct heard heard;
};

static inline int
open_court(void **state)
{
	static struct court c;
	struct judge_listener listener = { &c.heard, hear_session, hear_alert };
	const struct judge_limits limits = { 0 };
	struct err e;

	memset(&c, 0, sizeof(c));
	c.rules = rule_set_new();
	assert_int_equal(rule_set_add_builtin(c.rules, &e), 0);
	c.baseline = baseline_new(1024, 1024, &e);
	c.judge = judge_new(c.rules, c.baseline, &limits, &listener, true, &e);
	assert_non_null(c.judge);
	*state = &c;
	return 0;
}

static inline int
close_court(void **state)
{
	struct court *c = *state;

	judge_free(&c->judge);
	baseline_free(&c->baseline);
	rule_set_free(&c->rules);
	return 0;
}

static inline void
see(struct court *c, struct observation seen)
{
	judge_observe(c->judge, &seen);
}

#define IN_COURT(test) cmocka_unit_test_setup_teardown(test, open_court, close_court)

#endif
