/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_IMAP_H
#define DIALECT_IMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/capability.h"
#include "dialect/dialect.h"
#include "dialect/imap_status.h"
#include "dialect/line.h"
#include "dialect/literal.h"
#include "dialect/sasl_exchange.h"
#include "dialect/tags.h"

/*
 * IMAP4 (RFC 9051, RFC 3501) with STARTTLS (RFC 2595 §3), SASL-IR (RFC 4959),
 * referrals (RFC 2221) and literals of all kinds (RFC 7888, RFC 3516). ACAP and
 * MUPDATE are built of the same lines: a tag, "*" or "+", and literals.
 */

/* Commands, as numbers for the list of those without an answer. */
enum imap_verb {
	IMAP_NONE,
	IMAP_CAPABILITY,
	IMAP_STARTTLS,
	IMAP_LOGIN,
	IMAP_AUTHENTICATE,
	IMAP_IDLE,
	IMAP_APPEND,
	IMAP_SEARCH,		/* and SORT, THREAD: a query */
	IMAP_COMPRESS,
	IMAP_LOGOUT,
	IMAP_UNAUTHENTICATE,	/* RFC 8437 */
	IMAP_OTHER,		/* known, and of no interest */
	IMAP_CORRUPTED,		/* masked, or a near-miss of STARTTLS or CAPABILITY */
	IMAP_UNKNOWN,
};

/* What the client's next bytes are. */
enum imap_client {
	IMAP_COMMANDS,
	IMAP_AWAIT_GO,		/* a literal was announced: it follows a "+", or never */
	IMAP_LITERAL,		/* that many octets */
};

struct imap;

/* How an untagged line of the server's is read; rest is what follows the "*". */
typedef void imap_untagged(struct imap *s, struct span rest, const struct line *line,
    struct facts *facts);

struct imap {
	imap_untagged *untagged;
	struct line_reader lines[2];
	struct tags tags;

	enum imap_client client;
	uint64_t literal_left;
	struct {
		bool open;		/* a literal stands in it, and it goes on behind that */
		uint8_t verb;
		uint64_t literals;
		uint8_t arguments;	/* how many have been read, where they matter */
		struct keep tag;	/* enough of it to know its refusal */
		struct keep literal;	/* the beginning of the last literal; never quoted */
	} command;
	bool request_had_argument;
	struct keep corrupted;		/* the last garbled verb */
	struct sasl_exchange sasl;

	bool greeted;
	bool server_spoke;
	bool holes;			/* bytes are missing: a login may have been missed */
	bool login_disabled;		/* in the last listing */
	uint64_t answer_left;		/* octets of a literal in the server's answer */
	bool answer_open;		/* ... which goes on behind it */
	bool answer_is_mail;		/* it is a FETCH */
	bool bare_challenges;		/* without a "+" (MUPDATE) */
	bool listed;			/* the listing is over, or has holes (MUPDATE) */
	bool auth_listed;		/* there is a list of mechanisms (MUPDATE) */
	bool mechanisms;		/* ... and it is not empty */
	struct capability listing;	/* where it takes more than one line (MUPDATE) */
};

/* Read one unit of the client's, or of the server's; see dialect.feed. */
long imap_client_unit(struct imap *s, struct span in, struct facts *facts);
long imap_server_unit(struct imap *s, struct span in, struct facts *facts);

/* Bytes of that side are missing; see dialect.gap. */
void imap_lost(void *state, enum side from, uint64_t count, struct facts *facts);

/* Untagged lines as IMAP has them. */
imap_untagged imap_untagged_line;

/* Which command a verb is. */
enum imap_verb imap_verb_of(struct span word);

/* A capability listing: words with blanks between them, or in a status response's code. */
void imap_listing(struct imap *s, struct span words, bool in_greeting, struct facts *facts);
void imap_listing_in_code(struct imap *s, struct span text, bool in_greeting,
    struct facts *facts);

/* The service closes: that ends a request that waits, unless the client is leaving itself. */
void imap_closing(struct imap *s, struct span text, struct facts *facts);

/* Contents of mailboxes: words that no server has a reason for before it knows who asks. */
bool imap_is_mailbox_data(struct span word, struct span rest);

/* The relatives, as bits. */
enum imap_kin { IMAP_KIN_IMAP = 1, IMAP_KIN_ACAP = 2, IMAP_KIN_MUPDATE = 4 };

/*
 * Is it that relative? They share tags, answers and some commands, and the text
 * of a greeting is whatever its server likes: commands that only one of them has
 * come before it, and the port before its words.
 */
enum probe imap_probe_kin(const struct opening *opening, enum imap_kin kin);

#endif
