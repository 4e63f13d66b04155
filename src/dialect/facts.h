/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_FACTS_H
#define DIALECT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "words/observation.h"

/*
 * How a dialect says what it saw. All dialects share these, so "offered",
 * "refused" or "exposed" mean the same everywhere. Every call is about the unit
 * that is being read: its frame becomes the evidence. Excerpts given here are
 * escaped and cut, but a dialect must never pass an argument that is a secret.
 */

/* What kind of unit the client just sent; the TLS boundary cares. */
enum unit {
	UNIT_COMMAND,
	UNIT_QUIET,	/* leaves or says nothing: QUIT, LOGOUT, unbind, an empty line */
};

/* Kinds of operations, to tell whether what a server demanded TLS for is what it then accepts. */
enum operation {
	OPERATION_LOGIN = 1,		/* password login */
	OPERATION_MAIL = 2,		/* mail, messages, postings */
	OPERATION_OTHER = 4,		/* anything else that needs TLS */
	OPERATION_ANY = 7,
};

struct facts {
	struct observation *seen;
	struct frame_ref at;		/* frame that completed the current unit */
	enum side from;
	bool asked;			/* facts_request() was called: look for TLS from now on */
	bool granted;			/* facts_answer(ANSWER_GRANTED) was called */
	enum unit unit;			/* of the last client unit */
	bool news;			/* evidence completed: worth a snapshot now */
	uint8_t demanded;		/* OPERATION_ bits */
	enum upgrade secret_at;		/* where the upgrade stood when the secret crossed */
	bool secret_open;		/* ... and its outcome has not been seen */
};

/* Note something with an excerpt; the first of each kind is kept, room permitting. */
void facts_mark(struct facts *f, enum mark_kind kind, struct span excerpt);

/* What the server calls itself. */
void facts_server_name(struct facts *f, struct span name);

/* What the client calls itself, hashed: it only serves to tell clients behind one address apart. */
void facts_client_name(struct facts *f, struct span name);

/* One whole, gap-free capability listing was read; offer says whether the token was in it. */
void facts_listing(struct facts *f, bool offer, struct span excerpt);

/* The client asked for the upgrade. */
void facts_request(struct facts *f, struct span excerpt);

/* The answer to the oldest request without one. */
void facts_answer(struct facts *f, enum answer answer, struct span reply);

/*
 * A recoverable secret crossed in clear (recoverable), or a digest or
 * challenge-response did (not recoverable). The mechanism's name is no secret.
 */
void facts_credentials(struct facts *f, struct span mechanism, bool recoverable,
    struct span excerpt);

/* How a login ended. */
enum login { LOGIN_ACCEPTED, LOGIN_WRONG, LOGIN_NEEDS_TLS };
void facts_login(struct facts *f, enum login login);

/* The server took mail, a file, a message or a query in clear. */
void facts_payload(struct facts *f, struct span verb, struct span excerpt);

/* The server demands TLS for these OPERATION_ bits. */
void facts_demand(struct facts *f, unsigned operations, struct span excerpt);

/* The server accepted such an operation in clear. */
void facts_accepted_in_clear(struct facts *f, unsigned operation);

/* The parser lost its place; nothing may follow from absence any more. */
void facts_lost_sync(struct facts *f);

#endif
