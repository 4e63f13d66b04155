/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMTP, what the server says: replies (RFC 5321 §4.2), each given to the oldest
 * command without one (RFC 2920 §3.2).
 */
#include "dialect/smtp.h"

#include "dialect/host.h"
#include "dialect/quote.h"
#include "dialect/reply.h"
#include "dialect/token.h"

enum { STARTTLS_LENGTH = 8 };

/* RFC 3207 §4: 220 grants, 4xx is temporary, 5xx permanent; nothing else is an answer. */
static enum answer
starttls_answer(const struct smtp *s, unsigned code, bool authenticated)
{
	if (code == 220)
		return ANSWER_GRANTED;
	if (code < 400 || code > 599)
		return s->holes ? ANSWER_NOT_COMING : ANSWER_INVALID;
	if (code == 421)
		return ANSWER_CLOSING;
	if ((code == 501 && s->command_had_argument) || authenticated)
		return ANSWER_LAWFUL;
	return code >= 500 ? ANSWER_PERMANENT : ANSWER_TEMPORARY;
}

static void
starttls_reply(struct smtp *s, unsigned code, struct span line, struct facts *facts)
{
	enum answer answer = starttls_answer(s, code, facts->seen->authenticated);

	facts_answer(facts, answer, line);
	/* the server echoes a filler that this client never sent */
	if (answer != ANSWER_GRANTED && token_masked_inside(span_tail(line, 4), STARTTLS_LENGTH)) {
		facts_mark(facts, MARK_COMMAND_CORRUPTED, line);
		facts->news = true;
	}
}

static void
transaction_reply(struct smtp *s, enum smtp_verb verb, unsigned code, struct span line,
    struct facts *facts)
{
	bool accepted = code >= 200 && code <= 299;

	smtp_demand(s, OPERATION_MAIL, facts);
	if (verb == SMTP_MAIL) {
		s->recipients = 0;
		if (accepted)
			facts_accepted(facts, OPERATION_MAIL, line);
	} else if (accepted && s->recipients < UINT16_MAX) {
		s->recipients++;
	}
}

static void
data_reply(struct smtp *s, unsigned code)
{
	s->client = code == 354 ? SMTP_BODY : SMTP_COMMANDS;
	s->body_tail = 2;	/* a body begins at the start of a line */
}

/* RFC 2033 §4.2: LMTP answers a message once for each recipient that it took. */
static void
message_reply(struct smtp *s)
{
	if (s->lmtp && s->recipients > 1) {
		s->recipients--;
		return;
	}
	s->recipients = 0;
	pending_drop(&s->pending);
}

static void
corrupted_reply(struct smtp *s, unsigned code, struct facts *facts)
{
	if (code != 500 && code != 502)
		return;
	facts_mark(facts, MARK_COMMAND_CORRUPTED, keep_span(&s->corrupted));
	facts->news = true;
}

static bool
is_masked_banner(struct span text)
{
	size_t filler = 0;

	for (size_t i = 0; i < text.n; i++) {
		int c = span_at(text, i);

		filler += c == '*' || c == '0' || c == '2' || c == ' ';
	}
	return text.n >= 8 && filler == text.n && reply_mentions(text, "**");
}

/* A name without a dot is one in front of the protocol's; many a server leaves its own out. */
static bool
is_lone_name(struct span word, struct span next)
{
	for (size_t i = 0; i < word.n; i++) {
		int c = span_at(word, i);

		if (c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') &&
		    (c < 'a' || c > 'z'))
			return false;
	}
	return word.n > 0 && !quote_knows(word) &&
	    (span_is(next, "ESMTP") || span_is(next, "SMTP") || span_is(next, "LMTP"));
}

/* RFC 5321 §4.2: a domain or an address in brackets comes first. */
static struct span
name_in(struct span greeting)
{
	struct span rest, word = line_word(greeting, &rest);

	if (span_at(word, 0) == '[' && span_find(word, ']') == word.n - 1)
		return word;
	return is_lone_name(word, line_word(rest, &rest)) ? word : host_in(greeting);
}

/* RFC 5321 §3.1; a 4xx or 5xx greeting is no service, and no capability phase follows it. */
static void
greeting(unsigned code, struct span line, struct facts *facts)
{
	struct span text = span_tail(line, 4);

	if (code == 220 && is_masked_banner(text)) {
		facts_mark(facts, MARK_BANNER_MASKED, line);
		return;
	}
	facts_mark(facts, MARK_BANNER, line);
	if (code == 220)
		facts_server_name(facts, name_in(text));
}

