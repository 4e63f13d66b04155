/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_CONNECTION_H
#define STREAM_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "stream/flow_table.h"
#include "stream/pool.h"
#include "stream/sender.h"
#include "stream/sequence.h"
#include "stream/stream.h"
#include "words/flow.h"

/* Inside the room: one connection, its life, and the stream that holds them all. */

struct queue;
struct held;
struct tcp_stream;

/* What a side's checksums are worth: those left to its network card look bad here. */
enum sums {
	SUMS_UNDECIDED,
	SUMS_VERIFIED,		/* a good one was seen */
	SUMS_PROVEN,		/* ... of data */
	SUMS_OFFLOADED,		/* its bad ones arrive all the same */
};

/*
 * What one side sent, as far as the end of a connection is known by it: all that
 * is kept of one that nobody wants to hear of, so it is small.
 */
struct half {
	uint32_t first;		/* sequence number of the first byte */
	uint32_t next;		/* of the next byte to deliver */
	uint32_t ack;		/* the latest acknowledgement that this side sent */
	uint32_t acked;		/* the receiver has everything before this */
	uint32_t fin_seq;
	uint32_t stray_end, stray_ack;
	uint8_t strays;		/* segments in a row from out of the window */
	bool known : 1;		/* first and next mean something */
	bool has_ack : 1;
	bool has_acked : 1;
	bool fin : 1;
	bool spoke : 1;		/* the tap hears this side */
	unsigned sums : 2;	/* enum sums */
	unsigned bad_sums : 2;	/* in a row that arrived, as far as is known */
};

/* Nothing comes behind a FIN, so only the number right behind it acknowledges it. */
static inline bool
half_fin_is_acknowledged(const struct half *half)
{
	return half->fin && half->has_acked && half->acked == half->fin_seq + 1;
}

/* Is all received that it says, or even more: bytes that nobody has seen? A FIN is none. */
static inline bool
half_is_acknowledged_ahead(const struct half *half)
{
	return half->has_acked && sequence_after(half->acked, half->next) &&
	    !(half->fin && half->next == half->fin_seq && half->acked == half->fin_seq + 1);
}

/* A packet, as far as its copy is recognised by it. */
struct fingerprint {
	int64_t at_ns;
	uint32_t seq, ack, payload_bytes, timestamp;
	uint16_t ip_id;
	uint8_t flags;
};

enum { FINGERPRINTS = 2 };

/* What else is known of one side while somebody is told of the connection. */
struct heard {
	uint32_t fed;		/* half.next in libnids' numbers */

	uint32_t stuck_next;	/* half.next when it was first seen to be behind acked */
	int64_t stuck_ns;
	uint8_t stuck_packets;

	uint8_t ttl;		/* of the latest data in their turn; 0 before any */

	bool fin_is_odd;	/* whom its FIN is for might not take it, or never get it */
	bool reset_ahead;	/* its last word: blindly forged, or behind lost bytes */
	uint32_t reset_seq;
	uint32_t fin_ack;	/* what its FIN acknowledges */

	uint32_t lost_from, lost_until;	/* the latest gap that an acknowledgement alone showed */
	uint32_t lost_when;	/* ... and half.next of who acknowledged it */

	uint32_t doubtful_ack;	/* a doubtful segment says that all before was received */

	uint32_t early_bytes;	/* what libnids holds out of order takes of memory */
	uint32_t filler_bytes;	/* made-up bytes that libnids has yet to deliver */
	uint16_t history_size;
	uint16_t history_bytes;	/* how many before half.next it knows */
	struct queue *queue;	/* ranges that libnids holds out of order, or NULL */
	uint8_t *history;	/* a ring of the last bytes delivered, or NULL; history.h */
	int64_t lone_ns;	/* when the last one of them was told, if it came alone; or 0 */

	struct sender sender;
	struct fingerprint recent[FINGERPRINTS];
	uint8_t recent_count, recent_next;
	bool has_doubtful_ack;
};

_Static_assert(sizeof(struct heard) <= 200, "each connection that is followed has two");

enum { SYNS_MAX = 4, ANSWERS_MAX = 4 };

/* The SYNs and SYN-ACKs of a handshake; some are forged until the client chooses. */
struct handshake {
	struct syn {
		uint32_t isn;
		uint32_t payload_bytes;	/* RFC 7413 */
		bool reset;		/* it was refused, or taken back, as its latest */
	} syn[SYNS_MAX];
	struct answer {
		uint32_t isn;
		uint32_t ack;
		bool reset;
	} answer[ANSWERS_MAX];
	uint8_t syns, answers;
	bool asked_again;		/* the client had to */
	bool client_acked;		/* before any answer was seen */
	uint32_t client_seq;
};

/* Copies of segments, the oldest first; held.h. */
struct held_list {
	struct held *first;
	uint8_t count;
};

