/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_HELD_H
#define STREAM_HELD_H

#include "stream/connection.h"

/*
 * Copies of segments that cannot be judged when they come: data on or before a
 * SYN, a server's greeting captured before the client's ACK, a SYN on ports
 * that are in use, data whose checksum is bad.
 */
enum { HELD_MAX = 4 };			/* for a handshake */

struct held {
	struct held *next;
	enum side from;
	struct segment segment;		/* its payload is ours */
	size_t bytes;			/* of this copy */
};

/*
 * False when the list has max already, or memory is short; a copy of one that
 * is held takes no room.
 */
bool held_add(struct stream *s, struct held_list *list, unsigned max, enum side from,
    const struct segment *segment);

/* Put one back that was taken, behind all others. */
void held_append(struct held_list *list, struct held *held);

/* The oldest, for held_free(); NULL when there is none. */
struct held *held_take(struct held_list *list);

void held_free(struct stream *s, struct held **held);

/* Forget all. */
void held_clear(struct stream *s, struct held_list *list);

#endif
