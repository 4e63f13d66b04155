/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_ACKS_H
#define STREAM_ACKS_H

#include "stream/connection.h"

/* What a side says that it has received. */

/* Of a segment with an acknowledgement; others say nothing. */
void acks_note(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* Has that side left? Of a FIN that its receiver does not take nobody has. */
void acks_note_leave(struct connection *c, enum side who);

#endif
