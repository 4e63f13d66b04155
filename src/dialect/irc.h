/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_IRC_H
#define DIALECT_IRC_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/capability.h"
#include "dialect/dialect.h"
#include "dialect/line.h"
#include "dialect/sasl_exchange.h"

/*
 * IRC between client and server (RFC 2812) with IRCv3's capabilities, message
 * tags, SASL, STS and the older "tls" (STARTTLS). Answers are numbers that name
 * what they are about; many commands have none, and some are ignored.
 */

/* One message: tags and prefix are off, parameters not yet taken apart (RFC 2812 §2.3.1). */
struct irc_message {
	struct span prefix, command, params;
};

struct irc {
	struct line_reader lines[2];
	bool asked;			/* STARTTLS, and no answer to it yet */
	bool welcomed;			/* 001 came */
	bool negotiating;		/* CAP began before that and has not ended */
	bool knows_cap;			/* the server has answered it */
	bool refusable;			/* a command was sent that 451 may be about */
	bool listing_open;		/* lines of CAP LS were read, and more will come */
	bool listing_hole;		/* lines of it may be missing */
	struct capability listing;
	struct keep corrupted;		/* the last garbled verb */

	bool pass_sent;			/* PASS, and its outcome not seen */
	bool exchange;			/* AUTHENTICATE has begun: what follows are responses */
	bool chunk;			/* ... the last of which is not complete yet */
	struct sasl_exchange sasl;
};

/*
 * The message in a line; no command when there is none. The colon of a prefix may be
 * missing in front of a number: clients take the line all the same.
 */
struct irc_message irc_message_read(struct span line);

/* The next parameter, a trailing one without its colon; false when there is none. */
bool irc_param(struct span *params, struct span *param_r);

/* Read one line of the client's, or of the server's; see dialect.feed. */
long irc_client_unit(struct irc *c, struct span in, struct facts *facts);
long irc_server_unit(struct irc *c, struct span in, struct facts *facts);

#endif
