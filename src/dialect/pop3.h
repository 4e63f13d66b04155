/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_POP3_H
#define DIALECT_POP3_H

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
 * POP3 (RFC 1939) with CAPA (RFC 2449), STLS (RFC 2595 §4), AUTH (RFC 5034),
 * response codes (RFC 3206) and languages (RFC 6856).
 */

/* Commands, as numbers for the list of those without an answer. */
enum pop3_verb {
	POP3_NONE,
	POP3_CAPA,
	POP3_STLS,
	POP3_USER,
	POP3_PASS,
	POP3_APOP,
	POP3_AUTH,		/* with a mechanism */
	POP3_RETR,
	POP3_TOP,
	POP3_LIST,		/* without an argument, as the following */
	POP3_UIDL,
	POP3_LINES,		/* LANG, AUTH: lines follow */
	POP3_QUIT,
	POP3_OTHER,		/* known, and of no interest */
	POP3_CORRUPTED,		/* four letters of filler */
	POP3_UNKNOWN,
	POP3_BLANK,		/* an empty line: some servers answer it, others do not */
};

/* What the server's next lines are. */
enum pop3_server {
	POP3_REPLIES,
	POP3_BLOCK,		/* until a line with nothing but a dot */
	POP3_LISTING,		/* the same, of capabilities */
	POP3_EARLY,		/* the same, perhaps: nobody has asked for what this is */
};

struct pop3_command {
	const char *word;
	enum pop3_verb verb;
	enum pop3_verb bare;	/* what it is without an argument */
	bool shared;		/* others who answer +OK have it, too */
};

struct pop3 {
	struct line_reader lines[2];
	struct pending pending;
	struct keep corrupted;		/* the last garbled verb */
	bool request_had_argument;
	struct sasl_exchange sasl;
	bool client_spoke;
	bool server_spoke;
	bool greeted;

	/* Bytes are missing: answers may be taken for others until both sides are even. */
	bool unsure;
	bool heard;			/* an answer has come since */

	enum pop3_server server;
	struct block block;
	bool block_unsure;		/* its end may have been missed */
	bool client_went_on;		/* ... and the client spoke since */
	/*
	 * An error that answers an empty line, or what came behind it: the latter when the
	 * client goes on before another reply comes.
	 */
	struct put_off put_off;
	struct early early_listing;	/* a listing that came before CAPA */
	struct capability listing;
};

/* Which command a verb is; NULL for none. */
const struct pop3_command *pop3_command_find(struct span word);

/* Read one unit of the client's, or of the server's; see dialect.feed. */
long pop3_client_unit(struct pop3 *p, struct span in, struct facts *facts);
long pop3_server_unit(struct pop3 *p, struct span in, struct facts *facts);

/* +OK, -ERR, or the "+" that wants the next line of an exchange. */
enum pop3_status { POP3_NO_STATUS, POP3_OK, POP3_ERR, POP3_CHALLENGE };
enum pop3_status pop3_status_of(struct span word);

/* The client goes on: has a listing that came early been CAPA's? */
void pop3_capa_passed(struct pop3 *p, struct facts *facts);

/* The client goes on, so an error that was put off was its command's. */
void pop3_reply_put_off(struct pop3 *p, struct facts *facts);

#endif
