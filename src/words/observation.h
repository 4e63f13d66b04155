/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_OBSERVATION_H
#define WORDS_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words/fact.h"
#include "words/flow.h"
#include "words/mark.h"
#include "words/tls_facts.h"

enum {
	OBSERVATION_MARKS_MAX = 16,
	DIALECT_NAME_SIZE = 16,
	REPLY_SIZE = 128,
	MECHANISM_SIZE = 24,
	VERB_SIZE = 16,
	SERVER_NAME_SIZE = 128,
};

/* Where a session stood with its upgrade when something happened. */
enum upgrade {
	UPGRADE_UNOFFERED,	/* no listing with the offer, nothing asked */
	UPGRADE_OFFERED,
	UPGRADE_ASKED,		/* request without an answer yet */
	UPGRADE_REFUSED,	/* answered, and not granted */
	UPGRADE_ACCEPTED,	/* granted; clear text now is on the wrong side of it */
	UPGRADE_FAILED,		/* a handshake began and broke */
	UPGRADES
};

/* Bits of observation.exposed[]. */
enum { EXPOSED_CREDENTIALS = 1, EXPOSED_PAYLOAD = 2 };

/* Bits of observation.mechanisms: kinds of SASL mechanisms in the listings in clear. */
enum { MECHANISM_CLEAR = 1, MECHANISM_STRONG = 2 };

/* How the last request was answered. */
enum answer {
	ANSWER_NONE,
	ANSWER_GRANTED,
	ANSWER_TEMPORARY,
	ANSWER_PERMANENT,
	ANSWER_INVALID,
	ANSWER_ERROR,		/* an error instead of one, as old servers give and attackers may */
	ANSWER_CLOSING,		/* the service itself closes: overload, not a refusal of TLS */
	ANSWER_LAWFUL,		/* a refusal that the request earned: an argument, after login */
	ANSWER_NOT_COMING,	/* the client went on without one */
};

/* What a dialect's rules are like where they differ for judgement; see dialect.h. */
enum dialect_trait {
	TRAIT_OPTIONAL = 1,	/* declining an upgrade is normal (HTTP) */
	TRAIT_TLS_MAY_END = 2,	/* TLS may lawfully be taken off again (FTP, LDAP) */
	TRAIT_NO_LISTING = 4,	/* the protocol has no advertisement (PostgreSQL, RDP) */
	TRAIT_AUTH_WEAK = 8,	/* clear credentials despite an offer are everyday (MySQL) */
	TRAIT_OFFER_STANDS = 16,	/* an offer may not vanish within a session (SMTP, IMAP) */
	TRAIT_PUBLIC = 32,	/* content is meant for everybody (IRC; anonymous FTP sets it) */
	TRAIT_DEMANDS_UNLISTED = 64,	/* may demand what it does not list (NNTP) */
	TRAIT_MAY_IGNORE = 128,	/* servers ignore commands that they do not know (IRC) */
	TRAIT_SECRETS_UNSEEN = 256,	/* secrets may cross that nobody looks for (telnet) */
	TRAIT_ASKS_LATE = 512,	/* content before the request is everyday (LDAP, NNTP) */
	TRAIT_OWN_WORDS = 1024,	/* its messages are told in words of ours, never quoted (LDAP) */
	TRAIT_LITERALS = 2048,	/* {12} at a line's end counts what follows (IMAP) */
	TRAIT_TAGS = 4096,	/* a tag stands before a command, and before its answer (IMAP) */
	TRAIT_DATA_APART = 8192,	/* content goes over connections of its own (FTP) */
	TRAIT_OFFER_ENDS = 16384,	/* no offer is made behind a login (NNTP, IMAP) */
	TRAITS_ALL = 2 * TRAIT_OFFER_ENDS - 1,
};

/*
 * What a session showed so far: plain facts, bounded, without a pointer, so
 * that it can be queued, sent to another process, written to a file and judged
 * later. This is the wall between hostile bytes and judgement: all text in it
 * is escaped, none of it is a secret.
 */
