/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_RULE_TRACE_H
#define JUDGE_RULE_TRACE_H

#include "judge/rule.h"

/* One comparison that a rule makes, for a person who asks why. */
struct rule_look {
	const char *field;	/* "starttls.offered" */
	const char *asked;	/* "is false" */
	const char *found;	/* "true"; NULL when it was not seen */
	enum rule_answer answer;
};

typedef void rule_look_visit(void *ctx, const struct rule_look *look);

/* Every comparison of the rule's condition with that record, in its order. */
void rule_trace(const struct rule *rule, const struct record *record, rule_look_visit *visit,
    void *ctx);

#endif
