/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: dialects FOLDER [NAME COUNT]
 * What a conversation costs in each dialect: the first row of every transcript
 * in the folder, an upgrade, without TCP below and without a judge above. Prints
 * a line for each: name, segments, bytes, and nanoseconds of processor time for
 * the session and for each segment. With NAME it plays that one so often and
 * prints nothing, for who counts instructions.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../unit/player.h"
#include "../unit/transcript.h"
#include "dialect/dialect.h"

enum { TIMES = 400, ROUNDS = 9 };

static int64_t
processor_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The first row that is one. */
static const struct row *
upgrade_in(const struct transcript *t)
{
	size_t i = 0;

	while (i < t->count && t->rows[i].is_piece)
		i++;
	if (i == t->count)
		errx(1, "%s: no conversation", t->file);
	return &t->rows[i];
}

static void
play(const struct row *row, int times)
{
	static struct observation seen;

	for (int i = 0; i < times; i++)
		play_row(row, &(struct play){ .style = PLAY_WHOLE }, &seen);
}

/* Of several rounds the fastest: what else the machine does only makes them slower. */
static int64_t
session_ns(const struct row *row)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t began = processor_ns(), took;

		play(row, TIMES);
		took = (processor_ns() - began) / TIMES;
		best = took < best ? took : best;
	}
	return best;
}

static void
measure(const struct row *row)
{
	size_t segments = 0, bytes = 0;
	int64_t ns = session_ns(row);

	for (size_t i = 0; i < row->step_count; i++) {
		segments += row->steps[i].kind == STEP_BYTES;
		bytes += row->steps[i].bytes[LINE_CRLF].n;
	}
	printf("%s %zu %zu %lld %lld\n", row->dialect, segments, bytes, (long long)ns,
	    (long long)ns / (long long)segments);
}

int
main(int argc, char *argv[])
{
	char path[2048];

	if (argc != 2 && argc != 4)
		errx(2, "usage: dialects FOLDER [NAME COUNT]");
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		struct transcript *t;

		if (argc == 4 && strcmp((*d)->name, argv[2]) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s.txt", argv[1], (*d)->name);
		t = transcript_read(path);
		if (t == NULL)
			return 1;
		if (argc == 4)
			play(upgrade_in(t), (int)strtol(argv[3], NULL, 10));
		else
			measure(upgrade_in(t));
		transcript_free(&t);
	}
	return 0;
}
