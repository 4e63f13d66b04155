/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_VERDICT_H
#define WORDS_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "words/address.h"
#include "words/technique.h"

enum { VERDICT_TECHNIQUES_MAX = 4, TWIN_TEXT_SIZE = 192, NEIGHBOURS_TEXT_SIZE = 128 };

/* How a session's upgrade ended; UNSAID while the connection is open. */
enum outcome {
	OUTCOME_UNSAID,
	OUTCOME_UPGRADED,
	OUTCOME_IMPLICIT,
	OUTCOME_DECLINED,	/* offered, not asked */
	OUTCOME_ABSENT,		/* not offered */
	OUTCOME_UNASKED,	/* no listing, not asked */
	OUTCOME_REFUSED,
	OUTCOME_UNANSWERED,
	OUTCOME_FAILED,		/* accepted, no TLS */
	OUTCOME_UNKNOWN,
	OUTCOMES
};

/* Who said that TLS was to be expected here. */
enum expectation {
	EXPECTED_BY_NOBODY,
	EXPECTED_BY_HISTORY,
	EXPECTED_BY_POLICY,
	EXPECTED_BY_MTA_STS,
	EXPECTED_BY_DANE,
	EXPECTED_BY_PROBE,
	EXPECTED_BY_PEER,
	EXPECTATIONS
};

enum strength { STRENGTH_NONE, STRENGTH_WEAK, STRENGTH_STRONG };

/* How the upgrade of an earlier connection of the same client came to nothing. */
enum setback {
	SETBACK_NONE,
	SETBACK_HANDSHAKE,	/* no ServerHello came, or a reset right behind the acceptance */
	SETBACK_ALERT,		/* the server itself broke it off with an alert */
	SETBACK_TEMPORARY,	/* refused */
	SETBACK_PERMANENT,
	SETBACK_ERROR,		/* an error came instead of an answer */
};

/* Does a session show what the server used to show? */
enum habit_state { HABIT_UNKNOWN, HABIT_KEPT, HABIT_BROKEN };

struct habits {
	enum habit_state certificate;	/* its public key */
	enum habit_state issuer, subject;
	enum habit_state answer;	/* the ServerHello's fingerprint, for this kind of client */
	enum habit_state version;	/* of TLS, for this kind of client; broken: it went down */
	enum habit_state mechanisms;	/* of SASL; broken: weaker ones than before */
	enum habit_state demand;	/* broken: it no longer demands TLS */
	enum habit_state greeting;	/* broken: it no longer offers TLS in its greeting */
};

/* What earlier packets had taught about a server; all zero for a stranger. */
struct history {
	uint32_t sessions;
	uint32_t offered;
	uint32_t upgraded;
	uint32_t listed;		/* sessions in which the capability command was answered */
	uint32_t clients;		/* distinct ones */
	int64_t first_seen_ns, last_seen_ns;
	enum strength strength;
	bool client_upgraded;		/* this client has used TLS with this server */
	bool client_always_asked;	/* ... and has for more than a day */
	bool client_never_looks;	/* ... and for days logged in without looking for it, too */
	bool offered_others;		/* within an hour, to another client */
	bool by_another_name;		/* rests on other members of what may be a pool */
	uint32_t clients_denied;	/* distinct ones without an offer since the last, up to 4 */
	struct habits habits;
	/* of a stranger: what stands there for it is a network or a domain in which all do TLS */
	uint32_t neighbours_known;	/* servers of it, up to 4; 0: nothing stands for it */
	char neighbours[NEIGHBOURS_TEXT_SIZE];	/* "198.51.100.0/24", "provider.example" */
	bool hello_changed;		/* not the ClientHello that this client always sent here */
};

/* What differs between the same session at two taps. */
enum twin_difference {
	TWIN_LISTING = 1,
	TWIN_REQUEST = 2,	/* asked at one tap, not at the other */
	TWIN_DROPPED = 4,	/* asked and refused at one, never asked at the other */
	TWIN_REPLY = 8,
	TWIN_HANDSHAKE = 16,	/* another ClientHello, or another certificate */
	TWIN_HALF_TLS = 32,	/* under TLS at one tap, in clear at the other */
};

/* The same session at another tap; all zero when there is none. */
struct twin {
	uint64_t flow_id;
	unsigned differences;	/* TWIN_ bits */
	bool by_content;	/* matched by names and time, since addresses or ports differ */
	bool same_name;		/* ... and the client's name or address is the same at both */
	bool seen_whole;	/* the other tap saw all of it */
	struct address other_client;
	char says[TWIN_TEXT_SIZE];	/* what the other tap saw; "" when nothing differs */
};

/* One technique of the decision table that matched. */
struct finding {
	enum technique technique;
	bool alert;		/* the table says so, given what is known of the server */
};

/* The judgement of one observation. */
struct verdict {
	enum outcome outcome;
	uint8_t count;
	struct finding findings[VERDICT_TECHNIQUES_MAX];	/* the table's order */
	uint8_t confidence;	/* 0-100, of the first one */
	enum proof proof;
	bool middlebox_likely;
	enum expectation expected_by;
	enum strength expected_strength;
	uint64_t related;	/* flow id of the earlier connection that is part of it, or 0 */
	enum setback setback;	/* ... and what became of that one */
	bool expected_after;	/* learnt only from later packets */
	bool expected_like_others;	/* of a server never seen, because its neighbours do it */
	struct twin twin;
};

/* Is one of its findings worth an alert? Then events have "starttls.findings". */
bool verdict_finds(const struct verdict *v);

/* "upgraded"; "" for OUTCOME_UNSAID. */
const char *outcome_name(enum outcome outcome);

const char *expectation_name(enum expectation expectation);

/* "weak", "strong", or "" */
const char *strength_name(enum strength strength);

#endif
