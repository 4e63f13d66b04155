/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_RULE_TRACE_H
#define JUDGE_RULE_TRACE_H

#include "judge/rule.h"
#include "words/fields.h"

/* A rule's condition part by part, for a person. */

enum rule_node_kind {
	RULE_NODE_ALL,		/* all of the parts below it */
	RULE_NODE_ONE,		/* one of them */
	RULE_NODE_NOT,
	RULE_NODE_TEST,		/* a comparison of one field */
};

struct rule_node {
	enum rule_node_kind kind;
	unsigned depth;		/* 0: the whole condition */
	const char *detection;	/* the one that it is or belongs to; "" */
	bool begins_detection;
	const char *field;	/* of a comparison: "starttls.offered" */
	const char *asked;	/* ... "is false" */
	const char *found;	/* ... "true"; NULL when it was not seen, and without a session */
	bool asks_presence;	/* ... is only whether the field is there */
	enum rule_answer answer;	/* with a session */
};

typedef void rule_node_visit(void *ctx, const struct rule_node *node);

/* Every part, the outer ones first. session is NULL where none is judged. */
void rule_walk(const struct rule *rule, const struct fields *session, rule_node_visit *visit,
    void *ctx);

/* The answer for that session, and only those comparisons that make it what it is. */
enum rule_answer rule_decide(const struct rule *rule, const struct fields *session,
    rule_node_visit *visit, void *ctx);

#endif
