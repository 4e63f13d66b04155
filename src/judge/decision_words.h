/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_DECISION_WORDS_H
#define JUDGE_DECISION_WORDS_H

#include "judge/decision_rows.h"

/* What several rows ask of an observation, and the usual answers to when they alert. */

static inline bool
marked(const struct observation *o, enum mark_kind kind)
{
	return observation_has(o, kind);
}

static inline bool
upgraded(const struct observation *o)
{
	return o->established == FACT_TRUE;
}

static inline bool
was_offered(const struct observation *o)
{
	return o->offered == FACT_TRUE;
}

/* HTTP: declining an optional upgrade is everyday. */
static inline bool
is_optional(const struct observation *o)
{
	return (o->traits & TRAIT_OPTIONAL) != 0;
}

static inline enum alert_when
always(const struct observation *o)
{
	(void)o;
	return ALWAYS;
}

static inline enum alert_when
never(const struct observation *o)
{
	(void)o;
	return NEVER;
}

static inline enum alert_when
with_server(const struct observation *o)
{
	(void)o;
	return WITH_SERVER;
}

static inline enum alert_when
with_client(const struct observation *o)
{
	(void)o;
	return WITH_CLIENT;
}

static inline enum joint
alert_if(bool holds)
{
	return holds ? JOINT_ALERT : JOINT_NO;
}

/* For rows that one session by itself never proves. */
static inline bool
not_alone(const struct observation *o)
{
	(void)o;
	return false;
}

static inline bool
masked(const struct observation *o)
{
	return marked(o, MARK_TOKEN_MASKED) && !was_offered(o);
}

static inline bool
corrupted(const struct observation *o)
{
	return marked(o, MARK_TOKEN_CORRUPTED) && !was_offered(o);
}

#endif
