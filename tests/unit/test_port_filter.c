/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel passes on TCP of the ports that are watched, and whatever hides its ports. */
#include "unit.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#include "capture/filter.h"
#include "frame_builder.h"
#include "run/port_filter.h"

static const char *const bare[] = { "eth ip4 tcp", "eth ip4options tcp", "eth ip6 tcp" };

static const char *const hidden[] = {
	"eth vlan7 ip4 tcp", "eth service5 vlan7 ip6 tcp", "eth oldqinq5 vlan7 ip4 tcp",
	"eth label bottom ip4 tcp", "eth multicast ip4 tcp", "eth pppoe ppp ip4 tcp",
	"eth nsh ip4 tcp",
	"eth ip6 hopbyhop tcp", "eth ip6 destination tcp", "eth ip6 routing tcp",
	"eth ip6 atomic tcp", "eth ip6 fragment tcp", "eth ip6 ah tcp", "eth ip4 ah tcp",
	"eth ip4 ip4 tcp", "eth ip4 ip6 tcp", "eth ip6 ip4 tcp", "eth ip6 ip6 tcp",
	"eth ip4 gre ip4 tcp", "eth ip6 greall ip4 tcp", "eth ip4 pptp ppp ip4 tcp",
	"eth ip4 erspan2 eth ip4 tcp", "eth ip4 vxlan eth ip4 tcp", "eth ip6 vxlan eth ip4 tcp",
	"eth ip4 gpe ip4 tcp", "eth ip4 geneve eth ip4 tcp", "eth ip4 gtpu ip4 tcp",
	"eth ip4 icmp ip4 syn", "eth ip6 icmp6 ip6 syn",
	"eth ip4 teredo ip6 tcp", "eth ip4 bottom ip4 tcp", "eth ip6 bottom ip4 tcp",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct filter *
filter_for(const char *words, const char *extra)
{
	static struct ports ports;
	struct filter *filter;
	struct err e;
	char *text;

	assert_int_equal(ports_parse(&ports, words, &e), 0);
	text = port_filter_new(&ports, extra, &e);
	assert_non_null(text);
	filter = filter_new(text, &e);
	free(text);
	if (filter == NULL)
		fail_msg("%s", e.text);
	return filter;
}

static int
passes(struct filter *filter, const struct image *image)
{
	const struct packet_record record = { .link_type = DLT_EN10MB,
		.bytes = span_of(image_bytes(image), image_size(image)),
		.wire_bytes = (uint32_t)image_size(image) };
	struct err e;

	return filter_match(filter, &record, &e);
}

static int
recipe_passes(struct filter *filter, const char *recipe)
{
	struct image image;

	image_build(&image, recipe);
	return passes(filter, &image);
}

static void
ports_in_sight_decide(void **state)
{
	static const struct {
		const char *ports;
		int wanted;
	} rows[] = { { "25", 1 }, { "26", 0 }, { "20-30", 1 }, { "dialect", 1 }, { "all", 1 },
		{ "1-24,26-39999,40001-65535", 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct filter *filter = filter_for(rows[i].ports, NULL);

		for (size_t k = 0; k < COUNT(bare); k++)
			assert_int_equal(recipe_passes(filter, bare[k]), rows[i].wanted);
		filter_free(&filter);
	}
}

static void
hidden_ports_are_passed_on(void **state)
{
	struct filter *filter = filter_for("26", NULL);

	(void)state;
	for (size_t k = 0; k < COUNT(hidden); k++) {
		if (recipe_passes(filter, hidden[k]) != 1)
			fail_msg("%s does not pass", hidden[k]);
	}
	filter_free(&filter);
}

/* Byte 20 of the frame holds the flags and the upper bits of the offset. */
static void
fragments_are_passed_on(void **state)
{
	struct filter *filter = filter_for("26", NULL);
	struct image image;

	(void)state;
	image_build(&image, "eth ip4 tcp");
	image.bytes[image.at + 20] = 0x20;
	assert_int_equal(passes(filter, &image), 1);
	image.bytes[image.at + 20] = 0x00;
	image.bytes[image.at + 21] = 0x01;
	assert_int_equal(passes(filter, &image), 1);
	/* "do not fragment" is no fragment */
	image.bytes[image.at + 20] = 0x40;
	image.bytes[image.at + 21] = 0x00;
	assert_int_equal(passes(filter, &image), 0);
	filter_free(&filter);
}

static void
what_is_no_tcp_is_not_passed_on(void **state)
{
	struct filter *filter = filter_for("all", NULL);
	struct image image;

	(void)state;
	image_build(&image, "eth ip4 tcp");
	image.bytes[image.at + 23] = 17;	/* UDP, of ports that are no tunnel's */
	assert_int_equal(passes(filter, &image), 0);
	image.bytes[image.at + 12] = 0x08;
	image.bytes[image.at + 13] = 0x06;	/* ARP */
	assert_int_equal(passes(filter, &image), 0);
	filter_free(&filter);
}

static void
the_users_words_must_hold_too(void **state)
{
	struct filter *here = filter_for("25", "host 192.0.2.1 or host 203.0.113.9"),
	    *elsewhere = filter_for("25", "host 203.0.113.9 or host 203.0.113.10");
	static struct ports ports;
	struct err e = { "" };

	(void)state;
	assert_int_equal(recipe_passes(here, "eth ip4 tcp"), 1);
	assert_int_equal(recipe_passes(elsewhere, "eth ip4 tcp"), 0);
	filter_free(&here);
	filter_free(&elsewhere);
	assert_int_equal(ports_parse(&ports, "25", &e), 0);
	assert_null(port_filter_new(&ports, "host or", &e));
	assert_non_null(strstr(e.text, "\"host or\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_in_sight_decide),
		cmocka_unit_test(hidden_ports_are_passed_on),
		cmocka_unit_test(fragments_are_passed_on),
		cmocka_unit_test(what_is_no_tcp_is_not_passed_on),
		cmocka_unit_test(the_users_words_must_hold_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
