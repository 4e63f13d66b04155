/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/table.h"
#include "judge/candidates.h"
#include "judge/decision.h"
#include "judge/relation.h"
#include "judge/twin.h"

enum {
	TAPS_MAX = UINT8_MAX + 1,
	FIRED_MAX = 65536,	/* alerts remembered, so that none is given twice */
	RELATIONS_MAX = 65536,	/* clients whose upgrade came to nothing */
	DIALECTS_MAX = 32,	/* that are counted by name */
	SEVERITY_MEDIUM = 2,
	SEVERITY_HIGH = 1,
};

struct tally {
	char dialect[DIALECT_NAME_SIZE];
	uint64_t outcomes[OUTCOMES];
};

struct judge {
	struct rule_set *rules;
	struct baseline *baseline;
	struct relations *relations;
	struct twins *twins;		/* NULL: there is one tap only */
	const struct policy *policy;	/* NULL: the operator says nothing */
	const struct network *home;
	size_t home_count;
	bool decrypted[TAPS_MAX];	/* what these taps show was TLS on the wire */
	uint64_t suppressed;
	struct judge_listener listener;
	struct candidates *candidates;
	struct table *fired;
	struct hash_key fired_key;
	uint64_t alerts[CATEGORIES];
	uint64_t observations, repeated;
	struct tally tallies[DIALECTS_MAX];
	size_t tally_count;
	bool warned;
};

struct judge *
judge_new(struct rule_set *rules, struct baseline *baseline,
    const struct judge_listener *listener, bool hindsight, struct err *e)
{
	struct judge *j = calloc(1, sizeof(*j));

	if (j == NULL || (j->fired = table_new(FIRED_MAX, 1)) == NULL ||
	    (j->relations = relations_new(RELATIONS_MAX, e)) == NULL) {
		err_set_errno(e, "judge");
		judge_free(&j);
		return NULL;
	}
	j->rules = rules;
	j->baseline = baseline;
	j->listener = *listener;
	j->fired_key = hash_key_random();
	if (hindsight && (j->candidates = candidates_new(e)) == NULL)
		judge_free(&j);
	return j;
}

int
judge_compare_taps(struct judge *j, struct err *e)
{
	j->twins = twins_new(TWINS_DEFAULT, e);
	return j->twins != NULL ? 0 : -1;
}

