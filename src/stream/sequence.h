/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_SEQUENCE_H
#define STREAM_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How far from the expected byte a segment may lie. Larger than the 64 KB that
 * libnids queues and than common receive windows; a tap that lost more than
 * this is resynchronised.
 */
#define SEQUENCE_WINDOW INT32_C(0x100000)

/* TCP sequence numbers wrap: a - b as a signed distance (RFC 9293 section 3.4). */
static inline int32_t
sequence_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static inline bool
sequence_after(uint32_t a, uint32_t b)
{
	return sequence_diff(a, b) > 0;
}

static inline uint32_t
sequence_later(uint32_t a, uint32_t b)
{
	return sequence_after(a, b) ? a : b;
}

/* Within the window on either side. */
static inline bool
sequence_near(uint32_t a, uint32_t b)
{
	int32_t diff = sequence_diff(a, b);

	return diff >= -SEQUENCE_WINDOW && diff <= SEQUENCE_WINDOW;
}

#endif
