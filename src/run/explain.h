/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_EXPLAIN_H
#define RUN_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "event/origin.h"
#include "judge/judge.h"

/* Of all that is judged, why one connection was judged as it was: written to out. */
struct explanation {
	FILE *out;
	uint64_t flow_id;
	const struct rule_set *rules;
	const struct origin *origin;
	bool found;
	FILE *alerts;		/* what was told of it, for the end */
	char *text;
	size_t text_bytes;
};

/* Let the judge show what it does, from now on; -1 with *e set when memory is short. */
int explanation_begin(struct explanation *x, struct err *e);
struct judge_listener explanation_listener(struct explanation *x);
void explanation_follow(struct explanation *x, struct judge *judge);

/* What was told of it; -1 with *e set when there is no such connection, or writing fails. */
int explanation_finish(struct explanation *x, struct err *e);

/* Frees what begin took; harmless before it. */
void explanation_end(struct explanation *x);

#endif
