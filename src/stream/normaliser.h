/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_NORMALISER_H
#define STREAM_NORMALISER_H

#include "stream/connection.h"

/*
 * An established connection: decides which segments count, as their receiver
 * would, and what they do. Shunted ones are watched for their end only. The
 * connection may be closed when this returns.
 */
void normaliser_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* The same for a segment whose checksum is bad, from before it is established, too. */
void normaliser_doubt(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* One that was kept until it was known to have arrived. */
void normaliser_take_late(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* The payload and the FIN of a segment that counts. */
void normaliser_take_content(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

#endif
