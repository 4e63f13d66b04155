/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/alerts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/table.h"
#include "judge/repeats.h"

enum {
	HELD_MAX = 128,		/* that wait to become graver */
	SEVERITY_HIGH = 1,
	SEVERITY_MEDIUM,
	SEVERITY_LOW,
};

enum { ANY_RULE = 0 };	/* no rule's sid */

/* Of a connection, under a rule's sid that it has spoken; under ANY_RULE that one has. */
struct fired {
	bool finding;		/* ANY_RULE: something was found, by one of them */
};

/* An alert that may still become graver. */
struct held {
	const struct rule *rule;	/* NULL: it has been told */
	int64_t due_ns;
	struct record record;
};

struct alerts {
	struct baseline *baseline;
	const struct policy *policy;	/* NULL: the operator says nothing */
	alert_take *take;
	void *ctx;
	struct repeats *repeats;	/* NULL: nothing is merged */
	struct table *fired;
	struct hash_key fired_key;
	int64_t now_ns;
	uint64_t told[CATEGORIES], repeated, suppressed;
	uint64_t first, end;		/* of those held; they count up for ever */
	struct held held[HELD_MAX];
};

struct alerts *
alerts_new(struct baseline *baseline, size_t told_max, alert_take *take, void *ctx,
    struct err *e)
{
	struct alerts *a = calloc(1, sizeof(*a));

	/* each takes an entry, and one of its connection */
	if (a == NULL || (a->fired = table_new(2 * told_max, sizeof(struct fired))) == NULL) {
		err_set_errno(e, "memory of %zu alerts", told_max);
		alerts_free(&a);
		return NULL;
	}
	a->fired_key = hash_key_random();
	a->baseline = baseline;
	a->take = take;
	a->ctx = ctx;
	return a;
}

void
alerts_obey(struct alerts *a, const struct policy *policy)
{
	a->policy = policy;
}

int
alerts_merge_repeats(struct alerts *a, struct err *e)
{
	a->repeats = repeats_new(REPEATS_DEFAULT, e);
	return a->repeats != NULL ? 0 : -1;
}

/* It was never seen offering TLS, and only what others beside it do speaks against it. */
static bool
rests_on_neighbours(const struct verdict *v)
{
	return v->expected_like_others && v->proof == PROOF_HISTORY;
}

/* Credentials in clear make it graver; what rests on little, or on hindsight, is never grave. */
static unsigned
severity_with(const struct record *r, const struct rule *rule, bool credentials)
{
	unsigned severity = rule_severity(rule);
	bool weak = r->verdict.proof == PROOF_HISTORY &&
	    (r->verdict.expected_strength != STRENGTH_STRONG || r->verdict.expected_after);

	if (severity == SEVERITY_MEDIUM && rule->category == CATEGORY_DOWNGRADE && credentials)
		severity = SEVERITY_HIGH;
	if (severity == SEVERITY_HIGH && weak)
		severity = SEVERITY_MEDIUM;
	/* worth a look, and wakes nobody */
	if (rests_on_neighbours(&r->verdict) && severity < SEVERITY_LOW)
		severity = SEVERITY_LOW;
	/* a setting of this client's, told often enough */
	if (rule->technique == TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER &&
	    r->history.client_never_looks)
		severity = SEVERITY_LOW;
	return severity;
}

static unsigned
severity_of(const struct record *r, const struct rule *rule)
{
	return severity_with(r, rule, r->seen.credentials == FACT_TRUE);
}

/*
 * A masking middlebox, a server with a broken TLS that says so itself, and one
 * that was set up anew, show the same to everybody: once for a server and day
 * is enough. So it is for one that was never seen: it may have several clients at once.
 */
