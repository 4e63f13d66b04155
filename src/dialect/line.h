/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_LINE_H
#define DIALECT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * Lines of one direction. CRLF ends a line; a bare LF does, too, because many
 * peers read it so; a bare CR never does. A line longer than LINE_MAX_BYTES is
 * read over and told as too long: it is never matched against anything
 * (RFC 4954 §4 allows 12288 octets for an AUTH line).
 */
enum { LINE_MAX_BYTES = 16384 };

struct line_reader {
	size_t scanned;		/* bytes at the front known to hold no LF */
	bool skipping;		/* inside a line that is too long or has a hole */
};

struct line {
	struct span text;	/* without its terminator and trailing blanks */
	bool incomplete;	/* too long, or bytes are missing: text is empty */
	bool bare_lf;
};

/* Bytes used for one line, or 0 when its end is not there yet. */
long line_read(struct line_reader *reader, struct span in, struct line *line_r);

/* Bytes are missing: what is left of the current line is not a line. */
void line_gap(struct line_reader *reader);

/* The first word (up to a blank), and what follows it without leading blanks. */
struct span line_word(struct span text, struct span *rest_r);

#endif
