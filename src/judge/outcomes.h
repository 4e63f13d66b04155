/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_OUTCOMES_H
#define JUDGE_OUTCOMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "words/record.h"

/* How the sessions of each dialect ended, for the statistics. */

enum { OUTCOMES_DIALECTS_MAX = 32 };

struct outcomes {
	size_t count;
	struct {
		char dialect[DIALECT_NAME_SIZE];
		uint64_t outcomes[OUTCOMES];
	} dialects[OUTCOMES_DIALECTS_MAX];
};

/* One more session; dialects beyond the limit are not counted. */
void outcomes_count(struct outcomes *t, const struct record *record);

/* Visit "dialect.NAME.OUTCOME". */
void outcomes_counters(const struct outcomes *t, counter_visit *visit, void *ctx);

#endif
