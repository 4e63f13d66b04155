/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_FTP_H
#define DIALECT_FTP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/capability.h"
#include "dialect/dialect.h"
#include "dialect/early.h"
#include "dialect/line.h"
#include "dialect/pending.h"
#include "dialect/put_off.h"

/*
 * FTP's control connection (RFC 959) with AUTH TLS (RFC 2228, RFC 4217) and
 * FEAT (RFC 2389). Data connections are connections of their own, of which is told
 * here where they will be; what counts of them is whether they begin with TLS.
 */

enum {
	FTP_REQUEST_LENGTH = 8,		/* of "AUTH TLS" */
	FTP_VERB_LENGTH = 4,
};

/* Commands, as numbers for the list of those without an answer. */
enum ftp_verb {
	FTP_NONE,
	FTP_USER,
	FTP_PASS,
	FTP_ACCT,
	FTP_AUTH,		/* with a mechanism that means TLS; others are FTP_OTHER */
	FTP_FEAT,
	FTP_TRANSFER,		/* opens a data connection: files and listings */
	FTP_ADDRESS,		/* says where the next data connection will be */
	FTP_CLEAR_DATA,		/* PROT C */
	FTP_PROTECTED_DATA,	/* PROT with any other level */
	FTP_REIN,
	FTP_QUIT,
	FTP_OTHER,		/* known, and of no interest */
	FTP_CORRUPTED,		/* AUTH TLS or FEAT, masked or a near-miss */
	FTP_UNKNOWN,
	FTP_BLANK,		/* an empty line: some servers answer it, others do not */
};

struct ftp {
	struct line_reader lines[2];
	struct pending pending;
	struct keep corrupted;		/* the last garbled verb */
	const char *transfer;		/* the last verb that opened a data connection */
	bool anonymous;			/* the last USER was nobody in particular */
	bool named;			/* USER was seen */
	bool challenged;		/* ... and answered with a challenge (RFC 2289) */

	bool holes;			/* bytes are missing: answers may be taken for others */
	bool greeted;

	uint16_t code;			/* of the reply being read, 0 between replies */
	bool greeting_open;		/* ... which is the greeting */
	bool reply_broken;		/* ... and of which a part is missing */
	bool client_spoke;		/* a command came in the midst of it */
	uint16_t reply_lines;
	struct keep demand;		/* the line of it that demands TLS, if one does */
	/*
	 * An error that answers an empty line, or what came behind it: the latter when the
	 * client goes on before another reply comes.
	 */
	struct put_off put_off;
	struct early early_listing;	/* a listing that came before FEAT */
	struct capability listing;
};

struct ftp_command {
	const char *word;
	enum ftp_verb verb;
	bool shared;		/* other protocols have it, too: tells nothing about whose it is */
};

/* Which command a verb is; NULL for none. */
const struct ftp_command *ftp_command_find(struct span word);

/* Does AUTH with this mechanism ask for TLS (RFC 4217 §4, and SSL as Microsoft has it)? */
bool ftp_mechanism_is_tls(struct span mechanism);

/* Is it one of the others (RFC 2228 and the IANA registry)? */
bool ftp_mechanism_is_other(struct span mechanism);

/* Telnet commands (RFC 854) may stand in front of a line; here is the line behind them. */
struct span ftp_without_telnet(struct span line);

/* Read one line of the client's, or of the server's; see dialect.feed. */
long ftp_client_unit(struct ftp *f, struct span in, struct facts *facts);
long ftp_server_unit(struct ftp *f, struct span in, struct facts *facts);

/* Of the list of features: one of its lines, and its end, asked for or not. */
void ftp_feature_line(struct ftp *f, const struct line *line);
void ftp_feat_reply(struct ftp *f, unsigned code, struct span line, struct facts *facts);
void ftp_unasked_reply(struct ftp *f, unsigned code, struct facts *facts);

/* What a command, or a reply of that code, says of the next data connection. */
void ftp_data_command(struct span word, struct span argument, struct facts *facts);
void ftp_data_reply(unsigned code, struct span line, struct facts *facts);

/* The client goes on, so an error that was put off was its command's. */
void ftp_reply_put_off(struct ftp *f, struct facts *facts);

#endif
