/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No secret leaves, wherever a client types it and however a server repeats it:
 * every conversation of tests/transcripts is played with a secret in each of
 * its lines, and nothing of it may be left in what was seen.
 */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "player.h"
#include "transcript.h"

enum { BYTES_MAX = 1 << 20 };

static const char secret[] = "s3cr3t", in_base64[] = "czNjcjN0";

/* Where it is put. */
enum place {
	BEHIND_LINES,		/* as the last words of each */
	INSTEAD_OF_WORDS,	/* all but the first of each line */
	FIRST_WORD,		/* of each line, behind a server's code */
	OWN_LINE,		/* behind a client's segment, before a server's */
	BEHIND_SEGMENTS,	/* without a line's end, as binary protocols have it */
	PLACES
};

static void
put(struct buffer *b, struct span bytes)
{
	if (bytes.n > 0)
		assert_true(buffer_add(b, bytes, BYTES_MAX));
}

static void
put_text(struct buffer *b, const char *text)
{
	put(b, span_text(text));
}

static void
put_secrets(struct buffer *b, const char *before, const char *between, const char *after)
{
	put_text(b, before);
	put_text(b, secret);
	put_text(b, between);
	put_text(b, in_base64);
	put_text(b, after);
}

/* The first word, or a server's code with what stands behind it. */
static size_t
first_word(struct span line, enum side from)
{
	size_t n = 0;

	if (from == SIDE_SERVER && span_at(line, 0) >= '0' && span_at(line, 0) <= '9')
		return line.n < 4 ? line.n : 4;
	while (n < line.n && span_at(line, n) != ' ')
		n++;
	return n;
}

/* A line without its end. */
static void
put_line(struct buffer *b, struct span line, enum side from, enum place place)
{
	size_t n = first_word(line, from);

	switch (place) {
	case BEHIND_LINES:
		put(b, line);
		put_secrets(b, " ", " ", "");
		break;
	case INSTEAD_OF_WORDS:
		put(b, span_head(line, n));
		put_secrets(b, from == SIDE_CLIENT ? " " : "", " ", "");
		break;
	case FIRST_WORD:
		put(b, span_head(line, from == SIDE_SERVER ? n : 0));
		put_text(b, secret);
		put_text(b, " ");
		put(b, span_tail(line, from == SIDE_SERVER ? n : 0));
		break;
	default:
		put(b, line);
		break;
	}
}

static void
put_segment(struct buffer *b, struct span in, enum side from, enum place place)
{
	if (place == OWN_LINE && from == SIDE_SERVER)
		put_secrets(b, "", "\r\n", "\r\n");
	while (in.n > 0) {
		size_t end = span_find(in, '\n');
		struct span line = span_head(in, end);
		bool crlf = span_at(line, line.n - 1) == '\r';

		if (end == in.n) {
			put(b, in);
			break;
		}
		put_line(b, span_head(line, line.n - crlf), from, place);
		put_text(b, crlf ? "\r\n" : "\n");
		in = span_tail(in, end + 1);
	}
	if (place == OWN_LINE && from == SIDE_CLIENT)
		put_secrets(b, "", "\r\n", "\r\n");
	if (place == BEHIND_SEGMENTS)
		put_secrets(b, "", "", "");
}

/* What a load balancer writes in front is not the client's. */
static bool
is_preface(struct span bytes)
{
	return span_starts(bytes, "PROXY ") || span_starts(bytes, "\r\n\r\n");
}

/* What a server says before its client cannot be an echo. */
static void
poison(struct row *row, enum place place)
{
	bool spoken = row->mid_stream;

	for (size_t i = 0; i < row->step_count; i++) {
		struct step *step = &row->steps[i];
		struct buffer clean = step->bytes[LINE_CRLF];

		spoken = spoken ||
		    (step->from == SIDE_CLIENT && !is_preface(buffer_span(&clean)));
		if (!spoken || clean.n == 0)
			continue;
		step->bytes[LINE_CRLF] = (struct buffer){ 0 };
		put_segment(&step->bytes[LINE_CRLF], buffer_span(&clean), step->from, place);
		buffer_clear(&clean);
	}
}

static bool
holds(const struct observation *seen, const char *text)
{
	struct span memory = span_of(seen, sizeof(*seen));

	for (; memory.n >= strlen(text); span_skip(&memory, 1)) {
		if (span_starts(memory, text))
			return true;
	}
	return false;
}

static unsigned
leaks(struct row *row, enum place place)
{
	static struct observation seen;

	memset(&seen, 0, sizeof(seen));
	poison(row, place);
	play_row(row, &(struct play){ .style = PLAY_WHOLE }, &seen);
	if (!holds(&seen, secret) && !holds(&seen, in_base64))
		return 0;
	print_error("%s:%u: %s: a secret is left, in place %d\n", row->file, row->line, row->name,
	    place);
	for (unsigned i = 0; i < seen.mark_count; i++)
		print_error("\t%s: %s\n", mark_name((enum mark_kind)seen.marks[i].kind),
		    seen.marks[i].text);
	return 1;
}

static unsigned
file_leaks(const char *path, enum place place)
{
	struct transcript *t = transcript_read(path);
	unsigned count = 0;

	assert_non_null(t);
	for (size_t i = 0; i < t->count; i++) {
		if (!t->rows[i].is_piece)
			count += leaks(&t->rows[i], place);
	}
	transcript_free(&t);
	return count;
}

static int
is_transcript(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 4 && strcmp(entry->d_name + n - 4, ".txt") == 0;
}

static void
nothing_of_a_secret_is_left(void **state)
{
	const char *top = getenv("top_srcdir");
	char folder[1024], path[2048];
	struct dirent **files;
	unsigned count = 0;
	int n;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/tests/transcripts", top == NULL ? "." : top);
	n = scandir(folder, &files, is_transcript, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]->d_name);
		for (int place = 0; place < PLACES; place++)
			count += file_leaks(path, (enum place)place);
		free(files[i]);
	}
	free(files);
	assert_int_equal(count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_a_secret_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
