/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a capture file: every record is within bounds, reading ends, and records are the
 * same when those before them stay where they are.
 */
#define _GNU_SOURCE	/* memfd_create */

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/intake.h"
#include "capture/pcap_file.h"
#include "capture/pcapng.h"
#include "fuzz.h"

static volatile uint8_t sink;

/* Touch every byte, so that a record beyond its buffer is seen. */
static void
check(const struct packet_record *r)
{
	if (r->at_ns < 0 || r->at_ns > PACKET_TIME_MAX_NS || r->bytes.n > PACKET_BYTES_MAX)
		abort();
	for (size_t i = 0; i < r->bytes.n; i++)
		sink = (uint8_t)span_at(r->bytes, i);
}

/* One reader of the two; the other is NULL. */
struct reader {
	struct intake *in;
	struct pcap_file *pcap;
	struct pcapng *pcapng;
};

static int
next_here(struct reader *r, struct packet_record *record_r)
{
	struct err e;

	return r->pcap != NULL ? pcap_file_next(r->pcap, record_r, &e)
			       : pcapng_next(r->pcapng, record_r, &e);
}

/* As frames are had that are to stay where they are. */
static int
next_beside(struct reader *r, struct packet_record *record_r)
{
	int got;

	intake_mark(r->in);
	intake_hold(r->in, true);
	got = next_here(r, record_r);
	intake_hold(r->in, false);
	if (got == 1)
		return got;
	intake_back(r->in);
	return next_here(r, record_r);
}

/* A sum over all records: the same, however they were asked for. */
static uint64_t
read_all(const uint8_t *data, size_t size, int (*next)(struct reader *, struct packet_record *))
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	struct packet_record record;
	struct reader r = { .in = NULL };
	struct err e;
	uint64_t sum = 0;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	r.in = intake_new(fd, &e);
	if (r.in == NULL)
		abort();
	if (pcap_file_is(span_of(data, size)))
		r.pcap = pcap_file_open(r.in, &e);
	else
		r.pcapng = pcapng_open(r.in, &e);
	while ((r.pcap != NULL || r.pcapng != NULL) && next(&r, &record) == 1) {
		check(&record);
		sum = 31 * sum + (uint64_t)record.at_ns + record.bytes.n + record.wire_bytes +
		    (uint64_t)record.link_type;
	}
	pcap_file_free(&r.pcap);
	pcapng_free(&r.pcapng);
	intake_free(&r.in);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (read_all(data, size, next_here) != read_all(data, size, next_beside))
		abort();
	return 0;
}
