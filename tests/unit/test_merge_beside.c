/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames that are given together are those that come one by one: in the same order, none twice,
 * none left out, and the bytes of all of them are there until the next are asked for.
 */
#include "unit.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/merge.h"
#include "capture_builder.h"

enum {
	FILES = 3,
	FRAMES = 300,		/* of each file: several blocks of reading */
	FRAME_BYTES_MAX = 3000,
	TOGETHER_MAX = 16,
	LINK_TYPES = 4,
};

/* How a file is made. */
enum kind {
	NO_FILE,
	PCAP,
	PCAPNG,		/* each packet has an interface of its own, described in front of it */
	PCAP_CUT,	/* in the middle of its last packet */
	PCAP_BROKEN,	/* the last packet says that it is longer than any */
};

/* What came, one after the other. */
struct log {
	struct {
		struct frame_ref ref;
		int link_type;
		size_t bytes;
		uint8_t *copy;
	} frame[FILES * FRAMES + 1];
	size_t count;
	struct err fault[FILES];
	size_t fault_count;
};

static void
note_fault(void *ctx, const struct err *e)
{
	struct log *log = ctx;

	assert_true(log->fault_count < FILES);
	log->fault[log->fault_count++] = *e;
}

/* Sizes and bytes differ from frame to frame, and from file to file. */
static struct span
frame_bytes(size_t file, size_t i, uint8_t bytes_r[FRAME_BYTES_MAX])
{
	const size_t n = 1 + (i * 977 + file * 331) % (FRAME_BYTES_MAX - 1);

	memset(bytes_r, (int)(i * 7 + file), n);
	bytes_r[n - 1] = (uint8_t)i;
	return span_of(bytes_r, n);
}

/* Frames of all files take turns, with a few of the same time. */
static uint32_t
frame_second(size_t file, size_t i)
{
	return (uint32_t)(1000 + 3 * i + (i % 5 == 0 ? 0 : file));
}

static void
append(FILE *out, struct capture *c)
{
	assert_int_equal(fwrite(c->bytes, 1, c->n, out), c->n);
	c->n = 0;
}

static void
write_pcap(FILE *out, size_t file, enum kind kind)
{
	uint8_t bytes[FRAME_BYTES_MAX];
	struct capture c;

	pcap_begin(&c, false, false, DLT_EN10MB);
	for (size_t i = 0; i < FRAMES; i++) {
		append(out, &c);
		pcap_packet(&c, frame_second(file, i), 0, frame_bytes(file, i, bytes));
	}
	if (kind == PCAP_CUT)
		c.n--;
	if (kind == PCAP_BROKEN)
		memset(c.bytes + 8, 0xff, 4);	/* how much was captured */
	append(out, &c);
}

static void
write_pcapng(FILE *out, size_t file)
{
	static const uint16_t links[LINK_TYPES] = { DLT_EN10MB, 101, 113, 276 };
	uint8_t bytes[FRAME_BYTES_MAX];
	struct capture c = { .n = 0 };

	pcapng_section(&c, true);
	for (size_t i = 0; i < FRAMES; i++) {
		pcapng_interface(&c, links[i % LINK_TYPES], 0, span_of(NULL, 0));
		pcapng_enhanced(&c, (uint32_t)i, frame_second(file, i) * UINT64_C(1000000),
		    frame_bytes(file, i, bytes));
		append(out, &c);
	}
}

static void
write_file(size_t file, enum kind kind, char path_r[CAPTURE_PATH_SIZE])
{
	struct capture none = { .n = 0 };
	char name[16];
	FILE *out;

	snprintf(name, sizeof(name), "%zu", file);
	capture_save(&none, 0, name, path_r);
	out = fopen(path_r, "wb");
	assert_non_null(out);
	if (kind == PCAPNG)
		write_pcapng(out, file);
	else
		write_pcap(out, file, kind);
	fclose(out);
}

static void
note_frame(struct log *log, const struct frame *f)
{
	const size_t i = log->count++;

	assert_true(i < FILES * FRAMES);
	log->frame[i].ref = f->ref;
	log->frame[i].link_type = f->link_type;
	log->frame[i].bytes = f->bytes.n;
	log->frame[i].copy = malloc(f->bytes.n);
	assert_non_null(log->frame[i].copy);
	memcpy(log->frame[i].copy, f->bytes.p, f->bytes.n);
}

/* With at most so many together: how often somebody had to ask. */
static size_t
read_all(const struct merge_input *inputs, size_t count, const char *filter, size_t together,
    struct log *log)
{
	struct frame frames[TOGETHER_MAX];
	struct err e;
	struct merge *m = merge_new(inputs, count, filter, note_fault, log, &e);
	size_t asked = 0;

