/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_SENDER_H
#define STREAM_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/segment.h"
#include "words/stranger.h"

/*
 * By what the packets of one host resemble each other: a TTL, an IP identifier
 * that counts, a TCP timestamp (RFC 7323) in every segment. Whoever forges a
 * packet from another place has to guess these. Routes change, and some split
 * their load over several ways, so a packet is foreign only between others
 * that agree.
 */
struct sender {
	uint32_t timestamp;		/* of its latest packet, as the following */
	uint16_t ip_id;
	uint8_t ttl;
	uint8_t packets;		/* of this sender, up to a few */
	uint8_t counted;		/* in a row whose identifiers follow each other */
	uint8_t stamped;		/* in a row with a timestamp */
	uint8_t foreign_run;		/* foreign packets since */
	bool is_mixed : 1;		/* some took another way, whoever is the true one */
	bool is_late : 1;		/* others were sent after its latest packet */
	bool has_newest : 1;
	bool has_stranger : 1;		/* the first of the foreign ones that carries data */
	uint32_t newest;		/* the latest of all timestamps */
	struct stranger stranger;
};

/*
 * A packet that is no reset came. True when it shows that others before it were
 * foreign: *stranger_r is the first of these that carried data.
 */
bool sender_note(struct sender *s, const struct segment *segment,
    struct stranger *stranger_r);

/*
 * Does a reset come from somewhere else than all before it? Only its TTL can
 * tell: systems make resets without the connection's counters and options.
 */
bool sender_is_foreign_reset(const struct sender *s, const struct segment *segment,
    struct stranger *stranger_r);

/*
 * Does a handshake in the middle of its connection come from somewhere else than
 * the packets around it? Only its TTL can tell: a new connection counts anew.
 */
bool sender_is_foreign_syn(const struct sender *s, const struct segment *segment);

/* Do two packets differ in TTL by more than routes of equal cost do? */
bool sender_ttl_differs(uint8_t ttl, uint8_t other);

#endif
