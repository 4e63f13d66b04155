/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_FRAGMENT_H
#define DECODE_FRAGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/*
 * A piece of an IP datagram (RFC 791, 3.2; RFC 8200, 4.5). Its addresses, VLANs
 * and tap are in the segment that came with it.
 */
struct fragment {
	uint8_t ip_version;
	uint8_t protocol;		/* of what was cut into pieces */
	bool more;			/* this is not the last piece */
	bool sum_unknowable;		/* see cursor */
	uint32_t id;
	uint32_t tunnel;		/* see cursor: networks that use the same addresses */
	uint32_t offset;		/* in bytes */
	uint32_t offset_max;		/* where every datagram must have ended */
	struct span bytes;		/* captured part, borrowed from the frame */
	size_t wire_bytes;		/* above bytes.n when truncated */
};

#endif
