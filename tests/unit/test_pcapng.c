/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng, also what libpcap refuses: interfaces of several kinds, sections of either byte
 * order. A file and a pipe must tell the same.
 */
#include "unit.h"

#include <pcap/dlt.h>
#include <stdio.h>

#include "capture/pcapng_clock.h"
#include "capture/packet_record.h"
#include "capture/source.h"
#include "capture_builder.h"
#include "frame_builder.h"

enum { LINKTYPE_RAW = 101, WAYS = 2 /* file, pipe */ };

#define WIRE(literal) literal, sizeof(literal) - 1
#define OPTIONS(literal) span_of(WIRE(literal))
#define NO_OPTIONS span_of("", 0)

static struct source *
open_capture(int way, const struct capture *c)
{
	char path[CAPTURE_PATH_SIZE];
	struct source *s;
	struct err e;

	if (way == 0) {
		capture_save(c, c->n, "test.pcapng", path);
		s = source_open(path, 0, 0, &e);
	} else {
		capture_to_stdin(c, c->n);
		s = source_open("-", 0, 0, &e);
	}
	if (s == NULL)
		fail_msg("%s", e.text);
	return s;
}

struct expected {
	int link_type;
	int64_t at_ns;
	const char *content;
	uint32_t wire_bytes;
};

static void
assert_frames(const struct capture *c, const struct expected *rows, size_t count)
{
	for (int way = 0; way < WAYS; way++) {
		struct source *s = open_capture(way, c);
		struct frame f;
		struct err e = { "" };

		for (size_t i = 0; i < count; i++) {
			if (source_next(s, &f, &e) != 1)
				fail_msg("frame %zu: %s", i + 1, e.text);
			assert_int_equal(f.ref.number, i + 1);
			assert_int_equal(f.link_type, rows[i].link_type);
			assert_int_equal(f.ref.at_ns, rows[i].at_ns);
			assert_true(span_equals(f.bytes, span_text(rows[i].content)));
			assert_int_equal(f.wire_bytes, rows[i].wire_bytes);
		}
		assert_int_equal(source_next(s, &f, &e), 0);
		source_free(&s);
	}
}

/* Each interface with its link type, snaplen, unit and origin of time. */
static void
interfaces_may_differ(void **state)
{
	static const struct expected want[] = {
		{ DLT_EN10MB, 5000123000, "one", 103 },
		{ DLT_RAW, 6000000007, "two.", 104 },
		{ DLT_LINUX_SLL2, 1007500000000, "three", 105 },
		{ DLT_EN10MB, 8000000000, "four..", 106 },
		{ DLT_EN10MB, 0, "five", 4 },
		{ DLT_EN10MB, 0, "sixtyfour", 64 },
		{ DLT_RAW, 9000000000, "", 100 },
	};
	struct capture c = { .n = 0 };

	(void)state;
	pcapng_section(&c, false);
	pcapng_interface(&c, DLT_EN10MB, 9, NO_OPTIONS);
	pcapng_enhanced(&c, 0, 5000123, span_text("one"));
	pcapng_interface(&c, LINKTYPE_RAW, 0,
	    OPTIONS("\x02\0\x03\0lo0\0" "\x09\0\x01\0\x09\0\0\0" "\0\0\0\0"));
	pcapng_block(&c, 5, span_text("statistics that nobody reads"));
	pcapng_enhanced(&c, 1, 6000000007, span_text("two."));
	pcapng_interface(&c, DLT_LINUX_SLL2, 96,
	    OPTIONS("\x09\0\x01\0\x81\0\0\0" "\x0e\0\x08\0\xe8\x03\0\0\0\0\0\0"));
	pcapng_enhanced(&c, 2, 15, span_text("three"));
	pcapng_obsolete(&c, 0, 8000000, span_text("four.."));
	pcapng_simple(&c, 4, span_text("five"));
	pcapng_simple(&c, 64, span_text("sixtyfour"));
	pcapng_enhanced(&c, 1, 9000000000, NO_OPTIONS);
	assert_frames(&c, want, sizeof(want) / sizeof(want[0]));
}

/* A file may be several glued together; each section has its own order and interfaces. */
static void
sections_may_differ(void **state)
{
	static const struct expected want[] = {
		{ DLT_EN10MB, 1000000000, "little", 106 },
		{ DLT_RAW, 2000000000, "big", 103 },
		{ DLT_RAW, 9000000000, "offset", 106 },
		{ DLT_NULL, 3000000000, "little again", 112 },
	};
	struct capture c = { .n = 0 };

	(void)state;
	pcapng_section(&c, false);
	pcapng_interface(&c, DLT_EN10MB, 0, NO_OPTIONS);
	pcapng_enhanced(&c, 0, 1000000, span_text("little"));
	pcapng_section(&c, true);
	pcapng_interface(&c, LINKTYPE_RAW, 0, NO_OPTIONS);
	pcapng_interface(&c, LINKTYPE_RAW, 0, OPTIONS("\0\x0e\0\x08\0\0\0\0\0\0\0\x07"));
	pcapng_enhanced(&c, 0, 2000000, span_text("big"));
	pcapng_enhanced(&c, 1, 2000000, span_text("offset"));
	pcapng_section(&c, false);
	pcapng_interface(&c, DLT_NULL, 0, NO_OPTIONS);
	pcapng_enhanced(&c, 0, 3000000, span_text("little again"));
	assert_frames(&c, want, sizeof(want) / sizeof(want[0]));
}

