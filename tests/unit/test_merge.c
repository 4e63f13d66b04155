/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many files are one stream in packet time; what cannot be read never stops the rest. */
#include "unit.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "capture/merge.h"
#include "capture_builder.h"
#include "frame_builder.h"

enum { FAULTS_MAX = 8 };

/* What was told of files that could not be read. */
struct faults {
	struct err told[FAULTS_MAX];
	size_t count;
};

static void
note_fault(void *ctx, const struct err *e)
{
	struct faults *f = ctx;

	assert_true(f->count < FAULTS_MAX);
	f->told[f->count++] = *e;
}

static void
assert_fault(const struct faults *f, size_t i, const char *what)
{
	assert_true(i < f->count);
	if (strstr(f->told[i].text, what) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", f->told[i].text, what);
}

/* Reads to the end and writes each frame as source and second, for example "0:1 1:1 ". */
static void
drain(struct merge *m, char *text_r, size_t size)
{
	struct frame f;
	size_t n = 0;

	text_r[0] = '\0';
	while (merge_next(m, &f) == 1) {
		assert_int_equal(f.bytes.n, 1);
		assert_int_equal(f.ref.at_ns, (f.bytes.p[0] - '0') * INT64_C(1000000000));
		n += (size_t)snprintf(text_r + n, size - n, "%u:%c ", f.ref.source,
		    f.bytes.p[0]);
	}
	assert_int_equal(merge_next(m, &f), 0);
}

static void
frames_come_in_packet_time(void **state)
{
	static const struct {
		const char *files[3];	/* seconds of their frames */
		const char *want;
	} rows[] = {
		{ { "135", "246" }, "0:1 1:2 0:3 1:4 0:5 1:6 " },
		{ { "456", "123" }, "1:1 1:2 1:3 0:4 0:5 0:6 " },
		{ { "123", "123", "2" }, "0:1 1:1 0:2 1:2 2:2 0:3 1:3 " },
		{ { "1", "", "2" }, "0:1 2:2 " },
		{ { "5", "19", "9" }, "1:1 0:5 1:9 2:9 " },
		{ { "" }, "" },
		/* Out of order in its file, a frame keeps its place there and its time. */
		{ { "163", "24" }, "0:1 1:2 1:4 0:6 0:3 " },
		{ { "531", "4" }, "1:4 0:5 0:3 0:1 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char paths[3][CAPTURE_PATH_SIZE], text[128];
		struct merge_input inputs[3];
		struct faults faults = { .count = 0 };
		size_t count = 0;
		struct merge *m;
		struct err e;

		for (; count < 3 && rows[i].files[count] != NULL; count++) {
			char name[16];

			snprintf(name, sizeof(name), "%zu.pcap", count);
			capture_save_times(rows[i].files[count], name, paths[count]);
			inputs[count] = (struct merge_input){ .path = paths[count] };
		}
		m = merge_new(inputs, count, NULL, note_fault, &faults, &e);
		assert_non_null(m);
		drain(m, text, sizeof(text));
		assert_string_equal(text, rows[i].want);
		assert_int_equal(merge_fault_count(m), 0);
		merge_free(&m);
		assert_null(m);
	}
}

static void
no_input_is_an_end(void **state)
{
	struct faults faults = { .count = 0 };
	struct frame f;
	struct err e;
	struct merge *m = merge_new(NULL, 0, NULL, note_fault, &faults, &e);

	(void)state;
	assert_non_null(m);
	assert_int_equal(merge_next(m, &f), 0);
	merge_free(&m);
}

static void
a_fault_does_not_stop_the_others(void **state)
{
	char good[CAPTURE_PATH_SIZE], cut[CAPTURE_PATH_SIZE], empty[CAPTURE_PATH_SIZE];
	struct faults faults = { .count = 0 };
	char text[128];
	struct capture c;
	struct merge *m;
	struct err e;

	(void)state;
	capture_save_times("146", "good.pcap", good);
	pcap_times(&c, "235");
	capture_save(&c, c.n - 1, "cut.pcap", cut);
	capture_save(&c, 0, "empty.pcap", empty);

	const struct merge_input inputs[] = { { "missing.pcap", 0, NULL },
		{ good, 0, NULL }, { empty, 0, NULL },
		{ cut, 0, NULL }, { ".", 0, NULL } };
	m = merge_new(inputs, 5, NULL, note_fault, &faults, &e);
	assert_non_null(m);
	drain(m, text, sizeof(text));
	assert_string_equal(text, "1:1 3:2 3:3 1:4 1:6 ");
	assert_int_equal(merge_fault_count(m), 4);
	assert_int_equal(faults.count, 4);
	assert_fault(&faults, 0, "missing.pcap: No such file");
	assert_fault(&faults, 1, "empty.pcap: is empty");
	assert_fault(&faults, 2, ".: is a directory");
	assert_fault(&faults, 3, "cut.pcap: frame 3: ");
	merge_free(&m);
}

/* A file that was cut within its first frame is told of once, not at every look. */
static void
a_file_without_a_whole_frame_is_told_of_once(void **state)
{
	char path[CAPTURE_PATH_SIZE], text[16];
	struct faults faults = { .count = 0 };
	struct capture c;
	struct merge *m;
	struct err e;

	(void)state;
	pcap_times(&c, "1");
	capture_save(&c, c.n - 1, "cut.pcap", path);
	const struct merge_input input = { path, 0, NULL };
	m = merge_new(&input, 1, NULL, note_fault, &faults, &e);
	assert_non_null(m);
	drain(m, text, sizeof(text));
	assert_string_equal(text, "");
	assert_int_equal(faults.count, 1);
	assert_fault(&faults, 0, "cut.pcap: frame 1: ");
	merge_free(&m);
}

static void
a_file_may_vanish_before_it_is_due(void **state)
{
	char first[CAPTURE_PATH_SIZE], second[CAPTURE_PATH_SIZE], text[64];
	struct faults faults = { .count = 0 };
	struct merge *m;
	struct err e;

	(void)state;
	capture_save_times("13", "first.pcap", first);
	capture_save_times("2", "second.pcap", second);
	const struct merge_input inputs[] = { { first, 0, NULL }, { second, 0, NULL } };
	m = merge_new(inputs, 2, NULL, note_fault, &faults, &e);
	assert_non_null(m);
	assert_int_equal(unlink(second), 0);
	drain(m, text, sizeof(text));
	assert_string_equal(text, "0:1 0:3 ");
	assert_int_equal(faults.count, 1);
	assert_fault(&faults, 0, "second.pcap: No such file");
	merge_free(&m);
}

/* A pipe gives its bytes once: it stays open from the first look on. */
static void
standard_input_is_merged_with_files(void **state)
{
	char path[CAPTURE_PATH_SIZE], text[64];
	struct faults faults = { .count = 0 };
	uint64_t done, total;
	struct capture c;
	struct merge *m;
	struct err e;

	(void)state;
	capture_save_times("24", "file.pcap", path);
	pcap_times(&c, "135");
	capture_to_stdin(&c, c.n);
	const struct merge_input inputs[] = { { path, 0, NULL }, { "-", 0, NULL },
		{ "-", 0, NULL } };
	m = merge_new(inputs, 3, NULL, note_fault, &faults, &e);
	assert_non_null(m);
	assert_int_equal(faults.count, 1);
	assert_fault(&faults, 0, "standard input: can be read only once");
	drain(m, text, sizeof(text));
	assert_string_equal(text, "1:1 0:2 1:3 0:4 1:5 ");
	merge_progress(m, &done, &total);
	assert_int_equal(total, 0);
	merge_free(&m);
}

static void
frames_name_their_tap_and_place(void **state)
{
	char a[CAPTURE_PATH_SIZE], b[CAPTURE_PATH_SIZE];
	struct faults faults = { .count = 0 };
	struct merge *m;
	struct frame f;
	struct err e;

	(void)state;
	capture_save_times("1", "a.pcap", a);
	capture_save_times("23", "b.pcap", b);
	const struct merge_input inputs[] = { { a, 5, NULL }, { b, 6, NULL } };
	m = merge_new(inputs, 2, NULL, note_fault, &faults, &e);
	assert_non_null(m);
	assert_int_equal(merge_next(m, &f), 1);
	assert_int_equal(f.tap, 5);
	assert_int_equal(f.ref.source, 0);
	assert_int_equal(merge_next(m, &f), 1);
	assert_int_equal(merge_next(m, &f), 1);
	assert_int_equal(f.tap, 6);
	assert_int_equal(f.ref.source, 1);
	assert_int_equal(f.ref.number, 2);
	merge_free(&m);
}

static void
progress_grows_until_all_is_read(void **state)
{
	char a[CAPTURE_PATH_SIZE], b[CAPTURE_PATH_SIZE];
	struct faults faults = { .count = 0 };
	uint64_t done, total, before = 0;
	struct merge *m;
	struct frame f;
	struct err e;

	(void)state;
	capture_save_times("14", "a.pcap", a);
	capture_save_times("23", "b.pcap", b);
	const struct merge_input inputs[] = { { a, 0, NULL }, { b, 0, NULL } };
	m = merge_new(inputs, 2, NULL, note_fault, &faults, &e);
	assert_non_null(m);
	merge_progress(m, &done, &total);
	assert_int_equal(done, 0);
	assert_int_equal(total, 2 * (24 + 2 * 17));
	while (merge_next(m, &f) == 1) {
		merge_progress(m, &done, &total);
		assert_true(done >= before && done <= total);
		before = done;
	}
	merge_progress(m, &done, &total);
	assert_int_equal(done, total);
	merge_free(&m);
}

/* The filter is compiled for the link type of each file; the first match may be far into it. */
static void
each_file_is_filtered_by_its_link_type(void **state)
{
	char a[CAPTURE_PATH_SIZE], b[CAPTURE_PATH_SIZE];
	struct faults faults = { .count = 0 };
	struct image ethernet, raw, other;
	struct capture c;
	struct merge *m;
	struct frame f;
	struct err e;

	(void)state;
	image_build(&ethernet, "eth ip4 tcp");
	image_build(&raw, "ip4 tcp");
	image_build(&other, "ip6 tcp");
	pcap_begin(&c, false, false, DLT_EN10MB);
	pcap_packet(&c, 2, 0, span_of(image_bytes(&ethernet), image_size(&ethernet)));
	capture_save(&c, c.n, "ethernet.pcap", a);
	pcap_begin(&c, true, false, 101);
	pcap_packet(&c, 1, 0, span_of(image_bytes(&other), image_size(&other)));
	pcap_packet(&c, 3, 0, span_of(image_bytes(&raw), image_size(&raw)));
	capture_save(&c, c.n, "raw.pcap", b);

	const struct merge_input inputs[] = { { a, 0, NULL }, { b, 0, NULL } };
	m = merge_new(inputs, 2, "dst host 198.51.100.2", note_fault, &faults, &e);
	assert_non_null(m);
	assert_int_equal(merge_next(m, &f), 1);
	assert_int_equal(f.link_type, DLT_EN10MB);
	assert_int_equal(merge_next(m, &f), 1);
	assert_int_equal(f.link_type, DLT_RAW);
	assert_int_equal(f.ref.number, 2);
	assert_int_equal(merge_next(m, &f), 0);
	assert_int_equal(faults.count, 0);
	merge_free(&m);

	assert_null(merge_new(inputs, 2, "tcp and and", note_fault, &faults, &e));
	assert_non_null(strstr(e.text, "filter \"tcp and and\": "));
	assert_int_equal(faults.count, 0);
}

enum { FILES = 200, DESCRIPTORS = 24 };

/* Files with two frames each, which come at these seconds. */
static void
save_pairs(uint32_t between_files, uint32_t between_frames, struct merge_input inputs_r[FILES])
{
	static char paths[FILES][CAPTURE_PATH_SIZE];

	for (uint32_t i = 0; i < FILES; i++) {
		struct capture c;
		char name[16];

		snprintf(name, sizeof(name), "%03u.pcap", (unsigned)i);
		pcap_begin(&c, false, false, DLT_EN10MB);
		pcap_packet(&c, i * between_files, 0, span_text("first"));
		pcap_packet(&c, i * between_files + between_frames, 0, span_text("last"));
		capture_save(&c, c.n, name, paths[i]);
		inputs_r[i] = (struct merge_input){ .path = paths[i] };
	}
}

static size_t
count_frames(const struct merge_input inputs[FILES], struct faults *faults)
{
	struct frame f;
	size_t count = 0;
	int64_t before = 0;
	struct err e;
	struct merge *m = merge_new(inputs, FILES, NULL, note_fault, faults, &e);

	assert_non_null(m);
	for (; merge_next(m, &f) == 1; count++) {
		assert_true(f.ref.at_ns >= before);
		before = f.ref.at_ns;
	}
	merge_free(&m);
	return count;
}

/* Where all are due at once, the soft limit gives way. */
static void
many_files_at_once_raise_the_soft_limit(void **state)
{
	struct faults faults = { .count = 0 };
	struct merge_input inputs[FILES];
	struct rlimit limit;

	(void)state;
	save_pairs(1, FILES, inputs);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < 2 * FILES)
		skip();
	limit.rlim_cur = DESCRIPTORS;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(count_frames(inputs, &faults), 2 * FILES);
	assert_int_equal(faults.count, 0);
}

/* Files that follow each other are open one at a time. The last test: the limit stays. */
static void
many_files_need_few_descriptors(void **state)
{
	const struct rlimit few = { DESCRIPTORS, DESCRIPTORS };
	struct faults faults = { .count = 0 };
	struct merge_input inputs[FILES];

	(void)state;
	save_pairs(10, 9, inputs);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(count_frames(inputs, &faults), 2 * FILES);
	assert_int_equal(faults.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_in_packet_time),
		cmocka_unit_test(no_input_is_an_end),
		cmocka_unit_test(a_fault_does_not_stop_the_others),
		cmocka_unit_test(a_file_without_a_whole_frame_is_told_of_once),
		cmocka_unit_test(a_file_may_vanish_before_it_is_due),
		cmocka_unit_test(standard_input_is_merged_with_files),
		cmocka_unit_test(frames_name_their_tap_and_place),
		cmocka_unit_test(progress_grows_until_all_is_read),
		cmocka_unit_test(each_file_is_filtered_by_its_link_type),
		cmocka_unit_test(many_files_at_once_raise_the_soft_limit),
		cmocka_unit_test(many_files_need_few_descriptors),
	};

	return cmocka_run_group_tests(tests, capture_make_directory, capture_remove_all);
}
