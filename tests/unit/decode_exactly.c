/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "decode_exactly.h"

#include <stdlib.h>

#include "decode/checksum.h"

enum decode_result
decode_exactly(int link_type, const uint8_t *bytes, size_t n, size_t wire_bytes,
    struct segment *segment_r)
{
	uint8_t *exact = malloc(n > 0 ? n : 1);
	struct frame frame = {
		.ref = { .at_ns = 99, .number = 3, .source = 2 },
		.link_type = link_type,
		.tap = 4,
		.bytes = { exact, n },
		.wire_bytes = (uint32_t)wire_bytes,
	};
	struct fragment fragment;
	enum decode_result result;

	memcpy(exact, bytes, n);
	result = decode_frame(&frame, segment_r, &fragment);
	if (result == DECODE_SEGMENT) {
		segment_r->checksum = segment_checksum(segment_r);
		/* The bytes die with the buffer; what matters is where they were. */
		assert_true(segment_r->payload.p >= exact);
		assert_true(segment_r->payload.p + segment_r->payload.n <= exact + n);
		assert_true(segment_r->payload.n <= segment_r->payload_bytes);
		assert_true(segment_r->payload_bytes <= segment_r->ip_bytes);
		if (segment_r->payload.n > 0)
			segment_r->payload.p = bytes + (segment_r->payload.p - exact);
	}
	free(exact);
	return result;
}

enum decode_result
decode_whole(int link_type, const struct image *image, struct segment *segment_r)
{
	return decode_exactly(link_type, image_bytes(image), image_size(image),
	    image_size(image), segment_r);
}

static void
assert_address(const struct address *a, const char *v4, const char *v6)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(a, text);
	assert_string_equal(text, a->family == 4 ? v4 : v6);
}

void
assert_built_headers(const struct segment *s)
{
	assert_address(&s->addr[0], "192.0.2.1", "2001:db8::1");
	assert_address(&s->addr[1], "198.51.100.2", "2001:db8::2");
	assert_int_equal(s->port[0], BUILT_SOURCE_PORT);
	assert_int_equal(s->port[1], BUILT_DESTINATION_PORT);
	assert_int_equal(s->seq, BUILT_SEQ);
	assert_int_equal(s->ack, BUILT_ACK);
	assert_int_equal(s->window, BUILT_WINDOW);
	assert_int_equal(s->ttl, BUILT_TTL);
	assert_int_equal(s->ip_id, s->addr[0].family == 4 ? BUILT_IP_ID : 0);
	assert_int_equal(s->ref.at_ns, 99);
	assert_int_equal(s->ref.number, 3);
	assert_int_equal(s->ref.source, 2);
	assert_int_equal(s->tap, 4);
}

void
assert_built_payload(const struct segment *s)
{
	assert_int_equal(s->flags, TCP_PSH | TCP_ACK);
	assert_true(s->has_timestamp);
	assert_int_equal(s->timestamp, BUILT_TIMESTAMP);
	assert_int_equal(s->payload_bytes, strlen(BUILT_PAYLOAD));
	assert_true(span_equals(s->payload, span_text(BUILT_PAYLOAD)));
}
