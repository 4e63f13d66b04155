/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PACKET_RECORD_H
#define CAPTURE_PACKET_RECORD_H

#include <stdint.h>

#include "base/span.h"

enum { PACKET_BYTES_MAX = 262144 };	/* libpcap's largest snaplen */

/* Stamps beyond this are nonsense, and sums of two that are within it cannot overflow. */
#define PACKET_TIME_MAX_NS (INT64_C(1) << 62)

/* One packet as a file format gives it: not numbered and not filtered yet. */
struct packet_record {
	int64_t at_ns;
	int link_type;		/* a DLT_ value of libpcap */
	struct span bytes;	/* borrowed from the reader until the next one */
	uint32_t wire_bytes;
};

/* Seconds and nanoseconds as one stamp, clamped to 0..2^62. */
static inline int64_t
packet_record_time(int64_t seconds, uint64_t ns)
{
	const int64_t seconds_max = PACKET_TIME_MAX_NS / 1000000000;

	if (seconds < 0)
		return 0;
	if (seconds > seconds_max || ns >= (uint64_t)PACKET_TIME_MAX_NS)
		return PACKET_TIME_MAX_NS;
	ns += (uint64_t)seconds * 1000000000;
	return ns < (uint64_t)PACKET_TIME_MAX_NS ? (int64_t)ns : PACKET_TIME_MAX_NS;
}

#endif
