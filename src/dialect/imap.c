/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/imap.h"

#include "dialect/host.h"
#include "dialect/opening.h"
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
static bool
is_mailbox_data(struct span word, struct span rest)
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
	if (!is_mailbox_data(word, rest))
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

void
imap_opening_read(const struct opening *opening, struct imap_opening *o_r)
{
	struct span line = opening_line(opening->said[SIDE_CLIENT], &o_r->command_whole);

	o_r->tag = line_word(line, &line);
	o_r->verb = line_word(line, &line);
	o_r->argument = line;
	o_r->greeting = opening_line(opening->said[SIDE_SERVER], &o_r->greeted_whole);
}

static enum probe
probe_untagged(struct span rest)
{
	struct span text, more, word = line_word(rest, &text);

	switch (imap_status_of(word)) {
	case IMAP_OK:
		return span_is(line_word(text, &more), "MUPDATE") ? PROBE_NO : PROBE_YES;
	case IMAP_PREAUTH:
		return PROBE_YES;
	case IMAP_BYE:
		/* its relatives write strings here */
		return span_at(text, 0) == '"' || span_at(text, 0) == '(' ? PROBE_WEAK : PROBE_YES;
	case IMAP_NO:
	case IMAP_BAD:
		return PROBE_WEAK;
	case IMAP_NO_STATUS:
		break;
	}
	return span_is(word, "CAPABILITY") || is_mailbox_data(word, text) ? PROBE_YES : PROBE_NO;
}

/* The answer to the client's first command, where the capture began before that. */
static enum probe
probe_tagged(const struct imap_opening *o, struct span tag, struct span rest)
{
	struct span text, word = line_word(rest, &text);
	bool quoted = span_at(text, 0) == '"' || span_at(text, 0) == '(';

	if (span_is(tag, "OK") && span_starts_nocase(word, "IMAP2"))
		return PROBE_YES;
	if (imap_status_of(word) == IMAP_NO_STATUS)
		return PROBE_NO;
	if (!quoted && o->command_whole && span_equals(tag, o->tag) &&
	    imap_verb_of(o->verb) < IMAP_CORRUPTED)
		return PROBE_YES;
	return PROBE_WEAK;
}

static bool
may_begin_line(int c)
{
	return c == '*' || c == '+' || (c > 0x20 && c < 0x7f);
}

static enum probe
imap_probe(const struct opening *opening)
{
	struct span server = opening->said[SIDE_SERVER], client = opening->said[SIDE_CLIENT];
	struct span rest, word;
	struct imap_opening o;

	imap_opening_read(opening, &o);
	if (server.n > 0 && !o.greeted_whole && opening->more[SIDE_SERVER])
		return server.n < OPENING_LINE_ENOUGH && may_begin_line(span_at(server, 0)) ?
		    PROBE_MORE : PROBE_NO;
	if (server.n > 0) {
		word = line_word(o.greeting, &rest);
		if (span_is(word, "*"))
			return probe_untagged(rest);
		return span_is(word, "+") ? PROBE_WEAK : probe_tagged(&o, word, rest);
	}
	if (!o.command_whole)
		return client.n < OPENING_LINE_ENOUGH && may_begin_line(span_at(client, 0)) ?
		    PROBE_MORE : PROBE_NO;
	return imap_verb_of(o.verb) < IMAP_CORRUPTED ? PROBE_WEAK : PROBE_NO;
}

enum probe
imap_probe_kin(const struct opening *opening)
{
	struct span server = opening->said[SIDE_SERVER], rest, word, more;
	struct imap_opening o;

	imap_opening_read(opening, &o);
	if (server.n > 0 && !o.greeted_whole && opening->more[SIDE_SERVER])
		return server.n < OPENING_LINE_ENOUGH && may_begin_line(span_at(server, 0)) ?
		    PROBE_MORE : PROBE_NO;
	word = line_word(o.greeting, &rest);
	if (server.n > 0)
		return !span_is(word, "*") &&
		    imap_status_of(line_word(rest, &more)) != IMAP_NO_STATUS ?
		    PROBE_WEAK : PROBE_NO;
	if (!o.command_whole)
		return opening->said[SIDE_CLIENT].n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	return imap_verb_of(o.verb) < IMAP_CORRUPTED ? PROBE_WEAK : PROBE_NO;
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
	.traits = TRAIT_OFFER_STANDS,
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
