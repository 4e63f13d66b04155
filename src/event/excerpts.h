/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_EXCERPTS_H
#define EVENT_EXCERPTS_H

#include "base/err.h"
#include "judge/judge.h"

/* How much of what was said on the wire events may quote: it can hold names of people. */
enum excerpts {
	EXCERPTS_FULL,
	EXCERPTS_VERBS,	/* codes, keywords and names of mechanisms (dialect/quote.h) */
	EXCERPTS_OFF,	/* nothing: frames are named, and what kind of thing is in them */
	EXCERPTS
};

/* "full", "verbs" or "off"; 0, or -1 with *e set. */
int excerpts_parse(const char *word, enum excerpts *excerpts_r, struct err *e);

const char *excerpts_name(enum excerpts excerpts);

/*
 * Take out of a record what may not be quoted: replies and the texts of marks and of the
 * other tap. Names of servers and what certificates say stays: they tell which server it is.
 */
void excerpts_limit(struct record *record, enum excerpts excerpts);

/* Between a judge and who writes its events: the same records, with less in them. */
struct excerpting {
	enum excerpts excerpts;
	struct judge_listener to;
};

/* What the judge is to be given; valid as long as what it points at. */
struct judge_listener excerpts_listener(struct excerpting *between);

#endif
