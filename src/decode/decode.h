/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include "decode/segment.h"
#include "words/frame.h"

/*
 * From link layer to TCP: stateless, never reads beyond frame->bytes. On
 * DECODE_SEGMENT *segment_r is filled; otherwise its contents mean nothing.
 * RFC 791, 8200, 9293; IEEE 802.1Q.
 *
 * Tunnels are opened: the addresses and VLANs are those of the innermost
 * packet, because a connection must look the same in any tunnel. A segment is
 * given as soon as its fixed TCP header was captured.
 */
enum decode_result decode_frame(const struct frame *frame,
    struct segment *segment_r);

/* Counter name, e.g. "decode.not_ip"; "decode.segment" for the first. */
const char *decode_result_name(enum decode_result result);

#endif
