/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_DOUBT_H
#define STREAM_DOUBT_H

#include "stream/connection.h"

/*
 * Segments with a bad checksum from a side that has shown good ones. Some were
 * damaged or made to mislead us, and their receiver drops them; others are
 * whole, and only look bad where a network card joins segments or computes the
 * sums. The receiver knows: what it acknowledges and nothing else can have
 * brought, it took.
 */

/*
 * Keep a segment until its receiver has spoken. What it acknowledges itself
 * counts as such a word: both sides may look bad to a host that is one of them.
 */
void doubt_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* That side's segments may have been acknowledged: take those that were. */
void doubt_settle(struct stream *s, struct connection *c, enum side from);

#endif
