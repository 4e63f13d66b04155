/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_SEGMENT_H
#define DECODE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "words/address.h"
#include "words/flow.h"
#include "words/frame.h"

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

enum checksum {
	CHECKSUM_GOOD,
	CHECKSUM_BAD,
	CHECKSUM_UNKNOWN,	/* cut off by the snaplen */
	CHECKSUM_NOT_SUMMED,	/* segment_checksum() will tell */
};

/* One TCP segment; index 0 of a pair is the sender here, 1 the receiver. */
struct segment {
	struct frame_ref ref;
	struct address addr[2];
	uint16_t port[2];
	uint16_t vlan[FLOW_VLAN_MAX];	/* outermost first */
	uint8_t vlan_count;
	uint8_t tap;

	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window;
	struct span payload;		/* captured part, borrowed from the frame */
	uint32_t payload_bytes;		/* on the wire; above payload.n when truncated */
	uint32_t ip_bytes;		/* length of the IP packet on the wire */
	enum checksum checksum;
	struct span summed;		/* header and payload, for segment_checksum() */
	bool unreachable;		/* ICMP says so of the SYN before ack: as good as a reset */
	bool contested;			/* put together from fragments that contradict each other */

	uint8_t ttl;			/* or hop limit */
	uint16_t ip_id;			/* 0 for IPv6 */
	bool has_timestamp;		/* TCP option 8 */
	uint32_t timestamp;

	uint32_t flow_hash;		/* the stream's, which sets it; 0 before */
};

/* What became of a frame: used, or why not. Every value but the first is a counter. */
enum decode_result {
	DECODE_SEGMENT,
	DECODE_UNKNOWN_LINK,	/* a link type that we do not read */
	DECODE_SHORT,		/* a header does not fit into what was captured */
	DECODE_NOT_IP,		/* ARP, LLDP, ... */
	DECODE_BAD_IP,		/* lengths or version that cannot be */
	DECODE_NOT_TCP,
	DECODE_FRAGMENT,	/* a piece of a datagram, not (yet) whole */
	DECODE_BAD_TCP,
	DECODE_TOO_DEEP,	/* headers nested beyond the limit */
	DECODE_RESULTS
};

#endif
