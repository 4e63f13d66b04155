/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_BLOCK_H
#define DIALECT_BLOCK_H

#include <stdbool.h>

#include "dialect/line.h"

/*
 * The lines behind a status line, up to one with nothing but a dot (RFC 1939
 * §3, RFC 3977 §3.1.1). Dots that begin other lines are doubled.
 */
struct block {
	bool loose;		/* a bare LF ends its lines as well */
	bool bare_before;	/* it ended the last one */
};

/* The status line came; strict for a message, which may hold bare LFs of its own. */
void block_begin(struct block *b, const struct line *status, bool strict);

/* Is this line the block's end? */
bool block_ends(struct block *b, const struct line *line);

#endif
