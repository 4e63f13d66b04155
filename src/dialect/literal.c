/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/literal.h"

enum { DIGITS_MAX = 18 };	/* what fits 64 bits; nobody sends more than that */

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* The octet count in front of end, and where it begins. */
static bool
read_count(struct span text, size_t end, uint64_t *octets_r, size_t *begin_r)
{
	size_t begin = end;

	while (begin > 0 && is_digit(span_at(text, begin - 1)))
		begin--;
	if (begin == end || end - begin > DIGITS_MAX)
		return false;
	*octets_r = 0;
	for (size_t i = begin; i < end; i++)
		*octets_r = *octets_r * 10 + (uint64_t)(span_at(text, i) - '0');
	*begin_r = begin;
	return true;
}

bool
literal_announced(const struct line *line, size_t used, struct literal *literal_r,
    struct span *text_r)
{
	struct span text = line->text;
	size_t line_end = line->bare_lf ? 1 : 2, end, begin;
	int sign;

	*text_r = text;
	/* a blank between brace and line end makes it text */
	if (text.n + line_end != used || span_at(text, text.n - 1) != '}')
		return false;
	sign = text.n >= 2 ? span_at(text, text.n - 2) : -1;
	end = text.n - (sign == '+' || sign == '-' ? 2 : 1);
	if (!read_count(text, end, &literal_r->octets, &begin) ||
	    begin == 0 || span_at(text, begin - 1) != '{')
		return false;
	literal_r->waits = sign != '+' && sign != '-';
	literal_r->improper = sign == '-';
	begin--;
	if (begin > 0 && span_at(text, begin - 1) == '~')
		begin--;
	*text_r = span_head(text, begin);
	return true;
}

static size_t
quoted_end(struct span text)
{
	size_t i = 1;

	while (i < text.n && span_at(text, i) != '"')
		i += span_at(text, i) == '\\' ? 2 : 1;
	return i < text.n ? i : text.n;
}

bool
literal_argument(struct span *rest, struct span *value_r)
{
	size_t end;

	while (span_at(*rest, 0) == ' ')
		span_skip(rest, 1);
	if (rest->n == 0)
		return false;
	if (span_at(*rest, 0) != '"') {
		end = span_find(*rest, ' ');
		*value_r = span_head(*rest, end);
		*rest = span_tail(*rest, end);
		return true;
	}
	end = quoted_end(*rest);
	*value_r = span_tail(span_head(*rest, end), 1);
	*rest = span_tail(*rest, end + 1);
	return true;
}
