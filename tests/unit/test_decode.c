/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever a segment is wrapped in, the same segment comes out; and whatever
 * is cut or broken, nothing is read beyond the frame.
 */
#include "unit.h"

#include <pcap/dlt.h>

#include "decode_exactly.h"

enum { LINKTYPE_RAW = 101, DLT_RAW_OPENBSD = 14 };

struct wrapping {
	int link_type;
	const char *recipe;
	uint16_t vlan[FLOW_VLAN_MAX];	/* up to the first 0 */
};

static const struct wrapping wrappings[] = {
	/* link types */
	{ DLT_EN10MB, "eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 syn", { 0 } },
	{ DLT_EN10MB, "eth ip4options tcp", { 0 } },
	{ DLT_EN10MB, "eth8023 snap ip4 tcp", { 0 } },
	{ DLT_RAW, "ip4 tcp", { 0 } },
	{ DLT_RAW, "ip6 tcp", { 0 } },
	{ LINKTYPE_RAW, "ip4 tcp", { 0 } },
	{ LINKTYPE_RAW, "ip6 tcp", { 0 } },
	{ DLT_RAW_OPENBSD, "ip6 tcp", { 0 } },
	{ DLT_IPV4, "ip4 tcp", { 0 } },
	{ DLT_IPV6, "ip6 tcp", { 0 } },
	{ DLT_LINUX_SLL, "sll ip4 tcp", { 0 } },
	{ DLT_LINUX_SLL, "sll ip6 tcp", { 0 } },
	{ DLT_LINUX_SLL, "sll vlan5 ip4 tcp", { 5 } },
	{ DLT_LINUX_SLL2, "sll2 ip4 tcp", { 0 } },
	{ DLT_LINUX_SLL2, "sll2 vlan7 ip6 tcp", { 7 } },
	{ DLT_NULL, "family2 ip4 tcp", { 0 } },
	{ DLT_NULL, "family2le ip4 tcp", { 0 } },
	{ DLT_NULL, "family10le ip6 tcp", { 0 } },
	{ DLT_NULL, "family23le ip6 tcp", { 0 } },
	{ DLT_NULL, "family24 ip6 tcp", { 0 } },
	{ DLT_NULL, "family28le ip6 tcp", { 0 } },
	{ DLT_NULL, "family30le ip6 tcp", { 0 } },
	{ DLT_LOOP, "family2 ip4 tcp", { 0 } },
	{ DLT_LOOP, "family24 ip6 tcp", { 0 } },
	{ DLT_PPP, "ppp ip4 tcp", { 0 } },
	{ DLT_PPP, "pppff03 ip6 tcp", { 0 } },
	{ DLT_PPP, "pppshort ip4 tcp", { 0 } },
	{ DLT_PPP, "ppp bottom ip4 tcp", { 0 } },
	{ DLT_PPP_SERIAL, "pppff03 ip4 tcp", { 0 } },
	{ DLT_PPP_SERIAL, "chdlc ip4 tcp", { 0 } },
	{ DLT_PPP_ETHER, "pppoe ppp ip4 tcp", { 0 } },
	{ DLT_C_HDLC, "chdlc ip4 tcp", { 0 } },
	{ DLT_C_HDLC, "chdlc ip6 tcp", { 0 } },

	/* between Ethernet and IP */
	{ DLT_EN10MB, "eth vlan5 ip4 tcp", { 5 } },
	{ DLT_EN10MB, "eth service5 vlan7 ip6 tcp", { 5, 7 } },
	{ DLT_EN10MB, "eth oldqinq5 vlan7 ip4 tcp", { 5, 7 } },
	{ DLT_EN10MB, "eth vlan0 ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth vlan0 vlan7 ip4 tcp", { 7 } },
	{ DLT_EN10MB, "eth vlan5 vlan7 vlan5 vlan7 vlan5 ip4 tcp", { 5, 7, 5, 7 } },
	{ DLT_EN10MB, "eth vlan5snap snap ip4 tcp", { 5 } },
	{ DLT_EN10MB, "eth bottom ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth label label bottom ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth multicast ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth vlan5 bottom eth vlan7 ip4 tcp", { 7 } },
	{ DLT_EN10MB, "eth bottom controlword eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth pppoe ppp ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth vlan7 pppoe ppp ip6 tcp", { 7 } },
	{ DLT_EN10MB, "eth nsh ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth nsh eth vlan5 ip6 tcp", { 5 } },

	/* between IP and TCP */
	{ DLT_RAW, "ip6 hopbyhop destination routing atomic tcp", { 0 } },
	{ DLT_RAW, "ip6 hopbyhop ah destination tcp", { 0 } },
	{ DLT_RAW, "ip4 ah tcp", { 0 } },

	/* tunnels; the tags in front of them are the transport's */
	{ DLT_EN10MB, "eth vlan5 ip4 ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip6 ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip6 destination ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 bottom ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth vlan5 ip4 gre ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip6 greall ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth vlan5 ip4 gre eth vlan7 ip4 tcp", { 7 } },
	{ DLT_EN10MB, "eth ip4 gre bottom ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 greppp ppp ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 pptp pppff03 ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 erspan1 eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth vlan5 ip4 erspan2 eth vlan7 ip6 tcp", { 7 } },
	{ DLT_EN10MB, "eth ip4 erspan3 eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 erspan3sub eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 erspan3ip ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 gre nsh ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth vlan5 ip4 vxlan eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip6 vxlangbp eth vlan7 ip6 tcp", { 7 } },
	{ DLT_EN10MB, "eth ip4 gpe ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 gpe ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 gpe eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 gpe nsh nsh eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 gpe bottom ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 geneve eth ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip6 geneveoptions ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 gtpu ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 gtpusequence ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip6 gtpuextensions ip4 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 teredo ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 teredoboth ip6 tcp", { 0 } },
	{ DLT_EN10MB, "eth ip4 vxlan eth ip6 gtpu ip4 gre ip6 tcp", { 0 } },
};

