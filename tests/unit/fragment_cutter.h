/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FRAGMENT_CUTTER_H
#define TESTS_FRAGMENT_CUTTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode/fragments.h"

/* IP packets, cut into fragments and shown to a memory for them. */

enum {
	PACKET_SIZE = 66000,
	PAYLOAD = 53,		/* of the packets that packet_build() makes */
	MS = 1000000,
};

struct packet {
	size_t n;
	uint8_t bytes[PACKET_SIZE];
};

/* Fragments, and what is shown to them. */
struct tap {
	struct fragments *fragments;
	int64_t now_ns;
	uint8_t index;
	uint16_t vlan;		/* 0 none */
	struct segment segment;	/* of the last call */
	uint8_t payload[PACKET_SIZE];	/* its own, since the frame is gone */
};

/* A part of a datagram's payload as a packet of its own. */
struct cut {
	size_t start, end;
	bool more;
	unsigned id;
};

struct tap tap_new(struct fragments_limits limits);

/* From a buffer of exactly that size, which is gone when the call has returned. */
enum decode_result show(struct tap *tap, const struct packet *packet, size_t captured);

/* "whole" is the value of decode.fragment.whole. */
uint64_t counter_of(const struct tap *tap, const char *last_word);

/* A packet without link header; recipes are those of frame_builder.h. */
void packet_build(struct packet *packet_r, const char *recipe);

/* A big-endian number of two bytes. */
void put_16(uint8_t *at, size_t value);

/* What is behind the IP header, from start to end, as a fragment. */
void cut_packet(const struct packet *whole, struct cut cut, struct packet *piece_r);

/* The segment of packet_build(), with the right checksum. */
bool is_built_segment(const struct segment *s);

#endif
