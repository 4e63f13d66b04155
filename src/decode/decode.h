/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include "decode/fragment.h"
#include "decode/segment.h"
#include "words/frame.h"

/*
 * From link layer to TCP: stateless, never reads beyond frame->bytes. On
 * DECODE_SEGMENT *segment_r is filled. On DECODE_FRAGMENT *fragment_r is, and
 * *segment_r is as decode_datagram() wants it. Otherwise their contents mean
 * nothing. RFC 791, 8200, 9293; IEEE 802.1Q.
 *
 * Tunnels are opened: the addresses and VLANs are those of the innermost
 * packet, because a connection must look the same in any tunnel. A segment is
 * given as soon as its fixed TCP header was captured.
 */
enum decode_result decode_frame(const struct frame *frame, struct segment *segment_r,
    struct fragment *fragment_r);

/*
 * Read on in a datagram that has become whole: its bytes, and segment and
 * fragment as one of its pieces left them. The answer is decode_frame()'s, and
 * may be another fragment: of what a tunnel carried.
 */
enum decode_result decode_datagram(struct span datagram, struct segment *segment,
    struct fragment *fragment);

/* Counter name, e.g. "decode.not_ip"; "decode.segment" for the first. */
const char *decode_result_name(enum decode_result result);

#endif
