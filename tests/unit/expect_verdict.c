/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect_verdict.h"

#include <stdio.h>
#include <string.h>

#include "judge/decision.h"

static bool
complain(const struct row *row, const char *key, const char *want, const char *have)
{
	fprintf(stderr, "%s:%u: %s: %s should be %s, but is %s\n", row->file, row->line,
	    row->name, key, want, have);
	return false;
}

/* The first finding that is worth an alert, or NULL. */
static const char *
alert_of(const struct verdict *v)
{
	for (unsigned i = 0; i < v->count; i++) {
		if (v->findings[i].alert)
			return technique_info(v->findings[i].technique)->id;
	}
	return NULL;
}

static bool
speaks(const struct row *row, const struct verdict *v, bool wanted, const char *when)
{
	const char *alert = alert_of(v);

	if ((alert != NULL) == wanted)
		return true;
	return complain(row, when, wanted ? "an alert" : "silent",
	    alert != NULL ? alert : "silent");
}

static bool
alert_met(const struct row *row, const char *want, const struct verdict *stranger,
    const struct verdict *known)
{
	static const char alone[] = "without history", taught[] = "with history";

	if (strcmp(want, "yes") == 0)
		return speaks(row, stranger, true, alone);
	if (strcmp(want, "no") == 0)
		return speaks(row, stranger, false, alone);
	if (strcmp(want, "with-history") == 0)
		return speaks(row, stranger, false, alone) && speaks(row, known, true, taught);
	if (strcmp(want, "quiet") == 0)
		return speaks(row, stranger, false, alone) && speaks(row, known, false, taught);
	return complain(row, "alert", "yes, no, with-history or quiet", want);
}

/* "none" is no finding at all. */
static bool
technique_met(const struct row *row, const char *want, const struct verdict *v)
{
	const char *have = v->count > 0 ? technique_info(v->findings[0].technique)->id : "none";

	return strcmp(want, have) == 0 || complain(row, "technique", want, have);
}

bool
expect_verdict_met(const struct row *row, const struct observation *seen)
{
	static const struct knowledge nothing, honest = { .history = {
		.sessions = 20, .offered = 20, .upgraded = 20, .listed = 20, .clients = 3,
		.strength = STRENGTH_STRONG, .client_upgraded = true, .client_always_asked = true,
	} };
	const char *alert = row_wants(row, "alert"), *technique = row_wants(row, "technique"),
	    *outcome = row_wants(row, "outcome");
	struct verdict stranger, known;
	bool met = true;

	decision_make(seen, &nothing, &stranger);
	decision_make(seen, &honest, &known);
	if (alert != NULL)
		met = alert_met(row, alert, &stranger, &known);
	if (technique != NULL)
		met = technique_met(row, technique, &known) && met;
	if (outcome != NULL && strcmp(outcome, outcome_name(stranger.outcome)) != 0)
		met = complain(row, "outcome", outcome, outcome_name(stranger.outcome));
	return met;
}
