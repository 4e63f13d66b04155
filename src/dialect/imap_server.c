/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IMAP, what the server says: untagged data and status, go-aheads, and tagged
 * answers (RFC 9051 §7), each of which belongs to the command of its tag.
 */
#include "dialect/imap.h"

#include "dialect/token.h"

enum { LOGINS = 1u << IMAP_LOGIN | 1u << IMAP_AUTHENTICATE };

/*
 * Servers list anew when somebody logs in, some just before they say so. Such a
 * listing must not be held against the one before (RFC 9051 §6.2.1).
 */
static bool
belongs_to_login(const struct imap *s)
{
	uint8_t oldest = tags_oldest(&s->tags, LOGINS | 1u << IMAP_CAPABILITY);

	return oldest == IMAP_LOGIN || oldest == IMAP_AUTHENTICATE;
}

static void
listed_disabled(struct imap *s, bool explained, struct facts *facts)
{
	s->login_disabled = true;
	facts_demand(facts, OPERATION_LOGIN, span_text("LOGINDISABLED"));
	facts_demand_listed(facts);
	if (explained)
		return;
	facts_note(facts, MARK_CONTRADICTION,
	    "LOGINDISABLED without STARTTLS and without any AUTH=");
	facts->news = true;
}

/* Capabilities are atoms with blanks between them; every listing names an IMAP4 (§7.2.2). */
void
imap_listing(struct imap *s, struct span words, bool in_greeting, struct facts *facts)
{
	struct capability c = { 0 };
	bool imap4 = false, auth = false, disabled = false;

	if (belongs_to_login(s))
		return;
	while (words.n > 0) {
		struct span word = line_word(words, &words);

		capability_word(&c, word, "STARTTLS", word);
		imap4 = imap4 || span_starts_nocase(word, "IMAP4");
		if (span_starts_nocase(word, "AUTH=")) {
			auth = true;
			capability_mechanism(&c, span_tail(word, strlen("AUTH=")));
		}
		disabled = disabled || span_is(word, "LOGINDISABLED");
	}
	if (!imap4 && !c.offer)
		return;
	capability_finish(&c, "STARTTLS", facts);
	/* of a list behind a login no more counts than that it has the offer */
	if (facts->seen->authenticated)
		return;
	facts->seen->listing_in_greeting_only = in_greeting;
	if (in_greeting)
		facts->seen->greeting_offers = fact_of(c.offer);
	s->login_disabled = false;
	if (disabled)
		listed_disabled(s, in_greeting || auth || c.offer, facts);
}

void
imap_listing_in_code(struct imap *s, struct span text, bool in_greeting, struct facts *facts)
{
	struct span words;

	if (!imap_has_code(text, "CAPABILITY") || span_find(text, ']') == text.n)
		return;
	line_word(imap_code(text), &words);
	imap_listing(s, words, in_greeting, facts);
}

void
imap_closing(struct imap *s, struct span text, struct facts *facts)
{
	struct keep room;

	if (imap_has_code(text, "REFERRAL"))
		imap_redirect(text, facts);
	if (tags_oldest(&s->tags, 1u << IMAP_STARTTLS) != IMAP_NONE &&
	    tags_oldest(&s->tags, 1u << IMAP_LOGOUT) == IMAP_NONE)
		facts_answer(facts, ANSWER_CLOSING, imap_quote(span_text("BYE"), text, &room));
}

/* RFC 5530 §3 has codes that say "never"; without one NO means "cannot now". */
static enum answer
starttls_answer(const struct imap *s, enum imap_status status, struct span text,
    const struct facts *facts)
{
	if (status == IMAP_OK)
		return ANSWER_GRANTED;
	if (s->request_had_argument || facts->seen->authenticated)
		return ANSWER_LAWFUL;
	if (status == IMAP_BYE)
		return ANSWER_CLOSING;
	if (status == IMAP_BAD || imap_has_code(text, "CANNOT") || imap_has_code(text, "NOPERM"))
		return ANSWER_PERMANENT;
	return ANSWER_TEMPORARY;
}

static void
starttls_reply(struct imap *s, enum imap_status status, struct span text, struct span quoted,
    struct facts *facts)
{
	static const size_t starttls_length = 8;

