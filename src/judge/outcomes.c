/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/outcomes.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *
name_of(const struct observation *o)
{
	if (o->dialect[0] != '\0')
		return o->dialect;
	return o->implicit ? "tls" : "unknown";
}

void
outcomes_count(struct outcomes *t, const struct record *record)
{
	const char *name = name_of(&record->seen);
	size_t i = 0;

	while (i < t->count && strcmp(t->dialects[i].dialect, name) != 0)
		i++;
	if (i == OUTCOMES_DIALECTS_MAX)
		return;
	if (i == t->count) {
		text_copy(t->dialects[i].dialect, sizeof(t->dialects[i].dialect), name);
		t->count++;
	}
	t->dialects[i].outcomes[record->verdict.outcome]++;
}

void
outcomes_counters(const struct outcomes *t, counter_visit *visit, void *ctx)
{
	char name[96];

	for (size_t i = 0; i < t->count; i++) {
		for (int o = OUTCOME_UNSAID + 1; o < OUTCOMES; o++) {
			if (t->dialects[i].outcomes[o] == 0)
				continue;
			snprintf(name, sizeof(name), "dialect.%s.%s", t->dialects[i].dialect,
			    outcome_name((enum outcome)o));
			visit(ctx, name, t->dialects[i].outcomes[o]);
		}
	}
}
