/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "words/frame.h"

/*
 * Frames of a network interface: AF_PACKET with a ring of TPACKET_V3 blocks that
 * the kernel shares with us, through libpcap. A block is handed over when it is
 * full or LIVE_BLOCK_MS old, so that many packets cost one wake-up.
 */
struct live;

enum {
	LIVE_BLOCK_MS = 50,
	LIVE_RING_DEFAULT = 64 << 20,	/* bytes: half a second of a full gigabit */
	/* the largest frame without jumbo ones, and a VXLAN with its VLAN tags around it */
	LIVE_SNAPLEN_DEFAULT = 2048,
};

struct live_settings {
	const char *interface;
	const char *filter;	/* pcap-filter(7), run by the kernel; NULL: everything */
	int snaplen;
	size_t ring_bytes;
	bool promiscuous;
	uint32_t source;	/* frame_ref.source of its frames */
	uint8_t tap;
	/*
	 * Others read the same interface: the kernel gives each connection to one of
	 * those who joined the group, by a hash (PACKET_FANOUT_HASH), fragments of IP put
	 * together before.
	 */
	bool shared;
	uint16_t fanout_group;	/* live_new_group() */
};

enum live_fault {
	LIVE_WRONG,	/* no permission, a filter that does not compile: waiting mends nothing */
	LIVE_AWAY,	/* there is no such interface, or it is down: it may come */
};

/* NULL with *fault_r and *e set. Settings are not kept. */
struct live *live_open(const struct live_settings *settings, enum live_fault *fault_r,
    struct err *e);

/*
 * The next frame, without waiting: 1 with *frame_r filled (bytes borrowed until the next
 * call), 0 when there is none now. -1 with *e set when there will be none any more,
 * because the interface is gone. One that is down gives nothing, and goes on when it is up.
 */
int live_next(struct live *l, struct frame *frame_r, struct err *e);

/*
 * The number of a group that nobody in this network namespace has. The kernel counts on, and
 * gives it to nobody else who asks until it has given 65535 others, whether it is
 * in use or not: so it stays ours while nobody reads. 0, or -1 with *e set.
 */
int live_new_group(uint16_t *group_r, struct err *e);

/* To be waited on with poll(2). */
int live_descriptor(const struct live *l);

/* Has the interface been found down since the last call? Then packets were missed. */
bool live_was_down(struct live *l);

/* Visit "capture.dropped": what the kernel had no room for in the ring. */
void live_counters(const struct live *l, counter_visit *visit, void *ctx);

void live_free(struct live **l);

#endif
