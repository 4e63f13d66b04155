/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_HANDSHAKE_H
#define STREAM_HANDSHAKE_H

#include "stream/connection.h"

/*
 * A connection before it is established. Its handshake is held back, so that
 * a flood of SYNs costs libnids nothing and a forged SYN-ACK cannot blind it:
 * all versions are kept until the client acknowledges one (RFC 9293 section
 * 3.5). Who came first may be forged as well, so either side may be the client:
 * it is whose handshake is completed. Where the tap came late or hears one side
 * only, data picks it up.
 */
void handshake_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment);

/* The SYN that this acknowledges: rather without its data than with it; NULL when none. */
const struct syn *handshake_syn_of(const struct handshake *h, uint32_t ack);

#endif
