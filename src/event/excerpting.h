/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_EXCERPTING_H
#define EVENT_EXCERPTING_H

#include "judge/judge.h"
#include "words/excerpts.h"

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
