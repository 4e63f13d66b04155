/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * POP3, what the client says: commands (RFC 1939 §3), and the lines of an AUTH
 * exchange (RFC 5034 §4). Nothing behind a verb is ever kept.
 */
#include "dialect/pop3.h"

#include "dialect/token.h"

static const struct pop3_command commands[] = {
	{ "CAPA", POP3_CAPA, POP3_CAPA, false },
	{ "STLS", POP3_STLS, POP3_STLS, false },
	{ "USER", POP3_USER, POP3_USER, false },
	{ "PASS", POP3_PASS, POP3_PASS, false },
	{ "APOP", POP3_APOP, POP3_APOP, false },
	{ "AUTH", POP3_AUTH, POP3_LINES, true },
	{ "STAT", POP3_OTHER, POP3_OTHER, false },
	{ "LIST", POP3_OTHER, POP3_LIST, false },
	{ "UIDL", POP3_OTHER, POP3_UIDL, false },
	{ "RETR", POP3_RETR, POP3_RETR, false },
	{ "TOP", POP3_TOP, POP3_TOP, false },
	{ "DELE", POP3_OTHER, POP3_OTHER, false },
	{ "LAST", POP3_OTHER, POP3_OTHER, false },
	{ "RSET", POP3_OTHER, POP3_OTHER, false },
	{ "NOOP", POP3_OTHER, POP3_OTHER, true },
	{ "UTF8", POP3_OTHER, POP3_OTHER, false },
	{ "LANG", POP3_OTHER, POP3_LINES, false },
	{ "QUIT", POP3_QUIT, POP3_QUIT, true },
};

const struct pop3_command *
pop3_command_find(struct span word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (span_is(word, commands[i].word))
			return &commands[i];
	}
	return NULL;
}

static void
expect_reply(struct pop3 *p, enum pop3_verb verb, struct facts *facts)
{
	/* both sides are even: the server has answered, and nothing waits for it */
	if (p->heard && pending_oldest(&p->pending) == POP3_NONE)
		p->unsure = false;
	if (!pending_add(&p->pending, (uint8_t)verb))
		facts_lost_sync(facts);
}

/* RFC 5034 §4: AUTH mechanism [initial-response]; "=" is one of no bytes. */
static void
auth_command(struct pop3 *p, struct span arguments, struct facts *facts)
{
	struct span initial, name = line_word(arguments, &initial);

	sasl_exchange_begin(&p->sasl, name);
	if (initial.n > 0 && !span_is(initial, "="))
		sasl_exchange_response(&p->sasl, "AUTH", facts);
}

static void
request_command(struct pop3 *p, struct span word, struct span rest, struct facts *facts)
{
	p->request_had_argument = rest.n > 0;
	facts_request(facts, word);
	if (p->request_had_argument)
		facts_mark(facts, MARK_REQUEST_ARGUMENT, word);
}

static enum pop3_verb
verb_of(struct span word, struct span rest)
{
	const struct pop3_command *command = pop3_command_find(word);

	if (command != NULL)
		return rest.n > 0 ? command->verb : command->bare;
	if (word.n == 0)
		return POP3_BLANK;
	/* of tokens this short a near-miss may be anything; a mask is one */
	return token_is_mask_of(word, "STLS") ? POP3_CORRUPTED : POP3_UNKNOWN;
}

static void
pop3_command(struct pop3 *p, struct span line, struct facts *facts)
{
	struct span rest, word = line_word(line, &rest);
	enum pop3_verb verb = verb_of(word, rest);

	facts->unit = verb == POP3_QUIT || verb == POP3_BLANK ? UNIT_QUIET : UNIT_COMMAND;
	if (verb < POP3_UNKNOWN)
		facts_said(facts, word);
	expect_reply(p, verb, facts);
	switch (verb) {
	case POP3_STLS:
		request_command(p, word, rest, facts);
		break;
	case POP3_USER:
		facts_client_name(facts, rest);
		break;
	case POP3_PASS:
		facts_credentials(facts, span_text("PASS"), true, span_text("PASS"));
		break;
	case POP3_APOP:
		facts_credentials(facts, span_text("APOP"), false, span_text("APOP"));
		break;
	case POP3_AUTH:
		auth_command(p, rest, facts);
		break;
	case POP3_CORRUPTED:
		keep_set(&p->corrupted, word);
		break;
	default:
		break;
	}
}

/* The oldest command waits for nothing any more: what comes next answers what comes next. */
static void
drop_expired_request(struct pop3 *p, struct facts *facts)
{
	if (facts->request_expired && pending_oldest(&p->pending) == POP3_STLS)
		pending_drop(&p->pending);
	facts->request_expired = false;
}

/* Behind a hole a line is a response or a command, and only a verb makes it one. */
static bool
is_response(const struct pop3 *p, const struct line *line)
{
	struct span rest, word = line_word(line->text, &rest);

	return p->sasl.challenged && !(p->unsure && pop3_command_find(word) != NULL);
}

static bool
is_command(const struct line *line)
{
	struct span rest;

	if (line->kind != LINE_TAIL)
		return line->kind == LINE_WHOLE;
	return pop3_command_find(line_word(line->text, &rest)) != NULL;
}

static void
client_line(struct pop3 *p, const struct line *line, struct facts *facts)
{
	p->client_spoke = p->client_went_on = true;
	if (p->put_off.code != 0 && line->text.n > 0)
		pop3_reply_put_off(p, facts);
	drop_expired_request(p, facts);
	pop3_capa_passed(p, facts);
	if (is_response(p, line)) {
		if (!span_is(line->text, "*"))
			sasl_exchange_response(&p->sasl, "AUTH", facts);
		p->sasl.challenged = false;
		return;
	}
	p->sasl.challenged = false;
	if (is_command(line))
		pop3_command(p, line->text, facts);
	else
		expect_reply(p, POP3_OTHER, facts);
}

/* Has the server still to say whether there is more to an exchange? */
static bool
awaits_challenge(const struct pop3 *p)
{
	return p->server_spoke && !p->sasl.challenged && pending_holds(&p->pending, POP3_AUTH);
}

long
pop3_client_unit(struct pop3 *p, struct span in, struct facts *facts)
{
	struct line line;
	long used;

	if (awaits_challenge(p))
		return 0;
	used = line_read(&p->lines[SIDE_CLIENT], in, &line);
	facts->goes_on = p->lines[SIDE_CLIENT].too_long;
	if (used > 0 && line.kind != LINE_REST)
		client_line(p, &line, facts);
	return used;
}
