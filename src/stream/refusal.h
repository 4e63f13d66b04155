/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_REFUSAL_H
#define STREAM_REFUSAL_H

#include "stream/held.h"

/*
 * Resets before a connection is established. Whose number is right may be forged
 * all the same: the attempt is told as refused at once, and its handshake lives on
 * until it is silent for long enough. If it is completed, the reset is one of the
 * connection that came of it, whose sender goes on behind it or does not.
 */

/* A reset of a handshake. */
void refusal_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/*
 * Another SYN came, or an answer to one that is not heard. Behind a reset the attempt is
 * over, and perhaps a new one begins.
 */
void refusal_begin_anew(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* Is it a SYN that was reset, where another handshake is complete? Nothing comes of it. */
bool refusal_is_over(const struct connection *c, const struct held *held);

/*
 * About to be established, and where it begins is known: a reset of another handshake, or
 * one behind which the client asked again, is none of this connection.
 */
void refusal_heed(struct connection *c);

/* Now that it is, and told up to that time: tell of the reset that is left, if it came by then. */
void refusal_tell(struct stream *s, struct connection *c, int64_t now_ns);

#endif
