/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ManageSieve, what the server says: lines of strings, and a status that ends
 * the answer to the oldest command (RFC 5804 §1.2, §1.3). Capabilities come
 * with the greeting and when they are asked for (§1.7). Strings may be literals,
 * so a line is over where the last of them is.
 */
#include "dialect/sieve.h"

#include "dialect/host.h"
#include "dialect/token.h"

enum { STARTTLS_LENGTH = 8 };

static enum sieve_verb
oldest(const struct sieve *s)
{
	return (enum sieve_verb)pending_oldest(&s->pending);
}

/* --- Capabilities ----------------------------------------------------------- */

static bool
is_greeting(const struct sieve *s, const struct facts *facts)
{
	return !s->greeted && (facts->from_start || oldest(s) == SIEVE_NONE);
}

static bool
is_listing(const struct sieve *s, const struct facts *facts)
{
	return is_greeting(s, facts) || oldest(s) == SIEVE_CAPABILITY;
}

static void
listing_begin(struct sieve *s)
{
	s->listing = (struct capability){ 0 };
	s->listed = s->nothing_to_login_with = false;
}

static void
capability(struct sieve *s)
{
	struct span name = keep_span(&s->answer.first);

	capability_word(&s->listing, name, "STARTTLS", name);
	s->listed = true;
	if (span_is(name, "SASL") && s->answer.strings > 1)
		s->nothing_to_login_with = s->answer.second_empty;
}

/* RFC 5804 §1.7: no mechanism may be listed only where TLS must come first. */
static void
listing_end(struct sieve *s, struct facts *facts)
{
	if (s->listed) {
		capability_finish(&s->listing, "STARTTLS", facts);
		if (s->nothing_to_login_with && s->listing.offer)
			facts_demand_listed(facts);
		if (s->nothing_to_login_with && !s->listing.offer &&
		    !facts->seen->authenticated) {
			facts_note(facts, MARK_CONTRADICTION,
			    "no mechanism to log in with, and no STARTTLS");
			facts->news = true;
		}
	}
	listing_begin(s);
}

/* --- Status ----------------------------------------------------------------- */

static enum answer
starttls_answer(const struct sieve *s, enum imap_status status, struct span text,
    const struct facts *facts)
{
	if (status == IMAP_OK)
		return ANSWER_GRANTED;
	if (s->request_had_argument || facts->seen->authenticated)
		return ANSWER_LAWFUL;
	return imap_has_code(text, "TRYLATER") ? ANSWER_TEMPORARY : ANSWER_PERMANENT;
}

static void
starttls_reply(const struct sieve *s, enum imap_status status, struct span text,
    struct span quoted, struct facts *facts)
{
	if (s->unsure)
		facts_answer(facts, ANSWER_NOT_COMING, span_text("no sure answer"));
	else
		facts_answer(facts, starttls_answer(s, status, text, facts), quoted);
	/* the server repeats a filler that this client never sent */
	if (status == IMAP_NO && token_masked_inside(text, STARTTLS_LENGTH)) {
		facts_note(facts, MARK_COMMAND_CORRUPTED, "NO ... XXXXXXXX");
		facts->news = true;
	}
}

static void
login_reply(enum imap_status status, struct span text, struct span quoted, struct facts *facts)
{
	if (status == IMAP_OK) {
		facts_login(facts, LOGIN_ACCEPTED, quoted);
	} else if (imap_has_code(text, "ENCRYPT-NEEDED")) {
		facts_demand(facts, OPERATION_LOGIN, quoted);
		facts_login(facts, LOGIN_NEEDS_TLS, quoted);
	} else if (!imap_has_code(text, "REFERRAL")) {
		/* sent elsewhere, nobody has called the password wrong */
		facts_login(facts, LOGIN_WRONG, quoted);
	}
}

static void
refused(const struct sieve *s, enum sieve_verb verb, struct span quoted, struct facts *facts)
{
	if (verb == SIEVE_CAPABILITY) {
		facts_mark(facts, MARK_LISTING_REFUSED, quoted);
	} else if (verb == SIEVE_CORRUPTED) {
		facts_mark(facts, MARK_COMMAND_CORRUPTED, keep_span(&s->corrupted));
		facts->news = true;
	}
}

