/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_DOUBT_H
#define STREAM_DOUBT_H

#include "stream/connection.h"

/*
 * Data with a bad checksum from a side whose handshake had good ones. Its
 * receiver may drop it (a forgery, a damaged frame), or may have seen a good
 * one that the capture did not keep (checksum offload of data alone, captures
 * whose payload was edited). The receiver's acknowledgement tells: until it
 * comes the segment is held.
 */
enum { DOUBT_MAX = 8 };		/* segments held for one side */

struct doubt;

/* Hold such a segment; when there is no room it is dropped, as its receiver may have. */
void doubt_hold(struct stream *s, struct half *half, const struct segment *segment);

/*
 * The other side acknowledged up to this number: what is held and ends there
 * or before was taken after all, and so will be whatever that side sends.
 */
void doubt_settle(struct stream *s, struct connection *c, enum side holder, uint32_t ack);

/* Good data came from that side: what is held was not its own. */
void doubt_clear(struct stream *s, struct half *half);

#endif
