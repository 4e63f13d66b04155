/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture file. libpcap reads it; where libpcap refuses a pcapng file, which
 * may be in the middle, our own block reader goes on at the same frame. A pipe
 * cannot be read twice, so pcapng from a pipe is our own reader's at once.
 */
#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/filter.h"
#include "capture/pcapng.h"
#include "capture/record.h"

enum {
	NAME_SIZE = 256,		/* of a message, so that its end is not cut off */
	BUFFER_SIZE = 16384,		/* a tenth faster than stdio's own; more gains nothing */
	PCAPNG_FIRST_BYTE = 0x0a,	/* no pcap file begins with any of these */
	GZIP_FIRST_BYTE = 0x1f,
	ZSTD_FIRST_BYTE = 0x28,
	XZ_FIRST_BYTE = 0xfd,
};

struct source {
	char name[NAME_SIZE];
	uint32_t index;
	uint8_t tap;
	FILE *file;
	uint64_t size_bytes;
	bool is_regular;
	bool is_pcapng;
	bool is_compressed;

	pcap_t *pcap;			/* one of the two reads; */
	struct pcapng *pcapng;		/* a pcap_t owns the file */
	struct filter *filter;
	uint64_t number;		/* of the last frame */
	uint64_t delivered_bytes;	/* for the position in a pipe */
	char buffer[BUFFER_SIZE];	/* the file's */
};

/* The end of a long path says more than its beginning. */
static void
set_name(struct source *s, const char *path)
{
	size_t n = strlen(path);

	if (strcmp(path, "-") == 0)
		snprintf(s->name, sizeof(s->name), "standard input");
	else if (n == 0)
		snprintf(s->name, sizeof(s->name), "''");
	else if (n < sizeof(s->name))
		snprintf(s->name, sizeof(s->name), "%s", path);
	else
		snprintf(s->name, sizeof(s->name), "...%s",
		    path + n - (sizeof(s->name) - 4));
}

