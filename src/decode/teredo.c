/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Teredo, RFC 4380, 5.1.1: IPv6 in UDP, behind authentication and origin indications. */
#include "decode/layer.h"

enum {
	INDICATION_ORIGIN = 0x0000,
	INDICATION_AUTHENTICATION = 0x0001,
	ORIGIN_BYTES = 8,
	AUTHENTICATION_BYTES = 13,	/* without identifier and value */
	IPV6_HEADER = 40,
};

static int
indication(struct span wire)
{
	uint16_t number;

	return span_be16(&wire, &number) ? number : -1;
}

/* The IPv6 packet must fill the datagram exactly. */
static bool
is_whole_ipv6(const struct cursor *c)
{
	struct span wire = c->bytes;
	uint16_t length;

	return span_at(wire, 0) >> 4 == 6 && span_skip(&wire, 4) &&
	    span_be16(&wire, &length) && c->wire_bytes == IPV6_HEADER + (size_t)length;
}

enum decode_result
layer_teredo(struct cursor *c)
{
	if (indication(c->bytes) == INDICATION_AUTHENTICATION) {
		int identifier = span_at(c->bytes, 2), value = span_at(c->bytes, 3);

		if (value < 0 || !cursor_skip(c, AUTHENTICATION_BYTES +
			(size_t)identifier + (size_t)value))
			return DECODE_SHORT;
	}
	if (indication(c->bytes) == INDICATION_ORIGIN && !cursor_skip(c, ORIGIN_BYTES))
		return DECODE_SHORT;
	return cursor_follow(c, is_whole_ipv6(c) ? layer_ipv6 : NULL, DECODE_NOT_TCP);
}
