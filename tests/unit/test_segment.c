/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a frame is when it is no segment, and what lengths, sums and options say when it is. */
#include "unit.h"

#include <pcap/dlt.h>

#include "decode_exactly.h"

struct refusal {
	int link_type;
	const char *recipe;
	size_t at;		/* this byte ... */
	uint8_t value;		/* ... becomes this */
	enum decode_result want;
};

static const struct refusal refusals[] = {
	{ DLT_IEEE802_11, "ip4 tcp", 0, 0x45, DECODE_UNKNOWN_LINK },
	{ -1, "ip4 tcp", 0, 0x45, DECODE_UNKNOWN_LINK },
	{ DLT_EN10MB, "eth ip4 tcp", 13, 0x06, DECODE_NOT_IP },		/* ARP */
	{ DLT_EN10MB, "eth vlan5 ip4 tcp", 17, 0x06, DECODE_NOT_IP },
	{ DLT_EN10MB, "eth8023 snap ip4 tcp", 14, 0x42, DECODE_NOT_IP }, /* spanning tree */
	{ DLT_LINUX_SLL, "sll ip4 tcp", 14, 0x00, DECODE_NOT_IP },
	{ DLT_NULL, "family2 ip4 tcp", 3, 7, DECODE_NOT_IP },
	{ DLT_NULL, "family2 ip4 tcp", 0, 1, DECODE_NOT_IP },
	{ DLT_PPP, "ppp ip4 tcp", 0, 0xc0, DECODE_NOT_IP },		/* LCP */
	{ DLT_EN10MB, "eth pppoe ppp ip4 tcp", 15, 0xa7, DECODE_NOT_IP }, /* PADT */
	{ DLT_C_HDLC, "chdlc ip4 tcp", 0, 0x00, DECODE_NOT_IP },

	{ DLT_RAW, "ip4 tcp", 0, 0x55, DECODE_BAD_IP },		/* version 5 */
	{ DLT_IPV4, "ip4 tcp", 0, 0x65, DECODE_BAD_IP },
	{ DLT_IPV6, "ip6 tcp", 0, 0x40, DECODE_BAD_IP },
	{ DLT_RAW, "ip4 tcp", 0, 0x44, DECODE_BAD_IP },		/* header of 16 bytes */
	{ DLT_RAW, "ip4 tcp", 3, 19, DECODE_BAD_IP },		/* total below header */
	{ DLT_RAW, "ip4 tcp", 6, 0x20, DECODE_FRAGMENT },	/* the first */
	{ DLT_RAW, "ip4 tcp", 7, 0x01, DECODE_FRAGMENT },	/* a later one */
	{ DLT_RAW, "ip6 fragment tcp", 0, 0x60, DECODE_FRAGMENT },
	{ DLT_RAW, "ip4 tcp", 9, 17, DECODE_NOT_TCP },
	{ DLT_RAW, "ip4 tcp", 9, 50, DECODE_NOT_TCP },		/* encrypted */
	{ DLT_RAW, "ip4 tcp", 9, 60, DECODE_NOT_TCP },		/* only IPv6 has these */
	{ DLT_RAW, "ip4 tcp", 9, 44, DECODE_NOT_TCP },
	{ DLT_RAW, "ip6 tcp", 6, 59, DECODE_NOT_TCP },		/* no next header */
	{ DLT_RAW, "ip4 tcp", 3, 39, DECODE_BAD_TCP },		/* 19 bytes of TCP */
	{ DLT_RAW, "ip4 tcp", 32, 0x40, DECODE_BAD_TCP },	/* header of 16 bytes */
	{ DLT_RAW, "ip4 tcp", 32, 0xf0, DECODE_BAD_TCP },	/* longer than the segment */

	/* What looks like a tunnel by its port only. */
	{ DLT_RAW, "ip4 vxlan eth ip4 tcp", 28, 0x00, DECODE_NOT_TCP },
	{ DLT_RAW, "ip4 vxlan eth ip4 tcp", 28, 0x0c, DECODE_NOT_TCP },
	{ DLT_RAW, "ip4 vxlan eth ip4 tcp", 35, 0x01, DECODE_NOT_TCP },
	{ DLT_RAW, "ip4 gpe ip4 tcp", 28, 0x0d, DECODE_NOT_TCP },	/* maintenance */
	{ DLT_RAW, "ip4 gpe ip4 tcp", 28, 0x1c, DECODE_NOT_TCP },	/* version 1 */
	{ DLT_RAW, "ip4 gpe ip4 tcp", 31, 9, DECODE_NOT_IP },
	{ DLT_RAW, "ip4 geneve eth ip4 tcp", 28, 0x40, DECODE_NOT_TCP },
	{ DLT_RAW, "ip4 geneve eth ip4 tcp", 29, 0x80, DECODE_NOT_TCP }, /* control */
	{ DLT_RAW, "ip4 geneve eth ip4 tcp", 35, 0x01, DECODE_NOT_TCP },
	{ DLT_RAW, "ip4 gtpu ip4 tcp", 28, 0x50, DECODE_NOT_TCP },	/* version 2 */
	{ DLT_RAW, "ip4 gtpu ip4 tcp", 29, 0x01, DECODE_NOT_TCP },	/* echo request */
	{ DLT_RAW, "ip4 gtpu ip4 tcp", 30, 0x40, DECODE_NOT_TCP },	/* too long */
	{ DLT_RAW, "ip4 gtpu ip4 tcp", 36, 0x55, DECODE_NOT_TCP },
	{ DLT_RAW, "ip4 gtpuextensions ip4 tcp", 40, 0x00, DECODE_NOT_TCP }, /* length 0 */
	{ DLT_RAW, "ip4 teredo ip6 tcp", 33, 0x01, DECODE_NOT_TCP },	/* does not fill it */
	{ DLT_RAW, "ip4 teredo ip6 tcp", 28, 0x40, DECODE_NOT_TCP },
	{ DLT_RAW, "ip4 vxlan eth ip4 tcp", 25, 0x07, DECODE_NOT_TCP },	/* UDP length 7 */
	{ DLT_RAW, "ip4 gre ip4 tcp", 20, 0x40, DECODE_NOT_TCP },	/* source route */
	{ DLT_RAW, "ip4 gre ip4 tcp", 21, 0x02, DECODE_NOT_TCP },	/* version 2 */
	{ DLT_RAW, "ip4 pptp ppp ip4 tcp", 20, 0x20, DECODE_NOT_TCP },	/* acknowledgement */
	{ DLT_RAW, "ip4 erspan2 eth ip4 tcp", 32, 0x20, DECODE_NOT_IP },
	{ DLT_RAW, "ip4 erspan3 eth ip4 tcp", 28, 0x10, DECODE_NOT_IP },
	{ DLT_EN10MB, "eth nsh ip4 tcp", 14, 0x2f, DECODE_NOT_IP },	/* maintenance */
	{ DLT_EN10MB, "eth nsh ip4 tcp", 15, 0xc1, DECODE_NOT_IP },	/* shorter than itself */
};