static void
a_filter_fits_every_interface(void **state)
{
	struct capture c = { .n = 0 };
	struct image on_ethernet, on_ip, other;

	(void)state;
	image_build(&on_ethernet, "eth ip4 tcp");
	image_build(&on_ip, "ip4 tcp");
	image_build(&other, "ip6 tcp");
	pcapng_section(&c, false);
	pcapng_interface(&c, DLT_EN10MB, 0, NO_OPTIONS);
	pcapng_interface(&c, LINKTYPE_RAW, 0, NO_OPTIONS);
	pcapng_enhanced(&c, 0, 1, span_of(image_bytes(&on_ethernet), image_size(&on_ethernet)));
	pcapng_enhanced(&c, 1, 2, span_of(image_bytes(&other), image_size(&other)));
	pcapng_enhanced(&c, 1, 3, span_of(image_bytes(&on_ip), image_size(&on_ip)));
	for (int way = 0; way < WAYS; way++) {
		struct source *s = open_capture(way, &c);
		struct frame f;
		struct err e;

		assert_int_equal(source_set_filter(s, "src host 192.0.2.1", &e), 0);
		assert_int_equal(source_next(s, &f, &e), 1);
		assert_int_equal(f.ref.number, 1);
		assert_int_equal(source_next(s, &f, &e), 1);
		assert_int_equal(f.ref.number, 3);
		assert_int_equal(source_next(s, &f, &e), 0);
		source_free(&s);
	}
}

