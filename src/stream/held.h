/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_HELD_H
#define STREAM_HELD_H

#include "stream/connection.h"

/*
 * Copies of segments that cannot be judged when they come: data on or before a
 * SYN, a server's greeting captured before the client's ACK, a SYN on ports
 * that are in use, data whose checksum is bad.
 */
enum { HELD_MAX = 4 };			/* of each kind, for a handshake */

enum held_kind { HELD_SYN, HELD_ANSWER, HELD_CONTENT, HELD_KINDS };

struct held {
	struct held *next;
	enum side from;
	struct segment segment;		/* its payload is ours */
	size_t bytes;			/* of this copy */
};

static inline enum held_kind
held_kind(const struct segment *segment)
{
	return !(segment->flags & TCP_SYN) ? HELD_CONTENT :
	    segment->flags & TCP_ACK ? HELD_ANSWER : HELD_SYN;
}

/*
 * False when the list has max of that kind already, or memory is short; a copy of one
 * that is held takes no room.
 */
bool held_add(struct stream *s, struct held_list *list, unsigned max, enum side from,
    const struct segment *segment);

/* Put one back that was taken, behind all others. */
void held_append(struct held_list *list, struct held *held);

/* Forget the oldest of that kind, if there is one. */
void held_drop_oldest(struct stream *s, struct held_list *list, enum held_kind kind);

/* The oldest, for held_free(); NULL when there is none. */
struct held *held_take(struct held_list *list);

void held_free(struct stream *s, struct held **held);

/* Forget all. */
void held_clear(struct stream *s, struct held_list *list);

#endif
