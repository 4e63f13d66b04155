/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_FLOW_H
#define WORDS_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "words/address.h"
#include "words/frame.h"
#include "words/side.h"

enum {
	FLOW_VLAN_MAX = 4,
	COMMUNITY_ID_SIZE = 32,
};

/* Who talks to whom; pairs are indexed by enum side. */
struct flow_tuple {
	struct address addr[2];
	uint16_t port[2];
	uint16_t vlan[FLOW_VLAN_MAX];	/* outermost first */
	uint8_t vlan_count;
	uint8_t tap;
};

/* Why a connection ended, as the tap saw it. */
enum flow_end {
	FLOW_OPEN,		/* not ended yet */
	FLOW_FIN,		/* both sides closed */
	FLOW_RST,
	FLOW_IDLE,		/* nothing more came for too long */
	FLOW_EVICTED,		/* a table was full */
	FLOW_REUSED,		/* a new connection took the same ports */
	FLOW_INPUT_END,		/* the capture ended, or the program was told to stop */
};

enum flow_phase { FLOW_NEW, FLOW_ESTABLISHED, FLOW_CLOSED };

/*
 * One TCP connection as the tap saw it: what an event says of it, and how much
 * of it was seen. Every conclusion from absence is gated on the last group.
 */
struct flow {
	struct flow_tuple tuple;
	uint64_t id;			/* below 2^53; the same in every run */
	struct frame_ref first, last;
	enum flow_phase phase;
	enum flow_end end;
	uint64_t packets[2];		/* sent by that side */
	uint64_t wire_bytes[2];		/* of the IP packets, as EVE counts them */
	uint64_t payload_bytes[2];	/* TCP payload */
	bool reset_by[2];		/* that side sent the RST */
	bool fin_by[2];			/* ... or a FIN, at whatever number */
	bool left_by[2];		/* its FIN came in turn, and the other side has it */

	bool handshake;			/* SYN, SYN-ACK and ACK were all seen */
	bool unanswered;		/* its client had to ask again */
	uint32_t initial_seq[2];	/* of the SYNs, where the handshake was seen */
	bool truncated;			/* a snaplen cut payload, or its fragments disagree */
	uint64_t gap_bytes[2];		/* sent by that side and never seen */
	uint64_t duplicates;		/* packets that the tap delivered twice */
	int64_t silent_ns;		/* packet time that passed behind the last packet */
};

/* Both directions carried something that we saw. */
static inline bool
flow_both_sides(const struct flow *f)
{
	return f->packets[SIDE_CLIENT] > 0 && f->packets[SIDE_SERVER] > 0;
}

/* Something was sent that the tap did not see. */
static inline bool
flow_lost_bytes(const struct flow *f)
{
	return f->gap_bytes[SIDE_CLIENT] > 0 || f->gap_bytes[SIDE_SERVER] > 0;
}

/*
 * How long nothing must come before that means something: an answer, or the TLS
 * that was agreed on, comes within half a minute or not at all; a client may take
 * the five minutes that servers wait for its next command (RFC 5321 section
 * 4.5.3.2.7).
 */
#define FLOW_ANSWER_NS (INT64_C(30) * 1000000000)
#define FLOW_COMMAND_NS (INT64_C(300) * 1000000000)

/* Did both sides take their leave? */
static inline bool
flow_closed(const struct flow *f)
{
	return f->end == FLOW_FIN || (f->fin_by[SIDE_CLIENT] && f->fin_by[SIDE_SERVER]);
}

/*
 * Is it known that nothing more was said? The connection ended, both sides took
 * their leave, or it was silent for that long while the tap listened. A capture
 * that ends, a table that is full and ports that are used again say nothing.
 */
static inline bool
flow_heard_out(const struct flow *f, int64_t silence_ns)
{
	return flow_closed(f) || f->end == FLOW_RST || f->silent_ns >= silence_ns;
}

/* Seen whole, from the handshake on: the condition for any conclusion from absence. */
static inline bool
flow_seen_whole(const struct flow *f)
{
	return f->handshake && flow_both_sides(f) && !f->truncated && !flow_lost_bytes(f);
}

/*
 * The identifier: a hash of addresses, ports, VLANs, tap and first time with a
 * fixed key, cut to 53 bits because JSON readers keep numbers as doubles.
 */
uint64_t flow_identifier(const struct flow_tuple *tuple, int64_t first_ns);

/* Community ID version 1 ("1:" and the base64 of a SHA-1 over the ordered tuple). */
void flow_community_id(const struct flow_tuple *tuple, uint16_t seed,
    char text_r[COMMUNITY_ID_SIZE]);

/* EVE's words for flow.state and flow.reason. */
const char *flow_state_name(const struct flow *f);
const char *flow_reason_name(const struct flow *f);

#endif