	if (status != IMAP_OK && imap_has_code(text, "REFERRAL"))
		imap_redirect(text, facts);
	facts_answer(facts, starttls_answer(s, status, text, facts), quoted);
	/* the server echoes a filler that this client never sent */
	if (status == IMAP_BAD && token_masked_inside(text, starttls_length)) {
		facts_note(facts, MARK_COMMAND_CORRUPTED, "BAD ... XXXXXXXX");
		facts->news = true;
	}
}

static bool
wants_privacy(const struct imap *s, enum imap_verb verb, struct span text)
{
	return imap_has_code(text, "PRIVACYREQUIRED") || imap_has_code(text, "ENCRYPT-NEEDED") ||
	    (verb == IMAP_LOGIN && s->login_disabled);
}

static void
login_reply(struct imap *s, enum imap_verb verb, enum imap_status status, struct span text,
    struct span quoted, struct facts *facts)
{
	s->sasl.challenged = false;
	if (status == IMAP_OK) {
		facts_login(facts, LOGIN_ACCEPTED, quoted);
	} else if (wants_privacy(s, verb, text)) {
		facts_demand(facts, OPERATION_LOGIN, quoted);
		facts_login(facts, LOGIN_NEEDS_TLS, quoted);
	} else if (imap_has_code(text, "REFERRAL")) {
		/* sent elsewhere with a password that nobody has called wrong */
		imap_redirect(text, facts);
		facts_login(facts, LOGIN_NOT_JUDGED, quoted);
	} else if (imap_has_code(text, "UNAVAILABLE") ||
	    imap_has_code(text, "AUTHORIZATIONFAILED")) {
		/* RFC 5530 §3: something else is wrong */
		facts_login(facts, LOGIN_NOT_JUDGED, quoted);
	} else {
		facts_login(facts, LOGIN_WRONG, quoted);
	}
}

/* NO may have other reasons (Courier says it for BAD), but no command looks like a mask. */
static void
refused(struct imap *s, enum imap_verb verb, enum imap_status status, struct span quoted,
    struct facts *facts)
{
	if (verb == IMAP_CAPABILITY) {
		facts_mark(facts, MARK_LISTING_REFUSED, quoted);
	} else if (verb == IMAP_CORRUPTED &&
	    (status == IMAP_BAD || token_is_masked(keep_span(&s->corrupted)))) {
		facts_mark(facts, MARK_COMMAND_CORRUPTED, keep_span(&s->corrupted));
		facts->news = true;
	}
}

/* RFC 4978: nothing is text any more. */
static void
compressed(struct facts *facts)
{
	facts_lost_sync(facts);
	facts_done(facts);
}

static void
done(enum imap_verb verb, struct facts *facts)
{
	if (verb == IMAP_SEARCH)
		facts_payload(facts, span_text("SEARCH"), span_text("SEARCH"));
	else if (verb == IMAP_COMPRESS)
		compressed(facts);
	else if (verb == IMAP_UNAUTHENTICATE)
		facts_logout(facts);
}

/* What is no legal answer cannot grant anything; where all was seen that is one by itself. */
static void
no_answer(struct imap *s, const struct line *line, struct span quoted, struct facts *facts)
{
	if (line->kind == LINE_TAIL || s->tags.incomplete)
		return;
	if (tags_oldest(&s->tags, 1u << IMAP_STARTTLS) != IMAP_NONE)
		facts_answer(facts, ANSWER_INVALID, quoted);
}

/* A literal that was announced and is refused will not come (RFC 9051 §4.3). */
static void
literal_refused(struct imap *s, struct span tag)
{
	if (s->client != IMAP_AWAIT_GO ||
	    !span_equals(keep_span(&s->command.tag), span_head(tag, KEEP_BYTES)))
		return;
	s->client = IMAP_COMMANDS;
	s->command.open = false;
}

static bool
is_of_another(const struct imap *s, struct span tag)
{
	uint8_t verb = tags_find(&s->tags, tag);

	return verb != IMAP_NONE && verb != IMAP_STARTTLS;
}

/* MUPDATE's challenges stand alone on their lines (RFC 3656 §4.2). */
static bool
is_bare_challenge(const struct imap *s, struct span line)
{
	return s->bare_challenges && span_find(line, ' ') == line.n &&
	    tags_oldest(&s->tags, LOGINS) != IMAP_NONE;
}

static void
tagged(struct imap *s, struct span tag, struct span rest, const struct line *line,
    struct facts *facts)
{
	struct span text, word = line_word(rest, &text);
	enum imap_status status = imap_status_of(word);
	enum imap_verb verb = IMAP_NONE;
	struct keep room;
	struct span quoted = imap_quote(word, text, &room);

