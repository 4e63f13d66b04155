/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_MARK_H
#define WORDS_MARK_H

#include <stdint.h>

#include "words/frame.h"
#include "words/side.h"

enum { MARK_TEXT_SIZE = 120 };

/*
 * What happened in a session that a judgement may rest on, and that a person
 * would look at first. The words of spec and catalogue: docs/design.md lists
 * who sets which.
 */
enum mark_kind {
	MARK_BANNER,			/* the server's greeting */
	MARK_LISTING,			/* a complete capability listing with the offer */
	MARK_LISTING_LACKS,		/* a complete one without it */
	MARK_LISTING_REFUSED,		/* the capability command was refused */
	MARK_HELO_ONLY,			/* the client used the command that has no listing */
	MARK_TOKEN_MASKED,		/* filler of the token's own length in a listing */
	MARK_TOKEN_MASKED_OTHER,	/* filler of another length: a masking middlebox */
	MARK_TOKEN_CORRUPTED,		/* a near-miss of the token in a listing */
	MARK_BANNER_MASKED,		/* banner of fillers: a masking middlebox */
	MARK_LISTING_DAMAGED,		/* reply structure that no server writes */
	MARK_OFFER_WITHDRAWN,		/* offered earlier, gone without a reason */
	MARK_CONTRADICTION,		/* the server's words exclude each other */
	MARK_COMMAND_CORRUPTED,		/* a masked or near-miss command, refused as unknown */
	MARK_REQUEST,			/* the client asked for the upgrade */
	MARK_REQUEST_ARGUMENT,		/* ... with an argument that the protocol forbids */
	MARK_ACCEPTED,			/* the reply that grants it */
	MARK_REFUSED_TEMPORARY,
	MARK_REFUSED_PERMANENT,
	MARK_REFUSED_CLOSING,		/* refused because the service closes (421, BYE) */
	MARK_REPLY_INVALID,		/* an answer that is not legal for the request */
	MARK_UNANSWERED,		/* the client went on without an answer */
	MARK_INJECTED_COMMAND,		/* clear bytes behind the request, same flight */
	MARK_INJECTED_RESPONSE,		/* clear bytes behind the acceptance, same flight */
	MARK_CLEAR_AFTER_ACCEPT,	/* the client went on in clear after acceptance */
	MARK_CLIENT_HELLO,
	MARK_SERVER_HELLO,
	MARK_TLS_PROTECTED,		/* first protected record */
	MARK_TLS_ALERT,			/* a fatal alert in clear */
	MARK_TLS_GARBAGE,		/* something else than TLS where TLS should be */
	MARK_TLS_DAMAGED,		/* an alert that says bytes were changed on the way */
	MARK_TLS_RESET,			/* a reset before protected data */
	MARK_CLEAR_AFTER_TLS,		/* TLS was up and clear text follows */
	MARK_DEMAND,			/* the server demands TLS for an operation */
	MARK_DEMAND_VIOLATED,		/* ... and accepts the same kind in clear */
	MARK_CREDENTIALS,		/* a recoverable secret crossed in clear */
	MARK_PAYLOAD,			/* mail, files, messages or queries crossed in clear */
	MARK_AUTHENTICATED,		/* login accepted */
	MARK_PREAUTH,			/* IMAP PREAUTH in clear */
	MARK_PREMATURE,			/* mailbox data before login */
	MARK_REDIRECT,			/* sent elsewhere instead of the upgrade */
	MARK_TLS_ELSEWHERE,		/* a listing sends clients to a port with TLS (IRC STS) */
	MARK_CONFLICT,			/* two versions of the same bytes */
	MARK_RESET_OUTLIVED,		/* a reset, and its sender went on behind it */
	MARK_RESET_FOREIGN,		/* a reset that came from somewhere else than the rest */
	MARK_STRANGER,			/* so did what was refused, or lacked the offer */
	MARK_OFFER_AFTER_LOGIN,		/* a listing has the offer where none is made any more */
	MARK_DATA_CHOSEN_CLEAR,		/* the client asked for data in clear (FTP's PROT C) */
	MARK_DATA_CLEAR,		/* a data connection began with something else than TLS */
	MARK_DATA_TLS,			/* ... or with TLS */
	MARK_KINDS
};

/* One mark with the frame that carried it; text is escaped and holds no secret. */
struct mark {
	uint8_t kind;		/* enum mark_kind */
	uint8_t from;		/* enum side */
	struct frame_ref ref;
	char text[MARK_TEXT_SIZE];
};

/* "listing_lacks"; never NULL. */
const char *mark_name(enum mark_kind kind);

#endif