	assert_non_null(m);
	for (; merge_next(m, &frames[0]) == MERGE_FRAME; asked++) {
		size_t n = 1 + merge_next_beside(m, frames + 1, together - 1);

		assert_true(n <= together);
		for (size_t i = 0; i < n; i++)
			note_frame(log, &frames[i]);
	}
	merge_free(&m);
	return asked;
}

static void
assert_same(const struct log *want, const struct log *got)
{
	assert_int_equal(got->count, want->count);
	for (size_t i = 0; i < want->count; i++) {
		assert_int_equal(got->frame[i].ref.at_ns, want->frame[i].ref.at_ns);
		assert_int_equal(got->frame[i].ref.number, want->frame[i].ref.number);
		assert_int_equal(got->frame[i].ref.source, want->frame[i].ref.source);
		assert_int_equal(got->frame[i].link_type, want->frame[i].link_type);
		assert_int_equal(got->frame[i].bytes, want->frame[i].bytes);
		assert_memory_equal(got->frame[i].copy, want->frame[i].copy, want->frame[i].bytes);
	}
	assert_int_equal(got->fault_count, want->fault_count);
	for (size_t i = 0; i < want->fault_count; i++)
		assert_string_equal(got->fault[i].text, want->fault[i].text);
}

static void
log_free(struct log **log)
{
	for (size_t i = 0; i < (*log)->count; i++)
		free((*log)->frame[i].copy);
	free(*log);
	*log = NULL;
}

static void
frames_together_are_those_that_come_one_by_one(void **state)
{
	static const struct {
		enum kind kind[FILES];
		const char *filter;
		size_t frames, faults;
	} rows[] = {
		{ { PCAP }, NULL, FRAMES, 0 },
		{ { PCAPNG }, NULL, FRAMES, 0 },
		{ { PCAP, PCAP, PCAPNG }, NULL, 3 * FRAMES, 0 },
		{ { PCAP_CUT }, NULL, FRAMES - 1, 1 },
		{ { PCAP_BROKEN, PCAPNG, PCAP_CUT }, NULL, 3 * FRAMES - 2, 2 },
		{ { PCAP, PCAP_BROKEN, PCAP }, "len < 200", 29, 1 },
	};
	static const size_t together[] = { 2, 3, TOGETHER_MAX };

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct log *want = calloc(1, sizeof(*want));
		char paths[FILES][CAPTURE_PATH_SIZE];
		struct merge_input inputs[FILES];
		size_t count = 0, asked = 0;

		assert_non_null(want);
		for (; count < FILES && rows[r].kind[count] != NO_FILE; count++) {
			write_file(count, rows[r].kind[count], paths[count]);
			inputs[count] = (struct merge_input){ paths[count], 0, NULL };
		}
		read_all(inputs, count, rows[r].filter, 1, want);
		assert_int_equal(want->count, rows[r].frames);
		assert_int_equal(want->fault_count, rows[r].faults);
		for (size_t t = 0; t < sizeof(together) / sizeof(together[0]); t++) {
			struct log *got = calloc(1, sizeof(*got));

			assert_non_null(got);
			asked = read_all(inputs, count, rows[r].filter, together[t], got);
			assert_same(want, got);
			log_free(&got);
		}
		/* they do come together, where they are not few */
		assert_true(rows[r].filter != NULL || asked < want->count / 4);
		log_free(&want);
	}
}

/* What is there already is given before anybody waits for more. */
static void
a_pipe_is_not_waited_for_while_there_are_frames(void **state)
{
	struct frame frames[TOGETHER_MAX];
	const struct merge_input input = { "-", 0, NULL };
	struct log log = { .count = 0 };
	struct capture c;
	struct merge *m;
	struct err e;

	(void)state;
	pcap_times(&c, "123");
	capture_to_stdin(&c, c.n - 1);
	m = merge_new(&input, 1, NULL, note_fault, &log, &e);
	assert_non_null(m);
	assert_int_equal(merge_next(m, &frames[0]), MERGE_FRAME);
	assert_int_equal(merge_next_beside(m, frames + 1, TOGETHER_MAX - 1), 1);
	assert_int_equal(log.fault_count, 0);
	assert_int_equal(frames[0].bytes.p[0], '1');
	assert_int_equal(frames[1].bytes.p[0], '2');
	assert_int_equal(merge_next(m, &frames[0]), MERGE_END);
	assert_int_equal(log.fault_count, 1);
	merge_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_together_are_those_that_come_one_by_one),
		cmocka_unit_test(a_pipe_is_not_waited_for_while_there_are_frames),
	};

	return cmocka_run_group_tests(tests, capture_make_directory, capture_remove_all);
}
