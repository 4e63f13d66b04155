/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture files whole, cut and broken: what can be read is read, and the rest is named. */
#include "unit.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/source.h"
#include "capture_builder.h"
#include "frame_builder.h"

enum way { FROM_FILE, FROM_PIPE };

/* The first n bytes of a capture as a source, or NULL with *e set. */
static struct source *
open_capture(enum way way, const struct capture *c, size_t n, struct err *e)
{
	char path[CAPTURE_PATH_SIZE];

	if (way == FROM_PIPE) {
		capture_to_stdin(c, n);
		return source_open("-", 7, 3, e);
	}
	capture_save(c, n, "test.cap", path);
	return source_open(path, 7, 3, e);
}

static void
assert_names(const struct err *e, const char *what)
{
	if (strstr(e->text, what) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e->text, what);
}

/* Three frames of 10, 11 and 12 bytes, at 5.000123456 s and so on. */
static const char *const contents[] = { "frame one.", "frame two..", "frame three." };

enum { FRAMES = 3 };

enum flavour {
	PCAP_US, PCAP_US_BIG, PCAP_NS, PCAP_NS_BIG, PCAPNG, PCAPNG_BIG, FLAVOURS
};

static void
build(struct capture *c, enum flavour flavour)
{
	bool big = flavour % 2 == 1, ns = flavour / 2 == 1;

	c->n = 0;
	if (flavour < PCAPNG) {
		pcap_begin(c, big, ns, DLT_EN10MB);
	} else {
		pcapng_section(c, big);
		pcapng_interface(c, DLT_EN10MB, 65535, span_of("", 0));
	}
	for (uint32_t i = 0; i < FRAMES; i++) {
		struct span bytes = span_text(contents[i]);

		if (flavour >= PCAPNG)
			pcapng_enhanced(c, 0, 5000123 + i, bytes);
		else if (ns)
			pcap_packet(c, 5, 123456 + i, bytes);
		else
			pcap_packet(c, 5, 123 + i, bytes);
	}
}

static void
every_flavour_gives_the_same_frames(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * FLAVOURS; i++) {
		enum flavour flavour = (enum flavour)(i % FLAVOURS);
		bool ns = flavour == PCAP_NS || flavour == PCAP_NS_BIG;
		struct capture c;
		struct source *s;
		struct frame f;
		struct err e;

		build(&c, flavour);
		s = open_capture(i < FLAVOURS ? FROM_FILE : FROM_PIPE, &c, c.n, &e);
		assert_non_null(s);
		for (unsigned n = 0; n < FRAMES; n++) {
			int64_t want = ns ? 5000123456 + n : 5000123000 + 1000 * (int64_t)n;

			assert_int_equal(source_next(s, &f, &e), 1);
			assert_int_equal(f.ref.at_ns, want);
			assert_int_equal(f.ref.number, n + 1);
			assert_int_equal(f.ref.source, 7);
			assert_int_equal(f.tap, 3);
			assert_int_equal(f.link_type, DLT_EN10MB);
			assert_true(span_equals(f.bytes, span_text(contents[n])));
			assert_int_equal(f.wire_bytes, f.bytes.n + 100);
		}
		assert_int_equal(source_next(s, &f, &e), 0);
		assert_int_equal(source_size(s), i < FLAVOURS ? c.n : 0);
		if (i < FLAVOURS)
			assert_int_equal(source_offset(s), c.n);
		source_free(&s);
		assert_null(s);
	}
}

/* How far the file reaches when it ends with each frame, from the first on. */
static void
frame_ends(enum flavour flavour, size_t ends_r[FRAMES + 1])
{
	bool ng = flavour >= PCAPNG;

	ends_r[0] = ng ? 28 + 20 : 24;
	for (int i = 0; i < FRAMES; i++)
		ends_r[i + 1] = ends_r[i] + (ng ? 32 + 12 : 16 + strlen(contents[i]));
}

static bool
is_one_of(size_t n, const size_t ends[FRAMES + 1])
{
	for (int i = 0; i <= FRAMES; i++) {
		if (ends[i] == n)
			return true;
	}
	return false;
}

