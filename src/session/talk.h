/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_TALK_H
#define SESSION_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/dialect.h"
#include "dialect/facts.h"
#include "session/buffer.h"
#include "session/redaction.h"
#include "session/start.h"
#include "words/flow.h"
#include "words/observation.h"
#include "words/stranger.h"

/* Inside the room: what is kept of one conversation, for all who work on it. */

enum {
	TUNNELS_MAX = 4,	/* proxies behind proxies that are followed */
	STRANGERS_MAX = 2,	/* more foreign packets, and the way is just unsteady */
};

enum stage {
	STAGE_OPENING,		/* not recognised yet */
	STAGE_SPEAKING,		/* a dialect, or TLS, is being read */
	STAGE_DONE,		/* nothing more to learn, or none of ours */
};

/* How far TLS has come in one direction. */
struct tls_side {
	bool on;		/* its bytes are TLS records */
	bool carried;		/* its records began inside packets of the dialect's */
	bool hello;		/* its hello has been read, */
	bool understood;	/* ... and was one */
	bool cipher_change;	/* ChangeCipherSpec was sent */
	bool protected;		/* a protected record was sent */
	bool contested;		/* there are two versions of what came before that */
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
	bool left;		/* ... and its receiver had taken leave instead of answering */
	bool unasked;		/* half a hello stood behind a refusal: agreed_is_unasked() */
	bool inside;		/* they go on with a unit that was judged by its beginning */
};

struct conversation {
	const struct flow *flow;
	enum stage stage;
	bool held;		/* what is said is kept, and nobody is asked whose it is yet */
	const struct dialect *dialect;
	uint16_t port;			/* of the server, or of that behind a proxy */
	uint64_t tunnel_to;		/* inside a tunnel to there, hashed; 0 = not */
	uint8_t tunnels;		/* one within the other */
	struct start start;
	uint8_t reopened;		/* so often the opening was given up as forged */
	bool forged;			/* ... and something in it was, or was denied */
	bool nobodys;			/* it is nobody's, and kept in case it was forged */
	bool contested[2];		/* two versions of that side's words in it were seen */
	uint64_t lost_first[2];		/* bytes that are missing before all that was seen */
	struct buffer unread[2];
	struct buffer carried[2];	/* TLS out of the dialect's packets, not read yet */
	struct unit_start began[2];
	struct tls_side tls[2];
	bool aside;		/* a side's waiting bytes are read between the other's units */
	bool too_few[2];	/* the dialect has seen what is in front, and wants more */
	bool inside[2];		/* the last unit goes on: no boundary before its end */
	bool left_tls[2];	/* TLS had begun and that side has gone back to clear */
	bool was_protected[2];	/* ... and had come as far as protected records */
	bool asked, granted;	/* a request waits; it was granted and TLS has not begun */
	bool asked_late;	/* ... and was seen only after the server's leave */
	struct keep crossed;		/* behind a request that may be granted yet, or empty */
	struct frame_ref crossed_at;
	bool no_hello;		/* the server's unit being read stands where its hello should */
	bool client_spoke;	/* ... and the client has sent something since */
	int64_t asked_ns, granted_ns;
	bool left;		/* TLS, by a unit of clear text, of which nobody was told yet: */
	bool left_in_vain;	/* ... before, and the other side went on with TLS */
	enum side left_from;
	struct frame_ref left_at;
	bool garbled;		/* in one flight with the grant, behind what seemed a hello */
	bool unasked;		/* what seems to be a ClientHello came behind a refusal */
	bool disputed;		/* two versions of what looks like a side's TLS: */
	enum side disputed_from;
	struct frame_ref disputed_at;
	struct stranger stranger[2][STRANGERS_MAX];
	uint8_t strangers[2];		/* of that side, STRANGERS_MAX + 1 being the most */
	struct facts facts;
	struct redaction redaction;
	struct tls_facts *hellos;	/* what is seen of TLS, or NULL */
	void *state;			/* the dialect's, while it reads */
	/* facts.seen; marks and TLS join it where a snapshot is made */
	_Alignas(struct observation) unsigned char seen[OBSERVATION_HEAD_BYTES];
};

/*
 * Behind a hole in that direction records can no longer be told apart, nor from
 * clear text where their beginning may have been lost; what is known of the
 * handshake stays.
 */
static inline bool
conversation_hides_tls(const struct conversation *c, enum side from)
{
	return tls_begun(&c->tls[from]) || tls_begun(&c->tls[side_other(from)]) ||
	    (from == SIDE_CLIENT && c->granted);
}

#endif
