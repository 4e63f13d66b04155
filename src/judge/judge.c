/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/judge.h"

#include <stdlib.h>

#include "base/log.h"
#include "judge/candidates.h"
#include "judge/decision.h"
#include "judge/outcomes.h"
#include "judge/relation.h"
#include "judge/twin.h"
#include "judge/twin_wait.h"

enum {
	TAPS_MAX = UINT8_MAX + 1,
};

struct judge {
	struct rule_set *rules;
	struct baseline *baseline;
	struct relations *relations;
	struct twins *twins;		/* NULL: there is one tap only */
	size_t twins_max;
	struct twin_wait *waiting;	/* for the other tap's */
	const struct policy *policy;	/* NULL: the operator says nothing */
	const struct network *home;
	size_t home_count;
	bool decrypted[TAPS_MAX];	/* what these taps show was TLS on the wire */
	struct judge_listener listener;
	weighing_take *show;		/* NULL: nobody asks why */
	void *show_ctx;
	struct candidates *candidates;
	struct alerts *alerts;
	uint64_t observations;
	struct outcomes outcomes;
	int64_t now_ns;			/* the latest time that any packet had */
	int64_t latest_ns;		/* ... that is believed */
	bool warned;
};

static size_t
limit_or(size_t limit, size_t normal)
{
	return limit != 0 ? limit : normal;
}

struct judge *
judge_new(struct rule_set *rules, struct baseline *baseline,
    const struct judge_limits *limits, const struct judge_listener *listener, bool hindsight,
    struct err *e)
{
	struct judge *j = calloc(1, sizeof(*j));

	if (j == NULL) {
		err_set_errno(e, "judge");
		return NULL;
	}
	j->alerts = alerts_new(baseline, limit_or(limits->alerts_max, JUDGE_ALERTS_DEFAULT),
	    listener->alert, listener->ctx, e);
	if (j->alerts == NULL || (j->relations = relations_new(
	    limit_or(limits->relations_max, JUDGE_RELATIONS_DEFAULT), e)) == NULL) {
		judge_free(&j);
		return NULL;
	}
	j->latest_ns = INT64_MAX;
	j->twins_max = limit_or(limits->twins_max, JUDGE_TWINS_DEFAULT);
	j->rules = rules;
	j->baseline = baseline;
	j->listener = *listener;
	if (hindsight && (j->candidates = candidates_new(e)) == NULL)
		judge_free(&j);
	return j;
}

int
judge_compare_taps(struct judge *j, struct err *e)
{
	j->twins = twins_new(j->twins_max, e);
	if (j->twins != NULL)
		j->waiting = twin_wait_new(e);
	return j->waiting != NULL ? 0 : -1;
}

void
judge_obey(struct judge *j, const struct policy *policy, const char *const *taps, size_t tap_count)
{
	j->policy = policy;
	alerts_obey(j->alerts, policy);
	for (size_t i = 0; taps != NULL && i < tap_count && i < TAPS_MAX; i++)
		j->decrypted[i] = policy_decrypts(policy, taps[i]);
}

void
judge_know_home(struct judge *j, const struct network *home, size_t count)
{
	j->home = home;
	j->home_count = count;
}

void
judge_use_rules(struct judge *j, struct rule_set *rules)
{
	alerts_finish(j->alerts);
	j->rules = rules;
}

int
judge_merge_repeats(struct judge *j, struct err *e)
{
	return alerts_merge_repeats(j->alerts, e);
}

void
judge_show(struct judge *j, weighing_take *take, void *ctx)
{
	j->show = take;
	j->show_ctx = ctx;
}

/* Behind a machine that decrypts, clear text after the acceptance is what was inside TLS. */
static bool
was_decrypted(const struct judge *j, const struct observation *o)
{
	return j->decrypted[o->flow.tuple.tap] && o->accepted == FACT_TRUE;
}

/* A machine of the operator's between the taps may end TLS, and say something else. */
static bool
is_by_design(const struct judge *j, const struct observation *o, const struct twin *twin)
{
	return j->decrypted[o->flow.tuple.tap] ||
	    policy_ends_tls(j->policy, &o->flow.tuple.addr[SIDE_CLIENT]) ||
	    policy_ends_tls(j->policy, &o->flow.tuple.addr[SIDE_SERVER]) ||
	    policy_ends_tls(j->policy, &twin->other_client);
}