/* At every cut: the whole frames, and then the end or the number of the broken one. */
static void
a_cut_file_gives_every_whole_frame(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * FLAVOURS; i++) {
		enum flavour flavour = (enum flavour)(i % FLAVOURS);
		size_t ends[FRAMES + 1];
		struct capture c;

		build(&c, flavour);
		frame_ends(flavour, ends);
		assert_int_equal(c.n, ends[FRAMES]);
		for (size_t n = ends[0]; n <= c.n; n++) {
			char name[64];
			struct source *s;
			struct frame f;
			struct err e;
			unsigned got = 0;
			int result;

			s = open_capture(i < FLAVOURS ? FROM_FILE : FROM_PIPE, &c, n, &e);
			assert_non_null(s);
			while ((result = source_next(s, &f, &e)) == 1)
				got++;
			assert_true(ends[got] <= n && (got == FRAMES || n < ends[got + 1]));
			assert_int_equal(result, is_one_of(n, ends) ? 0 : -1);
			snprintf(name, sizeof(name), "%s: frame %u: ",
			    i < FLAVOURS ? "test.cap" : "standard input", got + 1);
			if (result == -1)
				assert_names(&e, name);
			source_free(&s);
		}
	}
}

/* Without a whole header it is no capture, or one without a single frame. */
static void
a_cut_header_is_an_error(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * FLAVOURS; i++) {
		enum flavour flavour = (enum flavour)(i % FLAVOURS);
		size_t ends[FRAMES + 1];
		struct capture c;

		build(&c, flavour);
		frame_ends(flavour, ends);
		for (size_t n = 0; n < ends[0]; n++) {
			struct err e = { "" };
			struct frame f;
			struct source *s = open_capture(
			    i < FLAVOURS ? FROM_FILE : FROM_PIPE, &c, n, &e);

			/* A pipe that ends behind a section is a capture of nothing. */
			if (s != NULL)
				assert_int_equal(source_next(s, &f, &e), n == 28 ? 0 : -1);
			if (n != 28)
				assert_names(&e, i < FLAVOURS ? "test.cap: " : "standard input: ");
			source_free(&s);
		}
	}
}

static void
what_is_no_capture_is_named(void **state)
{
	static const struct {
		const char *content;
		const char *want;
	} rows[] = {
		{ "", "is empty" },
		{ "\x1f\x8b\x08\x00 compressed", "compressed" },
		{ "Dear reader, this is a letter.", "not a capture file" },
		{ "abc", "not a capture file" },
		{ "\xd4\xc3\xb2\xa1 and no more", "in the middle of its header" },
		{ "\x0a\x0d\x0d\x0a nearly a section", "test.cap: " },
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture c = { .n = strlen(rows[i].content) };

		memcpy(c.bytes, rows[i].content, c.n);
		assert_null(open_capture(FROM_FILE, &c, c.n, &e));
		assert_names(&e, "test.cap: ");
		assert_names(&e, rows[i].want);
	}
	assert_null(source_open("no-such-file.pcap", 0, 0, &e));
	assert_names(&e, "no-such-file.pcap: No such file");
	assert_null(source_open(".", 0, 0, &e));
	assert_names(&e, ".: is a directory");
}

/* A path longer than a message keeps its end, and the reason. */
static void
a_long_path_does_not_hide_the_reason(void **state)
{
	char path[1000];
	struct err e;

	(void)state;
	memset(path, 'd', sizeof(path));
	snprintf(path + 500, 50, "/evening.pcap");
	assert_null(source_open(path, 0, 0, &e));
	assert_names(&e, "/evening.pcap: ");
}

static void
a_file_without_permission_is_named(void **state)
{
	char path[CAPTURE_PATH_SIZE];
	struct capture c;
	struct err e;

	(void)state;
	if (geteuid() == 0)
		skip();		/* root may read everything */
	build(&c, PCAP_US);
	capture_save(&c, c.n, "secret.cap", path);
	assert_int_equal(chmod(path, 0), 0);
	assert_null(source_open(path, 0, 0, &e));
	assert_names(&e, "secret.cap: Permission denied");
}