/* Takes the descriptor, also on failure; errno says why. */
static int
open_stream(struct source *s, int fd)
{
	s->file = fd >= 0 ? fdopen(fd, "rb") : NULL;
	if (s->file == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	setvbuf(s->file, s->buffer, _IOFBF, sizeof(s->buffer));
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
	struct stat st;
	int fd = opener != NULL ? opener->open(opener->ctx, s->index) : source_descriptor(path);

	if (open_stream(s, fd) != 0) {
		if (errno == EMFILE)
			return err_set(e, "%s: too many files of the same time are open; "
			    "raise the limit (ulimit -n), or merge some of them first "
			    "(mergecap)", s->name);
		if (errno == EINVAL && strcmp(path, "-") == 0)
			return err_set(e, "%s: was closed", s->name);
		return err_set_errno(e, "%s", s->name);
	}
	if (fstat(fd, &st) != 0)
		return err_set_errno(e, "%s", s->name);
	if (S_ISDIR(st.st_mode))
		return err_set(e, "%s: is a directory; name the files in it", s->name);
	s->is_regular = S_ISREG(st.st_mode) && strcmp(path, "-") != 0;
	s->size_bytes = s->is_regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	return 0;
}

/* The first byte tells what libpcap would not say as clearly. */
static int
look_at_first_byte(struct source *s, struct err *e)
{
	int first = fgetc(s->file);

	if (first == EOF) {
		if (ferror(s->file))
			return err_set_errno(e, "%s", s->name);
		return err_set(e, "%s: is empty, not even a file header", s->name);
	}
	ungetc(first, s->file);
	s->is_pcapng = first == PCAPNG_FIRST_BYTE;
	s->is_compressed = first == GZIP_FIRST_BYTE || first == ZSTD_FIRST_BYTE ||
	    first == XZ_FIRST_BYTE;
	return 0;
}

static int
use_own_reader(struct source *s, struct err *e)
{
	s->pcapng = pcapng_open(s->file, e);
	return s->pcapng != NULL ? 0 : -1;
}

static int
use_libpcap(struct source *s, struct err *e)
{
	char why[PCAP_ERRBUF_SIZE];

	s->pcap = pcap_fopen_offline_with_tstamp_precision(s->file,
	    PCAP_TSTAMP_PRECISION_NANO, why);
	if (s->pcap != NULL)
		return 0;
	if (s->is_compressed)
		return err_set(e, "is compressed; unpack it first (zcat FILE | ... -)");
	return err_set(e, "not a capture file: %s", why);
}

/* libpcap refused: read the file once more, up to where it came. */
static int
take_over(struct source *s, struct err *e)
{
	struct record record;
	int got = 1;

	if (s->pcap != NULL) {
		int fd = fcntl(fileno(s->file), F_DUPFD_CLOEXEC, 0);

		pcap_close(s->pcap);
		s->pcap = NULL;
		if (open_stream(s, fd) != 0)
			return err_set_errno(e, "cannot read again");
	}
	rewind(s->file);
	if (use_own_reader(s, e) != 0)
		return -1;
	for (uint64_t i = 0; i < s->number && got == 1; i++)
		got = pcapng_next(s->pcapng, &record, e);
	if (got == 0)
		return err_set(e, "the file became shorter");
	return got == 1 ? 0 : -1;
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
	int result;

	if (s == NULL) {
		err_set(e, "out of memory");
		return NULL;
	}
	s->index = index;
	s->tap = tap;
	set_name(s, path);
	if (open_file(s, opener, path, e) != 0 || look_at_first_byte(s, e) != 0) {
		source_free(&s);
		return NULL;
	}
	if (s->is_pcapng && !s->is_regular)
		result = use_own_reader(s, &why);
	else
		result = use_libpcap(s, &why);
	if (result != 0 && s->is_pcapng && s->is_regular)
		result = take_over(s, &why);
	if (result != 0) {
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

/* pcap has 32 bits of seconds without a sign; libpcap takes them for signed. */
static int64_t
seconds_of(const struct source *s, const struct pcap_pkthdr *header)
{
	int64_t seconds = header->ts.tv_sec;

	if (!s->is_pcapng && seconds < 0)
		seconds &= UINT32_MAX;
	return seconds;
}

static int
next_by_libpcap(struct source *s, struct record *record_r, struct err *e)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int64_t ns;

	switch (pcap_next_ex(s->pcap, &header, &bytes)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK:
		return 0;
	default:
		return err_set(e, "%s", pcap_geterr(s->pcap));
	}
	/* With nanosecond precision the field called tv_usec holds nanoseconds. */
	ns = header->ts.tv_usec;
	record_r->at_ns = record_time(seconds_of(s, header), ns > 0 ? (uint64_t)ns : 0);
	record_r->link_type = pcap_datalink(s->pcap);
	record_r->bytes = span_of(bytes, header->caplen);
	record_r->wire_bytes = header->len;
	return 1;
}

static int
next_record(struct source *s, struct record *record_r, struct err *e)
{
	if (s->pcap != NULL) {
		int got = next_by_libpcap(s, record_r, e);

		if (got != -1 || !s->is_pcapng)
			return got;
		if (take_over(s, e) != 0)
			return -1;
	}
	if (s->pcapng == NULL)
		return err_set(e, "reading stopped at an earlier fault");
	return pcapng_next(s->pcapng, record_r, e);
}

int
source_next(struct source *s, struct frame *frame_r, struct err *e)
{
	struct record record;
	struct err why;
	int got;

	while ((got = next_record(s, &record, &why)) == 1) {
		s->number++;
		s->delivered_bytes += record.bytes.n;
		if (s->filter != NULL)
			got = filter_match(s->filter, &record, &why);
		if (got == 0)
			continue;
		if (got == -1)
			return err_set(e, "%s: frame %" PRIu64 ": %s", s->name, s->number,
			    why.text);
		*frame_r = (struct frame){
			.ref = { record.at_ns, s->number, s->index },
			.link_type = record.link_type,
			.tap = s->tap,
			.bytes = record.bytes,
			.wire_bytes = record.wire_bytes,
		};
		return 1;
	}
	if (got == -1)
		err_set(e, "%s: frame %" PRIu64 ": %s", s->name, s->number + 1, why.text);
	return got;
}

uint64_t
source_offset(const struct source *s)
{
	off_t at = s->is_regular ? ftello(s->file) : -1;

	return at >= 0 ? (uint64_t)at : s->delivered_bytes;
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
	if ((*s)->pcap != NULL)
		pcap_close((*s)->pcap);
	else if ((*s)->file != NULL)
		fclose((*s)->file);
	pcapng_free(&(*s)->pcapng);
	filter_free(&(*s)->filter);
	free(*s);
	*s = NULL;
}
