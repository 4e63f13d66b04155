/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_FACTS_H
#define DIALECT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/keep.h"
#include "base/span.h"
#include "dialect/marks.h"
#include "dialect/typed.h"
#include "words/observation.h"

/*
 * How a dialect says what it saw. All dialects share these, so "offered",
 * "refused" or "exposed" mean the same everywhere. Every call is about the unit
 * that is being read: its frame becomes the evidence. Excerpts given here are
 * escaped and cut, and once the client has spoken only known words are left of
 * them (quote.h), of a server's none that the client typed; of a client's line a
 * dialect passes only what it knows by its place: never an argument.
 */

/* What kind of unit was just read; the TLS boundary cares. */
enum unit {
	UNIT_COMMAND,
	UNIT_CONTENT,	/* a message or a piece of one: cut anywhere, and not for the server */
	UNIT_QUIET,	/* leaves or says nothing: QUIT, LOGOUT, unbind, an empty line */
	UNIT_CARRIER,	/* a packet of the protocol's own with TLS in it: facts_carries() */
	UNIT_UNREADABLE, /* bytes that make no sense: behind TLS they may be more of it */
};

/* Kinds of operations, to tell whether what a server demanded TLS for is what it then accepts. */
enum operation {
	OPERATION_LOGIN = 1,		/* password login */
	OPERATION_MAIL = 2,		/* mail, messages, postings */
	OPERATION_OTHER = 4,		/* anything else that needs TLS */
	OPERATION_ANY = 7,
};

/* Where a data connection will be. */
struct data_place {
	enum side side;			/* who will take it */
	struct address address;		/* as it was said; family 0: that of the connection */
	uint16_t port;			/* 0: nothing was said */
};

/* How a login ended. */
enum login {
	LOGIN_ACCEPTED,
	LOGIN_PASSED,		/* for one request only: nothing is otherwise from here on (HTTP) */
	LOGIN_WRONG,
	LOGIN_NOT_JUDGED,	/* refused, but nobody has called the password wrong */
	LOGIN_NEEDS_TLS,
};

struct facts {
	struct observation *seen;	/* perhaps no more of it than OBSERVATION_HEAD_BYTES */
	struct marks marks;		/* its marks; marks_free() frees */
	struct frame_ref at;		/* frame that completed the current unit */
	enum side from;			/* who sent the current unit */
	bool from_start;		/* the connection was seen to begin */
	bool own_port;			/* the server's port is the dialect's */

	/* Told to the conversation, which clears them. */
	bool asked;			/* the client asked: look for TLS from now on */
	bool answered;			/* that request has its answer */
	bool news;			/* evidence completed: worth a snapshot now */
	bool moved;			/* the upgrade came to nothing, or is tried again */
	bool goes_on;			/* the unit is not over: more of it will come */
	bool done;			/* the rest of the connection cannot be read */
	bool tunnel;			/* behind this unit another connection begins */
	uint64_t tunnel_to;		/* ... its far end, hashed */
	uint16_t tunnel_port;		/* ... and the port there, 0 = unknown */
	struct data_place data_place;	/* where the next data connection will be */
	bool data_chosen_clear;		/* ... and the client asked for no TLS there */
	enum unit unit;			/* just read */
	struct span carried;		/* TLS inside that unit, within what was fed */
	struct keep said;		/* that unit as it may be quoted, empty when it may not */

	/* Told by the conversation. */
	bool again;			/* the bytes in front were read before, and were too few */
	bool client_left;		/* it has said all; what the server says it may not read */
	bool request_expired;		/* the oldest request will get no answer any more */
	bool guarded;			/* a client has spoken: any bytes may be secrets */
	bool holed;			/* bytes are missing: a login, the head of a message */
	bool answers_lost;		/* ... of a server that is heard */
	bool deaf;			/* the client's are: it may have asked */

	struct typed typed;		/* ... and these, if it is a server that repeats them */

	/* Kept between calls. */
	bool awaited;			/* the last request has no answer yet */
	bool may_ask_again;		/* so much of the client was lost behind a refusal */
	struct keep doubtful;		/* a reply that grants only if TLS follows, or empty */
	struct frame_ref doubtful_at;
	bool refusal_unsure;		/* it may answer what came before the request */
	bool offer_unsure;		/* made behind a hole in which a login may have ended */
	bool offer_stands;		/* offered, and nothing came since that may end the offer */
	uint8_t demanded;		/* OPERATION_ bits */
	bool login_open;		/* the outcome of the mechanism that is noted is missing */
	bool secret_open;		/* a secret crossed and its outcome has not been seen */
	enum upgrade secret_at;		/* ... where the upgrade stood then */
	bool secret_unasked;		/* ... and all of the client had been heard by then */
};

/* Note something with an excerpt; the first of each kind is kept, room permitting. */
void facts_mark(struct facts *f, enum mark_kind kind, struct span excerpt);

/* The same in words of ours, which may be told whatever anybody typed. */
void facts_note(struct facts *f, enum mark_kind kind, const char *words);

/* The same of another frame, and of that side. */
void facts_note_of(struct facts *f, enum mark_kind kind, enum side from,
    const struct frame_ref *at, const char *words);

/* The same in the place of what was noted of that kind before. */
void facts_note_anew(struct facts *f, enum mark_kind kind, const char *words);

/* It was none after all: what is noted of that kind is taken back, or was of another one. */
void facts_unmark(struct facts *f, enum mark_kind kind);
void facts_remark(struct facts *f, enum mark_kind kind, enum mark_kind other);

/*
 * Where the beginning or a piece is missing, what looks like a request may be a
 * line of a message, and what follows it the next one.
 */
