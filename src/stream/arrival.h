/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_ARRIVAL_H
#define STREAM_ARRIVAL_H

#include "stream/connection.h"

/* What is asked of every packet of a known connection before its content matters. */

/*
 * False when the checksum is bad although the side has shown good ones, where
 * that matters: which SYN-ACK is true is for the client to say, and nothing but the
 * end counts in a shunted connection. A side that has shown none leaves them to its
 * network card, and is not held to them.
 */
bool arrival_checksum(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/*
 * The receiver has taken what has a bad checksum. Of a side that has shown no good data
 * nobody asks any more then, of another one after some in a row.
 */
void arrival_note_bad(struct stream *s, struct half *half);

/* Count it for whoever is told of its flow, or as a copy that the tap delivered twice. */
void arrival_count(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

#endif
