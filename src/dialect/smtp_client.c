/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMTP, what the client says: commands (RFC 5321 §4.1), message bodies that
 * must not be looked into (§4.1.1.4, RFC 3030 §2).
 */
#include "dialect/smtp.h"

#include "dialect/token.h"

enum { COMMAND_BYTES_MAX = 512 };	/* RFC 5321 §4.5.3.1.4 */

static const struct {
	const char *word;
	enum smtp_verb verb;
} verbs[] = {
	{ "EHLO", SMTP_EHLO },
	{ "LHLO", SMTP_EHLO },
	{ "HELO", SMTP_HELO },
	{ "STARTTLS", SMTP_STARTTLS },
	{ "X-ANONYMOUSTLS", SMTP_STARTTLS },	/* Exchange, between servers of an organisation */
	{ "AUTH", SMTP_AUTH },
	{ "X-EXPS", SMTP_AUTH },
	{ "MAIL", SMTP_MAIL },
	{ "SEND", SMTP_MAIL },
	{ "SOML", SMTP_MAIL },
	{ "SAML", SMTP_MAIL },
	{ "RCPT", SMTP_RCPT },
	{ "DATA", SMTP_DATA },
	{ "BDAT", SMTP_BDAT },
	{ "XCLIENT", SMTP_XCLIENT },
	{ "QUIT", SMTP_QUIT },
	{ "RSET", SMTP_OTHER },
	{ "NOOP", SMTP_OTHER },
	{ "HELP", SMTP_OTHER },
	{ "VRFY", SMTP_OTHER },
	{ "EXPN", SMTP_OTHER },
	{ "ETRN", SMTP_OTHER },
	{ "ATRN", SMTP_OTHER },
	{ "TURN", SMTP_OTHER },
	{ "XFORWARD", SMTP_OTHER },
};

enum smtp_verb
smtp_verb_of(struct span word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (span_is(word, verbs[i].word))
			return verbs[i].verb;
	}
	if (word.n == 0)
		return SMTP_BLANK;
	if (token_is_masked(word) || token_is_near_miss(word, "STARTTLS"))
		return SMTP_CORRUPTED;
	return smtp_auth_is_glued(word) ? SMTP_AUTH : SMTP_UNKNOWN;
}

static void
expect_reply(struct smtp *s, enum smtp_verb verb, struct facts *facts)
{
	if (!pending_add(&s->pending, (uint8_t)verb))
		facts_lost_sync(facts);
}

/* RFC 3030 §2: BDAT SP chunk-size [SP "LAST"]; false when the size is no number. */
static bool
bdat_command(struct smtp *s, struct span rest, bool *last_r)
{
	struct span more, size = line_word(rest, &more);
	uint64_t octets = 0;

	*last_r = span_is(more, "LAST");
	for (size_t i = 0; i < size.n; i++) {
		int c = span_at(size, i);

		if (c < '0' || c > '9' || octets > UINT64_MAX / 10 - 10)
			return false;
		octets = octets * 10 + (uint64_t)(c - '0');
	}
	s->chunk_left = octets;
	return size.n > 0;
}

static void
chunk_command(struct smtp *s, struct span rest, struct facts *facts)
{
	bool last;

	if (!bdat_command(s, rest, &last)) {
		/* nobody can tell how the server counts from here on */
		facts_lost_sync(facts);
		expect_reply(s, SMTP_OTHER, facts);
		return;
	}
	expect_reply(s, last ? SMTP_BDAT_LAST : SMTP_BDAT, facts);
	s->chunk_refused = s->chunk_begun = false;
	if (s->chunk_left > 0)
		s->client = SMTP_CHUNK;
}

static void
request_command(struct smtp *s, struct span word, struct span rest, struct facts *facts)
{
	expect_reply(s, SMTP_STARTTLS, facts);
	s->command_had_argument = rest.n > 0;
	/* an offer to those who know what to do with it */
	if (s->saw_anonymous && span_is(word, "X-ANONYMOUSTLS"))
		facts_listing(facts, true, span_text("X-ANONYMOUSTLS"));
	facts_request(facts, word);
	if (s->command_had_argument)
		facts_mark(facts, MARK_REQUEST_ARGUMENT, word);
}

static void
client_command(struct smtp *s, struct span line, struct facts *facts)
{
	struct span rest, word = line_word(line, &rest);
	enum smtp_verb verb = smtp_verb_of(word);

	facts->unit = verb == SMTP_QUIT || verb == SMTP_BLANK ? UNIT_QUIET : UNIT_COMMAND;
	if (verb == SMTP_BLANK) {
		expect_reply(s, verb, facts);
		return;
	}
	if (verb != SMTP_UNKNOWN)
		facts_said(facts, word);
	smtp_hello_passed(s, verb, facts);
	switch (verb) {
	case SMTP_STARTTLS:
		request_command(s, word, rest, facts);
		return;
	case SMTP_BDAT:
		chunk_command(s, rest, facts);
		return;
	case SMTP_EHLO:
	case SMTP_HELO:
		facts_client_name(facts, rest);
		smtp_hello_command(s, verb, word, rest, facts);
		break;
	case SMTP_AUTH:
		smtp_auth_command(s, smtp_auth_is_glued(word) ?
		    span_tail(line, strlen("AUTH")) : rest, facts);
		break;
	case SMTP_DATA:
		s->client = SMTP_AWAIT_GO;
		break;
	case SMTP_CORRUPTED:
		/* only the word: what follows a garbled verb could be anything */
		keep_set(&s->corrupted, word);
		break;
	default:
		break;
	}
	expect_reply(s, verb, facts);
}