static void
what_is_not_ours_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		enum decode_result result;
		struct image image;
		struct segment s;

		image_build(&image, r->recipe);
		image.bytes[image.at + r->at] = r->value;
		result = decode_whole(r->link_type, &image, &s);
		if (result != r->want)
			fail_msg("%s, byte %zu = %02x: %s, not %s", r->recipe, r->at,
			    r->value, decode_result_name(result),
			    decode_result_name(r->want));
	}
}

/* Append n bytes of something. */
static void
pad(struct image *image, size_t n)
{
	memmove(image->bytes + image->at - n, image_bytes(image), image_size(image));
	memset(image->bytes + IMAGE_SIZE - n, 0xee, n);
	image->at -= n;
}

/* Ethernet fills short frames up, and switches append trailers: no payload. */
static void
padding_is_not_payload(void **state)
{
	static const char *const recipes[] = { "eth ip4 syn", "eth ip6 syn",
		"eth pppoe ppp ip4 syn", "eth8023 snap ip4 syn" };

	(void)state;
	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
		struct image image;
		struct segment s;

		image_build(&image, recipes[i]);
		pad(&image, 6);
		assert_int_equal(decode_whole(DLT_EN10MB, &image, &s), DECODE_SEGMENT);
		assert_int_equal(s.payload_bytes, 0);
		assert_int_equal(s.payload.n, 0);
		assert_int_equal(s.checksum, CHECKSUM_GOOD);
	}
}

