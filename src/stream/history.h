/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_HISTORY_H
#define STREAM_HISTORY_H

#include "stream/connection.h"

/*
 * The last bytes that were delivered from one side, to compare what comes
 * again with them. A forged answer that wins the race has its true twin a
 * moment later: two versions of the same bytes are the trace that it leaves.
 */

/* Bytes from half.next on are being delivered; call before next moves. */
void history_append(struct stream *s, struct connection *c, enum side from,
    struct span bytes);

/* What comes next is unknown: nothing before it can be compared any more. */
void history_restart(struct heard *heard);

void history_free(struct stream *s, struct heard *heard);

/*
 * Compare what a segment repeats with what was delivered, and tell the
 * listener when they differ. A single byte just before next is a keep-alive
 * (RFC 9293 section 3.8.4) and may hold anything, unless it comes sooner than
 * these do and the one there came alone: some answers are a single byte.
 */
void history_compare(struct stream *s, struct connection *c, enum side from,
    uint32_t seq, struct span bytes);

/*
 * These bytes came in fragments of which there were two versions: the same
 * trace, and the receiver may have read the other one.
 */
void history_contest(struct stream *s, struct connection *c, enum side from,
    struct span bytes);

#endif
