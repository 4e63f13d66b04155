/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_OPENING_H
#define DIALECT_OPENING_H

#include <stdbool.h>

#include "dialect/dialect.h"

enum { OPENING_LINE_ENOUGH = 1024 };	/* bytes after which an unfinished first line is none */

/* The first line of each side, where servers answer with three digits. */
struct opening_lines {
	bool greets;			/* the server began with such a code */
	unsigned code;
	bool greeting_whole;
	struct span greeting;		/* the text behind the code */
	bool verb_whole;		/* the client's first line is there, up to its end */
	struct span verb, argument;
};

/* As far as both are there; spans lie within the opening. */
void opening_read_lines(const struct opening *opening, struct opening_lines *o_r);

#endif
