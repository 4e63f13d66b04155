/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_REDACTION_H
#define SESSION_REDACTION_H

#include <stdbool.h>

#include "base/span.h"
#include "dialect/typed.h"
#include "evidence/masked.h"
#include "words/side.h"

struct conversation;

/*
 * Inside the room: what of a conversation a capture may show that is kept for evidence.
 * Nothing, but for what is known to be nobody's secret:
 *
 * - of a client's line the verb, and arguments that stand in a table for that verb (the
 *   name of a mechanism behind AUTH), never a word for its own sake;
 * - of a server's line what an event may quote (dialect/quote.h), and before a client
 *   spoke all of it;
 * - of messages in a protocol's own form what their dialect shows (dialect.h);
 * - TLS records.
 *
 * Line ends, blanks and what else a parser needs to find its way stay where they are.
 */
struct redaction {
	struct masked *masked;	/* by side, borrowed; NULL: nothing is kept */
	struct typed typed;	/* what the client said that is not shown */
	struct typed tags;	/* ... and in front of a verb, for the server to repeat */
};

/*
 * The next unit of that side, just read in clear by a dialect that set these facts; or the
 * rest of one that was read in pieces.
 */
void redaction_unit(struct redaction *r, enum side from, struct span unit, bool is_rest,
    const struct conversation *c);

/* The next bytes of that side hold no secret: TLS, and what a load balancer says in front. */
void redaction_show(struct redaction *r, enum side from, struct span bytes);

/* The next bytes of that side are nothing's unit, or lost. */
void redaction_hide(struct redaction *r, enum side from, uint64_t count);

/* That much of the client's unit has come, and the server speaks. */
void redaction_half_typed(struct redaction *r, struct span unit);

/* What the client typed is not known. */
void redaction_lose(struct redaction *r);

#endif
