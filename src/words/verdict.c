/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/verdict.h"

static const char *const outcome_names[OUTCOMES] = {
	[OUTCOME_UNSAID] = "",
	[OUTCOME_UPGRADED] = "upgraded",
	[OUTCOME_IMPLICIT] = "implicit",
	[OUTCOME_DECLINED] = "declined",
	[OUTCOME_ABSENT] = "absent",
	[OUTCOME_UNASKED] = "unasked",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_UNANSWERED] = "unanswered",
	[OUTCOME_FAILED] = "failed",
	[OUTCOME_UNKNOWN] = "unknown",
};

static const char *const expectation_names[EXPECTATIONS] = {
	[EXPECTED_BY_NOBODY] = "",
	[EXPECTED_BY_HISTORY] = "history",
	[EXPECTED_BY_POLICY] = "policy",
	[EXPECTED_BY_MTA_STS] = "mta-sts",
	[EXPECTED_BY_DANE] = "dane",
	[EXPECTED_BY_PROBE] = "probe",
	[EXPECTED_BY_PEER] = "peer",
};

const char *
outcome_name(enum outcome outcome)
{
	return outcome < OUTCOMES ? outcome_names[outcome] : "";
}

const char *
expectation_name(enum expectation expectation)
{
	return expectation < EXPECTATIONS ? expectation_names[expectation] : "";
}

const char *
strength_name(enum strength strength)
{
	static const char *const names[] = {
		[STRENGTH_NONE] = "",
		[STRENGTH_WEAK] = "weak",
		[STRENGTH_STRONG] = "strong",
	};

	return names[strength];
}

bool
verdict_finds(const struct verdict *v)
{
	for (unsigned i = 0; i < v->count; i++) {
		if (v->findings[i].alert)
			return true;
	}
	return false;
}
