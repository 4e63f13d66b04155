/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_CANDIDATES_H
#define JUDGE_CANDIDATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "judge/alerts.h"
#include "judge/relation.h"
#include "words/record.h"

/*
 * A record, and what is forgotten by the end of input: the connections before it, and what
 * has been told of it.
 */
struct candidate {
	struct relation relation;
	struct told told;
	struct record record;	/* at the end: marks that are not there are not written */
};

/*
 * Records whose verdict may still change: written to a temporary file that has
 * no name, read back once in the order in which they came.
 */
struct candidates;

/* NULL with *e set when no temporary file can be made. */
struct candidates *candidates_new(struct err *e);

/* False when it could not be written; it is counted as lost then. */
bool candidates_add(struct candidates *c, const struct candidate *candidate);

/*
 * The next record, from the first on: 1, or 0 after the last. -1 with *e set when the
 * file cannot be read, is too short, or holds something else than was written.
 */
int candidates_next(struct candidates *c, struct candidate *candidate_r, struct err *e);

uint64_t candidates_count(const struct candidates *c);
uint64_t candidates_lost(const struct candidates *c);

void candidates_free(struct candidates **c);

#endif
