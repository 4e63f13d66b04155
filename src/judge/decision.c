/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/decision.h"

#include <string.h>

#include "judge/decision_rows.h"

static bool
on_loopback(const struct observation *o)
{
	return address_is_loopback(&o->flow.tuple.addr[SIDE_CLIENT]) ||
	    address_is_loopback(&o->flow.tuple.addr[SIDE_SERVER]);
}

/*
 * Loopback is nobody's wire: a proxy or a launched server, not a path that can
 * be attacked, unless the operator wants TLS even there. TLS from the first byte
 * is judged only by what it has to do with other connections.
 */
static bool
is_judged(const struct observation *o, const struct knowledge *k)
{
	return (o->dialect[0] != '\0' || o->implicit || observation_is_unread(o)) &&
	    (!on_loopback(o) || k->policy == POLICY_REQUIRED);
}

/* What neighbours do is a guess: of a probe that only looks it is not worth a word. */
static bool
is_guess(const struct knowledge *k)
{
	return k->policy == POLICY_SILENT && k->history.strength == STRENGTH_NONE &&
	    k->history.neighbours_known > 0;
}

/* Is TLS to be expected here? The operator's word comes before anything that was learnt. */
static enum strength
expectation_of(const struct knowledge *k)
{
	switch (k->policy) {
	case POLICY_REQUIRED:
		return STRENGTH_STRONG;
	case POLICY_OPTIONAL:
	case POLICY_NEVER:
		return STRENGTH_NONE;
	case POLICY_SILENT:
		break;
	}
	if (is_guess(k))
		return STRENGTH_WEAK;
	return k->history.strength;
}

/* Is TLS to be expected of this client, which did so before and not only later? */
static bool
by_client(const struct knowledge *k, bool did)
{
	return k->policy == POLICY_REQUIRED ||
	    (k->policy == POLICY_SILENT && did && !k->upgraded_later);
}

static bool
decide_alert(enum alert_when when, const struct knowledge *k)
{
	bool required = k->policy == POLICY_REQUIRED;
	bool expected = expectation_of(k) != STRENGTH_NONE;

	switch (when) {
	case ALWAYS:
		return true;
	case WITH_SERVER:
		return expected;
	case WITH_SUCCESS:
		return expected && (required || k->history.upgraded > 0);
	case WITH_LISTING:
		return expected && (required || k->history.listed > 0);
	case WITH_CLIENT:
		return by_client(k, k->history.client_upgraded);
	case WITH_CLIENT_HABIT:
		return by_client(k, k->history.client_always_asked);
	case NEVER:
		break;
	}
	return false;
}

static enum outcome
outcome_of(const struct observation *o)
{
	if (!o->final)
		return OUTCOME_UNSAID;
	if (o->established == FACT_TRUE)
		return o->implicit ? OUTCOME_IMPLICIT : OUTCOME_UPGRADED;
	if (o->dialect[0] == '\0')
		return OUTCOME_UNKNOWN;
	if (o->requested == FACT_TRUE) {
		if (o->accepted == FACT_TRUE)
			return o->established == FACT_FALSE ? OUTCOME_FAILED : OUTCOME_UNKNOWN;
		if (o->accepted == FACT_FALSE)
			return OUTCOME_REFUSED;
		return o->answer == ANSWER_NOT_COMING || observation_nothing_came(o) ?
		    OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
	}
	if (o->requested == FACT_UNKNOWN)
		return OUTCOME_UNKNOWN;
	if (o->offered == FACT_UNKNOWN)
		return OUTCOME_UNASKED;
	return o->offered == FACT_TRUE ? OUTCOME_DECLINED : OUTCOME_ABSENT;
}

/* Others are being offered TLS right now: the server has not changed. */
static bool
others_are_offered(const struct observation *o, const struct knowledge *k)
{
	return o->offered == FACT_FALSE && k->history.offered_others;
}

static enum expectation
expected_by(const struct observation *o, const struct knowledge *k)
{
	if (k->policy == POLICY_REQUIRED)
		return k->policy_by != EXPECTED_BY_NOBODY ? k->policy_by : EXPECTED_BY_POLICY;
	return others_are_offered(o, k) ? EXPECTED_BY_PEER : EXPECTED_BY_HISTORY;
}

/* What history adds to, or takes from, the confidence in a technique. */
static int
by_history(const struct observation *o, const struct knowledge *k)
{
	/* it may be another member of a pool, or nobody's neighbour at all */
	const int doubt = k->history.neighbours_known > 0 ? 20 :
	    k->history.by_another_name ? 10 : 0;

	/* what the domain itself has published weighs more than what somebody wrote down */
	if (k->policy == POLICY_REQUIRED)
		return k->policy_by == EXPECTED_BY_MTA_STS || k->policy_by == EXPECTED_BY_DANE ?
		    30 : 20;
	if (others_are_offered(o, k))
		return 30 - doubt;
	/* nobody is offered it any more: more likely the server than the path */
	if (o->offered == FACT_FALSE && k->history.clients_denied > 1)
		return -10 - doubt;
	return (k->history.strength == STRENGTH_STRONG ? 20 : -10) - doubt;
}