static bool
is_told_once_a_day(const struct record *r, const struct rule *rule)
{
	bool by_alert = r->verdict.related != 0 ? r->verdict.setback == SETBACK_ALERT :
	    observation_has(&r->seen, MARK_TLS_ALERT);

	if (rests_on_neighbours(&r->verdict))
		return true;
	switch (rule->technique) {
	case TECHNIQUE_CAP_MASKED:
	case TECHNIQUE_CERT_CHANGED:
	case TECHNIQUE_FTP_DATA_CLEAR:
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

static uint64_t
fired_hash(const struct alerts *a, const struct record *r, uint32_t sid)
{
	uint64_t key[2] = { r->seen.flow.id, sid };

	return hash_bytes(&a->fired_key, key, sizeof(key));
}

/* NULL when it has not. */
static const struct fired *
find_fired(const struct alerts *a, const struct record *r, uint32_t sid)
{
	return table_find(a->fired, fired_hash(a, r, sid));
}

void
alerts_told(const struct alerts *a, const struct record *r, const struct rule_set *rules,
    struct told *told_r)
{
	told_r->count = 0;
	if (find_fired(a, r, ANY_RULE) == NULL)
		return;
	for (size_t i = 0; i < rule_set_count(rules) && told_r->count < TOLD_MAX; i++) {
		const uint32_t sid = rule_set_at(rules, i)->sid;

		if (find_fired(a, r, sid) != NULL)
			told_r->sids[told_r->count++] = sid;
	}
}

static void
note_fired(struct alerts *a, const struct record *r, const struct rule *rule)
{
	struct fired *any;

	table_take(a->fired, fired_hash(a, r, rule->sid));
	any = table_take(a->fired, fired_hash(a, r, ANY_RULE));
	any->finding |= rule->technique != TECHNIQUE_NONE;
}

/*
 * It has been told, or would say that nothing was found where something was before: what
 * other sessions taught since may have taken back what was expected of this one.
 */
static bool
is_told_already(const struct alerts *a, const struct record *r, const struct rule *rule)
{
	const struct fired *any = find_fired(a, r, ANY_RULE);

	if (any == NULL)
		return false;
	return find_fired(a, r, rule->sid) != NULL || (rule->if_nothing_found && any->finding);
}

static void
close_windows(struct alerts *a, int64_t now_ns)
{
	struct repeat w;

	while (a->repeats != NULL && repeats_close(a->repeats, now_ns, &w)) {
		struct alert alert = { &w.last, w.rule, w.severity, w.count, w.first_ns,
			w.clients };

		a->told[w.rule->category]++;
		a->take(a->ctx, &alert);
	}
}

static void
tell(struct alerts *a, const struct record *record, const struct rule *rule)
{
	struct alert alert = { record, rule, severity_of(record, rule), 1,
		record->seen.at.at_ns, 0 };

	note_fired(a, record, rule);
	if (is_told_once_a_day(record, rule) &&
	    !baseline_first_today(a->baseline, &record->seen, rule->technique)) {
		a->repeated++;
		return;
	}
	if (a->repeats != NULL) {
		close_windows(a, a->now_ns);
		if (repeats_note(a->repeats, record, rule, alert.severity, a->now_ns))
			return;
	}
	a->told[rule->category]++;
	a->take(a->ctx, &alert);
}

static struct held *
held_at(struct alerts *a, uint64_t number)
{
	return &a->held[number % HELD_MAX];
}

static struct held *
find_held(struct alerts *a, const struct record *r, const struct rule *rule)
{
	for (uint64_t i = a->first; i < a->end; i++) {
		struct held *h = held_at(a, i);

		if (h->rule == rule && h->record.seen.flow.id == r->seen.flow.id)
			return h;
	}
	return NULL;
}

static void
tell_oldest(struct alerts *a)
{
	struct held *h = held_at(a, a->first++);

	if (h->rule != NULL)
		tell(a, &h->record, h->rule);
}

static void
hold(struct alerts *a, const struct record *record, const struct rule *rule)
{
	struct held *h;

	if (a->end - a->first == HELD_MAX)
		tell_oldest(a);
	h = held_at(a, a->end++);
	h->rule = rule;
	h->due_ns = a->now_ns + ALERTS_GRACE_NS;
	h->record = *record;
}

/* Would a password make it graver, and may one still come? */
static bool
may_become_graver(const struct record *r, const struct rule *rule)
{
	return !r->seen.final && !observation_exposed_anywhere(&r->seen) &&
	    severity_with(r, rule, true) < severity_of(r, rule);
}

void
alerts_rule(struct alerts *a, const struct record *record, const struct rule *rule)
{
	struct held *held;

	if (policy_suppresses(a->policy, &record->seen, rule->technique)) {
		a->suppressed++;
		return;
	}
	if (is_told_already(a, record, rule))
		return;
	held = find_held(a, record, rule);
	if (may_become_graver(record, rule)) {
		if (held == NULL)
			hold(a, record, rule);
		return;
	}
	if (held != NULL)
		held->rule = NULL;
	tell(a, record, rule);
}

void
alerts_advance(struct alerts *a, int64_t now_ns)
{
	a->now_ns = now_ns;
	while (a->first < a->end &&
	    (held_at(a, a->first)->rule == NULL || held_at(a, a->first)->due_ns <= now_ns))
		tell_oldest(a);
	close_windows(a, now_ns);
}

void
alerts_finish(struct alerts *a)
{
	while (a->first < a->end)
		tell_oldest(a);
	close_windows(a, INT64_MAX);
}

const char *
alert_benign(const struct alert *alert, size_t n)
{
	const struct verdict *v = &alert->record->verdict;
	const struct rule_texts *texts = &alert->rule->falsepositives;

	if (rests_on_neighbours(v)) {
		if (n == 0)
			return "The server was never seen before, and may be somebody else's than "
			    "those beside it: it need not do what they do";
		n--;
	}
	return n < texts->count ? texts->items[n] : NULL;
}

void
alerts_counters(const struct alerts *a, counter_visit *visit, void *ctx)
{
	char name[32];

	for (int c = 0; c < CATEGORIES; c++) {
		snprintf(name, sizeof(name), "alerts.%s", category_name((enum category)c));
		visit(ctx, name, a->told[c]);
	}
	visit(ctx, "judge.repeated", a->repeated);
	visit(ctx, "judge.alerts_forgotten", table_evicted(a->fired));
	visit(ctx, "judge.suppressed", a->suppressed);
	if (a->repeats != NULL)
		repeats_counters(a->repeats, visit, ctx);
}

void
alerts_free(struct alerts **a)
{
	if (*a == NULL)
		return;
	repeats_free(&(*a)->repeats);
	table_free(&(*a)->fired);
	free(*a);
	*a = NULL;
}
