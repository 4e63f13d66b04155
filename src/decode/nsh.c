/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network Service Header, RFC 8300. */
#include "decode/layer.h"

enum {
	NSH_HEADER_MIN = 8,
	NSH_VERSION_OAM_MASK = 0xe0,
};

enum decode_result
follow_service(struct cursor *c, uint8_t next)
{
	static const struct next_layer services[] = {
		{ 1, layer_ipv4 },
		{ 2, layer_ipv6 },
		{ 3, layer_ethernet },
		{ 4, layer_nsh },
		{ 5, layer_mpls },
		{ 0 },
	};

	return cursor_follow(c, next_layer_find(services, next), DECODE_NOT_IP);
}

enum decode_result
layer_nsh(struct cursor *c)
{
	struct span wire = c->bytes;
	uint8_t version_oam, length, metadata_type, next;
	size_t header_bytes;

	if (!span_u8(&wire, &version_oam) || !span_u8(&wire, &length) ||
	    !span_u8(&wire, &metadata_type) || !span_u8(&wire, &next))
		return DECODE_SHORT;
	header_bytes = (length & 0x3f) * 4u;
	if ((version_oam & NSH_VERSION_OAM_MASK) != 0 || header_bytes < NSH_HEADER_MIN)
		return DECODE_NOT_IP;
	if (!cursor_skip(c, header_bytes))
		return DECODE_SHORT;
	cursor_enter_tunnel(c);
	return follow_service(c, next);
}
