/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/capability.h"

#include "base/text.h"
#include "dialect/token.h"

/* Count, and keep the first line as evidence. */
static void
note(uint8_t *count, char *excerpt, struct span line)
{
	if (*count == 0)
		text_escape(excerpt, CAPABILITY_EXCERPT_SIZE, line);
	if (*count < UINT8_MAX)
		(*count)++;
}

void
capability_word(struct capability *c, struct span word, const char *token,
    struct span line)
{
	char unused[CAPABILITY_EXCERPT_SIZE];

	if (span_is(word, token)) {
		c->offer = true;
		text_escape(c->offer_line, sizeof(c->offer_line), line);
	} else if (token_is_masked(word)) {
		if (word.n == span_text(token).n)
			note(&c->masked, c->masked_line, line);
		else
			note(&c->masked_other, unused, line);
	} else if (token_is_near_miss(word, token)) {
		note(&c->corrupted, c->corrupted_line, line);
	}
}

/* What stands where the token should be; only worth telling when the token itself is not there. */
static void
tell_remains(const struct capability *c, struct facts *facts)
{
	if (c->masked > c->masked_elsewhere) {
		facts_mark(facts, MARK_TOKEN_MASKED, span_text(c->masked_line));
		facts->news = true;
	}
	if (c->corrupted > 0) {
		facts_mark(facts, MARK_TOKEN_CORRUPTED, span_text(c->corrupted_line));
		facts->news = true;
	}
}

void
capability_finish(const struct capability *c, struct facts *facts, struct span last)
{
	if (c->offer) {
		facts_listing(facts, true, span_text(c->offer_line));
		return;
	}
	facts_listing(facts, false, last);
	if (facts->seen->authenticated)
		return;
	if (c->masked + c->masked_other > 0)
		facts_mark(facts, MARK_TOKEN_MASKED_OTHER, last);
	tell_remains(c, facts);
}
