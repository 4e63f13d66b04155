/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/counter.h"
#include "base/err.h"
#include "judge/alerts.h"
#include "judge/baseline.h"
#include "judge/knowledge.h"
#include "judge/policy.h"
#include "judge/rule.h"
#include "words/network.h"
#include "words/record.h"

/*
 * From observation to verdict and alert. Each snapshot is compared with what
 * earlier packets taught, decided by the table, and put to the rules; one rule
 * alerts once for one connection. Final ones are then learnt from. Verdicts
 * that rest on absence wait, in a temporary file, for what later packets teach.
 */
struct judge;

struct judge_listener {
	void *ctx;
	void (*session)(void *ctx, const struct record *record);	/* final ones */
	alert_take *alert;
};

enum {
	JUDGE_ALERTS_DEFAULT = 65536,
	JUDGE_RELATIONS_DEFAULT = 65536,
	JUDGE_TWINS_DEFAULT = 16384,
};

/* Every limit is a setting; 0 takes the default. */
struct judge_limits {
	size_t alerts_max;	/* remembered, so that none is given twice */
	size_t relations_max;	/* clients whose upgrade came to nothing */
	size_t twins_max;	/* sessions kept to be compared with another tap's */
};

/*
 * rules and baseline are borrowed. hindsight keeps candidates for
 * judge_finish(); NULL with *e set when its file or memory cannot be had.
 */
struct judge *judge_new(struct rule_set *rules, struct baseline *baseline,
    const struct judge_limits *limits, const struct judge_listener *listener, bool hindsight,
    struct err *e);

/*
 * Several taps see the same network: hold their sessions against each other. What ends
 * waits TWINS_WAIT_NS of packet time for its counterpart. -1 with *e set.
 */
int judge_compare_taps(struct judge *j, struct err *e);

/* The operator's policy, borrowed, or NULL; taps are names by tap index, or NULL. */
void judge_obey(struct judge *j, const struct policy *policy, const char *const *taps,
    size_t tap_count);

/* The operator's own networks, borrowed: what gives connections a direction. */
void judge_know_home(struct judge *j, const struct network *home, size_t count);

/*
 * Other rules from now on, borrowed. What was told before is not told again by them;
 * what waited is told first.
 */
void judge_use_rules(struct judge *j, struct rule_set *rules);

/* Count repeats of an alert, and close them by one (repeats.h): for a sensor. -1 with *e set. */
int judge_merge_repeats(struct judge *j, struct err *e);

/* One judgement as it was made: for those who ask why. */
struct weighing {
	const struct record *record;
	const struct knowledge *known;
	bool looking_back;		/* at the end of input, with all that was learnt */
};

/* Show each one, before the rules are asked. */
typedef void weighing_take(void *ctx, const struct weighing *weighing);
void judge_show(struct judge *j, weighing_take *take, void *ctx);

/* Judge one snapshot. */
void judge_observe(struct judge *j, const struct observation *seen);

/* So late it is in packet time: what waited for that is judged. Observations say so themselves. */
void judge_advance(struct judge *j, int64_t now_ns);

/*
 * It cannot be later than this, whatever packets say. Where it is later already, the clock
 * was set back: what waits is judged and told now, or it would wait for a time that was
 * none. For a sensor.
 */
void judge_limit_time(struct judge *j, int64_t latest_ns);

/*
 * End of input: judge the candidates again with everything that was learnt. 0, or -1
 * with *e set when they cannot all be read back.
 */
int judge_finish(struct judge *j, struct err *e);

/* Visit "judge.*", "alerts.*" and "dialect.*" counters. */
void judge_counters(const struct judge *j, counter_visit *visit, void *ctx);

void judge_free(struct judge **j);

#endif
