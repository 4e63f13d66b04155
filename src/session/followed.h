/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_FOLLOWED_H
#define SESSION_FOLLOWED_H

#include "base/list.h"
#include "evidence/evidence.h"
#include "session/conversation.h"
#include "session/data.h"
#include "session/session.h"

/* Inside the room: the sessions that are followed, for all who work on one. */

struct sessions {
	observation_take *take;
	void *ctx;
	uint64_t followed, foreign, tls_elsewhere, no_memory, attempts, given_up;
	size_t kept_max, kept_bytes;
	struct evidence *evidence;	/* borrowed, or NULL */
	struct data_connections *data;
	struct list keeping;	/* sessions that keep bytes, by when they began to */
};

/* A connection from its first byte on, until nothing is left to say of it. */
struct session {
	struct sessions *all;
	const struct flow *flow;
	struct conversation *talk;	/* never NULL */
	struct data_tie *tie;		/* to its data or control connection, or NULL */
	size_t kept_bytes;
	struct list_link keeping;
};

/* Did its evidence complete, or its upgrade move? Then say so. */
void session_tell_news(struct session *s);

/* What it keeps has changed: account for it; who keeps too much gives it up. */
void session_account(struct session *s);

/* No event tells of it, so nobody will ask for its packets; and nothing more is said to it. */
void session_forget(struct session *s);

/* --- session_data.c: control and data connections of FTP --------------------- */

/* Its conversation has said something: await the data connection that was named. */
void session_await_data(struct session *s);

static inline bool
session_is_data(const struct session *s)
{
	return s->tie != NULL && s->tie->is_data;
}

/* What became of a connection that was awaited for data. */
enum session_data {
	SESSION_DATA_HELD,	/* it may be */
	SESSION_DATA_OVER,	/* it is, and no more is asked: forget it */
	SESSION_DATA_NONE,	/* it is a conversation like any other, and to be read */
};

enum session_data session_data_bytes(struct session *s, enum side from, struct span bytes,
    const struct frame_ref *at);
enum session_data session_data_gap(struct session *s, enum side from, uint64_t count,
    const struct frame_ref *at);

/* It ends as a data connection. */
void session_data_end(struct session *s, const struct frame_ref *at);

/*
 * A control connection ends. With the capture all others do: what they look like so far is
 * what can be told. Else what is not known to be data yet is told of nobody.
 */
void session_control_end(const struct session *s, const struct frame_ref *at);

#endif
