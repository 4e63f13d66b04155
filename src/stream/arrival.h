/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_ARRIVAL_H
#define STREAM_ARRIVAL_H

#include "stream/connection.h"

/* What is asked of every packet of a known connection before its content matters. */

/*
 * Would its receiver take it, by its checksum? A side that has shown a good one
 * is held to it; one that only shows bad ones leaves them to its network card
 * and is no longer checked. Where only the data have bad ones, what the
 * receiver acknowledges decides (doubt.h).
 */
bool arrival_checksum(struct stream *s, struct half *half, const struct segment *segment);

/* Count the packet for its flow, or as a copy that the tap delivered twice. */
void arrival_count(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

#endif