enum { WRAPPINGS = sizeof(wrappings) / sizeof(wrappings[0]) };

static void
assert_vlans(const struct segment *s, const struct wrapping *w)
{
	const uint16_t *want = w->vlan;
	uint8_t count = 0;

	while (count < FLOW_VLAN_MAX && want[count] != 0)
		count++;
	if (s->vlan_count != count)
		fail_msg("%s: %u VLANs", w->recipe, s->vlan_count);
	for (uint8_t i = 0; i < count; i++)
		assert_int_equal(s->vlan[i], want[i]);
}

static void
every_wrapping_gives_the_same_segment(void **state)
{
	(void)state;
	for (size_t i = 0; i < WRAPPINGS; i++) {
		const struct wrapping *w = &wrappings[i];
		enum decode_result result;
		struct segment s;
		struct image image;

		image_build(&image, w->recipe);
		result = decode_whole(w->link_type, &image, &s);
		if (result != DECODE_SEGMENT)
			fail_msg("%s: %s", w->recipe, decode_result_name(result));
		assert_built_headers(&s);
		assert_vlans(&s, w);
		assert_int_equal(s.checksum, CHECKSUM_GOOD);
		if ((s.flags & TCP_SYN) == 0)
			assert_built_payload(&s);
		else
			assert_int_equal(s.payload_bytes, 0);
	}
}

/* A snaplen may cut anywhere: either a header is missing, or only payload is. */
static void
a_cut_frame_never_gives_more_than_was_captured(void **state)
{
	(void)state;
	for (size_t i = 0; i < WRAPPINGS; i++) {
		struct image image;
		struct segment s;

		image_build(&image, wrappings[i].recipe);
		for (size_t n = 0; n < image_size(&image); n++) {
			size_t cut = image_size(&image) - n;

			if (decode_exactly(wrappings[i].link_type, image_bytes(&image), n,
				image_size(&image), &s) != DECODE_SEGMENT)
				continue;
			assert_built_headers(&s);
			assert_int_equal(s.checksum, CHECKSUM_UNKNOWN);
			if ((s.flags & TCP_SYN) != 0)
				continue;
			assert_int_equal(s.payload_bytes, strlen(BUILT_PAYLOAD));
			assert_int_equal(s.payload.n,
			    cut < s.payload_bytes ? s.payload_bytes - cut : 0);
		}
	}
}

/* The wire itself was short: lengths in headers are then lies. */
static void
a_short_frame_is_read_as_far_as_the_wire_went(void **state)
{
	(void)state;
	for (size_t i = 0; i < WRAPPINGS; i++) {
		struct image image;
		struct segment s;

		image_build(&image, wrappings[i].recipe);
		for (size_t n = 0; n < image_size(&image); n++) {
			if (decode_exactly(wrappings[i].link_type, image_bytes(&image), n, n,
				&s) != DECODE_SEGMENT)
				continue;
			assert_int_equal(s.payload.n, s.payload_bytes);
			assert_int_equal(s.checksum, CHECKSUM_UNKNOWN);
		}
	}
}

static void
a_broken_byte_is_never_read_past(void **state)
{
	(void)state;
	for (size_t i = 0; i < WRAPPINGS; i++) {
		static const uint8_t changes[] = { 0x01, 0x0f, 0x40, 0x80, 0xf0, 0xff };
		struct image image;
		struct segment s;

		image_build(&image, wrappings[i].recipe);
		for (size_t at = image.at; at < IMAGE_SIZE; at++) {
			for (size_t c = 0; c < sizeof(changes); c++) {
				image.bytes[at] ^= changes[c];
				decode_whole(wrappings[i].link_type, &image, &s);
				image.bytes[at] ^= changes[c];
			}
		}
	}
}

#define IP4_TIMES_23 \
	"ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 " \
	"ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 "

static void
nesting_ends_at_24_headers(void **state)
{
	struct image image;
	struct segment s;

	(void)state;
	image_build(&image, IP4_TIMES_23 "tcp");
	assert_int_equal(decode_whole(DLT_IPV4, &image, &s), DECODE_SEGMENT);
	image_build(&image, IP4_TIMES_23 "ip4 tcp");
	assert_int_equal(decode_whole(DLT_IPV4, &image, &s), DECODE_TOO_DEEP);
}

static void
an_empty_frame_is_short(void **state)
{
	static const int link_types[] = { DLT_EN10MB, DLT_RAW, DLT_NULL, DLT_PPP,
		DLT_C_HDLC, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_IPV4, DLT_IPV6 };

	(void)state;
	for (size_t i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++) {
		struct frame frame = { .link_type = link_types[i] };
		struct segment s;
		struct fragment fragment;

		assert_int_equal(decode_frame(&frame, &s, &fragment), DECODE_SHORT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wrapping_gives_the_same_segment),
		cmocka_unit_test(a_cut_frame_never_gives_more_than_was_captured),
		cmocka_unit_test(a_short_frame_is_read_as_far_as_the_wire_went),
		cmocka_unit_test(a_broken_byte_is_never_read_past),
		cmocka_unit_test(nesting_ends_at_24_headers),
		cmocka_unit_test(an_empty_frame_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
