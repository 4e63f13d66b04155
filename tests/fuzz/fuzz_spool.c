/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a spool, or a spool of our own that was cut and changed at places that the bytes
 * say, since check sums keep blind changes out: what is refused is left as it was; what is
 * taken can be read to its end, added to, and is then the same for the next program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "sink/spool.h"

static volatile uint8_t sink;

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static void
put_file(const char *path, const uint8_t *data, size_t size)
{
	FILE *out = fopen(path, "wb");

	must(out != NULL);
	must(fwrite(data, 1, size, out) == size);
	must(fclose(out) == 0);
}

static void
compare_file(const char *path, const uint8_t *data, size_t size)
{
	FILE *in = fopen(path, "rb");
	uint8_t *again = malloc(size + 1);

	must(in != NULL && again != NULL);
	must(fread(again, 1, size + 1, in) == size);
	must(size == 0 || memcmp(again, data, size) == 0);
	free(again);
	fclose(in);
}

static uint64_t
read_all(struct spool *s, uint64_t *end_r)
{
	struct event_line line;
	struct err e;
	uint64_t count = 0;

	while (spool_next(s, &line, end_r, &e) == SPOOL_OK) {
		must(line.type < EVENT_TYPES && line.format < FORMATS);
		for (size_t i = 0; i < line.text.n; i++)
			sink = (uint8_t)span_at(line.text, i);
		count++;
	}
	return count;
}

/* Events of these lengths, some of them done, as a file. */
static void
make_spool(const char *path, struct span *script)
{
	static const char text[256] = "{}";
	struct event_line line = { .type = EVENT_SESSION };
	struct spool *s;
	struct err e;
	uint8_t count, length, done;
	uint64_t end = 0;

	s = spool_open(path, 1 << 20, &e);
	must(s != NULL);
	if (!span_u8(script, &count) || !span_u8(script, &done))
		count = done = 0;
	for (count %= 16; count > 0 && span_u8(script, &length); count--) {
		line.text = span_of(text, length);
		must(spool_add(s, &line, &e) == SPOOL_OK);
	}
	for (done %= 16; done > 0 && spool_next(s, &line, &end, &e) == SPOOL_OK; done--)
		must(spool_done(s, end, 1, &e) == 0);
	spool_free(&s);
}

/* What is left of the script: pairs of a place and what to do to the byte there. */
static size_t
spoil(uint8_t *data, size_t size, struct span script)
{
	uint16_t place;
	uint8_t change;

	while (size > 0 && span_be16(&script, &place) && span_u8(&script, &change)) {
		if (change == 0)
			size = place % (size + 1);
		else
			data[place % size] ^= change;
	}
	return size;
}

static void
try_file(const char *path, const uint8_t *data, size_t size)
{
	struct event_line line = { .type = EVENT_ALERT, .text = span_text("{}") };
	uint64_t waiting, end = 0;
	struct spool *s;
	struct err e;

	put_file(path, data, size);
	s = spool_open(path, 1 << 20, &e);
	if (s == NULL) {
		compare_file(path, data, size);
		return;
	}
	waiting = spool_count(s);
	must(read_all(s, &end) == waiting);
	must(spool_add(s, &line, &e) != SPOOL_FAILED);
	waiting = spool_count(s);
	spool_free(&s);
	s = spool_open(path, 1 << 20, &e);
	must(s != NULL && spool_count(s) == waiting && spool_torn(s) == 0);
	must(read_all(s, &end) == waiting);
	must(waiting == 0 || spool_done(s, end, waiting, &e) == 0);
	must(spool_count(s) == 0);
	spool_free(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { ROOM = 8192 };
	char path[] = "fuzz-spool-XXXXXX";
	struct span script = span_of(data, size);
	uint8_t made[ROOM];
	FILE *in;
	int fd;

	fd = mkstemp(path);
	must(fd >= 0);
	close(fd);
	if (span_starts(script, "stripwatch")) {
		try_file(path, data, size);
	} else {
		make_spool(path, &script);
		in = fopen(path, "rb");
		must(in != NULL);
		size = fread(made, 1, sizeof(made), in);
		fclose(in);
		try_file(path, made, spoil(made, size, script));
	}
	unlink(path);
	return 0;
}
