/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Classic pcap: what old and patched programs wrote, and files larger than one block. */
#include "unit.h"

#include <pcap/dlt.h>
#include <stdio.h>

#include "capture/source.h"
#include "capture_builder.h"

static void
assert_names(const struct err *e, const char *what)
{
	if (strstr(e->text, what) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e->text, what);
}

/* A file header with that magic and version, of Ethernet. */
static void
begin_with(struct capture *c, uint32_t magic, uint16_t major, uint16_t minor)
{
	*c = (struct capture){ .n = 0 };
	capture_put_32(c, magic);
	capture_put_16(c, major);
	capture_put_16(c, minor);
	for (int i = 0; i < 3; i++)
		capture_put_32(c, 0);
	capture_put_32(c, DLT_EN10MB);
}

static void
put_all(struct capture *c, const uint32_t *numbers, size_t count, const char *bytes)
{
	for (size_t i = 0; i < count; i++)
		capture_put_32(c, numbers[i]);
	memcpy(c->bytes + c->n, bytes, strlen(bytes));
	c->n += strlen(bytes);
}

/* What a packet of "abc" looks like in it, and whether that can be read. */
static void
variants_of_old_are_read(void **state)
{
	static const struct {
		const char *name;
		uint32_t magic;
		uint16_t major, minor;
		uint32_t header[6];
		size_t header_count;
		const char *fault;	/* when it is opened or read; NULL for none */
	} rows[] = {
		{ "as it is today", 0xa1b2c3d4, 2, 4, { 5, 6, 3, 90 }, 4, NULL },
		{ "longer headers", 0xa1b2cd34, 2, 4, { 5, 6, 3, 90, 1, 2 }, 6, NULL },
		{ "lengths the other way round", 0xa1b2c3d4, 2, 3, { 5, 6, 90, 3 }, 4, NULL },
		{ "the same, and in order", 0xa1b2c3d4, 2, 2, { 5, 6, 3, 90 }, 4, NULL },
		{ "more caught than there was", 0xa1b2c3d4, 2, 4, { 5, 6, 90, 3 }, 4,
		    "frame 1: the file ends in the middle of a packet" },
		{ "too long", 0xa1b2c3d4, 2, 4, { 5, 6, 262145, 262145 }, 4,
		    "frame 1: a packet of 262145 bytes is too long" },
		{ "a version of tomorrow", 0xa1b2c3d4, 2, 5, { 0 }, 0, "pcap version 2.5" },
		{ "a version of yesterday", 0xa1b2c3d4, 1, 0, { 0 }, 0, "pcap version 1.0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[CAPTURE_PATH_SIZE];
		struct capture c;
		struct frame f;
		struct err e = { "" };
		struct source *s;
		int got = -1;

		begin_with(&c, rows[i].magic, rows[i].major, rows[i].minor);
		put_all(&c, rows[i].header, rows[i].header_count, "abc");
		capture_save(&c, c.n, "test.cap", path);
		s = source_open(path, 0, 0, &e);
		if (s != NULL)
			got = source_next(s, &f, &e);
		if ((got == 1) != (rows[i].fault == NULL))
			fail_msg("%s: %s", rows[i].name, e.text);
		if (got == 1) {
			assert_true(span_equals(f.bytes, span_text("abc")));
			assert_int_equal(f.wire_bytes, 90);
			assert_int_equal(f.ref.at_ns, 5000006000);
			assert_int_equal(source_next(s, &f, &e), 0);
		} else {
			assert_names(&e, rows[i].fault);
		}
		source_free(&s);
	}
}

/* More than one block of the reader, with packets of every size across its ends. */
static void
a_large_file_comes_through_whole(void **state)
{
	enum { PACKETS = 3000, LARGEST = 1500 };
	static uint8_t bytes[LARGEST];
	char path[CAPTURE_PATH_SIZE];
	struct capture c;
	struct frame f;
	struct err e;
	struct source *s;
	FILE *file;

	(void)state;
	pcap_begin(&c, false, false, DLT_EN10MB);
	capture_save(&c, c.n, "large.cap", path);
	file = fopen(path, "ab");
	assert_non_null(file);
	for (uint32_t i = 0; i < PACKETS; i++) {
		uint32_t size = i % LARGEST + 1;

		memset(bytes, (int)(i & 0xff), size);
		c.n = 0;
		put_all(&c, (const uint32_t[]){ i, 0, size, size }, 4, "");
		assert_int_equal(fwrite(c.bytes, 1, c.n, file), c.n);
		assert_int_equal(fwrite(bytes, 1, size, file), size);
	}
	fclose(file);
	s = source_open(path, 0, 0, &e);
	assert_non_null(s);
	for (uint32_t i = 0; i < PACKETS; i++) {
		assert_int_equal(source_next(s, &f, &e), 1);
		assert_int_equal(f.bytes.n, i % LARGEST + 1);
		assert_int_equal(span_at(f.bytes, 0), i & 0xff);
		assert_int_equal(span_at(f.bytes, f.bytes.n - 1), i & 0xff);
	}
	assert_int_equal(source_next(s, &f, &e), 0);
	assert_int_equal(source_offset(s), source_size(s));
	source_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variants_of_old_are_read),
		cmocka_unit_test(a_large_file_comes_through_whole),
	};

	return cmocka_run_group_tests(tests, capture_make_directory, capture_remove_all);
}
