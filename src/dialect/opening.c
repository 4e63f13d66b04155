/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/opening.h"

#include "dialect/line.h"
#include "dialect/reply.h"

enum {
	LINES_MAX = 16,		/* of each side that are looked at */
	CODE_ENOUGH = 4,	/* bytes that show a code, and that it ends there */
};

struct span
opening_line(struct span said, bool *whole_r)
{
	size_t end = span_find(said, '\n');

	*whole_r = end < said.n;
	said = span_head(said, end);
	if (span_at(said, said.n - 1) == '\r')
		said.n--;
	return said;
}

struct span
opening_command(struct span said, bool *whole_r)
{
	while (span_starts(said, "\r\n") || span_at(said, 0) == '\n')
		said = span_tail(said, span_find(said, '\n') + 1);
	return opening_line(said, whole_r);
}

/* Where codes are read, the CR of half a line is not its end yet. */
static struct span
first_line(struct span said, bool *whole_r)
{
	struct span line = opening_line(said, whole_r);

	return *whole_r ? line : said;
}

bool
opening_is_hello(struct span verb)
{
	return span_is(verb, "EHLO") || span_is(verb, "HELO") || span_is(verb, "LHLO");
}

static bool
says_little(struct span line)
{
	struct span rest, verb = line_word(line, &rest);

	return verb.n == 0 || span_is(verb, "NOOP") || span_is(verb, "HELP") ||
	    span_is(verb, "RSET");
}

static struct span
next_line(struct span *said, bool *whole_r)
{
	struct span line = first_line(*said, whole_r);

	*said = span_tail(*said, span_find(*said, '\n') + 1);
	while (span_at(line, 0) == ' ' || span_at(line, 0) == '\t')
		span_skip(&line, 1);
	return line;
}

static struct span
telling_line(struct span said, bool *whole_r)
{
	struct span first = next_line(&said, whole_r), line = first;
	bool whole = *whole_r;

	for (int i = 0; i < LINES_MAX && whole && says_little(line); i++)
		line = next_line(&said, &whole);
	/* half a line may become anything */
	return whole && !says_little(line) ? line : first;
}

/* Three digits are a code when it is known what follows them. */
static unsigned
code_of(struct span line, bool whole, bool more, bool *final_r)
{
	return whole || !more || line.n >= CODE_ENOUGH ? reply_code(line, final_r) : 0;
}

/* The greeting: the first line, or the first with a code, as clients pass over others. */
static struct span
greeting_line(struct span said, bool more, struct opening_lines *o_r)
{
	struct span line = first_line(said, &o_r->greeting_whole), next = line;
	bool whole = o_r->greeting_whole, final, is_short = said.n < CODE_ENOUGH;

	o_r->code = code_of(line, whole, more, &final);
	while (o_r->code == 0 && whole && said.n > 0) {
		next = next_line(&said, &whole);
		o_r->code = code_of(next, whole, more, &final);
		if (o_r->code > 0) {
			line = next;
			o_r->greeting_whole = whole;
		}
	}
	o_r->greets = o_r->code > 0;
	o_r->unsettled = !o_r->greets && (is_short || (!whole && next.n < CODE_ENOUGH));
	return line;
}

/* Codes further down: was there one, and what followed the greeting? */
static void
read_codes(struct span said, struct opening_lines *o_r)
{
	bool whole = true, final = false, greeted = false;

	while (said.n > 0 && o_r->answer == 0) {
		unsigned code = reply_code(next_line(&said, &whole), &final);

		if (code == 0 || !whole)
			continue;
		o_r->coded = true;
		if (greeted)
			o_r->answer = code;
		greeted = greeted || final;
	}
}

void
opening_read_lines(const struct opening *opening, struct opening_lines *o_r)
{
	struct span line = greeting_line(opening->said[SIDE_SERVER],
	    opening->more[SIDE_SERVER], o_r);

	o_r->coded = false;
	o_r->answer = 0;
	read_codes(opening->said[SIDE_SERVER], o_r);
	o_r->greeting = span_tail(line, 4);
	line = telling_line(opening->said[SIDE_CLIENT], &o_r->verb_whole);
	o_r->verb = line_word(line, &o_r->argument);
	o_r->verb_tells = o_r->verb_whole && !says_little(line);
}
