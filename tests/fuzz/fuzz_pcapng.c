/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a pcapng file: every record is within bounds, and reading ends. */
#include <stdio.h>
#include <stdlib.h>

#include "capture/pcapng.h"
#include "fuzz.h"

static volatile uint8_t sink;

/* Touch every byte, so that a record beyond its buffer is seen. */
static void
check(const struct record *r)
{
	if (r->at_ns < 0 || r->at_ns > RECORD_TIME_MAX_NS || r->bytes.n > RECORD_BYTES_MAX)
		abort();
	for (size_t i = 0; i < r->bytes.n; i++)
		sink = (uint8_t)span_at(r->bytes, i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pcapng *reader;
	struct record record;
	struct err e;
	FILE *file;

	if (size == 0)
		return 0;
	file = fmemopen((void *)(uintptr_t)data, size, "rb");
	if (file == NULL)
		abort();
	reader = pcapng_open(file, &e);
	while (reader != NULL && pcapng_next(reader, &record, &e) == 1)
		check(&record);
	pcapng_free(&reader);
	fclose(file);
	return 0;
}
