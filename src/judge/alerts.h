/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_ALERTS_H
#define JUDGE_ALERTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "judge/baseline.h"
#include "judge/policy.h"
#include "judge/rule.h"
#include "words/record.h"

/*
 * From a rule that holds to an alert: how grave it is, and whether it was told
 * before. One rule alerts once for one connection; what shows the same to
 * everybody once for a server and day.
 */
struct alerts;

/* One rule has spoken about one connection. */
struct alert {
	const struct record *record;
	const struct rule *rule;
	unsigned severity;		/* 1-4; less than the rule's where little is known */
	uint64_t count;			/* of those it stands for: more than 1 closes a window */
	int64_t first_seen_ns;		/* ... of the first of them */
	unsigned clients;		/* different ones among them, where it closes a window */
};

/*
 * It sums up a window: the connection that it speaks of is the latest of many, whose packets
 * nobody asks for. Those of the first were saved with the alert that opened it.
 */
static inline bool
alert_closes_window(const struct alert *alert)
{
	return alert->count > 1;
}

/* Which rules have spoken about a connection: what does not fit may be told twice. */
enum { TOLD_MAX = 16 };

struct told {
	uint32_t count;
	uint32_t sids[TOLD_MAX];
};

typedef void alert_take(void *ctx, const struct alert *alert);

/*
 * The innocent explanations, the likeliest first: of the rule, and before them that of an
 * expectation which rests on neighbours. NULL behind the last.
 */
const char *alert_benign(const struct alert *alert, size_t n);

/*
 * A password that follows makes what was found before it graver. As long as
 * nothing has crossed in clear such an alert waits for it, so long in packet time.
 */
#define ALERTS_GRACE_NS (INT64_C(1) * 1000000000)

/* baseline is borrowed. NULL with *e set when memory is short. */
struct alerts *alerts_new(struct baseline *baseline, size_t told_max, alert_take *take, void *ctx,
    struct err *e);

/* The operator's policy, borrowed, or NULL. */
void alerts_obey(struct alerts *a, const struct policy *policy);

/* From now on repeats are counted, and closed by one alert. -1 with *e set. */
int alerts_merge_repeats(struct alerts *a, struct err *e);

/* This rule holds for that record. */
void alerts_rule(struct alerts *a, const struct record *record, const struct rule *rule);

/* Which of these rules have spoken about that connection, as far as is remembered. */
void alerts_told(const struct alerts *a, const struct record *record,
    const struct rule_set *rules, struct told *told_r);

/* So late it is: what has waited long enough is told. */
void alerts_advance(struct alerts *a, int64_t now_ns);

/* End of input, or of these rules: tell what still waits, and close all windows. */
void alerts_finish(struct alerts *a);

/* Visit "alerts.*", and "judge.*" of what was not told. */
void alerts_counters(const struct alerts *a, counter_visit *visit, void *ctx);

void alerts_free(struct alerts **a);

#endif
