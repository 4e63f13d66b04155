/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A SYN that cannot reach its destination is refused as by a reset; nothing else is. */
#include "unit.h"

#include <pcap/dlt.h>

#include "decode_exactly.h"
#include "packets.h"

enum { TYPE_AT = 20, CODE_AT = 21, QUOTE_AT = 28, FLAGS_AT = QUOTE_AT + 20 + 13 };

/* A message to the sender of the SYN that it quotes: the outer addresses turned round. */
static uint8_t *
message_of(struct image *image, const char *recipe, size_t addresses_at, size_t n)
{
	uint8_t *p, *addresses, kept[16];

	image_build(image, recipe);
	p = image->bytes + image->at;
	addresses = p + addresses_at;
	memcpy(kept, addresses, n);
	memcpy(addresses, addresses + n, n);
	memcpy(addresses + n, kept, n);
	return p;
}

static uint8_t *
message(struct image *image)
{
	return message_of(image, "ip4 icmp ip4 syn", 12, 4);
}

static uint8_t *
message_v6(struct image *image)
{
	return message_of(image, "ip6 icmp6 ip6 syn", 8, 16);
}

static void
assert_refuses(const struct segment *s)
{
	assert_true(s->unreachable);
	assert_int_equal(s->flags, TCP_RST | TCP_ACK);
	assert_int_equal(s->ack, BUILT_SEQ + 1);
	assert_int_equal(s->port[0], BUILT_DESTINATION_PORT);
	assert_int_equal(s->port[1], BUILT_SOURCE_PORT);
	assert_int_equal(s->payload_bytes, 0);
}

static void
is_the_reset_that_the_server_would_have_sent(void **state)
{
	struct image image;
	struct segment s;

	(void)state;
	message(&image);
	assert_int_equal(decode_whole(DLT_RAW, &image, &s), DECODE_SEGMENT);
	assert_refuses(&s);
	assert_memory_equal(s.addr[0].bytes, "\xc6\x33\x64\x02", 4);
	assert_memory_equal(s.addr[1].bytes, "\xc0\x00\x02\x01", 4);
	message_v6(&image);
	assert_int_equal(decode_whole(DLT_RAW, &image, &s), DECODE_SEGMENT);
	assert_refuses(&s);
	assert_int_equal(s.addr[0].family, 6);
	assert_int_equal(s.addr[0].bytes[15], 2);
	assert_int_equal(s.addr[1].bytes[15], 1);
}

/* No more of the SYN need be there than its ports and its number. */
static void
eight_bytes_are_enough(void **state)
{
	struct image image;
	struct segment s;
	const uint8_t *p = message(&image);

	(void)state;
	for (size_t n = 0; n < image_size(&image); n++) {
		enum decode_result result = decode_exactly(DLT_RAW, p, n, image_size(&image), &s);

		if (result == DECODE_SEGMENT)
			assert_refuses(&s);
		assert_int_equal(result == DECODE_SEGMENT, n >= QUOTE_AT + 20 + 8);
	}
}

static void
assert_is_none(struct image *image)
{
	struct segment s;

	assert_int_equal(decode_whole(DLT_RAW, image, &s), DECODE_NOT_TCP);
}

static void
other_messages_refuse_nothing(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {
		{ TYPE_AT, 0 }, { TYPE_AT, 11 }, { CODE_AT, 4 },
		{ CODE_AT, 16 },
		{ 16, 203 },			/* it goes to somebody else */
		{ QUOTE_AT, 0x65 }, { QUOTE_AT, 0x41 },
		{ QUOTE_AT + 7, 9 },		/* a later fragment */
		{ QUOTE_AT + 9, 17 },
		{ FLAGS_AT, TCP_ACK }, { FLAGS_AT, TCP_SYN | TCP_ACK }, { FLAGS_AT, TCP_RST },
	};
	struct image image;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		message(&image)[rows[i].at] = rows[i].value;
		assert_is_none(&image);
	}
	message_v6(&image)[40] = 2;		/* packet too big */
	assert_is_none(&image);
	message_v6(&image)[48 + 6] = 17;
	assert_is_none(&image);
}

/* ... about the SYN at that offset of the client's, in the middle of a script. */
static void
unreachable(struct wire *w, uint32_t offset)
{
	struct segment s = wire_segment(w, SIDE_SERVER, TCP_RST | TCP_ACK, 0, span_text(""));

	s.seq = 0;
	s.ack = w->peer[SIDE_CLIENT].isn + offset + 1;
	s.checksum = CHECKSUM_UNKNOWN;
	s.ttl = 200;
	s.unreachable = true;
	wire_send(w, &s);
}

static void
assert_log(const char *before, uint32_t offset, const char *behind, const char *log)
{
	struct recorder r = { 0 };
	struct stream *stream = packets_stream(NULL, &r);
	struct wire w = wire_new(stream);

	wire_play(&w, before);
	unreachable(&w, offset);
	wire_play(&w, behind);
	stream_finish(stream);
	packets_free(&stream);
	assert_string_equal(r.log, log);
}

static void
an_attempt_is_refused_and_nothing_else(void **state)
{
	(void)state;
	assert_log("C:S", 0, "", "refused attempt:rst");
	assert_log("C:S", 7, "", "attempt:end");
	/* a handshake that goes on contradicts it */
	assert_log("C:S", 0, "S:SA C:A S:A=x", "refused open S=x end");
	assert_log("hs", 0, "C:A=x", "open C=x end");
	assert_log("hs C:A=x", 1, "C:A=y", "open C=xy end");
	assert_log("", 0, "hs C:A=x", "open C=x end");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_reset_that_the_server_would_have_sent),
		cmocka_unit_test(eight_bytes_are_enough),
		cmocka_unit_test(other_messages_refuse_nothing),
		cmocka_unit_test(an_attempt_is_refused_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
