/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/redaction_line.h"

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void
line_show_blanks(uint8_t *out, struct span unit)
{
	for (size_t i = 0; i < unit.n; i++) {
		if (is_blank(span_at(unit, i)))
			out[i] = (uint8_t)span_at(unit, i);
	}
}

bool
line_run(struct span unit, size_t *at, struct span *run_r)
{
	size_t n = 0;

	while (is_blank(span_at(unit, *at)))
		(*at)++;
	while (*at + n < unit.n && !is_blank(span_at(unit, *at + n)))
		n++;
	*run_r = span_head(span_tail(unit, *at), n);
	*at += n;
	return n > 0;
}

bool
line_is_last(struct span unit, size_t at)
{
	struct span run;

	return !line_run(unit, &at, &run);
}

void
line_show(uint8_t *out, struct span unit, struct span part)
{
	if (part.n > 0)
		memcpy(out + (part.p - unit.p), part.p, part.n);
}

void
line_note_hidden(struct redaction *r, struct span unit, const uint8_t *out)
{
	struct span run;
	size_t at = 0;

	if (!typed_count(&r->typed, unit.n))
		return;
	while (line_run(unit, &at, &run)) {
		if (memcmp(out + (run.p - unit.p), run.p, run.n) != 0)
			typed_add(&r->typed, run, span_text(""));
	}
}
