/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: transcript_seeds CORPUS FILE...
 * Writes each conversation of files of tests/transcripts as an input of its dialect's fuzz
 * target, CORPUS/smtp/smtp-17 for line 17, and with the port in front as one of fuzz_opening.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../unit/transcript.h"

enum {
	SERVER = 1,		/* as conversation_fuzz.h and fuzz_smtp.c have it */
	GAP = 2,
	PAUSE = 4,		/* of 31 seconds */
	SMTP_PAUSE = 3 << 4,
	SMTP_BYTES_MAX = 255,
};

static void
put_step(FILE *file, const struct step *step)
{
	const struct buffer *bytes = &step->bytes[LINE_CRLF];
	const bool gap = step->kind == STEP_GAP;
	const size_t n = gap ? (size_t)step->count : bytes->n;
	const bool pauses = step->wait_ns > 0;

	if ((step->kind != STEP_BYTES && !gap && !pauses) || n > UINT16_MAX)
		return;
	putc((step->from == SIDE_SERVER ? SERVER : 0) | (gap ? GAP : 0) | (pauses ? PAUSE : 0),
	    file);
	putc((int)(n >> 8), file);
	putc((int)(n & 0xff), file);
	/* a gap is as long as the bytes that stand there */
	for (size_t i = 0; i < n; i++)
		putc(gap ? 0 : bytes->p[i], file);
}

static void
put_smtp_step(FILE *file, const struct step *step)
{
	const int side = step->from == SIDE_SERVER ? SERVER : 0;
	struct span rest = buffer_span(&step->bytes[LINE_CRLF]);

	if (step->kind == STEP_GAP) {
		putc(side | GAP, file);
		putc((int)((step->count - 1) & 0xff), file);
	} else if (step->wait_ns > 0) {
		putc(side | SMTP_PAUSE, file);
		putc(0, file);
	}
	for (; step->kind == STEP_BYTES && rest.n > 0; rest = span_tail(rest, SMTP_BYTES_MAX)) {
		struct span head = span_head(rest, SMTP_BYTES_MAX);

		putc(side, file);
		putc((int)head.n, file);
		fwrite(head.p, 1, head.n, file);
	}
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
write_row(const struct row *row, const char *corpus)
{
	const bool lmtp = strcmp(row->dialect, "lmtp") == 0;
	const bool smtp = lmtp || strcmp(row->dialect, "smtp") == 0;
	FILE *file = open_seed(corpus, smtp ? "smtp" : row->dialect, row);
	FILE *opening = open_seed(corpus, "opening", row);

	putc(row->port >> 8, opening);
	putc(row->port & 0xff, opening);
	if (smtp)
		putc((lmtp ? 1 : 0) | (row->mid_stream ? 4 : 0), file);
	for (size_t i = 0; i < row->step_count; i++) {
		put_step(opening, &row->steps[i]);
		if (smtp)
			put_smtp_step(file, &row->steps[i]);
		else
			put_step(file, &row->steps[i]);
	}
	close_seed(file, row);
	close_seed(opening, row);
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
