/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_REUSE_H
#define STREAM_REUSE_H

#include "stream/connection.h"

/*
 * A new connection on the ports of one that is still there. A SYN alone may be
 * forged, so the old one ends only when the other side answers it (RFC 5961
 * section 4); until then the SYN is held.
 */

/* Is the segment such a SYN? Then it is held, and no part of this connection. */
bool reuse_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/*
 * Does the segment answer one? Then that SYN, taken from what is held, begins
 * the new connection; free it with held_free(). Otherwise NULL.
 */
struct held *reuse_confirmed(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

#endif
