/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_EXPLAIN_H
#define EVENT_EXPLAIN_H

#include <stdio.h>

#include "event/origin.h"
#include "judge/judge.h"

/*
 * Why a session was judged as it was, for a person: what was said and seen, what
 * was to be expected, which rows of the decision table held, what the rules compared.
 */
void explain_weighing(FILE *out, const struct weighing *weighing, const struct rule_set *rules,
    const struct origin *origin);

/* A line for an alert that was given for it. */
void explain_alert(FILE *out, const struct alert *alert);

#endif
