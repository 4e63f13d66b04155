/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MPLS label stacks (RFC 3032). Nothing says what lies below the last label:
 * IP by its version, or an Ethernet pseudowire (RFC 4448) with or without a
 * control word, which is told by where a known EtherType stands.
 */
#include "decode/layer.h"

enum {
	BOTTOM_OF_STACK = 0x01,
	CONTROL_WORD = 4,
	ETHERTYPE_AT = 12,
};

static bool
has_ethertype_at(struct span frame, size_t at)
{
	uint16_t type;

	if (!span_skip(&frame, at) || !span_be16(&frame, &type))
		return false;
	return type == 0x0800 || type == 0x86dd || type == 0x8100 || type == 0x88a8;
}

static enum decode_result
layer_pseudowire(struct cursor *c)
{
	if (span_at(c->bytes, 0) >> 4 == 0 && !has_ethertype_at(c->bytes, ETHERTYPE_AT) &&
	    has_ethertype_at(c->bytes, CONTROL_WORD + ETHERTYPE_AT))
		cursor_skip(c, CONTROL_WORD);
	return cursor_follow(c, layer_ethernet, DECODE_NOT_IP);
}

enum decode_result
layer_mpls(struct cursor *c)
{
	struct span label;

	if (!cursor_take(c, 4, &label))
		return DECODE_SHORT;
	if ((span_at(label, 2) & BOTTOM_OF_STACK) == 0)
		return cursor_follow(c, layer_mpls, DECODE_NOT_IP);
	if (follow_ip_version(c, DECODE_NOT_IP) == DECODE_SEGMENT)
		return DECODE_SEGMENT;
	return cursor_follow(c, layer_pseudowire, DECODE_NOT_IP);
}
