/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_DOUBT_H
#define STREAM_DOUBT_H

#include "stream/connection.h"
#include "stream/queue.h"

/*
 * Segments with a bad checksum from a side that has shown good ones. Some were
 * damaged or made to mislead us, and their receiver drops them; others are
 * whole, and only look bad where a network card joins segments or computes the
 * sums. The receiver knows: what it acknowledges and nothing else can have
 * brought, it took. Of a side whose data have been good a good copy may still come, for
 * the tap may show the acknowledgement first: there it takes a hole that is given up.
 */

/*
 * Keep a segment until its receiver has spoken. As long as neither side has sent good
 * data, what it acknowledges itself counts as such a word: both sides may look bad to a
 * host that is one of them.
 */
void doubt_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* That side's segments may have been acknowledged: take those that were. */
void doubt_settle(struct stream *s, struct connection *c, enum side from);

/*
 * Those bytes of that side, the next ones, are about to be lost. True when some were
 * delivered after all; otherwise what is lost ends where there are some.
 */
bool doubt_fill(struct stream *s, struct connection *c, enum side from,
    struct queue_range *hole);

#endif