	/* ACAP and MUPDATE send data with a tag, and the command goes on */
	if (status == IMAP_NO_STATUS && rest.n > 0 && is_of_another(s, tag))
		return;
	if (status != IMAP_NO_STATUS && status != IMAP_PREAUTH)
		verb = (enum imap_verb)tags_take(&s->tags, tag);
	if (verb == IMAP_NONE) {
		/* the tag itself is not shown: it may be anything that a client has said */
		if (status != IMAP_NO_STATUS)
			keep_add(&room, span_text(" (wrong tag)"));
		no_answer(s, line, keep_span(&room), facts);
		return;
	}
	literal_refused(s, tag);
	if (verb == IMAP_STARTTLS)
		starttls_reply(s, status, text, quoted, facts);
	else if (verb == IMAP_LOGIN || verb == IMAP_AUTHENTICATE)
		login_reply(s, verb, status, text, quoted, facts);
	else if (status == IMAP_OK)
		done(verb, facts);
	else
		refused(s, verb, status, quoted, facts);
	if (status == IMAP_OK && line->kind == LINE_WHOLE)
		imap_listing_in_code(s, text, false, facts);
}

/* "+": to a literal, to AUTHENTICATE, to IDLE; to nothing else. */
static void
go_ahead(struct imap *s, const struct line *line, struct facts *facts)
{
	if (s->client == IMAP_AWAIT_GO)
		s->client = IMAP_LITERAL;
	else if (tags_oldest(&s->tags, s->holes ? LOGINS : 1u << IMAP_AUTHENTICATE) != IMAP_NONE)
		s->sasl.challenged = true;
	else if (tags_oldest(&s->tags, 1u << IMAP_IDLE) == IMAP_NONE)
		no_answer(s, line, span_text("+"), facts);
}

static void
response(struct imap *s, const struct line *line, struct facts *facts)
{
	struct span rest, word = line_word(line->text, &rest);

	s->answer_is_mail = false;
	if (span_is(word, "*"))
		s->untagged(s, rest, line, facts);
	else if (!s->greeted && imap_status_of(word) == IMAP_OK)
		s->untagged(s, line->text, line, facts);	/* as old servers greeted */
	else if (span_is(word, "+"))
		go_ahead(s, line, facts);
	else if (is_bare_challenge(s, line->text))
		s->sasl.challenged = true;
	else
		tagged(s, word, rest, line, facts);
	s->greeted = true;
}

static long
server_literal(struct imap *s, struct span in, struct facts *facts)
{
	size_t n = in.n < s->answer_left ? in.n : (size_t)s->answer_left;

	if (s->answer_is_mail)
		facts_payload(facts, span_text("FETCH"), span_text("FETCH"));
	s->answer_left -= n;
	return (long)n;
}

/* Only data holds literals: the text of a status may end in braces as it likes. */
static bool
may_hold_literal(struct span text)
{
	struct span more, rest, word = line_word(text, &rest);

	if (span_is(word, "+"))
		return span_at(rest, 0) == '{';
	return imap_status_of(word) == IMAP_NO_STATUS &&
	    imap_status_of(line_word(rest, &more)) == IMAP_NO_STATUS;
}

static void
look_for_literal(struct imap *s, const struct line *line, size_t used)
{
	struct literal literal;
	struct span rest;

	s->answer_open = (s->answer_open || may_hold_literal(line->text)) &&
	    literal_announced(line, used, &literal, &rest);
	if (s->answer_open)
		s->answer_left = literal.octets;
}

static long
server_unit(struct imap *s, struct span in, struct facts *facts)
{
	struct line line;
	bool goes_on = s->answer_open;
	long used;

	s->server_spoke = true;
	if (s->answer_left > 0)
		return server_literal(s, in, facts);
	used = line_read(&s->lines[SIDE_SERVER], in, &line);
	if (used == 0 || line.kind == LINE_REST)
		return used;
	look_for_literal(s, &line, (size_t)used);
	if (!goes_on && (line.text.n > 0 || is_bare_challenge(s, line.text)))
		response(s, &line, facts);
	return used;
}

long
imap_server_unit(struct imap *s, struct span in, struct facts *facts)
{
	long used = server_unit(s, in, facts);

	facts->goes_on = s->answer_open || s->lines[SIDE_SERVER].too_long;
	return used;
}
