/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_DECISION_ROWS_H
#define JUDGE_DECISION_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/knowledge.h"
#include "words/observation.h"
#include "words/technique.h"

/* The rows of the decision table: conditions on one observation, and on what is known beside it. */

/* When a row that holds is worth an alert. */
enum alert_when {
	NEVER,		/* a note in the session's event */
	ALWAYS,
	WITH_SERVER,	/* when TLS is to be expected of this server */
	WITH_SUCCESS,	/* when this server has been seen doing TLS, not just offering it */
	WITH_LISTING,	/* when this server used to answer the capability command */
	WITH_CLIENT,	/* when this client has used TLS with this server before */
	WITH_CLIENT_HABIT,	/* ... and has for more than a day */
};

/* What a row makes of another connection, another tap, or the server's habits. */
enum joint {
	JOINT_NO,	/* it does not hold */
	JOINT_NOTE,	/* a note in the session's event */
	JOINT_ALERT,
};

struct decision_row {
	enum technique technique;
	bool early;		/* holds before the end of the connection, too */
	bool (*holds)(const struct observation *o);
	/* ... or together with what is known beside it; NULL where that says nothing. */
	enum joint (*together)(const struct observation *o, const struct knowledge *k);
	enum alert_when (*when)(const struct observation *o);
	const char *asks;	/* what it asks for, for a person */
};

/* Rows that belong together, in order. */
struct decision_section {
	const struct decision_row *rows;
	size_t count;
};

extern const struct decision_section decision_tampering;
extern const struct decision_section decision_request;
extern const struct decision_section decision_exposure;

/* The whole table, to NULL, in order: the first row that holds is the primary technique. */
extern const struct decision_section *const decision_table[];

#endif
