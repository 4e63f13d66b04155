/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_KNOWLEDGE_H
#define JUDGE_KNOWLEDGE_H

#include <stdbool.h>

#include "judge/policy.h"
#include "judge/relation.h"
#include "words/verdict.h"

/* What is known beside the session itself. */
struct knowledge {
	struct history history;
	bool after;			/* this history was learnt (also) from later packets */
	bool upgraded_later;		/* this client got its TLS from this server after all */
	struct relation relation;	/* to an earlier connection of this client */
	enum policy_tls policy;		/* what the operator says of this server */
	enum expectation policy_by;	/* ... and on whose word; NOBODY is his own */
	struct twin twin;		/* the same session at another tap */
};

#endif
