/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/capability.h"

#include <string.h>

#include "dialect/sasl.h"
#include "dialect/token.h"

/* Count, and keep the first line as evidence. */
static void
note(uint8_t *count, struct keep *line_r, struct span line)
{
	if (*count == 0)
		keep_set(line_r, line);
	if (*count < UINT8_MAX)
		(*count)++;
}

void
capability_word(struct capability *c, struct span word, const char *token,
    struct span line)
{
	/* evidence that something is missing is the list of what is there */
	keep_add(&c->words, span_text(" "));
	keep_add(&c->words, word);
	if (span_is(word, token)) {
		c->offer = true;
		keep_set(&c->offer_line, line);
	} else if (token_is_masked(word) || token_is_mask_of(word, token)) {
		if (word.n == span_text(token).n)
			note(&c->masked, &c->masked_line, line);
		else
			note(&c->masked_other, &c->masked_other_line, line);
	} else if (token_is_near_miss(word, token)) {
		note(&c->corrupted, &c->corrupted_line, line);
	}
}

/* What stands where the token should be; only worth telling when the token itself is not there. */
static void
tell_remains(const struct capability *c, struct facts *facts)
{
	if (c->masked > c->masked_elsewhere) {
		facts_mark(facts, MARK_TOKEN_MASKED, keep_span(&c->masked_line));
		facts->news = true;
	} else if (c->masked > 0) {
		facts_mark(facts, MARK_TOKEN_MASKED_OTHER, keep_span(&c->masked_line));
	}
	if (c->masked_other > 0)
		facts_mark(facts, MARK_TOKEN_MASKED_OTHER, keep_span(&c->masked_other_line));
	if (c->corrupted > 0) {
		facts_mark(facts, MARK_TOKEN_CORRUPTED, keep_span(&c->corrupted_line));
		facts->news = true;
	}
}

void
capability_mechanism(struct capability *c, struct span name)
{
	const struct sasl_mechanism *m = sasl_find(name);

	if (m->kind != SASL_OPAQUE)
		c->mechanisms |= MECHANISM_CLEAR;
	else if (sasl_hides_secret(m))
		c->mechanisms |= MECHANISM_STRONG;
}

void
capability_mechanisms(struct capability *c, struct span names)
{
	while (names.n > 0) {
		size_t n = 0;

		while (n < names.n && strchr(" ,\"", span_at(names, n)) == NULL)
			n++;
		if (n > 0)
			capability_mechanism(c, span_head(names, n));
		span_skip(&names, n < names.n ? n + 1 : n);
	}
}

void
capability_password(struct capability *c)
{
	c->mechanisms |= MECHANISM_CLEAR;
}

void
capability_finish(const struct capability *c, const char *token, struct facts *facts)
{
	struct keep lacks = { 0 };

	if (!c->mechanisms_untold)
		facts_mechanisms(facts, c->mechanisms);
	if (c->offer) {
		facts_listing(facts, true, keep_span(&c->offer_line));
		return;
	}
	keep_add(&lacks, span_text("no "));
	keep_add(&lacks, span_text(token));
	keep_add(&lacks, span_text(" among:"));
	keep_add(&lacks, span_head(keep_span(&c->words), KEEP_BYTES - lacks.n));
	facts_listing(facts, false, keep_span(&lacks));
	if (!facts->seen->authenticated)
		tell_remains(c, facts);
}
