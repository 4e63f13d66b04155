/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * POP3, what the server says: one status line for each command (RFC 1939 §3),
 * some with lines behind it up to a dot, among them the list of capabilities
 * (RFC 2449 §5). Its text may repeat what the client said and is not quoted.
 */
#include "dialect/pop3.h"

#include "dialect/host.h"
#include "dialect/reply.h"
#include "dialect/token.h"

enum { STLS_LENGTH = 4 };

/* RFC 1939 §3 wants capitals. Clients do not look; only STLS is worth the difference. */
enum pop3_status
pop3_status_of(struct span word)
{
	if (span_is(word, "+OK"))
		return POP3_OK;
	if (span_is(word, "-ERR"))
		return POP3_ERR;
	return span_is(word, "+") ? POP3_CHALLENGE : POP3_NO_STATUS;
}

/* --- Response codes --------------------------------------------------------- */

/* RFC 2449 §8, RFC 3206 §4: the code in brackets at the beginning of the text. */
static bool
has_code(struct span text, const char *code)
{
	size_t n = strlen(code);

	return span_at(text, 0) == '[' && span_starts_nocase(span_tail(text, 1), code) &&
	    (span_at(text, n + 1) == ']' || span_at(text, n + 1) == '/');
}

/* A status as it may be quoted: with a code that is known, without its text. */
static struct span
quoted(enum pop3_status status, struct span text)
{
	static const struct {
		const char *code, *said;
	} codes[] = {
		{ "SYS/TEMP", "-ERR [SYS/TEMP]" },
		{ "SYS/PERM", "-ERR [SYS/PERM]" },
		{ "AUTH", "-ERR [AUTH]" },
		{ "IN-USE", "-ERR [IN-USE]" },
		{ "LOGIN-DELAY", "-ERR [LOGIN-DELAY]" },
	};

	if (status == POP3_OK)
		return span_text("+OK");
	if (status == POP3_CHALLENGE)
		return span_text("+");
	if (status == POP3_NO_STATUS)
		return span_text("(no status)");
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (has_code(text, codes[i].code))
			return span_text(codes[i].said);
	}
	return span_text("-ERR");
}

/* --- Blocks ----------------------------------------------------------------- */

static bool
has_block(enum pop3_verb verb)
{
	return verb == POP3_RETR || verb == POP3_TOP || verb == POP3_LIST || verb == POP3_UIDL ||
	    verb == POP3_LINES || verb == POP3_CAPA;
}

static void
begin_block(struct pop3 *p, enum pop3_verb verb, const struct line *line)
{
	p->server = verb == POP3_CAPA ? POP3_LISTING : verb == POP3_NONE ? POP3_EARLY : POP3_BLOCK;
	p->listing = (struct capability){ 0 };
	block_begin(&p->block, line, p->server == POP3_BLOCK);
}

static void
listing_ends(struct pop3 *p, enum pop3_server kind, struct facts *facts)
{
	if (kind == POP3_EARLY)
		early_came(&p->early_listing, facts);
	else if (p->listing.offer || !p->unsure)
		/* behind a hole these may be the lines of another answer */
		capability_finish(&p->listing, "STLS", facts);
	/* the command has come meanwhile */
	pop3_capa_passed(p, facts);
}

void
pop3_capa_passed(struct pop3 *p, struct facts *facts)
{
	if (early_answers(&p->early_listing, &p->pending, POP3_CAPA))
		early_tell(&p->early_listing, &p->listing, "STLS", facts);
}

static void
block_line(struct pop3 *p, const struct line *line, struct facts *facts)
{
	const enum pop3_server kind = p->server;
	bool listing = kind != POP3_BLOCK;
	struct span rest, word;

	if (block_ends(&p->block, line)) {
		p->server = POP3_REPLIES;
		p->block_unsure = false;
		if (listing)
			listing_ends(p, kind, facts);
	} else if (listing && line->kind == LINE_WHOLE) {
		word = line_word(line->text, &rest);
		capability_word(&p->listing, word, "STLS", word);
		if (span_is(word, "USER"))
			capability_password(&p->listing);
		else if (span_is(word, "SASL"))
			capability_mechanisms(&p->listing, rest);
	}
}

/* --- Answers ---------------------------------------------------------------- */

