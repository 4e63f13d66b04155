/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/line.h"

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static struct span
without_end(struct span text, bool *bare_lf_r)
{
	text.n--;
	*bare_lf_r = span_at(text, text.n - 1) != '\r';
	while (text.n > 0 &&
	    (is_blank(span_at(text, text.n - 1)) || span_at(text, text.n - 1) == '\r'))
		text.n--;
	return text;
}

long
line_read(struct line_reader *reader, struct span in, struct line *line_r)
{
	size_t end = reader->scanned + span_find(span_tail(in, reader->scanned), '\n');

	if (end >= in.n) {
		reader->scanned = in.n;
		if (!reader->skipping && in.n <= LINE_MAX_BYTES)
			return 0;
		/* nothing of it will be matched, so nothing of it need be kept */
		*line_r = (struct line){ .text = span_of(in.p, 0), .incomplete = true };
		reader->skipping = true;
		reader->scanned = 0;
		return (long)in.n;
	}
	*line_r = (struct line){ .incomplete = reader->skipping || end > LINE_MAX_BYTES };
	line_r->text = without_end(span_head(in, end + 1), &line_r->bare_lf);
	if (line_r->incomplete)
		line_r->text.n = 0;
	reader->scanned = 0;
	reader->skipping = false;
	return (long)(end + 1);
}

void
line_gap(struct line_reader *reader)
{
	reader->scanned = 0;
	reader->skipping = true;
}

struct span
line_word(struct span text, struct span *rest_r)
{
	size_t n = 0;

	while (n < text.n && !is_blank(span_at(text, n)))
		n++;
	*rest_r = span_tail(text, n);
	while (is_blank(span_at(*rest_r, 0)))
		span_skip(rest_r, 1);
	return span_head(text, n);
}
