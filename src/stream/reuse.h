/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_REUSE_H
#define STREAM_REUSE_H

#include "stream/held.h"

/*
 * A new connection on the ports of one that is still there. A SYN alone may be
 * forged, and so may the answer to it, so the old one ends only when somebody
 * goes on with the new numbers (RFC 5961 section 4); until then all is held. The
 * tap may show it in any order: the answer before its SYN, a greeting before both.
 * Behind an end it may have lost the SYN: what is said elsewhere is not the old one's.
 */

enum reuse {
	REUSE_NONE,	/* it is the connection's */
	REUSE_HELD,	/* ... or may be a new one's, and is none of this */
	REUSE_BEGUN,	/* a new one has begun */
};

/* May the segment be part of that? Asked with every packet. */
static inline bool
reuse_concerns(const struct connection *c, const struct segment *segment)
{
	return c->state != CONNECTION_HALF_OPEN && (c->held.first != NULL ||
	    (segment->flags & TCP_SYN) != 0 || c->list == FLOWS_RESET ||
	    c->state == CONNECTION_CLOSED);
}

/*
 * What is it to a new connection? One that has begun does so with what is moved to
 * begin_r, for held_free(), and with the segment, in the order of their kinds.
 */
enum reuse reuse_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment, struct held_list begin_r[HELD_KINDS]);

/* The same for what can begin none yet: true when it is held. */
bool reuse_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

#endif
