/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_SMTP_H
#define DIALECT_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/capability.h"
#include "dialect/dialect.h"
#include "dialect/early.h"
#include "dialect/line.h"
#include "dialect/pending.h"
#include "dialect/put_off.h"
#include "dialect/sasl_exchange.h"

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
	SMTP_BLANK,		/* an empty line: some servers answer it, others do not */
};

/* Who sends a command sooner has not waited for the answer before it. */
#define SMTP_PATIENCE_NS INT64_C(2000000000)

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
	bool chunk_refused;		/* ... and the server would not have it */
	bool chunk_begun;		/* ... and some of it came */
	uint8_t body_tail;		/* how much of CRLF . CRLF has been read */
	bool body_unsure;		/* its end may have been missed: the next reply tells */
	bool command_had_argument;	/* of the last STARTTLS */
	struct keep corrupted;		/* the last garbled verb */

	struct sasl_exchange exchange;	/* of AUTH */
	bool auth_open;			/* AUTH was the last command: responses may follow */
	uint16_t early;			/* responses that came before their challenges */
	uint16_t stray;			/* ... that a server that never asked reads as commands */

	bool holes;			/* bytes are missing: answers may be taken for others */
	bool greeted;
	bool greeting_open;		/* the reply being read is the greeting */
	bool ehlo_tried;		/* an EHLO was sent, whatever became of it */
	int64_t hello_at_ns;		/* ... and when the last one was */
	bool hello_noise;		/* what came instead of its answer is no reply */
	bool hello_given_up;		/* the client went on with HELO without an answer */
	bool hello_nameless;		/* EHLO had no argument */
	struct put_off hello_put_off;	/* an answer to EHLO that is no listing */
	struct early early_listing;	/* a listing that came before EHLO */
	bool early_go;			/* 354 came before DATA */
	bool saw_anonymous;		/* X-ANONYMOUSTLS was listed */
	bool listing_ended;		/* ... and nobody has said anything since its last line */
	uint16_t recipients;		/* accepted in this transaction, for LMTP */

	uint16_t code;			/* of the reply being read, 0 between replies */
	uint16_t last_code;		/* ... of its latest line */
	bool reply_broken;		/* a line of it is missing or unreadable */
	bool reply_mixed;		/* a line of it had another code */
	uint16_t reply_lines;
	struct frame_ref reply_at;	/* of its latest line */
	struct keep demand;		/* the line of it that demands TLS, if one does */
	bool client_spoke;		/* a command came in the middle of the reply */
	bool saw_binarymime, saw_chunking;
	/*
	 * An error that answers an empty line, or NOOP and its like, or what came behind
	 * it: the latter when the client goes on before another reply comes.
	 */
	struct put_off put_off;
	struct capability listing;
};

/* Read one unit of the client's, or of the server's; see dialect.feed. */
long smtp_client_unit(struct smtp *s, struct span in, struct facts *facts);
long smtp_server_unit(struct smtp *s, struct span in, struct facts *facts);

/* What was taken for a chunk is none: nobody can tell what was a command. */
void smtp_chunk_lost(struct smtp *s, struct facts *facts);

/* EHLO or HELO, and the name that it gives: did an earlier EHLO go without an answer? */
void smtp_hello_command(struct smtp *s, enum smtp_verb verb, struct span word, struct span name,
    struct facts *facts);

/* A reply that answers nothing: is it a listing, once more or too early? */
void smtp_hello_unasked(struct smtp *s, unsigned code, struct span line, struct facts *facts);

/* Any command behind it: does the client go on although EHLO was refused, or put off? */
void smtp_hello_passed(struct smtp *s, enum smtp_verb verb, struct facts *facts);

/* HELO's answer: was just EHLO refused, or the client itself? */
void smtp_hello_fallback(struct smtp *s, unsigned code, struct facts *facts);

/* One line of a reply that may be a listing, and its end. */
void smtp_hello_line(struct smtp *s, struct span line);
void smtp_hello_reply(struct smtp *s, unsigned code, struct span line, struct facts *facts);

/* Does a reply to that verb belong to an EHLO that was given up? */
bool smtp_hello_late(const struct smtp *s, enum smtp_verb verb);

/*
 * "AUTHPLAIN": no server need know it (RFC 4954 §4 wants a blank), but what
 * follows has crossed, and the answer tells what came of it.
 */
bool smtp_auth_is_glued(struct span verb);

/* AUTH and what follows it (RFC 4954 §4), up to its answer. */
void smtp_auth_command(struct smtp *s, struct span rest, struct facts *facts);
void smtp_auth_reply(struct smtp *s, unsigned code, struct span line, struct facts *facts);

/* Is a client's line part of that exchange, and no command? It is told, and never kept. */
bool smtp_auth_line(struct smtp *s, const struct line *line, struct facts *facts);

/* Does this reply only answer a response that was never asked for? */
bool smtp_auth_stray(struct smtp *s, unsigned code);

/* One line of a reply: does it demand TLS? 530 and 538 mean "authenticate first" as well. */
void smtp_demand_line(struct smtp *s, unsigned code, struct span line);

/* Did a line of this reply demand TLS, for that operation? Then it is told. */
bool smtp_demand(const struct smtp *s, enum operation operation, struct facts *facts);

/* Bytes of that side are missing. */
void smtp_gap(struct smtp *s, enum side from, uint64_t count, struct facts *facts);

/* The client goes on, behind a reply whose last line never came: what came is all of it. */
void smtp_reply_abandoned(struct smtp *s, struct facts *facts);

/* The client goes on, so an error that was put off was its command's. */
void smtp_reply_put_off(struct smtp *s, struct facts *facts);

/* Which command a verb is. */
enum smtp_verb smtp_verb_of(struct span word);

#endif