struct hit {
	struct judge *judge;
	const struct record *record;
	enum policy_tls policy;
	const struct told *told;	/* before, or NULL */
};

static bool
is_told(const struct told *told, const struct rule *rule)
{
	for (uint32_t i = 0; told != NULL && i < told->count; i++) {
		if (told->sids[i] == rule->sid)
			return true;
	}
	return false;
}

static void
rule_spoke(void *ctx, const struct rule *rule)
{
	const struct hit *hit = ctx;

	/* where there never is TLS, what crosses in clear is the operator's own business */
	if (hit->policy == POLICY_NEVER && rule->category == CATEGORY_EXPOSURE)
		return;
	if (!was_decrypted(hit->judge, &hit->record->seen) && !is_told(hit->told, rule))
		alerts_rule(hit->judge->alerts, hit->record, rule);
}

static void
ask_rules(struct judge *j, const struct record *record, const struct knowledge *known,
    const struct told *told)
{
	struct hit hit = { j, record, known->policy, told };

	rule_set_judge(j->rules, record, rule_spoke, &hit);
}

static void
weigh(struct judge *j, struct record *record, const struct knowledge *known, bool looking_back)
{
	struct weighing weighing = { record, known, looking_back };

	record->direction = direction_of(&record->seen.flow.tuple, j->home, j->home_count);
	decision_make(&record->seen, known, &record->verdict);
	if (j->show != NULL)
		j->show(j->show_ctx, &weighing);
}

static void
keep_candidate(struct judge *j, const struct record *record, const struct relation *relation)
{
	struct candidate candidate = { .record = *record, .relation = *relation };

	alerts_told(j->alerts, record, j->rules, &candidate.told);
	if (candidates_add(j->candidates, &candidate) || j->warned)
		return;
	j->warned = true;
	log_warn("hindsight: no room in the temporary file; later packets will not be "
	    "used to judge earlier sessions");
}

static struct twin
find_twin(const struct judge *j, const struct observation *seen, uint64_t serial)
{
	struct twin twin = twins_find(j->twins, seen, serial);

	if (twin.differences != 0 && is_by_design(j, seen, &twin)) {
		twin.differences = 0;
		twin.says[0] = '\0';
	}
	return twin;
}

/* All that is known beside the session itself, now. */
static struct knowledge
know(const struct judge *j, const struct observation *seen)
{
	struct knowledge known = { .history = baseline_look(j->baseline, seen),
		.relation = relations_find(j->relations, seen),
		.policy = policy_tls(j->policy, seen),
		.policy_by = policy_by(j->policy, seen) };

	known.relation.blocked_serves = known.relation.blocked_flow_id != 0 &&
	    baseline_serves_tls(j->baseline, seen, known.relation.blocked_port);
	return known;
}

/* A connection on nobody's port that nobody could read, of a server that nobody knows. */
static bool
is_nobodys(const struct record *record)
{
	return record->seen.elsewhere && record->verdict.count == 0;
}

static void
judge_open(struct judge *j, const struct observation *seen, const struct knowledge *known)
{
	struct record record = { .seen = *seen, .history = known->history };

	weigh(j, &record, known, false);
	if (is_nobodys(&record))
		return;
	ask_rules(j, &record, known, NULL);
}

static void
judge_final(struct judge *j, const struct observation *seen, const struct knowledge *known)
{
	struct record record = { .seen = *seen, .history = known->history };
	const struct twin *twin = &known->twin;

	weigh(j, &record, known, false);
	if (is_nobodys(&record))
		return;
	outcomes_count(&j->outcomes, &record);
	j->listener.session(j->listener.ctx, &record);
	ask_rules(j, &record, known, NULL);
	if (j->candidates != NULL && decision_may_change(seen, &record.verdict))
		keep_candidate(j, &record, &known->relation);
	/* what two taps saw alike happened once */
	if (twin->flow_id == 0 || twin->differences != 0 || !twin->seen_whole)
		baseline_learn(j->baseline, seen);
}

