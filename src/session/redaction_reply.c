/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/redaction_line.h"

#include "dialect/quote.h"

/* How a reply says what became of a command; nobody needs to know what was typed for that. */
static bool
is_status(struct span run)
{
	static const char *const words[] = { "OK", "NO", "BAD", "BYE", "+OK", "-ERR", "ERR", "*",
		"+", "PREAUTH" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (span_equals(run, span_text(words[i])))
			return true;
	}
	return false;
}

/* * 12 FETCH (RFC 9051 §7.5) */
static void
show_count(struct span unit, size_t at, uint8_t *out)
{
	struct span count, what;

	if (!line_run(unit, &at, &count) || !line_run(unit, &at, &what))
		return;
	if (span_is(what, "FETCH") || span_is(what, "EXISTS") || span_is(what, "RECENT") ||
	    span_is(what, "EXPUNGE"))
		line_show(out, unit, count);
}

void
line_mask_reply(const struct redaction *r, struct span unit, uint8_t *out)
{
	struct span run;
	size_t at = 0;

	quote_mask(unit, &r->typed, MASKED_FILLER, out);
	if (!line_run(unit, &at, &run))
		return;
	if (is_status(run))
		line_show(out, unit, run);
	if (span_is(run, "*"))
		show_count(unit, at, out);
	if (line_mask_repeated_tag(r, unit, run, out) && line_run(unit, &at, &run) &&
	    is_status(run))
		line_show(out, unit, run);
}
