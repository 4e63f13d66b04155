/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GTP-U version 1, 3GPP TS 29.281, 5: user packets in a mobile network. */
#include "decode/layer.h"

enum {
	GTPU_HEADER = 8,
	GTPU_OPTIONAL = 4,		/* sequence, N-PDU, next extension: all or none */
	GTPU_VERSION_TYPE_MASK = 0xf8,	/* version, protocol type, reserved */
	GTPU_VERSION_TYPE = 0x30,
	GTPU_OPTIONAL_MASK = 0x07,
	GTPU_HAS_EXTENSION = 0x04,
	GTPU_G_PDU = 0xff,
	GTPU_EXTENSIONS_MAX = 8,
};

/* Each extension: its length in words of four bytes, content, type of the next. */
static enum decode_result
skip_extensions(struct cursor *c, int type)
{
	struct span extension;

	for (int i = 0; type != 0 && i < GTPU_EXTENSIONS_MAX; i++) {
		int words = span_at(c->bytes, 0);

		if (words == 0)
			return DECODE_NOT_TCP;
		if (words < 0 || !cursor_take(c, (size_t)words * 4, &extension))
			return DECODE_SHORT;
		type = span_at(extension, extension.n - 1);
	}
	return type == 0 ? DECODE_SEGMENT : DECODE_TOO_DEEP;
}

enum decode_result
layer_gtpu(struct cursor *c)
{
	struct span header, optional;
	uint8_t flags = 0, type = 0;
	uint16_t length = 0;

	if (!cursor_take(c, GTPU_HEADER, &header))
		return DECODE_SHORT;
	span_u8(&header, &flags);
	span_u8(&header, &type);
	span_be16(&header, &length);
	span_be32(&header, &c->tunnel);
	if ((flags & GTPU_VERSION_TYPE_MASK) != GTPU_VERSION_TYPE ||
	    type != GTPU_G_PDU || length > c->wire_bytes)
		return DECODE_NOT_TCP;
	cursor_limit(c, length);
	if ((flags & GTPU_OPTIONAL_MASK) != 0) {
		enum decode_result result = DECODE_SEGMENT;

		if (!cursor_take(c, GTPU_OPTIONAL, &optional))
			return DECODE_SHORT;
		if ((flags & GTPU_HAS_EXTENSION) != 0)
			result = skip_extensions(c, span_at(optional, 3));
		if (result != DECODE_SEGMENT)
			return result;
	}
	return follow_ip_version(c, DECODE_NOT_TCP);
}
