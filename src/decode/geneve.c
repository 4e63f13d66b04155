/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Geneve, RFC 8926, 3.4. */
#include "decode/layer.h"

enum {
	GENEVE_HEADER = 8,
	GENEVE_VERSION_MASK = 0xc0,
	GENEVE_OPTIONS_MASK = 0x3f,
	GENEVE_CONTROL = 0x80,
	GENEVE_RESERVED_MASK = 0x3f,
};

enum decode_result
layer_geneve(struct cursor *c)
{
	struct span header;
	uint8_t version_options = 0, flags = 0;
	uint16_t protocol = 0;

	if (!cursor_take(c, GENEVE_HEADER, &header))
		return DECODE_SHORT;
	span_u8(&header, &version_options);
	span_u8(&header, &flags);
	span_be16(&header, &protocol);
	span_be24(&header, &c->tunnel);
	if ((version_options & GENEVE_VERSION_MASK) != 0 ||
	    (flags & (GENEVE_CONTROL | GENEVE_RESERVED_MASK)) != 0 ||
	    span_at(header, 0) != 0)
		return DECODE_NOT_TCP;
	if (!cursor_skip(c, (version_options & GENEVE_OPTIONS_MASK) * 4u))
		return DECODE_SHORT;
	return follow_ethertype(c, protocol);
}