/* Behind one good frame, bytes that make no block: the frame is given, the rest is named. */
static void
a_broken_block_ends_the_file_and_is_named(void **state)
{
	static const struct {
		const char *tail;
		size_t n;
		const char *want;
	} rows[] = {
		{ WIRE("\x05\0\0\0"), "ends in the middle" },
		{ WIRE("\x05\0\0\0\x00\0\0\0"), "cannot have 0 bytes" },
		{ WIRE("\x05\0\0\0\x0b\0\0\0\x0b\0\0\0"), "cannot have 11 bytes" },
		{ WIRE("\x05\0\0\0\x0d\0\0\0\0\x0d\0\0\0"), "cannot have 13 bytes" },
		{ WIRE("\x05\0\0\0\x0c\0\0\0\x10\0\0\0"), "12 bytes at its start and 16" },
		{ WIRE("\x05\0\0\0\xfc\xff\xff\xff"), "ends in the middle" },
		{ WIRE("\x0a\x0d\x0d\x0a\x1c\0\0\0\x01\x02\x03\x04"), "no byte order" },
		{ WIRE("\x0a\x0d\x0d\x0a\x0c\0\0\0\x4d\x3c\x2b\x1a"), "cannot have 12" },
		{ WIRE("\x0a\x0d\x0d\x0a\x10\0\0\0\x4d\x3c\x2b\x1a\x10\0\0\0"), "too short" },
		{ WIRE("\x0a\x0d\x0d\x0a\x14\0\0\0\x4d\x3c\x2b\x1a\x02\0\0\0\x14\0\0\0"),
		    "version 2" },
		{ WIRE("\x01\0\0\0\x10\0\0\0\x01\0\0\0\x10\0\0\0"), "too short" },
		{ WIRE("\x01\0\0\0\x18\0\0\0\x01\0\0\0\0\0\0\0\x09\0\x05\0\x18\0\0\0"),
		    "options are cut off" },
		{ WIRE("\x03\0\0\0\x0c\0\0\0\x0c\0\0\0"), "does not fit" },
		{ WIRE("\x03\0\0\0\x10\0\0\0\x01\0\0\0\x10\0\0\0"), "does not fit" },
		{ WIRE("\x06\0\0\0\x0c\0\0\0\x0c\0\0\0"), "does not fit" },
		{ WIRE("\x06\0\0\0\x20\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		       "\x20\0\0\0"),
		    "interface 2" },
		{ WIRE("\x06\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0"
		       "\x20\0\0\0"),
		    "does not fit" },
		{ WIRE("\x06\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0"
		       "\x20\0\0\0"),
		    "does not fit" },
		{ WIRE("\x02\0\0\0\x0c\0\0\0\x0c\0\0\0"), "does not fit" },
		{ WIRE("\x02\0\0\0\x20\0\0\0\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		       "\x20\0\0\0"),
		    "interface 65535" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture c = { .n = 0 };
		struct source *s;
		struct frame f;
		struct err e = { "" };

		pcapng_section(&c, false);
		pcapng_interface(&c, DLT_EN10MB, 0, NO_OPTIONS);
		pcapng_interface(&c, DLT_RAW, 0, NO_OPTIONS);
		pcapng_enhanced(&c, 1, 1000000, span_text("good"));
		memcpy(c.bytes + c.n, rows[i / 2].tail, rows[i / 2].n);
		c.n += rows[i / 2].n;

		s = open_capture((int)(i % 2), &c);
		assert_int_equal(source_next(s, &f, &e), 1);
		assert_int_equal(source_next(s, &f, &e), -1);
		if (strstr(e.text, ": frame 2: ") == NULL ||
		    strstr(e.text, rows[i / 2].want) == NULL)
			fail_msg("row %zu: %s", i / 2, e.text);
		source_free(&s);
	}
}

/* Cut anywhere, whole frames are given and the end is an error unless a block ended there. */
static void
a_cut_file_gives_every_whole_frame(void **state)
{
	struct capture c = { .n = 0 };
	size_t first_end, second_end;

	(void)state;
	pcapng_section(&c, false);
	pcapng_interface(&c, DLT_EN10MB, 0, NO_OPTIONS);
	pcapng_enhanced(&c, 0, 1000000, span_text("one"));
	first_end = c.n;
	pcapng_interface(&c, DLT_RAW, 0, NO_OPTIONS);
	second_end = c.n;
	pcapng_enhanced(&c, 1, 2000000, span_text("two"));
	for (size_t n = first_end; n < c.n; n++) {
		for (int way = 0; way < WAYS; way++) {
			struct capture cut = c;
			struct source *s;
			struct frame f;
			struct err e;
			bool at_block = n == first_end || n == second_end;

			cut.n = n;
			s = open_capture(way, &cut);
			assert_int_equal(source_next(s, &f, &e), 1);
			assert_int_equal(source_next(s, &f, &e), at_block ? 0 : -1);
			source_free(&s);
		}
	}
}

static void
any_unit_of_time_becomes_nanoseconds(void **state)
{
	static const struct {
		uint8_t unit;
		int64_t origin_s;
		uint64_t stamp;
		int64_t want;
	} rows[] = {
		{ 6, 0, 1234567, 1234567000 },
		{ 9, 0, 1234567, 1234567 },
		{ 0, 0, 12, 12000000000 },
		{ 3, 0, 1500, 1500000000 },
		{ 12, 0, UINT64_C(1500000000999), 1500000000 },
		{ 19, 0, UINT64_C(15000000000000000000), 1500000000 },
		{ 20, 0, UINT64_MAX, 0 },
		{ 127, 0, UINT64_MAX, 0 },
		{ 0x80, 0, 12, 12000000000 },
		{ 0x81, 0, 3, 1500000000 },
		{ 0x80 | 30, 0, UINT64_C(3) << 29, 1500000000 },
		{ 0x80 | 40, 0, UINT64_C(3) << 39, 1500000000 },
		{ 0x80 | 63, 0, UINT64_C(3) << 62, 1500000000 },
		{ 0x80 | 64, 0, UINT64_C(1) << 63, 500000000 },
		{ 0xff, 0, UINT64_MAX, 0 },
		{ 6, 100, 1500000, 101500000000 },
		{ 6, -1, 1500000, 500000000 },
		{ 6, -2, 1500000, 0 },
		{ 6, INT64_MIN, UINT64_MAX, 0 },
		{ 6, INT64_MAX, UINT64_MAX, PACKET_TIME_MAX_NS },
		{ 0, 0, UINT64_MAX, PACKET_TIME_MAX_NS },
		{ 0, INT64_MIN, UINT64_MAX, 0 },
		{ 9, 0, UINT64_MAX, PACKET_TIME_MAX_NS },
		{ 9, 0, UINT64_C(1) << 62, PACKET_TIME_MAX_NS },
		{ 9, 0, (UINT64_C(1) << 62) - 1, PACKET_TIME_MAX_NS - 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pcapng_clock clock = { rows[i].unit, rows[i].origin_s };
		int64_t got = pcapng_clock_read(&clock, rows[i].stamp);

		if (got != rows[i].want)
			fail_msg("row %zu: %lld", i, (long long)got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interfaces_may_differ),
		cmocka_unit_test(sections_may_differ),
		cmocka_unit_test(a_filter_fits_every_interface),
		cmocka_unit_test(a_broken_block_ends_the_file_and_is_named),
		cmocka_unit_test(a_cut_file_gives_every_whole_frame),
		cmocka_unit_test(any_unit_of_time_becomes_nanoseconds),
	};

	return cmocka_run_group_tests(tests, capture_make_directory, capture_remove_all);
}
