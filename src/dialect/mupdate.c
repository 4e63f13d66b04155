/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MUPDATE (RFC 3656): IMAP's tags and literals. The greeting is a listing of
 * several lines, * AUTH and * STARTTLS among them, up to * OK MUPDATE (§3.8).
 */
#include "dialect/imap.h"

/* RFC 3656 §3.8: no mechanism may be listed only where TLS must come first. */
static void
banner_end(struct imap *s, struct span strings, struct facts *facts)
{
	struct span name;

	facts_note(facts, MARK_BANNER, "* OK MUPDATE");
	if (literal_argument(&strings, &name))
		facts_server_name(facts, name);
	/* very old servers list their mechanisms behind this, and know no more */
	if (s->listed || !s->auth_listed)
		return;
	s->listed = true;
	capability_finish(&s->listing, "STARTTLS", facts);
	if (s->mechanisms || s->listing.offer)
		return;
	facts_note(facts, MARK_CONTRADICTION,
	    "no mechanism to log in with, and no STARTTLS");
	facts->news = true;
}

static void
mupdate_untagged(struct imap *s, struct span rest, const struct line *line, struct facts *facts)
{
	struct span strings, text, word = line_word(rest, &text);

	if (line->kind != LINE_WHOLE)
		return;
	if (span_is(word, "BYE")) {
		imap_closing(s, text, facts);
	} else if (span_is(word, "OK") && span_is(line_word(text, &strings), "MUPDATE")) {
		banner_end(s, strings, facts);
	} else if (!s->listed) {
		capability_word(&s->listing, word, "STARTTLS", word);
		s->auth_listed = s->auth_listed || span_is(word, "AUTH");
		s->mechanisms = s->mechanisms || (span_is(word, "AUTH") && text.n > 0);
		if (span_is(word, "AUTH"))
			capability_mechanisms(&s->listing, text);
	}
}

static enum probe
mupdate_probe(const struct opening *opening)
{
	return imap_probe_kin(opening, IMAP_KIN_MUPDATE);
}

static long
mupdate_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct imap *s = state;

	s->untagged = mupdate_untagged;
	s->bare_challenges = true;
	if (from == SIDE_CLIENT)
		return imap_client_unit(s, in, facts);
	return imap_server_unit(s, in, facts);
}

const struct dialect dialect_mupdate = {
	.name = "mupdate",
	.rfcs = "3656",
	.ports = { 3905 },
	.traits = TRAIT_LITERALS | TRAIT_TAGS,
	.state_size = sizeof(struct imap),
	.offer = "STARTTLS in the banner",
	.request = "STARTTLS",
	.grant = "tagged OK",
	.tells = "cap-masked cap-corrupted cap-cmd-refused "
	    "cmd-corrupted reply-structure-anomaly required-violated",
	.probe = mupdate_probe,
	.feed = mupdate_feed,
	.gap = imap_lost,
};