static inline bool
facts_may_be_text(const struct facts *f)
{
	return f->holed || !f->from_start;
}

/*
 * How the client unit just read may be quoted: the verb that it begins with. All
 * other words of it may be secrets, and are not quoted from any reply either.
 */
void facts_said(struct facts *f, struct span safe);

/* All words of a client's unit, but for its verb (facts_said), may be secrets. */
void facts_typed(struct facts *f, struct span unit);

/* The same of what is no whole unit yet when the server speaks. */
void facts_half_typed(struct facts *f, struct span unit);

/* The same of what came as content; when it fills what could be kept, there may be more. */
void facts_typed_argument(struct facts *f, const struct keep *argument);

/*
 * The unit just read is a packet with TLS records in it, or a piece of them:
 * they are read as if they had come by themselves. Records that do come by
 * themselves may follow.
 */
void facts_carries(struct facts *f, struct span tls);

/* What the server calls itself. */
void facts_server_name(struct facts *f, struct span name);

/* What the client calls itself, hashed: it only serves to tell clients behind one address apart. */
void facts_client_name(struct facts *f, struct span name);

/*
 * One whole, gap-free capability listing was read; offer says whether the
 * token was in it. After a login listings mean nothing and are passed over.
 */
void facts_listing(struct facts *f, bool offer, struct span excerpt);

/* From here on a listing may lawfully differ from the last one (HOST, MODE READER, XCLIENT). */
void facts_listing_reset(struct facts *f);

/* The client asked for the upgrade. */
void facts_request(struct facts *f, struct span excerpt);

/* The answer to the oldest request without one. A refusal stays until another one comes. */
void facts_answer(struct facts *f, enum answer answer, struct span reply);

/* The server did TLS: it has granted the request, in words that were lost. */
void facts_granted_by_tls(struct facts *f);

/* A handshake came to nothing, by what that mark says, in words of ours. */
void facts_handshake_broke(struct facts *f, enum mark_kind how, const char *words);

/* So many bytes of that side are missing: behind a refusal the client may have asked again. */
void facts_lost_behind_refusal(struct facts *f, enum side side, uint64_t count);

/* At the end: who asked again behind a refusal, or may have, has no answer if that may be lost. */
void facts_end_answer(struct facts *f);

/*
 * That answer is wrong by the book, but some servers mean it: it grants when
 * TLS follows, and is invalid when anything else does.
 */
void facts_answer_in_doubt(struct facts *f, struct span reply);

/*
 * If the unit just read tells that the request was refused, that may be the answer
 * to a command before it: then the next reply is the request's. When it may grant,
 * and TLS follows, it did; else the refusal stands.
 */
void facts_refusal_in_doubt(struct facts *f);
void facts_reply_after_refusal(struct facts *f, bool may_grant, struct span reply);

/* What followed it? Does nothing when no answer is in doubt. */
void facts_doubt_ends(struct facts *f, bool tls_follows);

/*
 * A recoverable secret crossed in clear, or (not recoverable) a digest or
 * challenge-response did. The mechanism goes by the name that we give it, never
 * by a word of the client's.
 */
void facts_credentials(struct facts *f, struct span mechanism, bool recoverable,
    struct span excerpt);

void facts_login(struct facts *f, enum login login, struct span excerpt);

/* The client is nobody again: what a login made lawful is so no longer. */
void facts_logout(struct facts *f);

/* The listing itself says that TLS is required (<required/>, LOGINDISABLED, sts). */
void facts_demand_listed(struct facts *f);

/* MECHANISM_ bits of what a whole listing has to log in with; after a login it means nothing. */
void facts_mechanisms(struct facts *f, uint8_t mechanisms);

/* The server accepted such an operation in clear. */
void facts_accepted(struct facts *f, enum operation operation, struct span excerpt);

/* Content itself crossed in clear, moved by this verb, which is one that we know. */
void facts_payload(struct facts *f, struct span verb, struct span excerpt);

/* Secrets may cross here without being recognised: that none was seen says nothing. */
void facts_secrets_unseen(struct facts *f);

/* From here on content is meant for everybody, or it is not (any more). */
void facts_public(struct facts *f, bool is_public);

/* From here on a secret in clear despite an offer is everyday, or it is not (any more). */
void facts_auth_weak(struct facts *f, bool is_weak);

/* The server demands TLS for these OPERATION_ bits. */
void facts_demand(struct facts *f, unsigned operations, struct span excerpt);

/* Nothing more can be read, as another layer wraps what follows: look at it no more. */
void facts_done(struct facts *f);

/*
 * From here on another connection runs through this one, to a place of that hash
 * and that port: what is spoken in it is found out anew (RFC 9110 §9.3.6).
 */
void facts_tunnel(struct facts *f, uint64_t to, uint16_t port);

/*
 * The next connection to there, from the other side, will carry data that belongs to this
 * one (FTP); port 0 says nothing.
 */
void facts_data_at(struct facts *f, const struct data_place *place);

/* The client was granted data in clear (true), or under TLS, or nobody knows any more. */
void facts_data_clear(struct facts *f, bool is_chosen);

/* The parser lost its place; nothing may follow from absence any more. */
void facts_lost_sync(struct facts *f);

/*
 * It lost its place in what that side says. Of a server's words nothing may follow
 * then, but a client that is still read to its end shows what it did not ask for.
 */
void facts_lost_side(struct facts *f, enum side side);

/*
 * Nothing more will be read: a secret whose outcome was never seen counts as
 * exposed, unless the capture lost answers and an offer or a request weighs against
 * it; and an answer still in doubt granted nothing if heard_out says that nothing
 * followed it.
 */
void facts_end(struct facts *f, bool heard_out);

#endif
