/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_DECISION_H
#define JUDGE_DECISION_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/knowledge.h"
#include "words/observation.h"
#include "words/verdict.h"

/*
 * The decision table: which techniques a session shows, in the table's order,
 * and whether each deserves an alert by itself, only with an expectation, or
 * never. docs/design.md explains the order; each row of decision_rows.h is one row
 * of the table.
 */

/* Fill the verdict. Pure: the same input gives the same answer. */
void decision_make(const struct observation *seen, const struct knowledge *known,
    struct verdict *verdict_r);

/*
 * What the n-th row for it asks for, from 0; NULL when there are no more. The catalogue has
 * techniques that nothing looks for yet: they have none.
 */
const char *decision_asks(enum technique technique, size_t n);

/* What a row of the table says of a session, for a person who asks why. */
struct row_look {
	enum technique technique;
	const char *asks;	/* what the row asks for */
	bool waits;		/* it is only looked at once the connection has ended */
	bool holds, alert;
	const char *needs;	/* what else an alert takes, or "" */
};

typedef void row_look_visit(void *ctx, const struct row_look *look);

/* Every row, in the table's order, by itself: techniques that a row before it found, too. */
void decision_explain(const struct observation *seen, const struct knowledge *known,
    row_look_visit *visit, void *ctx);

/* Could a later expectation still turn a finding of this verdict into an alert? */
bool decision_may_change(const struct observation *seen, const struct verdict *verdict);

#endif
