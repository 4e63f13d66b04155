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

/* Nothing of the rest will be looked at, so nothing of it need be kept until its end. */
static long
line_rest(struct line_reader *reader, struct span in, struct line *line_r)
{
	size_t end = span_find(in, '\n');

	*line_r = (struct line){ .kind = LINE_REST, .text = span_head(in, 0) };
	reader->too_long = end == in.n;
	return (long)(end < in.n ? end + 1 : in.n);
}

long
line_read(struct line_reader *reader, struct span in, struct line *line_r)
{
	size_t end, used;

	if (reader->too_long)
		return line_rest(reader, in, line_r);
	/* from its start each time: what was half a line may have been taken away as TLS */
	end = span_find(in, '\n');
	if (end >= in.n && in.n <= LINE_MAX_BYTES)
		return 0;
	*line_r = (struct line){ .kind = reader->after_gap ? LINE_TAIL : LINE_WHOLE };
	reader->after_gap = false;
	if (end <= LINE_MAX_BYTES) {
		used = end + 1;
		line_r->text = without_end(span_head(in, used), &line_r->bare_lf);
		return (long)used;
	}
	if (line_r->kind == LINE_WHOLE)
		line_r->kind = LINE_TOO_LONG;
	line_r->text = span_head(in, LINE_MAX_BYTES);
	reader->too_long = true;
	return LINE_MAX_BYTES;
}

void
line_gap(struct line_reader *reader)
{
	*reader = (struct line_reader){ .after_gap = true };
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
