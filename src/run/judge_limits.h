/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_JUDGE_LIMITS_H
#define RUN_JUDGE_LIMITS_H

#include "judge/judge.h"
#include "run/settings.h"

/* What operators set of what a judge remembers. */
static inline struct judge_limits
judge_limits_of(const struct settings *s)
{
	return (struct judge_limits){ .alerts_max = s->limits.alerts,
		.relations_max = s->limits.relations, .twins_max = s->limits.twins };
}

#endif