void
judge_obey(struct judge *j, const struct policy *policy, const char *const *taps, size_t tap_count)
{
	j->policy = policy;
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
	j->rules = rules;
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

/* Has this rule spoken about this connection before? It has now. */
static bool
fired_before(struct judge *j, const struct record *r, const struct rule *rule)
{
	uint64_t key[2] = { r->seen.flow.id, rule->sid };
	uint64_t hash = hash_bytes(&j->fired_key, key, sizeof(key));
	bool before = table_find(j->fired, hash) != NULL;

	table_take(j->fired, hash);
	return before;
}

/* Credentials in clear make it graver; what rests on little, or on hindsight, is never grave. */
static unsigned
severity_of(const struct record *r, const struct rule *rule)
{
	unsigned severity = rule_severity(rule);
	bool weak = r->verdict.proof == PROOF_HISTORY &&
	    (r->verdict.expected_strength != STRENGTH_STRONG || r->verdict.expected_after);

	if (severity == SEVERITY_MEDIUM && rule->category == CATEGORY_DOWNGRADE &&
	    r->seen.credentials == FACT_TRUE)
		severity = SEVERITY_HIGH;
	if (severity == SEVERITY_HIGH && weak)
		severity = SEVERITY_MEDIUM;
	return severity;
}

struct hit {
	struct judge *judge;
	const struct record *record;
};

/*
 * A masking middlebox, a server with a broken TLS that says so itself, and one
 * that was set up anew, show the same to everybody: once for a server and day
 * is enough.
 */
static bool
is_told_once_a_day(const struct record *r, const struct rule *rule)
{
	bool by_alert = r->verdict.related != 0 ? r->verdict.setback == SETBACK_ALERT :
	    observation_has(&r->seen, MARK_TLS_ALERT);

	switch (rule->technique) {
	case TECHNIQUE_CAP_MASKED:
	case TECHNIQUE_CERT_CHANGED:
	case TECHNIQUE_POLICY_TOKEN_STRIPPED:
	case TECHNIQUE_SASL_DOWNGRADE:
		return true;
	case TECHNIQUE_TLS_VERSION_DOWNGRADE:
		return r->verdict.proof == PROOF_HISTORY;
	default:
		break;
	}
	return rule->technique == TECHNIQUE_HANDSHAKE_FAILED_FALLBACK && by_alert &&
	    r->seen.credentials != FACT_TRUE;
}

static void
rule_spoke(void *ctx, const struct rule *rule)
{
	const struct hit *hit = ctx;
	struct judge *j = hit->judge;
	struct alert alert = { hit->record, rule, severity_of(hit->record, rule) };

	if (was_decrypted(j, &hit->record->seen))
		return;
	if (policy_suppresses(j->policy, &hit->record->seen, rule->technique)) {
		j->suppressed++;
		return;
	}
	if (fired_before(j, hit->record, rule))
		return;
	if (is_told_once_a_day(hit->record, rule) &&
	    !baseline_first_today(j->baseline, &hit->record->seen, rule->technique)) {
		j->repeated++;
		return;
	}
	j->alerts[rule->category]++;
	j->listener.alert(j->listener.ctx, &alert);
}

static void
ask_rules(struct judge *j, const struct record *record)
{
	struct hit hit = { j, record };

	rule_set_judge(j->rules, record, rule_spoke, &hit);
}

static void
count_outcome(struct judge *j, const struct record *r)
{
	const char *name = r->seen.dialect[0] != '\0' ? r->seen.dialect :
	    r->seen.implicit ? "tls" : "unknown";
	size_t i = 0;

	while (i < j->tally_count && strcmp(j->tallies[i].dialect, name) != 0)
		i++;
	if (i == DIALECTS_MAX)
		return;
	if (i == j->tally_count) {
		snprintf(j->tallies[i].dialect, sizeof(j->tallies[i].dialect), "%s", name);
		j->tally_count++;
	}
	j->tallies[i].outcomes[r->verdict.outcome]++;
}

static void
keep_candidate(struct judge *j, const struct record *record)
{
	if (candidates_add(j->candidates, record) || j->warned)
		return;
	j->warned = true;
	log_warn("hindsight: no room in the temporary file; later packets will not be "
	    "used to judge earlier sessions");
}

static struct twin
find_twin(const struct judge *j, const struct observation *seen)
{
	struct twin twin = twins_find(j->twins, seen);

	if (twin.differences != 0 && is_by_design(j, seen, &twin)) {
		twin.differences = 0;
		twin.says[0] = '\0';
	}
	return twin;
}

void
judge_observe(struct judge *j, const struct observation *seen)
{
	struct record record = { .seen = *seen, .history = baseline_look(j->baseline, seen),
		.direction = direction_of(&seen->flow.tuple, j->home, j->home_count) };
	struct knowledge known = { .history = record.history,
		.relation = relations_find(j->relations, seen),
		.policy = policy_tls(j->policy, seen) };

	if (seen->attempt || seen->elsewhere) {
		relations_learn(j->relations, seen);
		return;
	}
	known.relation.blocked_serves = known.relation.blocked_flow_id != 0 &&
	    baseline_serves_tls(j->baseline, seen, known.relation.blocked_port);
	if (j->twins != NULL && seen->final)
		known.twin = find_twin(j, seen);
	j->observations++;
	decision_make(seen, &known, &record.verdict);
	if (seen->final) {
		count_outcome(j, &record);
		j->listener.session(j->listener.ctx, &record);
	}
	ask_rules(j, &record);
	if (!seen->final) {
		/* the client may be back before the connection is known to have ended */
		if (seen->flow.end == FLOW_RST)
			relations_learn(j->relations, seen);
		return;
	}
	if (j->candidates != NULL && decision_may_change(seen, &record.verdict))
		keep_candidate(j, &record);
	/* what two taps saw alike happened once */
	if (known.twin.flow_id == 0 || known.twin.differences != 0)
		baseline_learn(j->baseline, seen);
	relations_learn(j->relations, seen);
	if (j->twins != NULL && !j->decrypted[seen->flow.tuple.tap])
		twins_learn(j->twins, seen);
}

int
judge_finish(struct judge *j, struct err *e)
{
	struct record record;
	int got = 0;

	while (j->candidates != NULL &&
	    (got = candidates_next(j->candidates, &record, e)) == 1) {
		struct knowledge known = {
			.history = baseline_hindsight(j->baseline, &record.seen),
			.upgraded_later = baseline_upgraded_later(j->baseline, &record.seen),
			.policy = policy_tls(j->policy, &record.seen),
			.twin = record.verdict.twin,
		};

		known.after = record.history.strength == STRENGTH_NONE;
		decision_make(&record.seen, &known, &record.verdict);
		ask_rules(j, &record);
	}
	return got;
}

static void
visit_named(counter_visit *visit, void *ctx, const char *room, const char *a,
    const char *b, uint64_t value)
{
	char name[96];

	if (b != NULL)
		snprintf(name, sizeof(name), "%s.%s.%s", room, a, b);
	else
		snprintf(name, sizeof(name), "%s.%s", room, a);
	visit(ctx, name, value);
}

void
judge_counters(const struct judge *j, counter_visit *visit, void *ctx)
{
	for (size_t i = 0; i < j->tally_count; i++) {
		for (int o = OUTCOME_UNSAID + 1; o < OUTCOMES; o++) {
			if (j->tallies[i].outcomes[o] > 0)
				visit_named(visit, ctx, "dialect", j->tallies[i].dialect,
				    outcome_name((enum outcome)o), j->tallies[i].outcomes[o]);
		}
	}
	for (int c = 0; c < CATEGORIES; c++)
		visit_named(visit, ctx, "alerts", category_name((enum category)c), NULL,
		    j->alerts[c]);
	visit(ctx, "judge.observations", j->observations);
	visit(ctx, "judge.repeated", j->repeated);
	visit(ctx, "judge.alerts_forgotten", table_evicted(j->fired));
	visit(ctx, "judge.suppressed", j->suppressed);
	if (j->candidates != NULL) {
		visit(ctx, "judge.candidates", candidates_count(j->candidates));
		visit(ctx, "judge.candidates_lost", candidates_lost(j->candidates));
	}
	rule_set_counters(j->rules, visit, ctx);
	baseline_counters(j->baseline, visit, ctx);
	relations_counters(j->relations, visit, ctx);
	if (j->twins != NULL)
		twins_counters(j->twins, visit, ctx);
}

void
judge_free(struct judge **j)
{
	if (*j == NULL)
		return;
	candidates_free(&(*j)->candidates);
	table_free(&(*j)->fired);
	relations_free(&(*j)->relations);
	twins_free(&(*j)->twins);
	free(*j);
	*j = NULL;
}
