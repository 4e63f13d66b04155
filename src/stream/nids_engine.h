/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_NIDS_ENGINE_H
#define STREAM_NIDS_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "words/side.h"

/*
 * libnids as a queue of TCP segments: every connection gets made-up IPv4
 * addresses, so IPv6, VLANs and tunnels need no word here, and headers that
 * nothing in libnids can object to. Connections never end in libnids: the
 * normaliser decides that, and closes from outside.
 */

/* libnids' own. */
struct tcp_stream;

/*
 * The most that one call to engine_feed() takes: of what is a little longer,
 * libnids makes its buffers larger than they have to be.
 */
enum { ENGINE_PIECE_MAX = 2000 };

/* libnids drops a whole queue that passes 65535; stay below it with room to spare. */
enum { ENGINE_QUEUE_MAX = 65000 };

/* The next bytes of the connection with that index, called from within engine_feed(). */
typedef void engine_deliver(void *ctx, uint32_t index, enum side from, struct span bytes);

/*
 * libnids lives as long as the process: the first call sets how many
 * connections fit, and a later one that wants more fails. 0, or -1 with *e set.
 */
int engine_start(size_t connections_max, engine_deliver *deliver, void *ctx,
    struct err *e);

/* Every connection must have been closed. */
void engine_stop(void);

/*
 * A connection whose sides begin with these sequence numbers; index must not
 * be in use, and be below 2^31. NULL when libnids refuses.
 */
struct tcp_stream *engine_open(uint32_t index, const uint16_t port[2],
    const uint32_t first[2]);

/* At most ENGINE_PIECE_MAX bytes, no more than 2^28 ahead of what was delivered. */
void engine_feed(struct tcp_stream *ts, enum side from, uint32_t seq,
    struct span bytes);

/* How much of ENGINE_QUEUE_MAX that side's early segments take up. */
size_t engine_queued(const struct tcp_stream *ts, enum side from);

/* What a segment of n bytes would add to that. */
size_t engine_queue_cost(size_t n);

/* Never from within engine_deliver: libnids would go on with freed memory. */
void engine_close(struct tcp_stream *ts);

#endif