/* POP3 cannot say whether a refusal is for ever (RFC 1939 §3), but for two codes. */
static enum answer
stls_answer(const struct pop3 *p, enum pop3_status status, struct span text,
    const struct facts *facts)
{
	if (status == POP3_OK)
		return ANSWER_GRANTED;
	if (status != POP3_ERR)
		return ANSWER_INVALID;
	if (p->request_had_argument || facts->seen->authenticated)
		return ANSWER_LAWFUL;
	return has_code(text, "SYS/TEMP") || has_code(text, "IN-USE") ||
	    has_code(text, "LOGIN-DELAY") ? ANSWER_TEMPORARY : ANSWER_PERMANENT;
}

static void
stls_reply(const struct pop3 *p, enum pop3_status status, struct span line, struct facts *facts)
{
	struct span text, word = line_word(line, &text);
	bool capitals = span_starts(word, "+OK") || span_starts(word, "-ERR");

	if (p->unsure)
		facts_answer(facts, ANSWER_NOT_COMING, span_text("no sure answer"));
	else if (status == POP3_OK && !capitals)
		facts_answer_in_doubt(facts, span_text("+ok"));
	else
		facts_answer(facts, stls_answer(p, status, text, facts), quoted(status, text));
	/* the server repeats a filler that this client never sent */
	if (status == POP3_ERR && token_masked_inside(text, STLS_LENGTH)) {
		facts_note(facts, MARK_COMMAND_CORRUPTED, "-ERR ... XXXX");
		facts->news = true;
	}
}

/* There is no code for it; servers say it in words. What pages and hosts are called is none. */
static bool
names_privacy(struct span text)
{
	return reply_has_word(text, "STLS") || reply_has_word(text, "STARTTLS") ||
	    reply_has_word(text, "TLS") || reply_has_word(text, "SSL") ||
	    reply_has_word(text, "encryption") || reply_has_word(text, "encrypted") ||
	    reply_has_word(text, "Plaintext");
}

static bool
wants_privacy(struct span text)
{
	return reply_says(text, names_privacy);
}

/* Too early, or somebody else is in (RFC 2449 §8.1): nobody has called the password wrong. */
static bool
is_untimely(struct span text)
{
	return has_code(text, "LOGIN-DELAY") || has_code(text, "IN-USE");
}

static void
login_reply(enum pop3_status status, struct span text, struct facts *facts)
{
	if (status == POP3_OK) {
		facts_login(facts, LOGIN_ACCEPTED, span_text("+OK"));
	} else if (wants_privacy(text)) {
		facts_demand(facts, OPERATION_LOGIN, quoted(status, text));
		facts_login(facts, LOGIN_NEEDS_TLS, quoted(status, text));
	} else {
		facts_login(facts, is_untimely(text) ? LOGIN_NOT_JUDGED : LOGIN_WRONG,
		    quoted(status, text));
	}
}

static void
refused(const struct pop3 *p, enum pop3_verb verb, struct span text, struct facts *facts)
{
	switch (verb) {
	case POP3_CAPA:
		facts_mark(facts, MARK_LISTING_REFUSED, quoted(POP3_ERR, text));
		break;
	case POP3_USER:
		if (wants_privacy(text))
			facts_demand(facts, OPERATION_LOGIN, quoted(POP3_ERR, text));
		break;
	case POP3_CORRUPTED:
		facts_mark(facts, MARK_COMMAND_CORRUPTED, keep_span(&p->corrupted));
		facts->news = true;
		break;
	default:
		break;
	}
}

static void
mail(enum pop3_verb verb, struct facts *facts)
{
	static const char *const words[] = {
		[POP3_RETR] = "RETR", [POP3_TOP] = "TOP", [POP3_LIST] = "LIST",
		[POP3_UIDL] = "UIDL", [POP3_UNKNOWN] = NULL,
	};

	if (words[verb] != NULL)
		facts_payload(facts, span_text(words[verb]), span_text(words[verb]));
}

static void
answer(struct pop3 *p, enum pop3_status status, const struct line *line, struct facts *facts)
{
	enum pop3_verb verb = (enum pop3_verb)pending_oldest(&p->pending);
	struct span text;

	line_word(line->text, &text);
	pending_drop(&p->pending);
	if (verb == POP3_BLANK && pending_oldest(&p->pending) != POP3_NONE)
		put_off_set(&p->put_off, status, line->text, facts);
	if (verb == POP3_AUTH)
		p->sasl.challenged = false;
	if (verb == POP3_STLS) {
		stls_reply(p, status, line->text, facts);
	} else if (verb == POP3_PASS || verb == POP3_APOP || verb == POP3_AUTH) {
		login_reply(status, text, facts);
	} else if (status == POP3_ERR) {
		refused(p, verb, text, facts);
	} else if (verb == POP3_NONE && !p->unsure && early_may_come(facts)) {
		begin_block(p, verb, line);
	} else if (has_block(verb)) {
		mail(verb, facts);
		begin_block(p, verb, line);
	}
}

