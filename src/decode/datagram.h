/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_DATAGRAM_H
#define DECODE_DATAGRAM_H

/*
 * Inside the room: one datagram while its fragments arrive. What came first
 * stays. A later fragment may repeat it; what contradicts it is told, and ends
 * an IPv6 datagram (RFC 5722), while IPv4 leaves the choice to the receiver.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode/fragment.h"

enum {
	DATAGRAM_BYTES_MAX = 65535,
	PIECE_BYTES = 1504,		/* what an Ethernet carries, rounded up */
	PIECES_MAX = 128,		/* of one datagram: 64 KB over paths of 576 bytes */
};

/* A range that is known. */
struct piece {
	struct piece *next;		/* the range behind it, or another spare piece */
	uint32_t start, end;
	uint8_t bytes[PIECE_BYTES];
};

/* Pieces are made when first needed and kept when given back, never more than max. */
struct piece_pool {
	struct piece *spare;
	size_t used, max;
};

struct datagram {
	struct piece *pieces;		/* in order, none overlaps another */
	uint32_t known_bytes;		/* of all of them */
	uint32_t end;			/* of the last one */
	uint32_t total_bytes;		/* 0 until the last fragment came */
	uint16_t piece_count;
	uint8_t protocol;		/* as the fragment at offset 0 says */
	bool sum_unknowable;
	bool contested;			/* fragments contradicted each other */
	bool closed;			/* whole, or given up: only kept to know late fragments */
	int64_t since_ns;		/* packet time of its beginning, or of its end */
};

/* What a fragment was. */
enum piece_news {
	PIECE_NEW,
	PIECE_DUPLICATE,	/* nothing but bytes that are known already */
	PIECE_OVERLAP,		/* some known, some new */
	PIECE_CONFLICT,		/* other bytes for a known range, or another end */
	PIECE_MALFORMED,	/* lengths that no sender gives */
	PIECE_TRUNCATED,	/* cut off by the snaplen */
	PIECE_LATE,		/* of a datagram that is closed */
	PIECE_NO_ROOM,		/* too many pieces, or no memory */
	PIECE_NEWS
};

/* PIECE_NEW, or what is wrong with a fragment whatever its datagram is. */
enum piece_news fragment_check(const struct fragment *f);

/* Take such a fragment of a zeroed datagram or one that is not closed; may close it. */
enum piece_news datagram_add(struct datagram *d, struct piece_pool *pool,
    const struct fragment *fragment);

static inline bool
datagram_is_whole(const struct datagram *d)
{
	return d->total_bytes > 0 && d->known_bytes == d->total_bytes;
}

/* Copy a whole one's bytes; returns how many. */
size_t datagram_copy(const struct datagram *d, uint8_t bytes_r[DATAGRAM_BYTES_MAX]);

/* Give its pieces back; it stays, closed. */
void datagram_close(struct datagram *d, struct piece_pool *pool);

/* Free the pieces that are not in use. */
void piece_pool_drain(struct piece_pool *pool);

#endif