/* Packets of another origin at the upgrade, beside what they brought about. */
static int
by_headers(const struct observation *o, const struct finding *first)
{
	bool beside = technique_info(first->technique)->proof != PROOF_HEADERS;

	return beside && observation_has(o, MARK_STRANGER) ? 15 : 0;
}

/* How sure an active party changed this session. */
static uint8_t
confidence_of(const struct observation *o, const struct knowledge *k,
    const struct finding *first, bool rests_on_history)
{
	int confidence = technique_info(first->technique)->confidence;

	if (!first->alert)
		confidence /= 4;
	else if (rests_on_history)
		confidence += by_history(o, k);
	if (first->alert)
		confidence += by_headers(o, first);
	if (address_is_private(&o->flow.tuple.addr[SIDE_CLIENT]) ||
	    address_is_private(&o->flow.tuple.addr[SIDE_SERVER]))
		confidence -= 10;
	return (uint8_t)(confidence < 0 ? 0 : confidence > 100 ? 100 : confidence);
}

/* Is that technique in the verdict already? Two rows may lead to one. */
static bool
has_finding(const struct verdict *v, enum technique technique)
{
	for (unsigned i = 0; i < v->count; i++) {
		if (v->findings[i].technique == technique)
			return true;
	}
	return false;
}

/* Where there never is TLS, what crosses in clear is the operator's own business. */
static bool
is_known_exposure(const struct decision_row *row, const struct knowledge *k)
{
	return k->policy == POLICY_NEVER &&
	    technique_info(row->technique)->category == CATEGORY_EXPOSURE;
}

/* It would be expected by a guess, and nothing that could have been protected was there. */
static bool
is_idle_guess(enum alert_when when, const struct observation *o, const struct knowledge *k)
{
	return when != ALWAYS && decide_alert(when, k) && is_guess(k) &&
	    !observation_exposed_anywhere(o);
}

/* A row that holds: is that worth an alert? */
static bool
is_alert(const struct decision_row *row, const struct observation *o, const struct knowledge *k)
{
	enum alert_when when = row->when(o);

	return decide_alert(when, k) && !is_known_exposure(row, k) && !is_idle_guess(when, o, k);
}

static void
add_row(const struct decision_row *row, const struct observation *o, const struct knowledge *k,
    struct verdict *v)
{
	enum alert_when when = row->when(o);
	struct finding *f = &v->findings[v->count++];
	bool history = when != ALWAYS && when != NEVER;

	f->technique = row->technique;
	f->alert = is_alert(row, o, k);
	if (v->count > 1)
		return;
	v->proof = history && f->alert ? PROOF_HISTORY : PROOF_SESSION;
	v->confidence = confidence_of(o, k, f, history);
}

/* What a row that does not stand by itself rests on. */
static enum proof
proof_together(const struct decision_row *row)
{
	enum proof proof = technique_info(row->technique)->proof;

	if (proof == PROOF_TAPS)
		return PROOF_TAPS;
	return proof == PROOF_HISTORY || row->technique == TECHNIQUE_TLS_VERSION_DOWNGRADE ?
	    PROOF_HISTORY : PROOF_CORRELATION;
}

/* Without a name that both sessions gave we are half as sure that they belong together. */
static bool
belong_together(const struct decision_row *row, const struct knowledge *k)
{
	switch (proof_together(row)) {
	case PROOF_TAPS:
		return !k->twin.by_content || k->twin.same_name;
	case PROOF_CORRELATION:
		return row->technique == TECHNIQUE_FTP_DATA_CLEAR || k->relation.same_name ||
		    k->relation.setback == SETBACK_NONE;
	default:
		return true;
	}
}

/* The other connection that is part of the evidence. */
static void
relate(const struct decision_row *row, const struct observation *o, const struct knowledge *k,
    struct verdict *v)
{
	if (row->technique == TECHNIQUE_OPOSSUM) {
		v->related = k->relation.same_hello_flow_id;
	} else if (row->technique == TECHNIQUE_PORT_DOWNGRADE) {
		v->related = k->relation.blocked_flow_id;
	} else if (row->technique == TECHNIQUE_FTP_DATA_CLEAR) {
		v->related = o->data_flow_id;
	} else if (proof_together(row) == PROOF_CORRELATION) {
		v->related = k->relation.flow_id;
		v->setback = k->relation.setback;
	}
}

/* The row holds together with another connection, another tap, or what the server used to do. */
static void
add_together(const struct decision_row *row, const struct observation *o,
    const struct knowledge *k, enum joint joint, struct verdict *v)
{
	struct finding *f = &v->findings[v->count++];

	f->technique = row->technique;
	f->alert = joint == JOINT_ALERT;
	if (f->alert)
		relate(row, o, k, v);
	if (v->count > 1)
		return;
	v->proof = f->alert ? proof_together(row) : PROOF_SESSION;
	v->confidence = confidence_of(o, k, f, false);
	if (!belong_together(row, k))
		v->confidence /= 2;
}

