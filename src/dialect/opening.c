/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/opening.h"

#include "dialect/line.h"
#include "dialect/reply.h"

/* A line without its end, as much of it as is there. */
static struct span
first_line(struct span said, bool *whole_r)
{
	size_t end = span_find(said, '\n');

	*whole_r = end < said.n;
	said = span_head(said, end);
	if (*whole_r && span_at(said, said.n - 1) == '\r')
		said.n--;
	return said;
}

void
opening_read_lines(const struct opening *opening, struct opening_lines *o_r)
{
	struct span line = first_line(opening->said[SIDE_SERVER], &o_r->greeting_whole);
	bool final;

	o_r->code = reply_code(line, &final);
	o_r->greets = o_r->code > 0;
	o_r->greeting = span_tail(line, 4);
	line = first_line(opening->said[SIDE_CLIENT], &o_r->verb_whole);
	o_r->verb = line_word(line, &o_r->argument);
}
