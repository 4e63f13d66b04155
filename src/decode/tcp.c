/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP headers (RFC 9293, 3.1) and the timestamp option (RFC 7323, 3.2). */
#include "decode/layer.h"

enum {
	TCP_HEADER_MIN = 20,
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_TIMESTAMP = 8,
	OPTION_TIMESTAMP_BYTES = 10,
};

/* Receivers ignore what is wrong in options, and so do we. */
static void
read_options(struct segment *s, struct span options)
{
	uint8_t kind, length;
	struct span value;

	while (span_u8(&options, &kind) && kind != OPTION_END) {
		if (kind == OPTION_NOP)
			continue;
		if (!span_u8(&options, &length) || length < 2 ||
		    !span_take(&options, length - 2u, &value))
			return;
		if (kind == OPTION_TIMESTAMP && length == OPTION_TIMESTAMP_BYTES)
			s->has_timestamp = span_be32(&value, &s->timestamp);
	}
}

enum decode_result
layer_tcp(struct cursor *c)
{
	struct segment *s = c->segment;
	struct span wire = c->bytes, header;
	uint8_t offset = 0;
	size_t header_bytes;

	if (c->wire_bytes < TCP_HEADER_MIN)
		return DECODE_BAD_TCP;
	if (!span_take(&wire, TCP_HEADER_MIN, &header))
		return DECODE_SHORT;
	span_be16(&header, &s->port[0]);
	span_be16(&header, &s->port[1]);
	span_be32(&header, &s->seq);
	span_be32(&header, &s->ack);
	span_u8(&header, &offset);
	span_u8(&header, &s->flags);
	span_be16(&header, &s->window);

	header_bytes = (offset >> 4) * 4u;
	if (header_bytes < TCP_HEADER_MIN || header_bytes > c->wire_bytes)
		return DECODE_BAD_TCP;
	/* Options that the snaplen cut off do not make the segment useless. */
	read_options(s, span_head(wire, header_bytes - TCP_HEADER_MIN));
	s->payload = span_tail(c->bytes, header_bytes);
	s->payload_bytes = (uint32_t)(c->wire_bytes - header_bytes);
	s->checksum = c->sum_unknowable || c->bytes.n < c->wire_bytes ? CHECKSUM_UNKNOWN
								      : CHECKSUM_NOT_SUMMED;
	s->summed = c->bytes;
	return DECODE_SEGMENT;
}
