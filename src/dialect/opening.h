/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_OPENING_H
#define DIALECT_OPENING_H

#include <stdbool.h>

#include "dialect/dialect.h"

enum { OPENING_LINE_ENOUGH = 1024 };	/* bytes after which an unfinished first line is none */

/*
 * The first line of each side, where servers answer with three digits. Of a
 * client that begins with commands that many protocols have, or with an empty
 * line, it is the first line that says more, if there is one.
 */
struct opening_lines {
	bool unsettled;			/* what the server began with may still become a code */
	bool greets;			/* the server has said such a code */
	bool coded;			/* ... and the end of that line is there */
	unsigned code;
	bool greeting_whole;
	struct span greeting;		/* the text behind the code */
	bool verb_whole;		/* the client's first line is there, up to its end */
	bool verb_tells;		/* ... and it is a command that not everybody has */
	struct span verb, argument;
	unsigned answer;		/* code of what came behind the greeting, or 0 */
};

/* The first line of what one side said, without its end, as much of it as is there. */
struct span opening_line(struct span said, bool *whole_r);

/* The same behind empty lines, which servers pass over. */
struct span opening_command(struct span said, bool *whole_r);

/* Is it a command of SMTP and its kin that nobody else's clients begin with? */
bool opening_is_hello(struct span verb);

/* As far as both are there; spans lie within the opening. */
void opening_read_lines(const struct opening *opening, struct opening_lines *o_r);

#endif
