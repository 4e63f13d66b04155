/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_CONVERSATION_H
#define SESSION_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/dialect.h"
#include "dialect/facts.h"
#include "session/buffer.h"
#include "session/start.h"
#include "words/flow.h"
#include "words/observation.h"

/*
 * One connection: first recognise the dialect, then let it read unit by unit,
 * and judge the TLS boundary for all dialects alike. Where a unit ends and the
 * upgrade has been asked for, the next bytes are TLS or they are evidence; how
 * TCP cut them does not matter.
 */

enum { TUNNELS_MAX = 4 };	/* proxies behind proxies that are followed */

enum stage {
	STAGE_OPENING,		/* not recognised yet */
	STAGE_SPEAKING,		/* a dialect, or TLS, is being read */
	STAGE_DONE,		/* nothing more to learn, or none of ours */
};

/* How far TLS has come in one direction. */
struct tls_side {
	bool on;		/* its bytes are TLS records */
	bool carried;		/* its records began inside packets of the dialect's */
	bool hello;		/* its hello has been read */
	bool cipher_change;	/* ChangeCipherSpec was sent */
	bool protected;		/* a protected record was sent */
	uint32_t skip;		/* bytes of the current record still to pass over */
	uint64_t bytes;		/* passed over since protection began */
};

/* Has TLS begun in that direction? */
static inline bool
tls_begun(const struct tls_side *t)
{
	return t->on || t->carried;
}

/* When and in which state the unread bytes of a direction began to arrive. */
struct unit_start {
	int64_t at_ns;
	bool asked;		/* a request was waiting for its answer */
	bool granted;		/* ... had been granted, and no ClientHello had come */
	bool inside;		/* they go on with a unit that was judged by its beginning */
};

struct conversation {
	const struct flow *flow;
	enum stage stage;
	const struct dialect *dialect;
	uint16_t port;			/* of the server, or of that behind a proxy */
	uint64_t tunnel_to;		/* inside a tunnel to there, hashed; 0 = not */
	uint8_t tunnels;		/* one within the other */
	struct start start;
	struct buffer unread[2];
	struct buffer carried[2];	/* TLS out of the dialect's packets, not read yet */
	struct unit_start began[2];
	struct tls_side tls[2];
	bool aside;		/* a side's waiting bytes are read between the other's units */
	bool inside[2];		/* the last unit goes on: no boundary before its end */
	bool left_tls[2];	/* TLS had begun and that side has gone back to clear */
	bool was_protected[2];	/* ... and had come as far as protected records */
	bool asked, granted;	/* a request waits; it was granted and TLS has not begun */
	struct keep crossed;		/* behind a request that may be declined, or empty */
	struct frame_ref crossed_at;
	bool no_hello;		/* the server's unit being read stands where its hello should */
	bool client_spoke;	/* ... and the client has sent something since */
	int64_t asked_ns, granted_ns;
	struct facts facts;
	struct observation seen;
	_Alignas(max_align_t) unsigned char state[DIALECT_STATE_MAX];
};

void conversation_start(struct conversation *c, const struct flow *flow);

/* The next bytes from one side. False when nothing more can be learnt from this connection. */
bool conversation_bytes(struct conversation *c, enum side from, struct span bytes,
    const struct frame_ref *at);

/* count bytes of that side are missing. */
bool conversation_gap(struct conversation *c, enum side from, uint64_t count,
    const struct frame_ref *at);

/* The same range came twice with different bytes. */
void conversation_conflict(struct conversation *c, enum side from, struct span kept,
    struct span other, const struct frame_ref *at);

/* A reset that this side is said to have sent did not end the connection. */
void conversation_outlived(struct conversation *c, enum side from,
    const struct frame_ref *at);

/*
 * The facts as they will stand if the reset at that frame has ended the
 * connection; the conversation itself goes on.
 */
void conversation_if_reset(struct conversation *c, const struct frame_ref *at,
    struct observation *seen_r);

/* The connection ended: what could still have come true is false now. Frees all it held. */
void conversation_end(struct conversation *c, const struct frame_ref *at);

/* Did evidence complete since the last call? Then a snapshot is worth judging. */
bool conversation_take_news(struct conversation *c);

/* The facts as they stand; in one that is not final, what may still come true is unknown. */
void conversation_snapshot(struct conversation *c, struct observation *seen_r);

#endif