static void
answer(struct sieve *s, enum imap_status status, struct span text, struct span quoted,
    struct facts *facts)
{
	enum sieve_verb verb = oldest(s);

	pending_drop(&s->pending);
	s->heard = true;
	if (verb == SIEVE_STARTTLS) {
		starttls_reply(s, status, text, quoted, facts);
	} else if (verb == SIEVE_AUTHENTICATE) {
		s->sasl.challenged = false;
		login_reply(status, text, quoted, facts);
	} else if (status != IMAP_OK) {
		refused(s, verb, quoted, facts);
	} else if (verb == SIEVE_CAPABILITY) {
		listing_end(s, facts);
	} else if (verb == SIEVE_UNAUTHENTICATE) {
		facts_logout(facts);
	}
}

/* The text of a status, behind its code. */
static struct span
behind_code(struct span text)
{
	if (span_at(text, 0) == '(')
		text = span_tail(text, span_find(text, ')') + 1);
	while (span_at(text, 0) == ' ' || span_at(text, 0) == '"')
		span_skip(&text, 1);
	return span_head(text, span_find(text, '"'));
}

static void
greeting(struct sieve *s, enum imap_status status, struct span text, struct span quoted,
    struct facts *facts)
{
	facts_mark(facts, MARK_BANNER, quoted);
	if (status != IMAP_OK)
		return;
	facts_server_name(facts, host_in(behind_code(text)));
	listing_end(s, facts);
}

static void
status_end(struct sieve *s, struct facts *facts)
{
	struct span text = keep_span(&s->answer.text), quoted;
	enum imap_status status = s->answer.status;
	bool greets = is_greeting(s, facts);
	struct keep room;

	quoted = imap_quote(span_text(status == IMAP_OK ? "OK" : status == IMAP_NO ? "NO" : "BYE"),
	    text, &room);
	if (status != IMAP_OK && imap_has_code(text, "REFERRAL"))
		imap_redirect(text, facts);
	s->greeted = true;
	if (greets)
		greeting(s, status, text, quoted, facts);
	/* a farewell answers no LOGOUT, but whatever it interrupts */
	else if (status != IMAP_BYE || oldest(s) != SIEVE_NONE)
		answer(s, status, text, quoted, facts);
}

/* --- Lines ------------------------------------------------------------------ */

/* What is no status cannot grant anything. */
static void
no_answer(struct sieve *s, struct facts *facts)
{
	pending_drop(&s->pending);
	facts_answer(facts, s->unsure ? ANSWER_NOT_COMING : ANSWER_INVALID,
	    span_text("(no status)"));
}

static void
strings_end(struct sieve *s, struct facts *facts)
{
	if (is_listing(s, facts)) {
		capability(s);
	} else if (oldest(s) == SIEVE_AUTHENTICATE || (s->unsure && oldest(s) == SIEVE_NONE)) {
		s->sasl.challenged = true;
	} else if (oldest(s) == SIEVE_STARTTLS) {
		no_answer(s, facts);
	}
}

/* Neither strings nor a status. A filler over a name took its quotes as well. */
static void
odd_line(struct sieve *s, struct span text, struct facts *facts)
{
	struct span rest, word = line_word(text, &rest);

	if (is_listing(s, facts) && token_is_masked(word))
		capability_word(&s->listing,
		    word.n == STARTTLS_LENGTH + 2 ? span_head(word, STARTTLS_LENGTH) : word,
		    "STARTTLS", word);
	else if (oldest(s) == SIEVE_STARTTLS)
		no_answer(s, facts);
}

static void
second_string(struct sieve *s, struct span value, struct facts *facts)
{
	s->answer.second_empty = value.n == 0;
	if (is_listing(s, facts) && span_is(keep_span(&s->answer.first), "SASL"))
		capability_mechanisms(&s->listing, value);
}

