/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode/decode.h"

#include <string.h>

#include "decode/layer.h"

/* Real traffic stays below ten; more is somebody trying to keep us busy. */
enum { LAYERS_MAX = 24 };

static enum decode_result
read_layers(struct cursor *c)
{
	for (int depth = 0; depth < LAYERS_MAX; depth++) {
		layer *read = c->next;
		enum decode_result result;

		c->next = NULL;
		result = read(c);
		if (result != DECODE_SEGMENT || c->next == NULL)
			return result;
	}
	return DECODE_TOO_DEEP;
}

enum decode_result
decode_frame(const struct frame *frame, struct segment *segment_r,
    struct fragment *fragment_r)
{
	size_t captured = frame->bytes.n, wire = frame->wire_bytes;
	struct cursor c = {
		.bytes = frame->bytes,
		.wire_bytes = wire > captured ? wire : captured,
		.next = layer_of_link_type(frame->link_type),
		.segment = segment_r,
		.fragment = fragment_r,
	};

	if (c.next == NULL)
		return DECODE_UNKNOWN_LINK;
	memset(segment_r, 0, sizeof(*segment_r));
	segment_r->ref = frame->ref;
	segment_r->tap = frame->tap;
	return read_layers(&c);
}

enum decode_result
decode_datagram(struct span datagram, struct segment *segment, struct fragment *fragment)
{
	struct cursor c = {
		.bytes = datagram,
		.wire_bytes = datagram.n,
		.segment = segment,
		.fragment = fragment,
		.tunnel = fragment->tunnel,
		.ip_version = fragment->ip_version,
		.sum_unknowable = fragment->sum_unknowable,
	};
	enum decode_result result = follow_protocol(&c, fragment->protocol);

	segment->ip_bytes += (uint32_t)datagram.n - (uint32_t)fragment->wire_bytes;
	return result == DECODE_SEGMENT ? read_layers(&c) : result;
}

const char *
decode_result_name(enum decode_result result)
{
	static const char *const names[DECODE_RESULTS] = {
		[DECODE_SEGMENT] = "decode.segment",
		[DECODE_UNKNOWN_LINK] = "decode.unknown_link",
		[DECODE_SHORT] = "decode.short",
		[DECODE_NOT_IP] = "decode.not_ip",
		[DECODE_BAD_IP] = "decode.bad_ip",
		[DECODE_NOT_TCP] = "decode.not_tcp",
		[DECODE_FRAGMENT] = "decode.fragment.pieces",
		[DECODE_BAD_TCP] = "decode.bad_tcp",
		[DECODE_TOO_DEEP] = "decode.too_deep",
	};

	return names[result];
}
