/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_REFUSAL_H
#define DIALECT_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "dialect/opening.h"

/*
 * What became of the lines that a client said first, where servers answer in text. Replies
 * are counted, however they were cut: the first behind the greeting answers the first line.
 */
struct refusal {
	size_t bytes;		/* lines at the front, each of which was answered by an error */
	bool greeted;		/* a greeting stands in front of the answers */
	bool accepted;		/* what follows those lines was answered, and by no error */
};

void opening_refusal(const struct opening *opening, struct refusal *r_r);

#endif