/* It answers what we did not take for a command, or it is a listing. */
static void
unasked_reply(struct smtp *s, unsigned code, struct span line, struct facts *facts)
{
	if (s->client == SMTP_CHUNK && s->chunk_refused && code != 421)
		smtp_chunk_lost(s, facts);
	smtp_hello_unasked(s, code, line, facts);
}

/* Clients go by a reply's last line; but no server takes a grant back in the midst of it. */
static unsigned
code_of_lines(unsigned first, unsigned last)
{
	const bool both_refuse = first >= 400 && last >= 400;

	return first == last || last == 220 || both_refuse ? last : 0;
}

static void
starttls_reply_of_lines(struct smtp *s, unsigned code, struct span line, struct facts *facts)
{
	if (s->reply_mixed)
		facts_mark(facts, MARK_LISTING_DAMAGED, line);
	starttls_reply(s, code_of_lines(code, s->last_code), line, facts);
}

/* What the oldest command has got, which waits for nothing any more. */
static void
answer(struct smtp *s, enum smtp_verb verb, unsigned code, struct span line, struct facts *facts)
{
	switch (verb) {
	case SMTP_BLANK:
		if (pending_oldest(&s->pending) != SMTP_NONE)
			put_off_set(&s->put_off, code, line, facts);
		break;
	case SMTP_OTHER:
		/* what NOOP and its like are refused for, STARTTLS is as well */
		if (code >= 400 && pending_oldest(&s->pending) == SMTP_STARTTLS)
			put_off_set(&s->put_off, code, line, facts);
		break;
	case SMTP_EHLO:
		smtp_hello_reply(s, code, line, facts);
		break;
	case SMTP_HELO:
		smtp_hello_fallback(s, code, facts);
		break;
	case SMTP_STARTTLS:
		starttls_reply_of_lines(s, code, line, facts);
		break;
	case SMTP_MAIL:
	case SMTP_RCPT:
		transaction_reply(s, verb, code, line, facts);
		break;
	case SMTP_DATA:
		data_reply(s, code);
		break;
	case SMTP_XCLIENT:
		/* the session starts again, perhaps as somebody whom other things are offered */
		facts_listing_reset(facts);
		break;
	case SMTP_CORRUPTED:
		corrupted_reply(s, code, facts);
		break;
	default:
		break;
	}
}

static void
reply_end(struct smtp *s, unsigned code, struct span line, struct facts *facts)
{
	enum smtp_verb verb = (enum smtp_verb)pending_oldest(&s->pending);
	bool chunk = verb == SMTP_BDAT || verb == SMTP_BDAT_LAST;

	if (smtp_auth_stray(s, code))
		return;
	if (verb == SMTP_NONE)
		unasked_reply(s, code, line, facts);
	if (s->client == SMTP_CHUNK && chunk && code >= 400)
		s->chunk_refused = true;
	if (verb == SMTP_AUTH) {
		smtp_auth_reply(s, code, line, facts);
	} else if (verb == SMTP_MESSAGE || verb == SMTP_BDAT_LAST) {
		message_reply(s);
	} else if (smtp_hello_late(s, verb)) {
		/* HELO's own is still to come */
		smtp_hello_reply(s, code, line, facts);
	} else if (verb == SMTP_EHLO && code == 220 && s->reply_lines == 1) {
		s->hello_noise = true;	/* another greeting is no listing */
	} else {
		pending_drop(&s->pending);
		answer(s, verb, code, line, facts);
	}
}

static void
reply_begin(struct smtp *s, unsigned code, bool broken)
{
	s->put_off.code = 0;
	s->early_listing.here = s->early_go = false;
	/* where an empty line is answered at all, it is as an error */
	if (code < 500)
		pending_skip(&s->pending, SMTP_BLANK);
	s->code = (uint16_t)code;
	s->reply_lines = 0;
	s->reply_broken = broken;
	s->reply_mixed = s->client_spoke = false;
	s->saw_binarymime = s->saw_chunking = false;
	s->listing = (struct capability){ 0 };
	s->demand.n = 0;
}

/*
 * The first reply is the greeting, unless the capture began under way and it
 * answers what the client just asked.
 */
static bool
is_greeting(struct smtp *s, unsigned code)
{
	enum smtp_verb oldest = (enum smtp_verb)pending_oldest(&s->pending);

	if (s->greeted)
		return false;
	s->greeted = true;
	return (code == 220 || code >= 400) &&
	    (oldest == SMTP_NONE || oldest == SMTP_EHLO || oldest == SMTP_HELO ||
	    oldest == SMTP_BLANK);
}