static void
let_wait(struct judge *j, const struct observation *seen, const struct knowledge *known)
{
	struct waiter waiter = { .due_ns = j->now_ns + TWINS_WAIT_NS, .seen = *seen,
		.known = *known };

	/* what was decrypted is held against others, and they are not held against it */
	waiter.serial = j->decrypted[seen->flow.tuple.tap] ? UINT64_MAX :
	    twins_learn(j->twins, seen);
	twin_wait_add(j->waiting, &waiter);
}

/* Those whose counterparts have ended by now, if they have any. */
static void
judge_waiting(struct judge *j, int64_t now_ns)
{
	struct waiter *w;

	while ((w = twin_wait_take(j->waiting, now_ns)) != NULL) {
		w->known.twin = find_twin(j, &w->seen, w->serial);
		judge_final(j, &w->seen, &w->known);
	}
}

void
judge_advance(struct judge *j, int64_t now_ns)
{
	if (now_ns > j->now_ns)
		j->now_ns = now_ns;
	alerts_advance(j->alerts, j->now_ns);
	if (j->twins != NULL)
		judge_waiting(j, j->now_ns);
}

void
judge_limit_time(struct judge *j, int64_t latest_ns)
{
	j->latest_ns = latest_ns;
	if (j->now_ns <= latest_ns)
		return;
	if (j->twins != NULL)
		judge_waiting(j, INT64_MAX);
	alerts_finish(j->alerts);
	j->now_ns = 0;
}

void
judge_observe(struct judge *j, const struct observation *seen)
{
	struct knowledge known;

	judge_advance(j, seen->at.at_ns < j->latest_ns ? seen->at.at_ns : j->latest_ns);
	if (seen->provisional || seen->attempt ||
	    (seen->elsewhere && !observation_is_unread(seen))) {
		relations_learn(j->relations, seen);
		return;
	}
	j->observations++;
	known = know(j, seen);
	if (!seen->final)
		judge_open(j, seen, &known);
	else if (j->twins != NULL)
		let_wait(j, seen, &known);
	else
		judge_final(j, seen, &known);
	/* a client may be back before the connection is known to have ended */
	relations_learn(j->relations, seen);
}

static void
look_back(struct judge *j, struct candidate *c)
{
	const struct observation *seen = &c->record.seen;
	struct knowledge known = {
		.history = baseline_hindsight(j->baseline, seen),
		.upgraded_later = baseline_upgraded_later(j->baseline, seen),
		.policy = policy_tls(j->policy, seen),
		.policy_by = policy_by(j->policy, seen),
		.twin = c->record.verdict.twin,
		.relation = c->relation,
		.after = c->record.history.strength == STRENGTH_NONE,
	};

	weigh(j, &c->record, &known, true);
	ask_rules(j, &c->record, &known, &c->told);
}

int
judge_finish(struct judge *j, struct err *e)
{
	struct candidate candidate;
	int got = 0;

	if (j->twins != NULL)
		judge_waiting(j, INT64_MAX);
	while (j->candidates != NULL &&
	    (got = candidates_next(j->candidates, &candidate, e)) == 1)
		look_back(j, &candidate);
	alerts_finish(j->alerts);
	return got;
}

void
judge_counters(const struct judge *j, counter_visit *visit, void *ctx)
{
	outcomes_counters(&j->outcomes, visit, ctx);
	alerts_counters(j->alerts, visit, ctx);
	visit(ctx, "judge.observations", j->observations);
	if (j->candidates != NULL) {
		visit(ctx, "judge.candidates", candidates_count(j->candidates));
		visit(ctx, "judge.candidates_lost", candidates_lost(j->candidates));
	}
	rule_set_counters(j->rules, visit, ctx);
	baseline_counters(j->baseline, visit, ctx);
	relations_counters(j->relations, visit, ctx);
	if (j->twins != NULL) {
		twins_counters(j->twins, visit, ctx);
		twin_wait_counters(j->waiting, visit, ctx);
	}
}

void
judge_free(struct judge **j)
{
	if (*j == NULL)
		return;
	candidates_free(&(*j)->candidates);
	alerts_free(&(*j)->alerts);
	relations_free(&(*j)->relations);
	twins_free(&(*j)->twins);
	twin_wait_free(&(*j)->waiting);
	free(*j);
	*j = NULL;
}
