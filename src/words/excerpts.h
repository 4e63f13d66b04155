/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_EXCERPTS_H
#define WORDS_EXCERPTS_H

#include "base/err.h"

/* How much of what was said on the wire events may quote: it can hold names of people. */
enum excerpts {
	EXCERPTS_FULL,
	EXCERPTS_VERBS,	/* codes, keywords and names of mechanisms (dialect/quote.h) */
	EXCERPTS_OFF,	/* nothing: frames are named, and what kind of thing is in them */
	EXCERPTS
};

/* "full", "verbs" or "off"; 0, or -1 with *e set to what should have been said. */
int excerpts_parse(const char *word, enum excerpts *excerpts_r, struct err *e);

const char *excerpts_name(enum excerpts excerpts);

#endif
