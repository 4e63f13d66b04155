/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_SIEVE_H
#define DIALECT_SIEVE_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/capability.h"
#include "dialect/dialect.h"
#include "dialect/imap_status.h"
#include "dialect/line.h"
#include "dialect/literal.h"
#include "dialect/pending.h"
#include "dialect/sasl_exchange.h"

/* ManageSieve (RFC 5804): IMAP's strings and literals, but neither tags nor go-aheads. */

/* Commands, as numbers for the list of those without an answer. */
enum sieve_verb {
	SIEVE_NONE,
	SIEVE_CAPABILITY,
	SIEVE_STARTTLS,
	SIEVE_AUTHENTICATE,
	SIEVE_PUTSCRIPT,
	SIEVE_CHECKSCRIPT,
	SIEVE_GETSCRIPT,
	SIEVE_UNAUTHENTICATE,
	SIEVE_LOGOUT,
	SIEVE_OTHER,		/* known, and of no interest */
	SIEVE_CORRUPTED,	/* STARTTLS or CAPABILITY, masked or a near-miss */
	SIEVE_UNKNOWN,
};

struct sieve_command {
	const char *word;
	enum sieve_verb verb;
	bool shared;		/* other protocols have it, too: tells nothing about whose it is */
};

struct sieve {
	struct line_reader lines[2];
	struct pending pending;

	struct {
		bool open;		/* a literal stands in it, and it goes on behind that */
		uint64_t literal_left;
		uint8_t verb;
		uint8_t arguments;	/* how many have been read */
		bool response;		/* it is none, but a line of a SASL exchange */
		struct keep literal;	/* the beginning of the last literal; never quoted */
	} command;
	bool request_had_argument;
	struct keep corrupted;		/* the last garbled verb */
	struct sasl_exchange sasl;

	struct {
		bool open;
		uint64_t literal_left;
		enum imap_status status;
		struct keep text;	/* of a status: enough to know its code */
		uint8_t strings;	/* of any other line: how many have been read */
		struct keep first;
		bool second_empty;
		struct keep literal;
	} answer;
	bool server_spoke;
	bool greeted;
	bool unsure;			/* bytes are missing: answers may be taken for others */
	bool heard;			/* an answer has come since */

	struct capability listing;
	bool listed;			/* at least one capability */
	bool nothing_to_login_with;	/* "SASL" "" */
};

/* Which command a verb is; NULL for none. */
const struct sieve_command *sieve_command_find(struct span word);

/* Read one unit of the client's, or of the server's; see dialect.feed. */
long sieve_client_unit(struct sieve *s, struct span in, struct facts *facts);
long sieve_server_unit(struct sieve *s, struct span in, struct facts *facts);

#endif