void
pop3_reply_put_off(struct pop3 *p, struct facts *facts)
{
	const struct put_off_place place = put_off_begin(p->put_off.at, facts);
	const struct line line = { .kind = LINE_WHOLE, .text = keep_span(&p->put_off.line) };

	answer(p, (enum pop3_status)p->put_off.code, &line, facts);
	p->put_off.code = 0;
	put_off_given(place, facts);
}

/* --- Status lines ----------------------------------------------------------- */

/* The stamp that APOP is computed from names the host (RFC 1939 §7), wherever it stands. */
static struct span
host_of(struct span text)
{
	struct span host = host_in(span_tail(text, span_find(text, '<')));

	return host.n > 0 ? host : host_in(text);
}

static void
greeting(struct pop3 *p, enum pop3_status status, const struct line *line, struct facts *facts)
{
	struct span text;

	line_word(line->text, &text);
	/* before the client has spoken there is nothing that it could repeat */
	facts_mark(facts, MARK_BANNER, p->client_spoke ? quoted(status, text) : line->text);
	if (status == POP3_OK)
		facts_server_name(facts, host_of(text));
}

/* It is there before any command, but clients need not wait for it. */
static bool
is_greeting(const struct pop3 *p, const struct facts *facts)
{
	return !p->greeted && (facts->from_start || pending_oldest(&p->pending) == POP3_NONE);
}

/* What is no status cannot grant anything either; elsewhere it is noise. */
static void
no_status(struct pop3 *p, const struct line *line, struct facts *facts)
{
	if (line->kind == LINE_TAIL || pending_oldest(&p->pending) != POP3_STLS)
		return;
	pending_drop(&p->pending);
	stls_reply(p, POP3_NO_STATUS, line->text, facts);
}

static void
challenge(struct pop3 *p, const struct line *line, struct facts *facts)
{
	if (pending_oldest(&p->pending) == POP3_AUTH || p->unsure)
		p->sasl.challenged = true;
	else
		no_status(p, line, facts);
}

static void
status_line(struct pop3 *p, const struct line *line, struct facts *facts)
{
	struct span rest;
	enum pop3_status status = pop3_status_of(line_word(line->text, &rest));
	bool greets = is_greeting(p, facts);

	p->greeted = true;
	if (status == POP3_CHALLENGE) {
		challenge(p, line, facts);
	} else if (status == POP3_NO_STATUS) {
		no_status(p, line, facts);
	} else if (greets) {
		greeting(p, status, line, facts);
	} else {
		p->heard = true;
		p->put_off.code = 0;
		p->early_listing.here = false;
		facts_reply_after_refusal(facts, status == POP3_OK, quoted(status, rest));
		/* where an empty line is answered at all, it is as an error */
		if (status == POP3_OK)
			pending_skip(&p->pending, POP3_BLANK);
		answer(p, status, line, facts);
	}
}

/* Lines whose end may lie in a hole are over when the client goes on and a status comes. */
static void
leave_lost_block(struct pop3 *p, const struct line *line)
{
	struct span rest;
	enum pop3_status status = pop3_status_of(line_word(line->text, &rest));

	if (!p->block_unsure || !p->client_went_on || line->kind != LINE_WHOLE)
		return;
	if (status != POP3_OK && status != POP3_ERR)
		return;
	p->server = POP3_REPLIES;
	p->block_unsure = false;
}

/* What was no listing ends with the next status, or before the answer to another command. */
static void
leave_early_block(struct pop3 *p, const struct line *line)
{
	struct span rest;
	enum pop3_verb oldest = (enum pop3_verb)pending_oldest(&p->pending);

	if (pop3_status_of(line_word(line->text, &rest)) != POP3_NO_STATUS ||
	    (oldest != POP3_NONE && oldest != POP3_CAPA))
		p->server = POP3_REPLIES;
}

long
pop3_server_unit(struct pop3 *p, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&p->lines[SIDE_SERVER], in, &line);

	p->server_spoke = true;
	facts->goes_on = p->lines[SIDE_SERVER].too_long;
	if (used == 0 || line.kind == LINE_REST)
		return used;
	if (p->server != POP3_REPLIES)
		leave_lost_block(p, &line);
	if (p->server == POP3_EARLY)
		leave_early_block(p, &line);
	if (p->server != POP3_REPLIES)
		block_line(p, &line, facts);
	else if (line.text.n > 0)
		status_line(p, &line, facts);
	return used;
}