/* Segmentation offload hands the tap packets whose length is still 0. */
static void
length_zero_means_all_of_the_frame(void **state)
{
	struct image image;
	struct segment s;

	(void)state;
	image_build(&image, "eth ip4 tcp");
	image.bytes[image.at + 16] = image.bytes[image.at + 17] = 0;
	assert_int_equal(decode_whole(DLT_EN10MB, &image, &s), DECODE_SEGMENT);
	assert_built_payload(&s);
	assert_int_equal(s.ip_bytes, image_size(&image) - 14);

	image_build(&image, "eth ip6 tcp");
	image.bytes[image.at + 18] = image.bytes[image.at + 19] = 0;
	assert_int_equal(decode_whole(DLT_EN10MB, &image, &s), DECODE_SEGMENT);
	assert_built_payload(&s);
	assert_int_equal(s.ip_bytes, image_size(&image) - 14);
}

/* Where IP does not say its length, the length of what carries it still ends the segment. */
static void
outer_lengths_count_too(void **state)
{
	static const struct {
		int link_type;
		const char *recipe;
		size_t zero_at;		/* the IP length that is left open */
		size_t grow_at[2];	/* outer lengths that include the padding, or 0 */
	} rows[] = {
		{ DLT_EN10MB, "eth8023 snap ip4 syn", 24, { 0 } },
		{ DLT_EN10MB, "eth vlan5snap snap ip4 syn", 28, { 0 } },
		{ DLT_EN10MB, "eth pppoe ppp ip4 syn", 24, { 0 } },
		{ DLT_RAW, "ip4 pptp ppp ip4 syn", 40, { 3 } },
		{ DLT_RAW, "ip4 gpe ip4 syn", 38, { 3 } },
		{ DLT_RAW, "ip4 gtpu ip4 syn", 38, { 3, 25 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image image;
		struct segment s;

		image_build(&image, rows[i].recipe);
		pad(&image, 6);
		image.bytes[image.at + rows[i].zero_at] = 0;
		image.bytes[image.at + rows[i].zero_at + 1] = 0;
		for (int g = 0; g < 2 && rows[i].grow_at[g] != 0; g++)
			image.bytes[image.at + rows[i].grow_at[g]] += 6;
		assert_int_equal(decode_whole(rows[i].link_type, &image, &s), DECODE_SEGMENT);
		if (s.payload_bytes != 0)
			fail_msg("%s: %u bytes", rows[i].recipe, s.payload_bytes);
		assert_int_equal(s.checksum, CHECKSUM_GOOD);
	}
}

static void
more_than_the_wire_had_is_not_believed(void **state)
{
	struct image image;
	struct segment s;

	(void)state;
	image_build(&image, "ip4 tcp");
	image.bytes[image.at + 2] = 0x05;
	assert_int_equal(decode_whole(DLT_RAW, &image, &s), DECODE_SEGMENT);
	assert_int_equal(s.payload_bytes, strlen(BUILT_PAYLOAD));
	assert_int_equal(s.checksum, CHECKSUM_UNKNOWN);
}

/* A file may claim that less was on the wire than was captured. */
static void
what_was_captured_was_on_the_wire(void **state)
{
	struct image image;
	struct segment s;

	(void)state;
	image_build(&image, "ip4 tcp");
	assert_int_equal(decode_exactly(DLT_RAW, image_bytes(&image), image_size(&image), 0, &s),
	    DECODE_SEGMENT);
	assert_built_payload(&s);
	assert_int_equal(s.checksum, CHECKSUM_GOOD);
}

/* Every bit that the sum covers matters, in the pseudo header too. */
static void
a_wrong_checksum_is_seen(void **state)
{
	static const char *const recipes[] = { "ip4 tcp", "ip6 tcp" };
	static const size_t first_covered[] = { 12, 8 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct image image;
		struct segment s;

		image_build(&image, recipes[i]);
		for (size_t at = first_covered[i]; at < image_size(&image); at++) {
			image.bytes[image.at + at] ^= 0x04;
			if (decode_whole(DLT_RAW, &image, &s) == DECODE_SEGMENT)
				assert_int_equal(s.checksum, CHECKSUM_BAD);
			image.bytes[image.at + at] ^= 0x04;
		}
	}
}

/* The sum is over the last destination, which the packet has not reached. */
static void
a_routed_packet_has_no_checksum_to_verify(void **state)
{
	struct image image;
	struct segment s;

	(void)state;
	image_build(&image, "ip6 routingleft tcp");
	assert_int_equal(decode_whole(DLT_RAW, &image, &s), DECODE_SEGMENT);
	assert_int_equal(s.checksum, CHECKSUM_UNKNOWN);
	image_build(&image, "ip6 routingleft ip4 tcp");
	assert_int_equal(decode_whole(DLT_RAW, &image, &s), DECODE_SEGMENT);
	assert_int_equal(s.checksum, CHECKSUM_GOOD);
}

/* The twelve bytes of options, and whether a timestamp is found in them. */
static void
options_are_read_with_care(void **state)
{
	static const struct {
		const char *options;
		bool has_timestamp;
	} rows[] = {
		{ "\x01\x01\x08\x0a\x11\x22\x33\x44\0\0\0", true },
		{ "\x08\x0a\x11\x22\x33\x44\0\0\0\0\x01", true },
		{ "\x08\x0a\x11\x22\x33\x44\0\0\0\0\x05", true },
		{ "\x00\x01\x08\x0a\x11\x22\x33\x44\0\0\0", false },	/* end of list */
		{ "\x01\x01\x08\x08\x11\x22\x33\x44\0\0\x01", false }, /* wrong length */
		{ "\x03\x00\x08\x0a\x11\x22\x33\x44\0\0\0", false },	/* length 0 */
		{ "\x03\x01\x08\x0a\x11\x22\x33\x44\0\0\0", false },	/* length 1 */
		{ "\x03\xff\x08\x0a\x11\x22\x33\x44\0\0\0", false },	/* beyond the end */
		{ "\x01\x01\x01\x08\x0a\x11\x22\x33\x44\0\0", false }, /* cut off */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image image;
		struct segment s;

		image_build(&image, "ip4 tcp");
		memcpy(image.bytes + image.at + 40, rows[i].options, 12);
		assert_int_equal(decode_whole(DLT_RAW, &image, &s), DECODE_SEGMENT);
		assert_int_equal(s.has_timestamp, rows[i].has_timestamp);
		if (s.has_timestamp)
			assert_int_equal(s.timestamp, BUILT_TIMESTAMP);
		assert_int_equal(s.payload_bytes, strlen(BUILT_PAYLOAD));
	}
}

static void
every_result_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < DECODE_RESULTS; i++)
		assert_true(strncmp(decode_result_name((enum decode_result)i), "decode.", 7) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_ours_is_named),
		cmocka_unit_test(padding_is_not_payload),
		cmocka_unit_test(length_zero_means_all_of_the_frame),
		cmocka_unit_test(outer_lengths_count_too),
		cmocka_unit_test(more_than_the_wire_had_is_not_believed),
		cmocka_unit_test(what_was_captured_was_on_the_wire),
		cmocka_unit_test(a_wrong_checksum_is_seen),
		cmocka_unit_test(a_routed_packet_has_no_checksum_to_verify),
		cmocka_unit_test(options_are_read_with_care),
		cmocka_unit_test(every_result_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