static void
seconds_reach_until_2106(void **state)
{
	struct capture c;
	struct source *s;
	struct frame f;
	struct err e;

	(void)state;
	pcap_begin(&c, false, false, DLT_EN10MB);
	pcap_packet(&c, 0x80000000, 0, span_text("2038"));
	pcap_packet(&c, 0xffffffff, 0, span_text("2106"));
	pcap_packet(&c, 1, 0xffffffff, span_text("a fraction that is none"));
	s = open_capture(FROM_FILE, &c, c.n, &e);
	assert_non_null(s);
	assert_int_equal(source_next(s, &f, &e), 1);
	assert_int_equal(f.ref.at_ns, INT64_C(0x80000000) * 1000000000);
	assert_int_equal(source_next(s, &f, &e), 1);
	assert_int_equal(f.ref.at_ns, INT64_C(0xffffffff) * 1000000000);
	assert_int_equal(source_next(s, &f, &e), 1);
	assert_true(f.ref.at_ns >= 1000000000);
	source_free(&s);
}

static void
a_filter_drops_frames_but_not_their_numbers(void **state)
{
	static const char *const recipes[] = { "eth ip4 syn", "eth ip6 tcp", "eth ip4 tcp" };
	struct capture c;
	struct source *s;
	struct frame f;
	struct err e;

	(void)state;
	pcap_begin(&c, false, false, DLT_EN10MB);
	for (uint32_t i = 0; i < 3; i++) {
		struct image image;

		image_build(&image, recipes[i]);
		pcap_packet(&c, i, 0, span_of(image_bytes(&image), image_size(&image)));
	}
	s = open_capture(FROM_FILE, &c, c.n, &e);
	assert_non_null(s);
	assert_int_equal(source_set_filter(s, "ip and no such word", &e), -1);
	assert_names(&e, "filter \"ip and no such word\"");
	assert_int_equal(source_set_filter(s, "ip and tcp port 25", &e), 0);
	assert_int_equal(source_next(s, &f, &e), 1);
	assert_int_equal(f.ref.number, 1);
	assert_int_equal(source_next(s, &f, &e), 1);
	assert_int_equal(f.ref.number, 3);
	assert_int_equal(source_next(s, &f, &e), 0);
	source_free(&s);
}

/* Nobody can read those, filtered or not; they must be counted, and not end the file. */
static void
no_filter_decides_on_a_link_type_without_ip(void **state)
{
	struct image image;
	struct capture c = { .n = 0 };
	struct source *s;
	struct frame f;
	struct err e;

	(void)state;
	image_build(&image, "eth ip4 tcp");
	pcapng_section(&c, false);
	pcapng_interface(&c, DLT_USER0, 65535, span_of("", 0));
	pcapng_interface(&c, DLT_EN10MB, 65535, span_of("", 0));
	pcapng_enhanced(&c, 0, 1, span_text("who knows"));
	pcapng_enhanced(&c, 1, 2, span_of(image_bytes(&image), image_size(&image)));
	s = open_capture(FROM_FILE, &c, c.n, &e);
	assert_non_null(s);
	assert_int_equal(source_set_filter(s, "tcp port 25", &e), 0);
	assert_int_equal(source_next(s, &f, &e), 1);
	assert_int_equal(f.link_type, DLT_USER0);
	assert_int_equal(source_next(s, &f, &e), 1);
	assert_int_equal(f.ref.number, 2);
	assert_int_equal(source_next(s, &f, &e), 0);
	source_free(&s);
	/* where addresses of Ethernet are asked for, raw IP is not passed instead */
	pcap_begin(&c, false, false, 101);
	pcap_packet(&c, 1, 0, span_text("E"));
	s = open_capture(FROM_FILE, &c, c.n, &e);
	assert_non_null(s);
	assert_int_equal(source_set_filter(s, "ether host 02:00:00:00:00:01", &e), 0);
	assert_int_equal(source_next(s, &f, &e), -1);
	assert_names(&e, "test.cap: frame 1: filter \"ether host");
	source_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_flavour_gives_the_same_frames),
		cmocka_unit_test(a_cut_file_gives_every_whole_frame),
		cmocka_unit_test(a_cut_header_is_an_error),
		cmocka_unit_test(what_is_no_capture_is_named),
		cmocka_unit_test(a_long_path_does_not_hide_the_reason),
		cmocka_unit_test(a_file_without_permission_is_named),
		cmocka_unit_test(seconds_reach_until_2106),
		cmocka_unit_test(a_filter_drops_frames_but_not_their_numbers),
		cmocka_unit_test(no_filter_decides_on_a_link_type_without_ip),
	};

	return cmocka_run_group_tests(tests, capture_make_directory, capture_remove_all);
}