/* What is no reply cannot grant anything either; elsewhere it is noise. */
static void
line_without_code(struct smtp *s, const struct line *line, struct facts *facts)
{
	if (s->code != 0) {
		s->reply_mixed = true;
	} else if (line->kind != LINE_TAIL &&
	    pending_oldest(&s->pending) == SMTP_STARTTLS) {
		pending_drop(&s->pending);
		starttls_reply(s, 0, line->text, facts);
	} else if (pending_oldest(&s->pending) == SMTP_EHLO) {
		s->hello_noise = true;
	}
}

/* Only DATA is answered with 354: that tells where we are, behind a hole most of all. */
static void
find_data(struct smtp *s)
{
	s->early_go = pending_oldest(&s->pending) == SMTP_NONE && !s->holes;
	if (pending_find(&s->pending, SMTP_DATA) || !s->holes)
		return;
	/* half a line that has been looked at is part of the body, too */
	s->lines[SIDE_CLIENT] = (struct line_reader){ 0 };
	data_reply(s, 354);
	s->body_unsure = true;
}

/* Sessions begin anew, or are announced twice; else only STARTTLS is answered with 220. */
static bool
greets_again(const struct smtp *s)
{
	enum smtp_verb oldest = (enum smtp_verb)pending_oldest(&s->pending);

	return s->greeting_open || oldest == SMTP_EHLO || oldest == SMTP_HELO ||
	    oldest == SMTP_XCLIENT;
}

static void
reply_complete(struct smtp *s, struct span line, struct facts *facts)
{
	unsigned code = s->code;

	s->code = 0;
	if (s->body_unsure && s->client == SMTP_BODY) {
		/* whatever ended the body, the server has read it */
		s->client = SMTP_COMMANDS;
	}
	s->body_unsure = false;
	if (code == 354)
		find_data(s);
	else if (code == 220 && !greets_again(s))
		pending_find(&s->pending, SMTP_STARTTLS);
	facts_reply_after_refusal(facts, code == 220 && s->last_code == 220, line);
	if (s->greeting_open)
		s->greeting_open = false;
	else
		reply_end(s, code, line, facts);
}

/* All lines of a reply carry one code (RFC 5321 §4.2.1); one that does not was rewritten. */
static void
reply_line(struct smtp *s, const struct line *line, struct facts *facts)
{
	bool final = true;
	unsigned code = reply_code(line->text, &final);

	if (code == 0) {
		line_without_code(s, line, facts);
		return;
	}
	if (s->code != 0 && code != s->code) {
		/* the last line never came, and this answers what the client said meanwhile */
		if (s->client_spoke) {
			facts_mark(facts, MARK_LISTING_DAMAGED, line->text);
			pending_drop(&s->pending);
			s->code = 0;
		} else {
			s->reply_mixed = true;
		}
	}
	if (s->code == 0)
		reply_begin(s, code, line->kind == LINE_TAIL);
	s->last_code = (uint16_t)code;
	s->reply_lines++;
	s->reply_at = facts->at;
	smtp_demand_line(s, code, line->text);
	if (is_greeting(s, code)) {
		s->greeting_open = true;
		greeting(code, line->text, facts);
	} else if (line->kind == LINE_WHOLE) {
		smtp_hello_line(s, line->text);
	}
	if (final)
		reply_complete(s, line->text, facts);
}

void
smtp_reply_put_off(struct smtp *s, struct facts *facts)
{
	const struct put_off_place place = put_off_begin(s->put_off.at, facts);

	reply_end(s, s->put_off.code, keep_span(&s->put_off.line), facts);
	s->put_off.code = 0;
	put_off_given(place, facts);
}

void
smtp_reply_abandoned(struct smtp *s, struct facts *facts)
{
	const struct put_off_place place = put_off_begin(s->reply_at, facts);

	facts_note(facts, MARK_LISTING_DAMAGED, "a reply without its last line");
	s->reply_broken = true;
	reply_complete(s, span_text(""), facts);
	put_off_end(place, facts);
}

long
smtp_server_unit(struct smtp *s, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&s->lines[SIDE_SERVER], in, &line);

	facts->goes_on = s->lines[SIDE_SERVER].too_long;
	if (used > 0 && line.kind != LINE_REST && line.text.n > 0)
		reply_line(s, &line, facts);
	return used;
}
