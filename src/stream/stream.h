/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "base/span.h"
#include "decode/decode.h"
#include "words/flow.h"
#include "words/stranger.h"

/*
 * TCP reassembly: segments in, the bytes of each connection out, in order and
 * in the order in which the two directions became readable. libnids does the
 * queueing, behind a normaliser that feeds it only what cannot hurt it. There
 * is one stream per process, because libnids keeps its state in globals.
 */
struct stream;

/*
 * Defaults: a busy mail site has some thousand connections at once; each costs
 * 1 KB, and 4 KB more while both sides are read. SYNs are repeated for about
 * a minute, and IMAP clients may idle for half an hour (RFC 2177).
 */
enum {
	STREAM_ESTABLISHED_MAX = 32768,
	STREAM_HALF_OPEN_MAX = 16384,
	STREAM_ESTABLISHED_IDLE_S = 3600,
	STREAM_HALF_OPEN_IDLE_S = 60,
	STREAM_EARLY_MAX = 64 << 20,
	STREAM_EARLY_CONNECTION_MAX = 128 << 10,
	STREAM_HELD_MAX = 16 << 20,
	STREAM_BLOCK_BYTES = 2048,
};

/* Every limit is a setting; 0 takes the default. */
struct stream_limits {
	bool any_vlan;			/* VLANs do not tell connections apart */
	size_t established_max;		/* connections followed at once */
	size_t shunted_max;		/* ... watched for their end only; as many by default */
	size_t half_open_max;		/* handshakes not finished, and ends just seen */
	int64_t established_idle_ns;	/* packet time without a packet */
	int64_t half_open_idle_ns;
	size_t early_max;		/* bytes held until those before them come, of all */
	size_t early_connection_max;	/* ... and of one connection */
	size_t held_max;		/* bytes of segments that cannot be judged yet, of all */
	size_t blocks_max;		/* of STREAM_BLOCK_BYTES: the last bytes of a side, or
					 * what it has early; 4 for each followed by default */
};

/* Whether the listener wants more of a connection's bytes. */
enum stream_want {
	STREAM_MORE,
	STREAM_STOP,	/* deliver no more bytes; count packets and see its end */
	STREAM_FORGET,	/* nor tell of its end: close() does not come any more */
};

/*
 * What a stream tells. The flow is the stream's own and lives until close()
 * has returned, or STREAM_FORGET has been; its counters are up to date at every
 * call. One of these two for every open().
 */
struct stream_listener {
	void *ctx;

	/*
	 * A connection was established, or picked up under way; returns what
	 * the other calls get.
	 */
	void *(*open)(void *ctx, const struct flow *flow);

	/*
	 * The next bytes from one side. All of them must be taken. Whatever their
	 * sender had acknowledged was told before, as bytes or as a gap; in
	 * connections whose directions were captured out of order, too.
	 */
	enum stream_want (*bytes)(void *session, enum side from, struct span bytes,
	    const struct frame_ref *at);

	/*
	 * count bytes from that side were sent and never seen. What is lost after
	 * STREAM_STOP is neither looked for nor counted.
	 */
	enum stream_want (*gap)(void *session, enum side from, uint64_t count,
	    const struct frame_ref *at);

	/*
	 * A segment repeated a range with other bytes: kept is what was
	 * delivered, other what came later. Where fragments of IP differed, other
	 * is empty: the datagram was put together from what came first.
	 */
	enum stream_want (*conflict)(void *session, enum side from, struct span kept,
	    struct span other, const struct frame_ref *at);

	/*
	 * A segment with data did not come from where the others of that side did:
	 * told when the next one does. A reset is told before reset() is.
	 */
	void (*stranger)(void *session, enum side from, const struct stranger *stranger,
	    bool is_reset);

	/*
	 * A reset with the right numbers, which may be forged all the same.
	 * Bytes may still follow. If that side goes on (outlived), it was;
	 * else the connection has ended with it, and close() comes soon.
	 */
	enum stream_want (*reset)(void *session, enum side from, bool outlived,
	    const struct frame_ref *at);

	/*
	 * Both sides are said to have taken their leave, and one of the two may have been
	 * forged: nothing more is told of it if it was, nor before close() if it was not.
	 */
	enum stream_want (*finished)(void *session, const struct frame_ref *at);

	/* The end, with its reason in flow->end. */
	void (*close)(void *session, const struct frame_ref *at);

	/*
	 * A connection attempt that came to nothing: refused, or never answered.
	 * Of those that a full table forgot nothing is told; they are counted. Before it
	 * is over (flow->phase) it may still succeed, but its client may soon go
	 * elsewhere: it has waited long enough to ask again (flow->unanswered), or was
	 * refused (FLOW_RST), which may be forged. Of one that was refused that is told
	 * as well.
	 */
	void (*attempt)(void *ctx, const struct flow *flow);

	/*
	 * May be NULL, both of them. A segment is one of that connection's, told before anything
	 * else that follows from it, from the first SYN on; and the connection is forgotten,
	 * with the place of the listener's in it: stream_place().
	 */
	void (*segment)(void *ctx, const struct flow *flow, enum side from,
	    const struct segment *segment);
	void (*forget)(void *ctx, const struct flow *flow);
};

/* Packet time for which a connection, or its end, is remembered at most. */
int64_t stream_memory_ns(const struct stream_limits *limits);

/*
 * NULL with *e set when libnids cannot start, memory is short, or a stream
 * exists already. libnids is started once in a process, with room for the
 * established_max of the first stream; later ones may not ask for more.
 */
struct stream *stream_new(const struct stream_limits *limits,
    const struct stream_listener *listener, struct err *e);

/*
 * Segments that will come next: what they need of memory is fetched meanwhile. Changes
 * nothing but how long they take.
 */
void stream_expect(const struct stream *s, struct segment *const segments[], size_t count);

/* Take one segment; the listener is called from within. */
void stream_segment(struct stream *s, const struct segment *segment);

/*
 * No packet came, and it is that late now: what has been silent for too long ends, as it
 * would with the next packet. A time before the last packet's changes nothing.
 */
void stream_pass_time(struct stream *s, int64_t now_ns);

/*
 * Packets of any connection may have passed unseen: an interface was down, or another
 * process may have got them. Nothing follows from absence any more in those that
 * are open; they count as truncated.
 */
void stream_lose_sight(struct stream *s);

/*
 * A place in the connection for whatever the listener keeps with it: NULL from its first
 * segment on, until the listener puts something there.
 */
void **stream_place(const struct flow *flow);

/* Where that side stands: the number of the byte behind those that were told or given up. */
uint32_t stream_sequence(const struct flow *flow, enum side from);

/* End of input: everything open is closed with FLOW_INPUT_END. */
void stream_finish(struct stream *s);

/* Visit "flow.*" and "stream.*" counters. */
void stream_counters(const struct stream *s, counter_visit *visit, void *ctx);

/* Without stream_finish() nothing more is told to the listener. */
void stream_free(struct stream **s);

#endif
