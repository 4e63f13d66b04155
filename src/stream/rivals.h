/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_RIVALS_H
#define STREAM_RIVALS_H

#include "stream/connection.h"

/*
 * Of bytes that come before their turn the first copy wins, and libnids has it. A
 * later copy is kept as well until they are delivered, to be compared with them.
 */

/* A segment that may repeat what is early, and is so itself: asked before it is fed. */
void rivals_note(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* Some of what was early has been delivered. */
void rivals_compare(struct stream *s, struct connection *c);

#endif
