/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/imap.h"

#include "dialect/host.h"
#include "dialect/reply.h"

/* The hole lies within a literal that is counted anyway: nothing but content is missing. */
static bool
gap_in_literal(struct imap *s, enum side from, uint64_t count)
{
	uint64_t *left = from == SIDE_SERVER ? &s->answer_left : &s->literal_left;

	if (from == SIDE_CLIENT && s->client != IMAP_LITERAL)
		return false;
	if (count > *left)
		return false;
	*left -= count;
	/* what is missing of it may have been what matters */
	if (from == SIDE_CLIENT)
		s->command.literal.n = 0;
	return true;
}

static void
forget(struct imap *s, enum side from, struct facts *facts)
{
	s->holes = s->tags.incomplete = s->greeted = true;
	line_gap(&s->lines[from]);
	if (from == SIDE_SERVER) {
		s->answer_left = 0;
		s->answer_open = false;
		s->listing = (struct capability){ 0 };
		s->listed = true;
		/* the go-ahead may have been lost, and a literal must not be read as commands */
		if (s->client == IMAP_AWAIT_GO) {
			s->client = IMAP_LITERAL;
			facts_lost_sync(facts);
		}
		/* so may a challenge, or the end of the exchange */
		if (tags_oldest(&s->tags, 1u << IMAP_AUTHENTICATE) != IMAP_NONE)
			s->sasl.challenged = true;
		tags_change(&s->tags, IMAP_AUTHENTICATE, IMAP_LOGIN);
		return;
	}
	s->literal_left = 0;
	s->client = IMAP_COMMANDS;
	s->command.open = s->sasl.challenged = false;
}

void
imap_lost(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct imap *s = state;

	if (!gap_in_literal(s, from, count))
		forget(s, from, facts);
	facts->goes_on = from == SIDE_SERVER ? s->answer_open : s->command.open;
}

/* The text of a status response, behind its code. */
static struct span
behind_code(struct span text)
{
	if (span_at(text, 0) != '[')
		return text;
	text = span_tail(text, span_find(text, ']') + 1);
	while (span_at(text, 0) == ' ')
		span_skip(&text, 1);
	return text;
}

/*
 * RFC 9051 §7.1: OK, PREAUTH and BYE greet. IMAP2 (RFC 1176) knew neither
 * capabilities nor STARTTLS; a server that says so now was made to.
 */
static void
greeting(struct imap *s, enum imap_status status, struct span text, struct span line,
    struct facts *facts)
{
	if (status == IMAP_PREAUTH) {
		/* the text may name the user */
		facts_note(facts, MARK_BANNER, "* PREAUTH");
		facts_note(facts, MARK_PREAUTH, "* PREAUTH");
		facts_login(facts, LOGIN_ACCEPTED, span_text("* PREAUTH"));
		facts->news = true;
		return;
	}
	facts_mark(facts, MARK_BANNER, line);
	if (status != IMAP_OK)
		return;
	facts_server_name(facts, host_in(behind_code(text)));
	if (reply_mentions(line, "IMAP2") && !reply_mentions(line, "IMAP4"))
		facts_mark(facts, MARK_LISTING_REFUSED, line);
	imap_listing_in_code(s, text, true, facts);
}

static bool
is_number(struct span word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (span_at(word, i) < '0' || span_at(word, i) > '9')
			return false;
	}
	return word.n > 0;
}

/* "* 5 EXISTS" without what it is about. */
static struct span
mailbox_word(struct span word, struct span rest)
{
	struct span more;

	return is_number(word) ? line_word(rest, &more) : word;
}

/* Contents of mailboxes: words that no server has a reason for before it knows who asks. */
bool
imap_is_mailbox_data(struct span word, struct span rest)
{
	if (is_number(word)) {
		word = mailbox_word(word, rest);
		return span_is(word, "EXISTS") || span_is(word, "RECENT") ||
		    span_is(word, "FETCH") || span_is(word, "EXPUNGE");
	}
	return span_is(word, "LIST") || span_is(word, "LSUB") || span_is(word, "STATUS") ||
	    span_is(word, "FLAGS") || span_is(word, "SEARCH");
}

static void
data(struct imap *s, struct span word, struct span rest, const struct line *line,
    struct facts *facts)
{
	if (span_is(word, "CAPABILITY") && line->kind == LINE_WHOLE) {
		imap_listing(s, rest, false, facts);
		return;
	}
	if (!imap_is_mailbox_data(word, rest))
		return;
	if (!facts->seen->authenticated && !s->holes) {
		facts_mark(facts, MARK_PREMATURE, mailbox_word(word, rest));
		facts->news = true;
	}
	s->answer_is_mail = is_number(word) && span_is(mailbox_word(word, rest), "FETCH");
	if (s->answer_is_mail)
		facts_payload(facts, span_text("FETCH"), span_text("FETCH"));
}

void
imap_untagged_line(struct imap *s, struct span rest, const struct line *line,
    struct facts *facts)
{
	struct span text, word = line_word(rest, &text);
	enum imap_status status = imap_status_of(word);

	if (!s->greeted && status != IMAP_NO_STATUS)
		greeting(s, status, text, line->text, facts);
	if (status == IMAP_BYE)
		imap_closing(s, text, facts);
	else if (status == IMAP_NO_STATUS)
		data(s, word, text, line, facts);
	else if (s->greeted && status == IMAP_OK && line->kind == LINE_WHOLE)
		imap_listing_in_code(s, text, false, facts);
}

static enum probe
imap_probe(const struct opening *opening)
{
	return imap_probe_kin(opening, IMAP_KIN_IMAP);
}

static long
imap_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct imap *s = state;

	s->untagged = imap_untagged_line;
	if (from == SIDE_CLIENT)
		return imap_client_unit(s, in, facts);
	return imap_server_unit(s, in, facts);
}

const struct dialect dialect_imap = {
	.name = "imap",
	.rfcs = "9051 3501 2595 4959 2221 7888 3516 5530",
	.ports = { 143, 1143 },
	.implicit_ports = { 993 },
	.alpn = "imap",
	.traits = TRAIT_OFFER_STANDS | TRAIT_LITERALS | TRAIT_TAGS | TRAIT_OFFER_ENDS,
	.state_size = sizeof(struct imap),
	.offer = "STARTTLS in CAPABILITY or the greeting",
	.request = "STARTTLS",
	.grant = "OK",
	.tells = "cap-masked cap-corrupted cap-cmd-refused cmd-corrupted "
	    "preauth-greeting premature-untagged cleartext-redirect required-violated",
	.probe = imap_probe,
	.feed = imap_feed,
	.gap = imap_lost,
};
