/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes on any link type: no segment holds more than the frame did. */
#include <pcap/dlt.h>
#include <stdlib.h>

#include "decode/checksum.h"
#include "decode/decode.h"
#include "fuzz.h"

static const int link_types[16] = {
	DLT_EN10MB, DLT_RAW, DLT_IPV4, DLT_IPV6, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL,
	DLT_LOOP, DLT_PPP, DLT_PPP_SERIAL, DLT_PPP_ETHER, DLT_C_HDLC, 101, 14, -1, 32767,
};

static void
check(const struct frame *f, const struct segment *s)
{
	const uint8_t *end = f->bytes.p + f->bytes.n;

	if (s->payload.p < f->bytes.p || s->payload.p > end ||
	    s->payload.n > (size_t)(end - s->payload.p))
		abort();
	if (s->payload.n > s->payload_bytes || s->payload_bytes >= s->ip_bytes ||
	    s->ip_bytes > f->wire_bytes)
		abort();
	if (segment_checksum(s) == CHECKSUM_NOT_SUMMED)
		abort();
	if (s->vlan_count > FLOW_VLAN_MAX || s->addr[0].family != s->addr[1].family)
		abort();
}

/* The first byte chooses the link type and how much the snaplen cut off. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size);
	struct segment segment;
	struct fragment fragment;
	uint8_t choice;

	if (!span_u8(&input, &choice))
		return 0;
	struct frame frame = {
		.link_type = link_types[choice % 16],
		.bytes = input,
		.wire_bytes = (uint32_t)input.n + (uint32_t)(choice / 16) * 32,
	};
	if (decode_frame(&frame, &segment, &fragment) == DECODE_SEGMENT)
		check(&frame, &segment);
	return 0;
}
