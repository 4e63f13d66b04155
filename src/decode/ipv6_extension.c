/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 extension headers (RFC 8200, 4) and the authentication header (RFC 4302). */
#include "decode/layer.h"

enum {
	FRAGMENT_HEADER = 8,
	FRAGMENT_MORE = 0x0001,
	FRAGMENT_OFFSET_MASK = 0xfff8,
	IPV6_HEADER = 40,
	IPV6_PAYLOAD_MAX = 65535,
};

/* The first two bytes that all of them share; nothing is stepped over yet. */
static bool
peek_next_and_length(const struct cursor *c, uint8_t *next_r, uint8_t *length_r)
{
	struct span wire = c->bytes;

	return span_u8(&wire, next_r) && span_u8(&wire, length_r);
}

/* Hop-by-hop options, and every header of the same shape. */
enum decode_result
layer_hop_by_hop(struct cursor *c)
{
	uint8_t next, length;

	if (c->ip_version != 6)
		return DECODE_NOT_TCP;
	if (!peek_next_and_length(c, &next, &length) ||
	    !cursor_skip(c, (length + 1u) * 8))
		return DECODE_SHORT;
	return follow_protocol(c, next);
}

enum decode_result
layer_routing(struct cursor *c)
{
	/* While segments are left, the sum is over a destination that comes later. */
	if (span_at(c->bytes, 3) > 0)
		c->sum_unknowable = true;
	return layer_hop_by_hop(c);
}

/* The headers before the fragment header are those of every piece, and count. */
static uint32_t
offset_max(const struct cursor *c)
{
	size_t before = c->segment->ip_bytes - c->wire_bytes - IPV6_HEADER - FRAGMENT_HEADER;

	return before < IPV6_PAYLOAD_MAX ? (uint32_t)(IPV6_PAYLOAD_MAX - before) : 0;
}

enum decode_result
layer_fragment(struct cursor *c)
{
	struct span header;
	uint8_t next = 0;
	uint16_t offset_more = 0;
	uint32_t id = 0;

	if (c->ip_version != 6)
		return DECODE_NOT_TCP;
	if (!cursor_take(c, FRAGMENT_HEADER, &header))
		return DECODE_SHORT;
	span_u8(&header, &next);
	span_skip(&header, 1);
	span_be16(&header, &offset_more);
	span_be32(&header, &id);
	/* A fragment that is the whole datagram is read at once (RFC 6946). */
	if ((offset_more & (FRAGMENT_OFFSET_MASK | FRAGMENT_MORE)) == 0)
		return follow_protocol(c, next);
	*c->fragment = (struct fragment){
		.ip_version = 6,
		.protocol = next,
		.more = (offset_more & FRAGMENT_MORE) != 0,
		.sum_unknowable = c->sum_unknowable,
		.id = id,
		.tunnel = c->tunnel,
		.offset = offset_more & FRAGMENT_OFFSET_MASK,
		.offset_max = offset_max(c),
		.bytes = c->bytes,
		.wire_bytes = c->wire_bytes,
	};
	return DECODE_FRAGMENT;
}

/* Integrity without secrecy; its length counts words of four bytes, less two. */
enum decode_result
layer_authentication(struct cursor *c)
{
	uint8_t next, length;

	if (!peek_next_and_length(c, &next, &length) ||
	    !cursor_skip(c, (length + 2u) * 4))
		return DECODE_SHORT;
	return follow_protocol(c, next);
}
