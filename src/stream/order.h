/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_ORDER_H
#define STREAM_ORDER_H

#include "stream/connection.h"

/*
 * Cause before effect. Two ports of a tap, or two queues of a card, show
 * packets out of order, and some not at all; but whoever acknowledges bytes has
 * read them, whatever was captured first. What is said behind such an
 * acknowledgement waits until the listener has been told of those bytes: that
 * they came, or that they are lost.
 *
 * That takes as long as gaps_check() waits for them, and at most 32 segments
 * and a second for one connection.
 */

/* Does this side speak of bytes that the listener has not been told of? */
bool order_must_wait(const struct connection *c, enum side from,
    const struct segment *segment);

/* Let it wait; without room what it waits for is given up. False when it may go on. */
bool order_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* Take what need not wait any more, or has waited too long. */
void order_settle(struct stream *s, struct connection *c);

/* Nothing more will come: take all, and lose what it waited for. */
void order_drain(struct stream *s, struct connection *c);

/* How much of what that side has said before seq is not waiting: where the first waits. */
uint32_t order_first_waiting(const struct connection *c, enum side from, uint32_t seq);

/* The end of what that side has said without a hole, told or not. */
uint32_t order_said_until(const struct connection *c, enum side from);

/* The end of all that side's bytes that were seen, told or not. */
uint32_t order_heard_until(const struct connection *c, enum side from);

#endif
