/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_ENDS_H
#define STREAM_ENDS_H

#include "stream/connection.h"

/*
 * How a connection ends: with both sides' FIN, or a RST. Either may be forged, so it goes
 * on until it is clear that those who are said to have ended it keep to that.
 */

/* A RST. */
void ends_take_reset(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* Tell of the reset that is noted: the connection waits for its end, or is closed. */
void ends_tell_reset(struct stream *s, struct connection *c);

/* Whoever sends this, does he go on behind his FIN or RST? Asked before it is taken. */
void ends_check_outlived(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* The FIN of a segment whose bytes have been taken, or wait. */
void ends_take_fin(struct connection *c, enum side from, const struct segment *segment);

/* Once a segment was taken that may have led to it. */
void ends_settle(struct stream *s, struct connection *c);

/* What all that has led to, the end of the connection perhaps: asked with every packet. */
static inline void
ends_conclude(struct stream *s, struct connection *c)
{
	if (c->stopping || c->half[SIDE_CLIENT].fin || c->half[SIDE_SERVER].fin ||
	    c->list == FLOWS_RESET)
		ends_settle(s, c);
}

#endif
