/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_REUSE_H
#define STREAM_REUSE_H

#include "stream/connection.h"

/*
 * A new connection on the ports of one that is still there. A SYN alone may be
 * forged, and so may the answer to it, so the old one ends only when somebody
 * goes on with the new numbers (RFC 5961 section 4); until then both are held.
 */

/* May the segment be part of that? Asked with every packet. */
static inline bool
reuse_concerns(const struct connection *c, const struct segment *segment)
{
	return c->state != CONNECTION_HALF_OPEN &&
	    (c->held.first != NULL || (segment->flags & TCP_SYN) != 0);
}

/*
 * Is the segment such a SYN, or the answer to one that is held? Then it is
 * held, and no part of this connection.
 */
bool reuse_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/*
 * Does the segment go on where a held SYN began? Then that SYN and its answer
 * are moved to begin_r, oldest first, for held_free(): the new connection
 * begins with them.
 */
bool reuse_confirmed(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment, struct held_list *begin_r);

#endif
