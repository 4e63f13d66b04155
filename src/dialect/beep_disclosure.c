/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BEEP, what may be shown: headers of frames, and of the documents that manage a session
 * the words that are BEEP's own. No other text, and no content of other channels.
 */
#include "dialect/beep.h"

#include <string.h>

enum { TRAILER_BYTES = 5, NUMBER_DIGITS_MAX = 5 };

static const char *const words[] = { "Content-Type:", "application/beep+xml", "greeting", "profile",
	"uri", "start", "close", "channel", "number", "ready", "proceed", "error", "ok", "code",
	"blob", "status", "complete", "continue", "abort", "CDATA", "lt", "gt", "version",
	BEEP_TLS, NULL };
static const char sasl[] = "http://iana.org/beep/SASL/";

static bool
is_markup(int c)
{
	return c >= 0 && (c <= ' ' || strchr("<>='\"[];&!?", c) != NULL);
}

static bool
is_number(struct span word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (span_at(word, i) < '0' || span_at(word, i) > '9')
			return false;
	}
	return word.n > 0 && word.n <= NUMBER_DIGITS_MAX;
}

static void
disclose_word(struct disclosure *d, struct span before, struct span word)
{
	if (span_at(word, 0) == '/') {
		disclose(d, span_head(word, 1));
		span_skip(&word, 1);
	}
	if (disclose_known(d, word, words))
		return;
	if (span_starts(word, sasl)) {
		if (disclose_mechanism(d, span_tail(word, sizeof(sasl) - 1)))
			disclose(d, word);
	} else if (is_number(word) && (span_is(before, "number") || span_is(before, "code"))) {
		disclose(d, word);
	}
}

static void
disclose_document(struct disclosure *d, struct span text)
{
	struct span before = { 0 };

	disclose_each(d, text, is_markup);
	while (text.n > 0) {
		size_t n = 0;

		while (n < text.n && !is_markup(span_at(text, n)))
			n++;
		if (n > 0) {
			/* the slash of an empty element may stand right behind its name */
			struct span word = span_head(text, n);

			if (word.n > 1 && span_at(word, word.n - 1) == '/') {
				disclose(d, span_tail(word, word.n - 1));
				word.n--;
			}
			disclose_word(d, before, word);
			before = word;
		}
		text = span_tail(text, n + 1);
	}
}

void
beep_disclose(const void *state, struct disclosure *d)
{
	const size_t end = span_find(d->unit, '\n');
	struct span line = span_head(d->unit, end), rest = span_tail(d->unit, end + 1);
	struct beep_frame frame;

	(void)state;
	if (line.n == 0 || !beep_frame_read(span_head(line, line.n - 1), &frame))
		return;
	disclose_at(d, 0, end + 1);
	if (rest.n < TRAILER_BYTES)
		return;
	disclose(d, span_tail(rest, rest.n - TRAILER_BYTES));
	disclose_document(d, span_head(rest, rest.n - TRAILER_BYTES));
}
