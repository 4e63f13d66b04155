/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_HELD_H
#define STREAM_HELD_H

#include "stream/connection.h"

/*
 * Copies of segments that came before it was known what they belong to: data
 * on or before a SYN, a server's greeting captured before the client's ACK, a
 * SYN on ports that are in use.
 */
enum {
	HELD_MAX = 4,			/* for one connection */
	HELD_BYTES_MAX = 16 << 20,	/* for all, against floods of data on SYNs */
};

struct held {
	struct held *next;
	enum side from;
	struct segment segment;		/* its payload is ours */
	size_t bytes;			/* of this copy */
};

/* False when there is no room; a copy of one that is held already takes none. */
bool held_add(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* The oldest, for held_free(); NULL when there is none. */
struct held *held_take(struct connection *c);

void held_free(struct stream *s, struct held **held);

/* Forget all of a connection's. */
void held_clear(struct stream *s, struct connection *c);

#endif
