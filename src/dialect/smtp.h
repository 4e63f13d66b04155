/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_SMTP_H
#define DIALECT_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/capability.h"
#include "dialect/dialect.h"
#include "dialect/line.h"
#include "dialect/pending.h"
#include "dialect/sasl.h"

/*
 * SMTP (RFC 5321) with STARTTLS (RFC 3207), PIPELINING (RFC 2920), CHUNKING
 * (RFC 3030) and AUTH (RFC 4954); LMTP (RFC 2033) is the same with another
 * hello and one answer for each recipient.
 */

/* Commands, as numbers for the list of those without an answer. */
enum smtp_verb {
	SMTP_NONE,
	SMTP_EHLO,		/* and LHLO */
	SMTP_HELO,
	SMTP_STARTTLS,		/* and X-ANONYMOUSTLS */
	SMTP_AUTH,		/* and X-EXPS */
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BDAT,
	SMTP_BDAT_LAST,
	SMTP_MESSAGE,		/* the dot that ends DATA */
	SMTP_XCLIENT,
	SMTP_QUIT,
	SMTP_OTHER,		/* known, and of no interest */
	SMTP_CORRUPTED,		/* masked, or a near-miss of STARTTLS */
	SMTP_UNKNOWN,
};

/* What the client's next bytes are. */
enum smtp_client {
	SMTP_COMMANDS,
	SMTP_AWAIT_GO,		/* DATA was sent: what follows depends on the answer */
	SMTP_BODY,		/* until CRLF . CRLF */
	SMTP_CHUNK,		/* that many octets of BDAT */
};

struct smtp {
	bool lmtp;
	struct line_reader lines[2];
	struct pending pending;

	enum smtp_client client;
	uint64_t chunk_left;
	uint8_t body_tail;		/* how much of CRLF . CRLF has been read */
	bool body_unsure;		/* its end may have been missed: the next reply tells */
	bool command_had_argument;	/* of the last STARTTLS */
	struct keep corrupted;		/* the last garbled verb */

	const struct sasl_mechanism *mechanism;	/* of the AUTH exchange, NULL before any */
	uint8_t responses;		/* ... and how many there were so far */
	bool challenged;		/* the server waits for a response */
	bool auth_open;			/* AUTH was the last command: responses may follow */
	uint16_t early;			/* responses that came before their challenges */
	uint16_t stray;			/* ... that a server that never asked reads as commands */

	bool holes;			/* bytes are missing: answers may be taken for others */
	bool greeted;
	bool greeting_open;		/* the reply being read is the greeting */
	bool ehlo_tried;		/* an EHLO was sent, whatever became of it */
	uint16_t recipients;		/* accepted in this transaction, for LMTP */

	uint16_t code;			/* of the reply being read, 0 between replies */
	bool reply_broken;		/* a line of it is missing or unreadable */
	bool reply_mixed;		/* a line of it had another code */
	uint16_t reply_lines;
	bool client_spoke;		/* a command came in the middle of the reply */
	bool saw_binarymime, saw_chunking;
	struct capability listing;
};

/* Read one unit of the client's, or of the server's; see dialect.feed. */
long smtp_client_unit(struct smtp *s, struct span in, struct facts *facts);
long smtp_server_unit(struct smtp *s, struct span in, struct facts *facts);

/* AUTH and what follows it (RFC 4954 §4), up to its answer. */
void smtp_auth_command(struct smtp *s, struct span rest, struct facts *facts);
void smtp_auth_reply(struct smtp *s, unsigned code, struct span line, struct facts *facts);

/* Is a client's line part of that exchange, and no command? It is told, and never kept. */
bool smtp_auth_line(struct smtp *s, const struct line *line, struct facts *facts);

/* Does this reply only answer a response that was never asked for? */
bool smtp_auth_stray(struct smtp *s, unsigned code);

/* 530 and 538 mean "authenticate first" as well; does this one want TLS first? */
bool smtp_demands_tls(unsigned code, struct span line);

/* The server wants TLS for such an operation. */
void smtp_demand(struct facts *facts, enum operation operation, struct span line);

/* Bytes of that side are missing. */
void smtp_gap(struct smtp *s, enum side from, uint64_t count, struct facts *facts);

/* Which command a verb is. */
enum smtp_verb smtp_verb_of(struct span word);

#endif
