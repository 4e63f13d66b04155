/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRE (RFC 2784, 2890), its PPTP variant (RFC 2637, 4.1) and the mirror format
 * ERSPAN (draft-foschiano-erspan) types I to III.
 */
#include "decode/layer.h"

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACKNOWLEDGEMENT = 0x0080,	/* version 1 only */
	GRE_VERSION_MASK = 0x0007,
	PROTOCOL_PPP = 0x880b,
	PROTOCOL_ERSPAN_2 = 0x88be,
	PROTOCOL_ERSPAN_3 = 0x22eb,
	ERSPAN_2_HEADER = 8,
	ERSPAN_3_HEADER = 12,
	ERSPAN_SUBHEADER = 8,
	ERSPAN_TYPE_ETHERNET = 0,
	ERSPAN_TYPE_IP = 2,
};

static enum decode_result
layer_erspan_2(struct cursor *c)
{
	struct span header;

	if (!cursor_take(c, ERSPAN_2_HEADER, &header))
		return DECODE_SHORT;
	return cursor_follow(c, span_at(header, 0) >> 4 == 1 ? layer_ethernet : NULL,
	    DECODE_NOT_IP);
}

static enum decode_result
layer_erspan_3(struct cursor *c)
{
	struct span header;
	uint8_t version = 0;
	uint16_t kind = 0;
	unsigned frame_type;

	if (!cursor_take(c, ERSPAN_3_HEADER, &header))
		return DECODE_SHORT;
	span_u8(&header, &version);
	span_skip(&header, ERSPAN_3_HEADER - 3);
	span_be16(&header, &kind);
	if (version >> 4 != 2)
		return DECODE_NOT_IP;
	if ((kind & 0x0001) != 0 && !cursor_skip(c, ERSPAN_SUBHEADER))
		return DECODE_SHORT;
	frame_type = kind >> 10 & 0x1f;
	if (frame_type == ERSPAN_TYPE_IP)
		return follow_ip_version(c, DECODE_NOT_IP);
	return cursor_follow(c,
	    frame_type == ERSPAN_TYPE_ETHERNET ? layer_ethernet : NULL, DECODE_NOT_IP);
}

/* The fields that the flags announce, four bytes each. */
static size_t
optional_bytes(uint16_t flags)
{
	size_t fields = 0;

	fields += (flags & GRE_CHECKSUM) != 0;
	fields += (flags & GRE_KEY) != 0;
	fields += (flags & GRE_SEQUENCE) != 0;
	return 4 * fields;
}

/* PPTP: the upper half of the key is the length of the PPP frame. */
static enum decode_result
follow_pptp(struct cursor *c, uint16_t flags)
{
	struct span key;
	uint16_t length = 0;

	if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0 || (flags & GRE_KEY) == 0)
		return DECODE_NOT_TCP;
	if (!cursor_take(c, 4, &key))
		return DECODE_SHORT;
	span_be16(&key, &length);
	if ((flags & GRE_SEQUENCE) == 0)
		return DECODE_NOT_TCP;		/* an acknowledgement alone */
	if (!cursor_skip(c, (flags & GRE_ACKNOWLEDGEMENT) != 0 ? 8 : 4))
		return DECODE_SHORT;
	cursor_limit(c, length);
	return cursor_follow(c, layer_ppp, DECODE_NOT_IP);
}

enum decode_result
layer_gre(struct cursor *c)
{
	struct span header, fields;
	uint16_t flags = 0, protocol = 0;

	if (!cursor_take(c, 4, &header))
		return DECODE_SHORT;
	span_be16(&header, &flags);
	span_be16(&header, &protocol);
	cursor_enter_tunnel(c);
	if ((flags & GRE_VERSION_MASK) == 1 && protocol == PROTOCOL_PPP)
		return follow_pptp(c, flags);
	/* Source routes went out of use with RFC 2784. */
	if ((flags & GRE_VERSION_MASK) != 0 || (flags & GRE_ROUTING) != 0)
		return DECODE_NOT_TCP;
	if (!cursor_take(c, optional_bytes(flags), &fields))
		return DECODE_SHORT;
	if ((flags & GRE_CHECKSUM) != 0)
		span_skip(&fields, 4);
	if ((flags & GRE_KEY) != 0)
		span_be32(&fields, &c->tunnel);
	if (protocol == PROTOCOL_PPP)
		return cursor_follow(c, layer_ppp, DECODE_NOT_IP);
	if (protocol == PROTOCOL_ERSPAN_3)
		return cursor_follow(c, layer_erspan_3, DECODE_NOT_IP);
	/* Type I has no header of its own, and no sequence numbers show that. */
	if (protocol == PROTOCOL_ERSPAN_2)
		return cursor_follow(c,
		    (flags & GRE_SEQUENCE) != 0 ? layer_erspan_2 : layer_ethernet,
		    DECODE_NOT_IP);
	return follow_ethertype(c, protocol);
}
