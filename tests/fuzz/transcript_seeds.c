/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: transcript_seeds CORPUS FILE...
 * Writes each conversation of files of tests/transcripts as an input of its dialect's fuzz
 * target, CORPUS/smtp/smtp-17 for line 17, and as one of fuzz_opening.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../unit/transcript.h"
#include "records.h"

/* Bytes, or as many of them as are missing: a gap is as long as the bytes that stand there. */
static void
put_record(FILE *file, int how, size_t n, const uint8_t *bytes)
{
	putc(how, file);
	putc((int)(n >> 8), file);
	putc((int)(n & 0xff), file);
	for (size_t i = 0; i < n; i++)
		putc(bytes != NULL ? bytes[i] : 0, file);
}

static void
put_step(FILE *file, const struct step *step)
{
	const struct buffer *bytes = &step->bytes[LINE_CRLF];
	const bool gap = step->kind == STEP_GAP;
	const size_t n = gap ? (size_t)step->count : bytes->n;
	const bool pauses = step->wait_ns > 0;

	if ((step->kind != STEP_BYTES && !gap && !pauses) || n > UINT16_MAX)
		return;
	put_record(file, (step->from == SIDE_SERVER ? RECORD_SERVER : 0) |
	    (gap ? RECORD_MISSING : 0) | (pauses ? RECORD_LATE : 0), n, gap ? NULL : bytes->p);
}

static FILE *
open_seed(const char *corpus, const char *target, const struct row *row)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", corpus, target);
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		err(1, "%s", path);
	snprintf(path, sizeof(path), "%s/%s/%s-%u", corpus, target, row->dialect, row->line);
	file = fopen(path, "wb");
	if (file == NULL)
		err(1, "%s", path);
	return file;
}

static void
close_seed(FILE *file, const struct row *row)
{
	if (fclose(file) != 0)
		err(1, "%s of line %u", row->dialect, row->line);
}

static void
write_seed(const struct row *row, const char *corpus, const char *target)
{
	const uint8_t port[] = { (uint8_t)(row->port >> 8), (uint8_t)row->port };
	FILE *file = open_seed(corpus, target, row);

	put_record(file, RECORD_PORT | (row->mid_stream ? RECORD_UNDER_WAY : 0), sizeof(port),
	    port);
	for (size_t i = 0; i < row->step_count; i++)
		put_step(file, &row->steps[i]);
	close_seed(file, row);
}

static void
write_row(const struct row *row, const char *corpus)
{
	write_seed(row, corpus, strcmp(row->dialect, "lmtp") == 0 ? "smtp" : row->dialect);
	write_seed(row, corpus, "opening");
}

static void
write_file(const char *path, const char *corpus)
{
	struct transcript *t = transcript_read(path);

	if (t == NULL)
		exit(1);
	for (size_t i = 0; i < t->count; i++) {
		if (!t->rows[i].is_piece)
			write_row(&t->rows[i], corpus);
	}
	transcript_free(&t);
}

int
main(int argc, char *argv[])
{
	if (argc < 3)
		errx(2, "usage: %s CORPUS FILE...", argv[0]);
	for (int i = 2; i < argc; i++)
		write_file(argv[i], argv[1]);
	return 0;
}
