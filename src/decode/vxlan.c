/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VXLAN (RFC 7348, 5) and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe, 3). */
#include "decode/layer.h"

enum {
	VXLAN_HEADER = 8,
	VXLAN_HAS_NETWORK = 0x08,
	VXLAN_GROUP_POLICY = 0x80,	/* draft-smith-vxlan-group-policy */
	GPE_HAS_NETWORK = 0x08,
	GPE_HAS_PROTOCOL = 0x04,
	GPE_OAM = 0x01,
	GPE_VERSION_RESERVED_MASK = 0xf0,
};

static void
read_network(struct cursor *c, struct span header)
{
	span_skip(&header, 4);
	span_be24(&header, &c->tunnel);
}

enum decode_result
layer_vxlan(struct cursor *c)
{
	struct span header;

	if (!cursor_take(c, VXLAN_HEADER, &header))
		return DECODE_SHORT;
	if ((span_at(header, 0) & ~VXLAN_GROUP_POLICY) != VXLAN_HAS_NETWORK ||
	    span_at(header, VXLAN_HEADER - 1) != 0)
		return DECODE_NOT_TCP;
	read_network(c, header);
	return cursor_follow(c, layer_ethernet, DECODE_NOT_TCP);
}

enum decode_result
layer_vxlan_gpe(struct cursor *c)
{
	struct span header;
	int flags;

	if (!cursor_take(c, VXLAN_HEADER, &header))
		return DECODE_SHORT;
	flags = span_at(header, 0);
	if ((flags & (GPE_VERSION_RESERVED_MASK | GPE_OAM)) != 0 ||
	    (flags & GPE_HAS_NETWORK) == 0 || span_at(header, VXLAN_HEADER - 1) != 0)
		return DECODE_NOT_TCP;
	read_network(c, header);
	if ((flags & GPE_HAS_PROTOCOL) == 0)
		return cursor_follow(c, layer_ethernet, DECODE_NOT_TCP);
	return follow_service(c, (uint8_t)span_at(header, 3));
}
