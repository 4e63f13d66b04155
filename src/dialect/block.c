/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/block.h"

void
block_begin(struct block *b, const struct line *status, bool strict)
{
	b->loose = !strict || status->bare_lf;
	b->bare_before = status->bare_lf;
}

/* Within a message LF . LF is text, as long as its lines end with CRLF. */
bool
block_ends(struct block *b, const struct line *line)
{
	bool bare_before = b->bare_before;

	b->bare_before = line->bare_lf;
	return line->kind == LINE_WHOLE && span_is(line->text, ".") &&
	    (b->loose || (!line->bare_lf && !bare_before));
}
