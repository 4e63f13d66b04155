/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/decision.h"

#include <string.h>

#include "judge/decision_rows.h"

/* Loopback is nobody's wire: a proxy or a launched server, not a path that can be attacked. */
static bool
is_judged(const struct observation *o)
{
	return o->dialect[0] != '\0' &&
	    !address_is_loopback(&o->flow.tuple.addr[SIDE_CLIENT]) &&
	    !address_is_loopback(&o->flow.tuple.addr[SIDE_SERVER]);
}

static bool
decide_alert(enum alert_when when, const struct knowledge *k)
{
	switch (when) {
	case ALWAYS:
		return true;
	case WITH_SERVER:
		return k->history.strength != STRENGTH_NONE;
	case WITH_SUCCESS:
		return k->history.strength != STRENGTH_NONE && k->history.upgraded > 0;
	case WITH_LISTING:
		return k->history.listed > 0 && k->history.strength != STRENGTH_NONE;
	case WITH_CLIENT:
		return k->history.client_upgraded && !k->upgraded_later;
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

/* How sure an active party changed this session. */
static uint8_t
confidence_of(const struct observation *o, const struct knowledge *k,
    const struct finding *first, bool rests_on_history)
{
	int confidence = technique_info(first->technique)->confidence;

	if (!first->alert)
		confidence /= 4;
	else if (rests_on_history)
		confidence += k->history.strength == STRENGTH_STRONG ? 20 : -10;
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

static void
add_row(const struct decision_row *row, const struct observation *o, const struct knowledge *k,
    struct verdict *v)
{
	enum alert_when when = row->when(o);
	struct finding *f = &v->findings[v->count++];
	bool history = when != ALWAYS && when != NEVER;

	f->technique = row->technique;
	f->alert = decide_alert(when, k);
	if (v->count > 1)
		return;
	v->proof = history && f->alert ? PROOF_HISTORY : PROOF_SESSION;
	v->confidence = confidence_of(o, k, f, history);
}

/* Without a name that both sessions gave we are half as sure that they belong together. */
static uint8_t
confidence_together(uint8_t confidence, const struct knowledge *k, enum proof proof)
{
	bool sure = proof == PROOF_TAPS ? !k->twin.by_content || k->twin.same_name :
	    k->relation.same_name;

	return sure ? confidence : confidence / 2;
}

/* The row holds for two connections, or for two taps, together. */
static void
add_together(const struct decision_row *row, const struct observation *o,
    const struct knowledge *k, struct verdict *v)
{
	struct finding *f = &v->findings[v->count++];
	enum proof proof = technique_info(row->technique)->proof == PROOF_TAPS ?
	    PROOF_TAPS : PROOF_CORRELATION;

	f->technique = row->technique;
	f->alert = true;
	if (proof == PROOF_CORRELATION) {
		v->related = k->relation.flow_id;
		v->setback = k->relation.setback;
	}
	if (v->count > 1)
		return;
	v->proof = proof;
	v->confidence = confidence_together(confidence_of(o, k, f, false), k, proof);
}

static void
try_row(const struct decision_row *row, const struct observation *o, const struct knowledge *k,
    struct verdict *v)
{
	if (v->count == VERDICT_TECHNIQUES_MAX || (!o->final && !row->early) ||
	    has_finding(v, row->technique))
		return;
	if (row->holds(o))
		add_row(row, o, k, v);
	else if (row->together != NULL && row->together(o, k))
		add_together(row, o, k, v);
}

void
decision_make(const struct observation *o, const struct knowledge *k,
    struct verdict *v)
{
	memset(v, 0, sizeof(*v));
	v->outcome = outcome_of(o);
	v->twin = k->twin;
	if (!is_judged(o))
		return;
	if (k->history.strength != STRENGTH_NONE) {
		v->expected_by = EXPECTED_BY_HISTORY;
		v->expected_strength = k->history.strength;
		v->expected_after = k->after;
	}
	v->middlebox_likely = observation_has(o, MARK_TOKEN_MASKED) ||
	    observation_has(o, MARK_TOKEN_MASKED_OTHER) ||
	    observation_has(o, MARK_BANNER_MASKED);
	for (const struct decision_section *const *s = decision_table; *s != NULL; s++) {
		for (size_t i = 0; i < (*s)->count; i++)
			try_row(&(*s)->rows[i], o, k, v);
	}
}

bool
decision_looks_for(enum technique technique)
{
	for (const struct decision_section *const *s = decision_table; *s != NULL; s++) {
		for (size_t i = 0; i < (*s)->count; i++) {
			if ((*s)->rows[i].technique == technique)
				return true;
		}
	}
	return false;
}

bool
decision_may_change(const struct observation *o, const struct verdict *v)
{
	/* one that got its TLS would only find itself in the server's history */
	if (!o->final || o->established == FACT_TRUE)
		return false;
	for (unsigned i = 0; i < v->count; i++) {
		const struct finding *f = &v->findings[i];

		if (!f->alert && f->technique != TECHNIQUE_ACCEPT_NO_TLS &&
		    f->technique != TECHNIQUE_REPLY_STRUCTURE_ANOMALY)
			return true;
	}
	return false;
}
