/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a capture file: every record is within bounds, and reading ends. */
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

static void
read_pcap(struct intake *in)
{
	struct packet_record record;
	struct err e;
	struct pcap_file *reader = pcap_file_open(in, &e);

	while (reader != NULL && pcap_file_next(reader, &record, &e) == 1)
		check(&record);
	pcap_file_free(&reader);
}

static void
read_pcapng(struct intake *in)
{
	struct packet_record record;
	struct err e;
	struct pcapng *reader = pcapng_open(in, &e);

	while (reader != NULL && pcapng_next(reader, &record, &e) == 1)
		check(&record);
	pcapng_free(&reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	struct intake *in;
	struct err e;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	in = intake_new(fd, &e);
	if (in == NULL)
		abort();
	if (pcap_file_is(span_of(data, size)))
		read_pcap(in);
	else
		read_pcapng(in);
	intake_free(&in);
	return 0;
}
