/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/filter.h"
#include "capture/intake.h"
#include "capture/packet_record.h"
#include "capture/pcap_file.h"
#include "capture/pcapng.h"

enum {
	PCAPNG_FIRST_BYTE = 0x0a,	/* no pcap file begins with any of these */
	GZIP_FIRST_BYTE = 0x1f,
	ZSTD_FIRST_BYTE = 0x28,
	XZ_FIRST_BYTE = 0xfd,
};

struct source {
	char name[SOURCE_NAME_SIZE];
	uint32_t index;
	uint8_t tap;
	uint64_t size_bytes;
	bool is_regular;

	struct intake *in;
	struct pcap_file *pcap;		/* one of the two reads */
	struct pcapng *pcapng;
	struct filter *filter;
	uint64_t number;		/* of the last frame */
};

/* The end of a long path says more than its beginning. */
void
source_name(const char *path, char name_r[SOURCE_NAME_SIZE])
{
	const size_t n = strlen(path);

	if (strcmp(path, "-") == 0)
		snprintf(name_r, SOURCE_NAME_SIZE, "standard input");
	else if (n == 0)
		snprintf(name_r, SOURCE_NAME_SIZE, "''");
	else if (n < SOURCE_NAME_SIZE)
		snprintf(name_r, SOURCE_NAME_SIZE, "%s", path);
	else
		snprintf(name_r, SOURCE_NAME_SIZE, "...%s", path + n - (SOURCE_NAME_SIZE - 4));
}

/* A closed standard input was replaced by a descriptor that can only be written. */
static bool
was_closed(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) == O_WRONLY;
}

static int
look_at_file(struct source *s, int fd, bool is_stdin, struct err *e)
{
	struct stat st;

	if (is_stdin && was_closed(fd))
		return err_set(e, "%s: was closed", s->name);
	if (fstat(fd, &st) != 0)
		return err_set_errno(e, "%s", s->name);
	if (S_ISDIR(st.st_mode))
		return err_set(e, "%s: is a directory; name the files in it", s->name);
	s->is_regular = S_ISREG(st.st_mode) && !is_stdin;
	s->size_bytes = s->is_regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	return 0;
}

int
source_descriptor(const char *path)
{
	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int
open_file(struct source *s, const struct opener *opener, const char *path, struct err *e)
{
	int fd = opener != NULL ? opener->open(opener->ctx, s->index) : source_descriptor(path);
	struct err why;

	if (fd < 0 && errno == EMFILE)
		return err_set(e, "%s: too many files of the same time are open; raise the "
		    "limit (ulimit -n), or merge some of them first (mergecap)", s->name);
	if (fd < 0)
		return err_set_errno(e, "%s", s->name);
	if (look_at_file(s, fd, strcmp(path, "-") == 0, e) != 0) {
		close(fd);
		return -1;
	}
	s->in = intake_new(fd, &why);
	return s->in != NULL ? 0 : err_set(e, "%s: %s", s->name, why.text);
}

static bool
is_compressed(uint8_t first)
{
	return first == GZIP_FIRST_BYTE || first == ZSTD_FIRST_BYTE || first == XZ_FIRST_BYTE;
}

/* The first bytes tell which format it is. */
static int
open_format(struct source *s, struct err *e)
{
	struct span magic;
	uint8_t first;
	int got = intake_look(s->in, 1, &magic, e);

	if (got != 1)
		return got < 0 ? -1 : err_set(e, "is empty, not even a file header");
	first = span_at(magic, 0);
	if (first == PCAPNG_FIRST_BYTE) {
		s->pcapng = pcapng_open(s->in, e);
		return s->pcapng != NULL ? 0 : -1;
	}
	if (is_compressed(first))
		return err_set(e, "is compressed; unpack it first (zcat FILE | ... -)");
	got = intake_look(s->in, PCAP_MAGIC_BYTES, &magic, e);
	if (got != 1 || !pcap_file_is(magic))
		return got < 0 ? -1 : err_set(e, "not a capture file: neither pcap nor pcapng");
	s->pcap = pcap_file_open(s->in, e);
	return s->pcap != NULL ? 0 : -1;
}

struct source *
source_open(const char *path, uint32_t index, uint8_t tap, struct err *e)
{
	return source_open_by(NULL, path, index, tap, e);
}

struct source *
source_open_by(const struct opener *opener, const char *path, uint32_t index, uint8_t tap,
    struct err *e)
{
	struct source *s = calloc(1, sizeof(*s));
	struct err why;

	if (s == NULL) {
		err_set(e, "out of memory");
		return NULL;
	}
	s->index = index;
	s->tap = tap;
	source_name(path, s->name);
	if (open_file(s, opener, path, e) != 0) {
		source_free(&s);
	} else if (open_format(s, &why) != 0) {
		err_set(e, "%s: %s", s->name, why.text);
		source_free(&s);
	}
	return s;
}

int
source_set_filter(struct source *s, const char *expression, struct err *e)
{
	struct filter *filter = filter_new(expression, e);

	if (filter == NULL)
		return -1;
	filter_free(&s->filter);
	s->filter = filter;
	return 0;
}

static int
next_record(struct source *s, struct packet_record *record_r, struct err *e)
{
	intake_mark(s->in);
	return s->pcap != NULL ? pcap_file_next(s->pcap, record_r, e)
			       : pcapng_next(s->pcapng, record_r, e);
}

static int
is_wanted(struct source *s, const struct packet_record *record, struct err *e)
{
	return s->filter != NULL ? filter_match(s->filter, record, e) : 1;
}

/* source_next(), but what is wrong with the next frame is not put into a message. */
static int
find_next(struct source *s, struct frame *frame_r, struct err *e)
{
	struct packet_record record;
	int got;

	while ((got = next_record(s, &record, e)) == 1 &&
	    (got = is_wanted(s, &record, e)) == 0)
		s->number++;
	if (got != 1)
		return got;
	*frame_r = (struct frame){
		.ref = { record.at_ns, ++s->number, s->index },
		.link_type = record.link_type,
		.tap = s->tap,
		.bytes = record.bytes,
		.wire_bytes = record.wire_bytes,
	};
	return 1;
}

int
source_next(struct source *s, struct frame *frame_r, struct err *e)
{
	struct err why;
	int got = find_next(s, frame_r, &why);

	if (got == -1)
		err_set(e, "%s: frame %" PRIu64 ": %s", s->name, s->number + 1, why.text);
	return got;
}

bool
source_next_beside(struct source *s, struct frame *frame_r)
{
	struct err why;
	int got;

	intake_hold(s->in, true);
	got = find_next(s, frame_r, &why);
	intake_hold(s->in, false);
	if (got != 1)
		intake_back(s->in);
	return got == 1;
}

uint64_t
source_offset(const struct source *s)
{
	return intake_offset(s->in);
}

uint64_t
source_size(const struct source *s)
{
	return s->size_bytes;
}

bool
source_can_reopen(const struct source *s)
{
	return s->is_regular;
}

void
source_free(struct source **s)
{
	if (*s == NULL)
		return;
	pcap_file_free(&(*s)->pcap);
	pcapng_free(&(*s)->pcapng);
	intake_free(&(*s)->in);
	filter_free(&(*s)->filter);
	free(*s);
	*s = NULL;
}