static void
string(struct sieve *s, struct span value, struct facts *facts)
{
	if (s->answer.strings == 0)
		keep_set(&s->answer.first, value);
	else if (s->answer.strings == 1)
		second_string(s, value, facts);
	if (s->answer.strings < UINT8_MAX)
		s->answer.strings++;
	if (oldest(s) == SIEVE_GETSCRIPT && value.n > 0)
		facts_payload(facts, span_text("GETSCRIPT"), span_text("GETSCRIPT"));
}

static void
answer_line(struct sieve *s, struct span text, struct facts *facts)
{
	struct span rest, word = line_word(text, &rest);
	enum imap_status status = imap_status_of(word);

	s->answer.strings = 0;
	s->answer.second_empty = false;
	s->answer.text.n = 0;
	if (status == IMAP_BAD || status == IMAP_PREAUTH)
		status = IMAP_NO_STATUS;
	s->answer.status = status;
	if (status != IMAP_NO_STATUS)
		keep_set(&s->answer.text, rest);
	else if (span_at(text, 0) != '"' && span_at(text, 0) != '{')
		odd_line(s, text, facts);
}

/*
 * Does it hold strings? Where capabilities are listed they may have lost their
 * quotes (§1.7 wants them, clients seldom look), but not to a filler.
 */
static bool
holds_strings(const struct sieve *s, struct span text, const struct facts *facts)
{
	int begin = span_at(text, 0);
	bool letter = (begin >= 'A' && begin <= 'Z') || (begin >= 'a' && begin <= 'z');
	struct span rest;

	return begin == '"' || (letter && is_listing(s, facts) &&
	    !token_is_masked(line_word(text, &rest)));
}

/* A line, or what is left of it behind a literal. */
static void
server_line(struct sieve *s, const struct line *line, size_t used, struct facts *facts)
{
	bool goes_on = s->answer.open;
	struct span text, value;
	struct literal literal;
	int begin = span_at(line->text, 0);

	if (!goes_on)
		answer_line(s, line->text, facts);
	s->answer.open = line->kind == LINE_WHOLE &&
	    (goes_on || begin == '{' || begin == '"' || s->answer.status != IMAP_NO_STATUS) &&
	    literal_announced(line, used, &literal, &text);
	if (!s->answer.open)
		text = line->text;
	if (s->answer.status == IMAP_NO_STATUS &&
	    (goes_on || holds_strings(s, line->text, facts))) {
		while (literal_argument(&text, &value))
			string(s, value, facts);
	}
	if (s->answer.open) {
		s->answer.literal_left = literal.octets;
		s->answer.literal.n = 0;
		if (literal.octets == 0)
			string(s, span_head(text, 0), facts);
	} else if (s->answer.status != IMAP_NO_STATUS) {
		status_end(s, facts);
	} else if (s->answer.strings > 0 && line->kind == LINE_WHOLE) {
		strings_end(s, facts);
	}
}

static long
server_literal(struct sieve *s, struct span in, struct facts *facts)
{
	size_t n = in.n < s->answer.literal_left ? in.n : (size_t)s->answer.literal_left;
	struct keep *kept = &s->answer.literal;

	keep_add(kept, span_head(span_head(in, n), (size_t)(KEEP_BYTES - kept->n)));
	s->answer.literal_left -= n;
	if (s->answer.literal_left == 0)
		string(s, keep_span(kept), facts);
	return (long)n;
}

long
sieve_server_unit(struct sieve *s, struct span in, struct facts *facts)
{
	struct line line;
	long used;

	s->server_spoke = true;
	if (s->answer.literal_left > 0) {
		used = server_literal(s, in, facts);
	} else {
		used = line_read(&s->lines[SIDE_SERVER], in, &line);
		if (used > 0 && line.kind != LINE_REST &&
		    (line.text.n > 0 || s->answer.open))
			server_line(s, &line, (size_t)used, facts);
	}
	facts->goes_on = s->answer.open || s->lines[SIDE_SERVER].too_long;
	return used;
}
