/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 (RFC 791) and IPv6 (RFC 8200) headers, and what may follow them. */
#include "decode/layer.h"

enum {
	IPV4_HEADER_MIN = 20,
	IPV4_MORE_FRAGMENTS = 0x2000,
	IPV4_OFFSET_MASK = 0x1fff,
	IPV6_HEADER = 40,
	IPV4_BYTES_MAX = 65535,
};

static void
set_address(struct address *a, uint8_t family, struct span wire)
{
	*a = (struct address){ .family = family };
	memcpy(a->bytes, wire.p, wire.n);
}

/*
 * The packet ends where its length field says, unless the wire had less: then
 * the rest never came, and its checksum cannot be verified. Called before the
 * header is stepped over.
 */
static void
limit_to_packet(struct cursor *c, size_t packet_bytes)
{
	c->sum_unknowable = packet_bytes > c->wire_bytes;
	cursor_limit(c, packet_bytes);
	c->segment->ip_bytes = (uint32_t)c->wire_bytes;
}

/* Behind the header of a fragment: say what it is a piece of. */
static enum decode_result
ipv4_fragment(struct cursor *c, uint16_t field, uint8_t protocol, size_t header_bytes)
{
	*c->fragment = (struct fragment){
		.ip_version = 4,
		.protocol = protocol,
		.more = (field & IPV4_MORE_FRAGMENTS) != 0,
		.sum_unknowable = c->sum_unknowable,
		.id = c->segment->ip_id,
		.tunnel = c->tunnel,
		.offset = (field & IPV4_OFFSET_MASK) * 8u,
		.offset_max = (uint32_t)(IPV4_BYTES_MAX - header_bytes),
		.bytes = c->bytes,
		.wire_bytes = c->wire_bytes,
	};
	return DECODE_FRAGMENT;
}

enum decode_result
layer_ipv4(struct cursor *c)
{
	struct segment *s = c->segment;
	struct span wire = c->bytes, header, source, destination;
	uint8_t version_length = 0, protocol = 0;
	uint16_t total_bytes = 0, fragment = 0;
	size_t header_bytes;

	if (!span_take(&wire, IPV4_HEADER_MIN, &header))
		return DECODE_SHORT;
	span_u8(&header, &version_length);
	span_skip(&header, 1);
	span_be16(&header, &total_bytes);
	span_be16(&header, &s->ip_id);
	span_be16(&header, &fragment);
	span_u8(&header, &s->ttl);
	span_u8(&header, &protocol);
	span_skip(&header, 2);
	span_take(&header, 4, &source);
	span_take(&header, 4, &destination);

	header_bytes = (version_length & 0x0f) * 4u;
	if (version_length >> 4 != 4 || header_bytes < IPV4_HEADER_MIN)
		return DECODE_BAD_IP;
	/* Segmentation offload leaves 0 for the network card to fill in. */
	limit_to_packet(c, total_bytes != 0 ? total_bytes : c->wire_bytes);
	if (header_bytes > c->wire_bytes)
		return DECODE_BAD_IP;
	if (!cursor_skip(c, header_bytes))
		return DECODE_SHORT;
	set_address(&s->addr[0], 4, source);
	set_address(&s->addr[1], 4, destination);
	c->ip_version = 4;
	if ((fragment & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) != 0)
		return ipv4_fragment(c, fragment, protocol, header_bytes);
	return follow_protocol(c, protocol);
}

enum decode_result
layer_ipv6(struct cursor *c)
{
	struct segment *s = c->segment;
	struct span wire = c->bytes, header, source, destination;
	uint8_t version = 0, next = 0;
	uint16_t payload_bytes = 0;

	if (!span_take(&wire, IPV6_HEADER, &header))
		return DECODE_SHORT;
	span_u8(&header, &version);
	span_skip(&header, 3);
	span_be16(&header, &payload_bytes);
	span_u8(&header, &next);
	span_u8(&header, &s->ttl);
	span_take(&header, 16, &source);
	span_take(&header, 16, &destination);

	if (version >> 4 != 6)
		return DECODE_BAD_IP;
	/* 0 means a jumbogram (RFC 2675) or segmentation offload. */
	limit_to_packet(c,
	    payload_bytes != 0 ? IPV6_HEADER + (size_t)payload_bytes : c->wire_bytes);
	cursor_skip(c, IPV6_HEADER);
	set_address(&s->addr[0], 6, source);
	set_address(&s->addr[1], 6, destination);
	s->ip_id = 0;
	c->ip_version = 6;
	return follow_protocol(c, next);
}

enum decode_result
follow_ip_version(struct cursor *c, enum decode_result otherwise)
{
	int first = span_at(c->bytes, 0);

	if (first < 0)
		return DECODE_SHORT;
	if (first >> 4 == 4)
		return cursor_follow(c, layer_ipv4, otherwise);
	return cursor_follow(c, first >> 4 == 6 ? layer_ipv6 : NULL, otherwise);
}

static enum decode_result
layer_ipv4_inside(struct cursor *c)
{
	cursor_enter_tunnel(c);
	return layer_ipv4(c);
}

static enum decode_result
layer_ipv6_inside(struct cursor *c)
{
	cursor_enter_tunnel(c);
	return layer_ipv6(c);
}

static enum decode_result
layer_mpls_inside(struct cursor *c)
{
	cursor_enter_tunnel(c);
	return layer_mpls(c);
}

enum decode_result
follow_protocol(struct cursor *c, uint8_t protocol)
{
	static layer *const protocols[256] = {
		[0] = layer_hop_by_hop,
		[1] = layer_icmp,
		[4] = layer_ipv4_inside,
		[6] = layer_tcp,
		[17] = layer_udp,
		[41] = layer_ipv6_inside,
		[43] = layer_routing,
		[44] = layer_fragment,
		[47] = layer_gre,
		[51] = layer_authentication,
		[58] = layer_icmpv6,
		[60] = layer_hop_by_hop,	/* destination options look alike */
		[135] = layer_hop_by_hop,	/* mobility, RFC 6275 */
		[137] = layer_mpls_inside,
		[139] = layer_hop_by_hop,	/* host identity, RFC 7401 */
		[140] = layer_hop_by_hop,	/* shim6, RFC 5533 */
	};

	return cursor_follow(c, protocols[protocol], DECODE_NOT_TCP);
}
