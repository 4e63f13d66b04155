/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_GAPS_H
#define STREAM_GAPS_H

#include "stream/connection.h"

/*
 * What is missing between the bytes of one side. libnids waits for ever, so a
 * hole that will not be filled is told to the listener and then filled with
 * zeros that only libnids sees.
 */

/* Feed what of a segment is neither delivered nor queued: the first copy wins. */
void gaps_feed(struct stream *s, struct connection *c, enum side from,
    uint32_t seq, struct span bytes);

/* libnids delivers from that side: pass it on unless it is filler. */
void gaps_deliver(struct stream *s, struct connection *c, enum side from,
    struct span bytes);

/* May n early bytes of that side be queued? */
bool gaps_have_room(const struct stream *s, const struct connection *c, enum side from,
    size_t n);

/* What is missing before seq is lost; deliver what lies between. */
void gaps_give_up(struct stream *s, struct connection *c, enum side from,
    uint32_t seq);

/* The side went on at seq, far from here: deliver what is queued, lose the rest. */
void gaps_jump(struct stream *s, struct connection *c, enum side from, uint32_t seq);

/*
 * On every packet: give up what the receiver acknowledged and we did not see,
 * once it had 8 packets or 200 ms of the connection to come after all.
 */
void gaps_check(struct stream *s, struct connection *c, enum side from);

/* That side's receiver has only what lies before ack: take back a gap that nothing came behind. */
void gaps_contradict(struct stream *s, struct connection *c, enum side from, uint32_t ack);

/*
 * So with the first bytes out of such a gap, unless its receiver has said something
 * since: that was told, and would come before its cause.
 */
void gaps_refill(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* At the end nothing more can come: deliver whatever is queued. */
void gaps_finish(struct stream *s, struct connection *c);

/* Forget what that side has queued. */
void gaps_free(struct stream *s, struct connection *c, enum side from);

/*
 * More is queued than may be: those who began first give up what they wait
 * for. Never from within libnids.
 */
void gaps_relieve(struct stream *s);

#endif