/* The oldest command waits for nothing any more: what comes next answers what comes next. */
static void
drop_expired_request(struct smtp *s, struct facts *facts)
{
	if (facts->request_expired && pending_oldest(&s->pending) == SMTP_STARTTLS)
		pending_drop(&s->pending);
	facts->request_expired = false;
}

/* Behind a hole only a verb of ours makes a command; but whatever it was will be answered. */
static bool
is_command(const struct line *line)
{
	struct span rest;

	if (line->kind != LINE_TAIL)
		return line->kind == LINE_WHOLE;
	return smtp_verb_of(line_word(line->text, &rest)) < SMTP_CORRUPTED;
}

static long
client_line(struct smtp *s, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&s->lines[SIDE_CLIENT], in, &line);

	facts->goes_on = s->lines[SIDE_CLIENT].too_long;
	if (used == 0 || line.kind == LINE_REST)
		return used;
	if (s->code != 0 && facts->at.at_ns - s->reply_at.at_ns > SMTP_PATIENCE_NS)
		smtp_reply_abandoned(s, facts);
	if (s->put_off.code != 0 && line.text.n > 0)
		smtp_reply_put_off(s, facts);
	s->client_spoke = s->code != 0;
	s->listing_ended = false;
	drop_expired_request(s, facts);
	if (smtp_auth_line(s, &line, facts))
		return used;
	s->auth_open = false;
	/* servers pass over blanks in front of a command */
	while (span_at(line.text, 0) == ' ' || span_at(line.text, 0) == '\t')
		span_skip(&line.text, 1);
	if (is_command(&line)) {
		client_command(s, line.text, facts);
	} else {
		expect_reply(s, SMTP_OTHER, facts);
	}
	return used;
}

/* Body octets up to and including CRLF . CRLF (RFC 5321 §4.1.1.4); nothing else ends it. */
static long
client_body(struct smtp *s, struct span in, struct facts *facts)
{
	static const char end[] = "\r\n.\r\n";
	size_t i = 0;

	facts_payload(facts, span_text("DATA"), span_text("DATA"));
	facts->unit = UNIT_CONTENT;
	facts->goes_on = true;
	while (i < in.n) {
		int c;

		if (s->body_tail == 0)
			i += span_find(span_tail(in, i), '\r');
		c = span_at(in, i);
		if (c < 0)
			break;
		i++;
		if (c == end[s->body_tail])
			s->body_tail++;
		else
			s->body_tail = c == '\r';
		if (end[s->body_tail] == '\0') {
			s->client = SMTP_COMMANDS;
			s->body_unsure = facts->goes_on = false;
			expect_reply(s, SMTP_MESSAGE, facts);
			break;
		}
	}
	return (long)i;
}

/* The client says more behind DATA, for which it had been given leave before. */
static bool
goes_on_untold(struct smtp *s)
{
	if (!s->early_go || pending_oldest(&s->pending) != SMTP_DATA)
		return false;
	s->early_go = false;
	pending_drop(&s->pending);
	s->client = SMTP_BODY;
	s->body_tail = 2;	/* a body begins at the start of a line */
	return true;
}

/* A chunk goes on: it was no chunk, or its size was not counted as we count it. */
void
smtp_chunk_lost(struct smtp *s, struct facts *facts)
{
	s->client = SMTP_COMMANDS;
	s->chunk_left = 0;
	s->chunk_refused = s->chunk_begun = false;
	facts_lost_sync(facts);
}

/*
 * A chunk that was refused crosses all the same (RFC 3030 §2), if the client does
 * not wait for the reply. One that has, and then sends a command, sends no chunk.
 */
static bool
is_command_instead(const struct smtp *s, struct span in, bool *wait_r)
{
	size_t end = span_find(in, '\n');
	struct span rest, word = line_word(span_head(in, end), &rest);

	*wait_r = false;
	if (!s->chunk_refused || s->chunk_begun)
		return false;
	*wait_r = end == in.n && in.n < COMMAND_BYTES_MAX;
	if (word.n > 0 && span_at(word, word.n - 1) == '\r')
		word.n--;
	return end < in.n && smtp_verb_of(word) < SMTP_CORRUPTED;
}

static long
client_chunk(struct smtp *s, struct span in, struct facts *facts)
{
	size_t n = in.n < s->chunk_left ? in.n : (size_t)s->chunk_left;
	bool wait;

	if (is_command_instead(s, in, &wait)) {
		smtp_chunk_lost(s, facts);
		return client_line(s, in, facts);
	}
	if (wait)
		return 0;
	s->chunk_begun = true;
	facts_payload(facts, span_text("BDAT"), span_text("BDAT"));
	facts->unit = UNIT_CONTENT;
	s->chunk_left -= n;
	facts->goes_on = s->chunk_left > 0;
	if (s->chunk_left == 0)
		s->client = SMTP_COMMANDS;
	return (long)n;
}

long
smtp_client_unit(struct smtp *s, struct span in, struct facts *facts)
{
	switch (s->client) {
	case SMTP_AWAIT_GO:
		return goes_on_untold(s) ? client_body(s, in, facts) : 0;
	case SMTP_BODY:
		return client_body(s, in, facts);
	case SMTP_CHUNK:
		return client_chunk(s, in, facts);
	case SMTP_COMMANDS:
		break;
	}
	return client_line(s, in, facts);
}
