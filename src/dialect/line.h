/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_LINE_H
#define DIALECT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * Lines of one direction. CRLF ends a line; a bare LF does, too, because many
 * peers read it so; a bare CR never does. Of a line longer than LINE_MAX_BYTES
 * only the beginning is kept (RFC 4954 §4 allows 12288 octets for an AUTH line).
 */
enum { LINE_MAX_BYTES = 65535 };	/* what is kept holds a byte more: DIALECT_UNIT_MAX */

enum line_kind {
	LINE_WHOLE,
	LINE_TOO_LONG,	/* its beginning: good for a code, never to be matched as a keyword */
	LINE_REST,	/* more of one that was too long: nothing to read */
	LINE_TAIL,	/* bytes before it are missing: a line's end, or by good luck a whole one */
};

struct line_reader {
	bool too_long;		/* inside the rest of such a line */
	bool after_gap;
};

struct line {
	enum line_kind kind;
	struct span text;	/* without its terminator and trailing blanks */
	bool bare_lf;
};

/* Bytes used for one line, or for a piece of one that is too long; 0 when more is needed. */
long line_read(struct line_reader *reader, struct span in, struct line *line_r);

/* Bytes are missing: what comes next may be the end of a line. */
void line_gap(struct line_reader *reader);

/* The first word (up to a blank), and what follows it without leading blanks. */
struct span line_word(struct span text, struct span *rest_r);

#endif
