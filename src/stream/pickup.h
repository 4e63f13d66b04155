/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_PICKUP_H
#define STREAM_PICKUP_H

#include "stream/connection.h"

/* Connections whose handshake is not seen, or late: their data says what is known. */

/* Does it hold bytes that somebody said? A FIN alone picks nothing up. */
bool pickup_has_data(const struct connection *c);

/* ... or a farewell: in the end somebody was there who took it, or said it. */
bool pickup_has_content(const struct connection *c);

/* Establish it from what is held and a segment that just came, or NULL, and feed both. */
void pickup_establish(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/*
 * Feed what was held for a connection that was just established, behind the reset that
 * it has outlived perhaps. Of data on its SYN only syn_bytes, what the server took
 * (RFC 7413 section 4.2.1).
 */
void pickup_release(struct stream *s, struct connection *c, uint32_t syn_bytes);

/* Has a reset a number that fits what is held? */
bool pickup_expects_reset(const struct connection *c, enum side from,
    const struct segment *segment);

/* Is this SYN or SYN-ACK the beginning of what is held, captured late? */
bool pickup_fits(const struct connection *c, enum side from,
    const struct segment *segment);

/* Of one that is not established: what was taken for its server is its client. */
void pickup_exchange_sides(struct connection *c);

/* Its client is known now: true when the sides were exchanged. */
static inline bool
pickup_set_client(struct connection *c, enum side client)
{
	if (client != SIDE_CLIENT)
		pickup_exchange_sides(c);
	return client != SIDE_CLIENT;
}

#endif