static void
try_row(const struct decision_row *row, const struct observation *o, const struct knowledge *k,
    struct verdict *v)
{
	enum joint joint;

	if (v->count == VERDICT_TECHNIQUES_MAX || (!o->final && !row->early) ||
	    has_finding(v, row->technique))
		return;
	if (o->dialect[0] != '\0' && row->holds(o))
		add_row(row, o, k, v);
	else if (row->together != NULL && (joint = row->together(o, k)) != JOINT_NO)
		add_together(row, o, k, joint, v);
}

void
decision_make(const struct observation *o, const struct knowledge *k,
    struct verdict *v)
{
	memset(v, 0, sizeof(*v));
	v->outcome = outcome_of(o);
	v->twin = k->twin;
	if (!is_judged(o, k))
		return;
	if (expectation_of(k) != STRENGTH_NONE) {
		v->expected_by = expected_by(o, k);
		v->expected_strength = expectation_of(k);
		v->expected_after = k->after;
		v->expected_like_others = v->expected_by == EXPECTED_BY_HISTORY &&
		    k->history.neighbours_known > 0;
	}
	v->middlebox_likely = observation_has(o, MARK_TOKEN_MASKED) ||
	    observation_has(o, MARK_TOKEN_MASKED_OTHER) ||
	    observation_has(o, MARK_BANNER_MASKED);
	for (const struct decision_section *const *s = decision_table; *s != NULL; s++) {
		for (size_t i = 0; i < (*s)->count; i++)
			try_row(&(*s)->rows[i], o, k, v);
	}
}

static const char *
needs_of(enum alert_when when)
{
	static const char *const texts[] = {
		[NEVER] = "nothing makes it worth an alert by itself",
		[ALWAYS] = "",
		[WITH_SERVER] = "TLS is to be expected of this server",
		[WITH_SUCCESS] = "this server has been seen doing TLS",
		[WITH_LISTING] = "this server used to answer that command",
		[WITH_CLIENT] = "this client has used TLS with this server",
		[WITH_CLIENT_HABIT] = "this client has used TLS with this server for days",
	};

	return texts[when];
}

/* What an alert takes beside the row itself, or what it lacks. */
static const char *
needs_here(const struct decision_row *row, const struct observation *o,
    const struct knowledge *k)
{
	if (is_known_exposure(row, k))
		return "an exposure that the policy does not know of";
	if (is_idle_guess(row->when(o), o, k))
		return "anything that crossed in clear, and what its neighbours do is a guess";
	return needs_of(row->when(o));
}

static struct row_look
look_at(const struct decision_row *row, const struct observation *o, const struct knowledge *k)
{
	struct row_look look = { .technique = row->technique, .asks = row->asks,
		.waits = !o->final && !row->early, .needs = "" };
	enum joint joint = JOINT_NO;

	if (look.waits || !is_judged(o, k))
		return look;
	if (o->dialect[0] != '\0' && row->holds(o)) {
		look.holds = true;
		look.needs = needs_here(row, o, k);
		look.alert = is_alert(row, o, k);
	} else if (row->together != NULL && (joint = row->together(o, k)) != JOINT_NO) {
		look.holds = true;
		look.alert = joint == JOINT_ALERT;
		look.needs = needs_of(look.alert ? ALWAYS : NEVER);
	}
	return look;
}

void
decision_explain(const struct observation *o, const struct knowledge *k, row_look_visit *visit,
    void *ctx)
{
	for (const struct decision_section *const *s = decision_table; *s != NULL; s++) {
		for (size_t i = 0; i < (*s)->count; i++) {
			struct row_look look = look_at(&(*s)->rows[i], o, k);

			visit(ctx, &look);
		}
	}
}

const char *
decision_asks(enum technique technique, size_t n)
{
	for (const struct decision_section *const *s = decision_table; *s != NULL; s++) {
		for (size_t i = 0; i < (*s)->count; i++) {
			if ((*s)->rows[i].technique == technique && n-- == 0)
				return (*s)->rows[i].asks;
		}
	}
	return NULL;
}

bool
decision_may_change(const struct observation *o, const struct verdict *v)
{
	/* one that got its TLS would only find itself in the server's history */
	if (!o->final || o->established == FACT_TRUE)
		return false;
	/* what it used to list in its greeting may be learnt later */
	if (o->listing_in_greeting_only && o->offered == FACT_FALSE)
		return true;
	for (unsigned i = 0; i < v->count; i++) {
		const struct finding *f = &v->findings[i];

		if (!f->alert && f->technique != TECHNIQUE_ACCEPT_NO_TLS &&
		    f->technique != TECHNIQUE_REPLY_STRUCTURE_ANOMALY)
			return true;
	}
	return false;
}