struct observation {
	uint32_t serial;		/* counts the snapshots of one session, from 1 */
	bool provisional;		/* not to be judged: where its upgrade stands meanwhile */
	bool final;			/* the connection has ended */
	bool attempt;			/* ... before it began: refused, or never answered */
	bool elsewhere;			/* no dialect's, nor its port: reported by exception only */
	struct flow flow;
	struct frame_ref at;		/* the frame that completed this snapshot */

	char dialect[DIALECT_NAME_SIZE];	/* app_proto; "" = not recognised */
	/* by port or ALPN, for implicit TLS; by the client's words, where nobody was recognised */
	char dialect_expected[DIALECT_NAME_SIZE];
	uint16_t traits;		/* enum dialect_trait */
	bool implicit;			/* TLS from the first byte */
	uint64_t tunnel_to;		/* where a proxy was to connect to, hashed; 0 = no tunnel */

	enum fact offered;
	enum fact requested;
	enum fact accepted;
	enum fact established;
	enum answer answer;
	enum upgrade upgrade;
	char reply[REPLY_SIZE];		/* the answer to the last request */
	bool listing_complete;		/* at least one whole listing was read */
	bool listing_in_greeting_only;	/* ... and it was the short one of a greeting */
	enum fact greeting_offers;	/* did a greeting's own listing name the offer? */
	bool listing_demands;		/* a listing said that TLS is required */
	bool mechanisms_known;
	uint8_t mechanisms;		/* ... MECHANISM_ bits of the last whole listing */
	bool lost_sync;			/* the parser cannot tell; absence means nothing */
	bool client_lost;		/* ... not even what the client itself did not say */

	enum fact credentials;		/* a recoverable secret crossed in clear */
	enum fact credentials_accepted;
	char mechanism[MECHANISM_SIZE];
	enum fact payload;
	char command[VERB_SIZE];	/* first verb that moved payload */
	uint8_t exposed[UPGRADES];	/* EXPOSED_ bits, by where the upgrade stood */
	uint8_t exposed_unasked;	/* ... before any request: all of the client was heard */
	bool authenticated;
	bool data_chosen;		/* the client was seen to ask for what data_flow_id names */

	char server_name[SERVER_NAME_SIZE];
	uint64_t data_flow_id;		/* of a data connection in clear beside TLS, or 0 */
	uint64_t client_name_hash;	/* of HELO name, to= or user; 0 = none seen */

	uint64_t marked;		/* bit for each enum mark_kind that was set */
	uint8_t mark_count;
	struct tls_facts tls;
	struct mark marks[OBSERVATION_MARKS_MAX];
};

/*
 * What is large and mostly empty stands at the end: while a session is read only what
 * comes before it is kept so, see facts.h.
 */
enum { OBSERVATION_HEAD_BYTES = offsetof(struct observation, tls) };

/* Nobody was recognised, but the client spoke as clients of dialect_expected do. */
static inline bool
observation_is_unread(const struct observation *o)
{
	return o->dialect[0] == '\0' && !o->implicit && !o->attempt &&
	    o->dialect_expected[0] != '\0';
}

/* Was that kind marked at least once? Holds even where the mark itself found no room. */
static inline bool
observation_has(const struct observation *o, enum mark_kind kind)
{
	return (o->marked >> kind & 1) != 0;
}

/* First mark of a kind, or NULL. */
const struct mark *observation_mark(const struct observation *o,
    enum mark_kind kind);

/* Was anything exposed while the upgrade stood there? */
static inline bool
observation_exposed(const struct observation *o, enum upgrade upgrade)
{
	return o->exposed[upgrade] != 0;
}

/* Did something cross in clear, wherever the upgrade stood? */
bool observation_exposed_anywhere(const struct observation *o);

/*
 * A ClientHello was sent, and no ServerHello that the client could use came
 * back: something else, one that was damaged on its way or cut short by a reset,
 * or none at all where the tap heard everything.
 */
bool observation_handshake_failed(const struct observation *o);

/*
 * The server ends the handshake behind its hello, by an alert: the client's certificate is
 * not good enough, or somebody said so in the server's name.
 */
bool observation_server_broke_off(const struct observation *o);

/* The connection is over, and no answer or hello that was still missing came or was lost. */
bool observation_nothing_came(const struct observation *o);

/* May anything be concluded from what was not seen? */
bool observation_seen_whole(const struct observation *o);

#endif
