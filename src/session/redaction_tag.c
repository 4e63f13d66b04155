/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client may count with whatever it likes, and may put a password where a tag stands. What
 * looks like a counter is shown; of another tag one character, which is nobody's secret: so
 * much must stay that an answer with another tag is told from one with this.
 */
#include "session/redaction_line.h"

bool
line_is_counter(struct span run)
{
	enum { SHORT_MAX = 4, TAG_MAX = 8 };
	size_t at = 0, digits = 0, dots = 0;

	while (at < run.n && span_at(run, at) > '9')
		at++;
	for (; at < run.n && (span_at(run, at) == '.' ||
	    (span_at(run, at) >= '0' && span_at(run, at) <= '9')); at++) {
		dots += span_at(run, at) == '.';
		digits++;
	}
	return dots <= 1 && (run.n <= SHORT_MAX || (run.n <= TAG_MAX && at == run.n &&
	    digits > 0 && run.n - digits <= SHORT_MAX));
}

static bool
is_letter_or_digit(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The last character is what changes from tag to tag. */
static void
show_tag(struct span unit, struct span tag, uint8_t *out)
{
	size_t n = tag.n;

	if (line_is_counter(tag)) {
		line_show(out, unit, tag);
		return;
	}
	memset(out + (tag.p - unit.p), MASKED_FILLER, tag.n);
	while (n > 0 && (!is_letter_or_digit(span_at(tag, n - 1)) ||
	    span_at(tag, n - 1) == MASKED_FILLER))
		n--;
	if (n > 0)
		line_show(out, unit, span_head(span_tail(tag, n - 1), 1));
}

void
line_mask_tag(struct redaction *r, struct span unit, struct span tag, uint8_t *out)
{
	typed_add_word(&r->tags, tag);
	show_tag(unit, tag, out);
}

bool
line_mask_repeated_tag(const struct redaction *r, struct span unit, struct span tag,
    uint8_t *out)
{
	if (!typed_has(&r->tags, tag))
		return false;
	show_tag(unit, tag, out);
	return true;
}
