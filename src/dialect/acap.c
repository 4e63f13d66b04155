/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACAP (RFC 2244) with STARTTLS (RFC 2595 §5): IMAP's tags, go-aheads and
 * literals, and one listing, the greeting: * ACAP (SASL "PLAIN") (STARTTLS)
 */
#include "dialect/imap.h"

/* The next name behind an opening bracket; what stands in quotes is none. */
static struct span
next_name(struct span *text)
{
	size_t n = 0;

	while (text->n > 0 && span_at(*text, 0) != '(') {
		struct span quoted;

		if (span_at(*text, 0) == '"')
			literal_argument(text, &quoted);
		else
			span_skip(text, 1);
	}
	span_skip(text, 1);
	while (n < text->n && span_at(*text, n) != ' ' && span_at(*text, n) != ')')
		n++;
	return span_head(*text, n);
}

static void
greeting(struct imap *s, struct span text, const struct line *line, struct facts *facts)
{
	struct capability c = { 0 };
	struct span name;

	facts_note(facts, MARK_BANNER, "* ACAP");
	/* where a literal stands in it, the rest is not read */
	if (line->kind != LINE_WHOLE || s->answer_open)
		return;
	while ((name = next_name(&text)).n > 0)
		capability_word(&c, name, "STARTTLS", name);
	capability_finish(&c, "STARTTLS", facts);
}

static void
acap_untagged(struct imap *s, struct span rest, const struct line *line, struct facts *facts)
{
	struct span text, word = line_word(rest, &text);

	if (span_is(word, "ACAP") && !s->greeted)
		greeting(s, text, line, facts);
	else if (span_is(word, "BYE"))
		imap_closing(s, text, facts);
}

static enum probe
acap_probe(const struct opening *opening)
{
	return imap_probe_kin(opening, IMAP_KIN_ACAP);
}

static long
acap_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct imap *s = state;

	s->untagged = acap_untagged;
	if (from == SIDE_CLIENT)
		return imap_client_unit(s, in, facts);
	return imap_server_unit(s, in, facts);
}

const struct dialect dialect_acap = {
	.name = "acap",
	.rfcs = "2244 2595",
	.ports = { 674 },
	.traits = TRAIT_LITERALS | TRAIT_TAGS,
	.state_size = sizeof(struct imap),
	.offer = "(STARTTLS) in the greeting",
	.request = "STARTTLS",
	.grant = "tagged OK",
	.tells = "cap-masked cap-corrupted cap-cmd-refused "
	    "cmd-corrupted reply-structure-anomaly required-violated",
	.probe = acap_probe,
	.feed = acap_feed,
	.gap = imap_lost,
};
