/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_TALLY_H
#define JUDGE_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "words/record.h"

/* How the sessions of each dialect ended, for the statistics. */

enum { TALLY_DIALECTS_MAX = 32 };

struct tally {
	size_t count;
	struct {
		char dialect[DIALECT_NAME_SIZE];
		uint64_t outcomes[OUTCOMES];
	} dialects[TALLY_DIALECTS_MAX];
};

/* One more session; dialects beyond the limit are not counted. */
void tally_session(struct tally *t, const struct record *record);

/* Visit "dialect.NAME.OUTCOME". */
void tally_counters(const struct tally *t, counter_visit *visit, void *ctx);

#endif
