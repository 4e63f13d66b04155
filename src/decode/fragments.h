/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_FRAGMENTS_H
#define DECODE_FRAGMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "decode/decode.h"

/*
 * Decoding with a memory for IP fragments, so that datagrams are read whole, in
 * tunnels as well (RFC 791, 815, 5722, 6946, 8200). The first copy of every
 * byte is kept: receivers differ in which they take, so what was put together
 * from fragments that contradict each other is marked as contested.
 */
struct fragments;

/*
 * Defaults: the fragments of a datagram come back to back, so even under a
 * flood that fills the memory each has milliseconds; and 30 s is how long
 * receivers wait (RFC 791 proposes 15, RFC 8200 demands 60).
 */
enum {
	FRAGMENTS_DATAGRAMS_MAX = 8192,
	FRAGMENTS_BYTES_OF_A_DATAGRAM = 2048,	/* on the average, which is one piece */
	FRAGMENTS_BYTES_MAX = FRAGMENTS_DATAGRAMS_MAX * FRAGMENTS_BYTES_OF_A_DATAGRAM,
	FRAGMENTS_AGE_S = 30,
};

/* Every limit is a setting; 0 takes the default. */
struct fragments_limits {
	size_t datagrams_max;	/* unfinished ones, and ends just seen */
	size_t bytes_max;	/* of memory for their pieces; 400 KB at least */
	int64_t age_ns;		/* packet time from a datagram's first fragment on */
};

/* Packet time for which a datagram is remembered at most. */
int64_t fragments_memory_ns(const struct fragments_limits *limits);

/* NULL with *e set when memory is short. */
struct fragments *fragments_new(const struct fragments_limits *limits, struct err *e);

/*
 * Behind decode_frame(), with what that answered and left, in the order of frames. Answers the
 * same, but the fragment that makes a datagram whole answers with what the datagram holds;
 * its payload is then borrowed until the next call.
 */
enum decode_result fragments_take(struct fragments *f, enum decode_result result,
    struct segment *segment, struct fragment *fragment);

/* Both at once. */
enum decode_result fragments_decode(struct fragments *f, const struct frame *frame,
    struct segment *segment_r);

/* Visit "decode.fragment.*" counters, but the one that decode_result_name() names. */
void fragments_counters(const struct fragments *f, counter_visit *visit, void *ctx);

void fragments_free(struct fragments **f);

#endif