/* A connection as long as somebody wants to be told of it. */
struct told {
	struct flow flow;		/* first: what the listener sees */
	void *session;			/* ... and what it gave for that */
	void *place;			/* ... and keeps with it: stream_place() */
	const struct half *half;	/* the connection's, both of them */
	struct list_link early;		/* among those that hold early bytes */
	struct held_reset {
		bool seen;	/* one came, and its sender has not outlived it yet */
		bool early;	/* ... before it was established, and it is not told yet */
		bool by_icmp;	/* ... and was ICMP's word, which a handshake contradicts */
		enum side from;	/* who is said to have sent it */
		uint32_t seq;
		struct frame_ref at;
	} reset;
	struct heard heard[2];
	struct handshake handshake[2];	/* by whose it is, if that side is the client */
	struct held_list doubted;	/* what waits for its receiver's word */
	struct held_list rivals;	/* other copies of what is early; rivals.h */
	struct held_list waiting;	/* what speaks of bytes not told yet; order.h */
	struct tcp_stream *engine;
	bool unwatched;			/* sight was lost: how long it was silent is not known */
};

enum connection_state {
	CONNECTION_NONE,	/* an entry that is not in use */
	CONNECTION_HALF_OPEN,	/* nothing was fed yet */
	CONNECTION_FOLLOWED,
	CONNECTION_SHUNTED,	/* the listener wants no more bytes */
	CONNECTION_CLOSED,	/* kept for a while to know late packets */
};

enum { CACHE_LINE_BYTES = 64 };

/*
 * An entry of the flow table. What a packet of a shunted connection needs stands
 * together: with a million of them the lines of the cache that it touches are what counts.
 */
struct connection {
	_Alignas(CACHE_LINE_BYTES) struct flow_tuple tuple;
	int64_t last_ns;		/* when its latest packet came */
	uint32_t bucket_next;		/* in the flow table, as are the links below */
	uint8_t list;
	uint8_t state;			/* enum connection_state */
	bool stopping : 1;		/* shunt as soon as libnids has returned */
	bool forgetting : 1;		/* ... and tell nobody of its end */
	struct half half[2];

	struct told *told;		/* NULL when closed, or nobody wants to hear of it */
	struct held_list held;		/* what waits for a handshake */
	uint32_t newer, older;
};

_Static_assert(sizeof(struct connection) == 3 * CACHE_LINE_BYTES, "docs/limits.md tells it");

/* What the listener answered: no more is told of it until libnids has returned. */
static inline void
connection_heed(struct connection *c, enum stream_want want)
{
	c->stopping = c->stopping || want != STREAM_MORE;
	c->forgetting = c->forgetting || want == STREAM_FORGET;
}

struct stream_counts {
	uint64_t opened, attempts, idle, reused, evicted, evicted_half_open;
	uint64_t gaps, gap_bytes, no_handshake, one_sided, truncated;
	uint64_t bad_checksum, offloaded, duplicate_packets, conflicts;
	uint64_t out_of_window, resyncs, bad_resets, bad_answers, forged_syns, strangers;
	uint64_t out_of_order, order_forced, resets_outlived, early_given_up;
	uint64_t stray, late, self, no_memory;
};

struct stream {
	struct stream_limits limits;
	struct stream_listener listener;
	struct flow_table table;
	struct pool pool, small;
	size_t held_bytes;		/* of all connections */
	size_t early_bytes;
	struct list early;		/* connections with such bytes, by when they began */
	const struct frame_ref *at;	/* the frame that is being worked on */
	int64_t now_ns;			/* when the latest packet came */
	int64_t swept_ns;		/* when it was looked for who is silent */
	bool swept;			/* ... and nobody was left */
	struct stream_counts counts;
};

/* A new entry for a segment of no known connection; NULL when memory is short. */
struct connection *connection_new(struct stream *s, const struct segment *segment,
    enum side sender);

/* Established ones, shunted ones included, as far as they are not known to have ended. */
size_t connection_count(const struct stream *s);

/* With half[].first, known and told->flow.handshake set: from now on the listener is told. */
void connection_establish(struct stream *s, struct connection *c);

/* After libnids has returned: act on a STREAM_STOP or STREAM_FORGET of the listener. */
void connection_settle(struct stream *s, struct connection *c);

/* Put a shunted one that is not in their list yet among them. */
void connection_watch(struct stream *s, struct connection *c);

/* The end of an established one: deliver what can be, tell it, and give up the entry. */
void connection_close(struct stream *s, struct connection *c, enum flow_end end);

/* Both FINs are acknowledged; or the only side that the tap hears has said all. */
bool connection_is_finished(const struct connection *c);

/* The end of an attempt: of one that was never established, or is begun anew. */
void connection_count_attempt(struct stream *s, struct connection *c, enum flow_end end);

/* ... and the connection is given up. */
void connection_refuse(struct stream *s, struct connection *c, enum flow_end end);

/* An end that no packet brought: s->at is the connection's last frame meanwhile. */
void connection_expire(struct stream *s, struct connection *c, enum flow_end end);

/* Free it without a word. */
void connection_free(struct stream *s, struct connection *c);

#endif
