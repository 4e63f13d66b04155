/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_NNTP_H
#define DIALECT_NNTP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/block.h"
#include "dialect/capability.h"
#include "dialect/dialect.h"
#include "dialect/early.h"
#include "dialect/line.h"
#include "dialect/pending.h"
#include "dialect/put_off.h"
#include "dialect/sasl_exchange.h"

/*
 * NNTP (RFC 3977) with STARTTLS (RFC 4642, RFC 8143), AUTHINFO (RFC 4643, RFC
 * 2980), streaming (RFC 4644) and COMPRESS (RFC 8054).
 */

/* Commands, as numbers for the list of those without an answer. */
enum nntp_verb {
	NNTP_NONE,
	NNTP_CAPABILITIES,
	NNTP_STARTTLS,
	NNTP_AUTH_USER,
	NNTP_AUTH_PASS,
	NNTP_AUTH_SASL,		/* and the older SIMPLE */
	NNTP_READ,		/* articles, or parts of many */
	NNTP_LISTGROUP,		/* whose 211 has lines behind it, unlike GROUP's */
	NNTP_POST,		/* and IHAVE: an article follows if the server wants it */
	NNTP_TAKETHIS,		/* the article follows at once */
	NNTP_ARTICLE,		/* the dot that ends a posting */
	NNTP_COMPRESS,
	NNTP_QUIT,
	NNTP_OTHER,		/* known, and of no interest */
	NNTP_CORRUPTED,		/* STARTTLS or CAPABILITIES, masked or a near-miss */
	NNTP_UNKNOWN,
	NNTP_BLANK,		/* an empty line: some servers answer it, others do not */
};

/* What the client's next bytes are. */
enum nntp_client {
	NNTP_COMMANDS,
	NNTP_AWAIT_GO,		/* POST was sent: what follows depends on the answer */
	NNTP_BODY,		/* until CRLF . CRLF */
};

/* What the server's next lines are. */
enum nntp_server {
	NNTP_REPLIES,
	NNTP_BLOCK,		/* until a line with nothing but a dot */
	NNTP_LISTING,		/* the same, of capabilities */
};

struct nntp_command {
	const char *word;
	enum nntp_verb verb;
	bool shared;		/* other protocols have it, too: tells nothing about whose it is */
};

struct nntp {
	struct line_reader lines[2];
	struct pending pending;
	struct keep corrupted;		/* the last garbled verb */
	const char *reading, *posting;	/* the last verbs that moved articles */
	bool command_had_argument;	/* of the last STARTTLS */
	struct sasl_exchange sasl;

	enum nntp_client client;
	uint8_t body_tail;		/* how much of CRLF . CRLF has been read */
	bool body_unsure;		/* its end may have been missed: the next reply tells */
	bool streams;			/* articles come without waiting for answers */

	enum nntp_server server;
	struct block block;
	bool block_unsure;		/* the block's end may have been missed */
	bool client_spoke;		/* ... and the client goes on */

	bool holes;			/* bytes are missing: answers may be taken for others */
	bool greeted;
	/*
	 * An error that answers an empty line, or what came behind it: the latter when the
	 * client goes on before another reply comes.
	 */
	struct put_off put_off;
	bool unasked;			/* the listing being read came before any command */
	struct early early_listing;	/* ... and is whole */
	struct capability listing;
};

/* Which command a verb is; NULL for none. */
const struct nntp_command *nntp_command_find(struct span word);

/* Read one unit of the client's, or of the server's; see dialect.feed. */
long nntp_client_unit(struct nntp *n, struct span in, struct facts *facts);
long nntp_server_unit(struct nntp *n, struct span in, struct facts *facts);

/* The client goes on: has a listing that came early been CAPABILITIES'? */
void nntp_capabilities_passed(struct nntp *n, struct facts *facts);

/* The client goes on, so an error that was put off was its command's. */
void nntp_reply_put_off(struct nntp *n, struct facts *facts);

#endif
