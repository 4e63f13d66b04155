/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ManageSieve, what the client says: commands (RFC 5804 §2), with literals that
 * follow at once (§4), and the strings of an AUTHENTICATE exchange (§2.1), none
 * of which is ever quoted.
 */
#include "dialect/sieve.h"

#include "dialect/token.h"

static const struct sieve_command commands[] = {
	{ "CAPABILITY", SIEVE_CAPABILITY, true },
	{ "STARTTLS", SIEVE_STARTTLS, true },
	{ "AUTHENTICATE", SIEVE_AUTHENTICATE, true },
	{ "LOGOUT", SIEVE_LOGOUT, true },
	{ "NOOP", SIEVE_OTHER, true },
	{ "PUTSCRIPT", SIEVE_PUTSCRIPT, false },
	{ "CHECKSCRIPT", SIEVE_CHECKSCRIPT, false },
	{ "GETSCRIPT", SIEVE_GETSCRIPT, false },
	{ "HAVESPACE", SIEVE_OTHER, false },
	{ "LISTSCRIPTS", SIEVE_OTHER, false },
	{ "SETACTIVE", SIEVE_OTHER, false },
	{ "DELETESCRIPT", SIEVE_OTHER, false },
	{ "RENAMESCRIPT", SIEVE_OTHER, false },
	{ "UNAUTHENTICATE", SIEVE_UNAUTHENTICATE, false },
};

const struct sieve_command *
sieve_command_find(struct span word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (span_is(word, commands[i].word))
			return &commands[i];
	}
	return NULL;
}

static enum sieve_verb
verb_of(struct span word)
{
	const struct sieve_command *command = sieve_command_find(word);

	if (command != NULL)
		return command->verb;
	if (token_is_mask_of(word, "STARTTLS") || token_is_mask_of(word, "CAPABILITY") ||
	    token_is_near_miss(word, "STARTTLS") || token_is_near_miss(word, "CAPABILITY"))
		return SIEVE_CORRUPTED;
	return SIEVE_UNKNOWN;
}

static void
expect_reply(struct sieve *s, enum sieve_verb verb, struct facts *facts)
{
	/* both sides are even: the server has answered, and nothing waits for it */
	if (s->heard && pending_oldest(&s->pending) == SIEVE_NONE)
		s->unsure = false;
	if (!pending_add(&s->pending, (uint8_t)verb))
		facts_lost_sync(facts);
}

/* Is the next argument a script itself? */
static bool
script_is_next(const struct sieve *s)
{
	return !s->command.response &&
	    ((s->command.verb == SIEVE_PUTSCRIPT && s->command.arguments == 1) ||
	    (s->command.verb == SIEVE_CHECKSCRIPT && s->command.arguments == 0));
}

static void
script(const struct sieve *s, struct facts *facts)
{
	struct span verb = span_text(s->command.verb == SIEVE_PUTSCRIPT ?
	    "PUTSCRIPT" : "CHECKSCRIPT");

	facts_payload(facts, verb, verb);
}

/* One response of a SASL exchange; "*" takes it back (RFC 5804 §2.1). */
static void
response(struct sieve *s, struct span value, struct facts *facts)
{
	if (value.n > 0 && !span_is(value, "*"))
		sasl_exchange_response(&s->sasl, "AUTHENTICATE", facts);
}

static void
argument(struct sieve *s, struct span value, struct facts *facts)
{
	if (script_is_next(s) && value.n > 0)
		script(s, facts);
	if (s->command.arguments < UINT8_MAX)
		s->command.arguments++;
	if (s->command.response && s->command.arguments == 1)
		response(s, value, facts);
	if (s->command.response || s->command.verb != SIEVE_AUTHENTICATE)
		return;
	if (s->command.arguments == 1)
		sasl_exchange_begin(&s->sasl, value);
	else if (s->command.arguments == 2)
		response(s, value, facts);
}

/* A piece of a command: up to its end, or up to a literal in it. */
static void
piece(struct sieve *s, struct span text, const struct line *line, size_t used,
    struct facts *facts)
{
	struct literal literal;
	struct span value, rest;

	s->command.open = literal_announced(line, used, &literal, &rest);
	if (s->command.open)
		text = span_head(text, text.n - (line->text.n - rest.n));
	while (literal_argument(&text, &value))
		argument(s, value, facts);
	if (!s->command.open)
		return;
	s->command.literal_left = literal.octets;
	s->command.literal.n = 0;
	if (literal.octets == 0)
		argument(s, keep_span(&s->command.literal), facts);
}

static void
request(struct sieve *s, struct span word, struct span rest, struct facts *facts)
{
	s->request_had_argument = rest.n > 0;
	facts_request(facts, word);
	if (s->request_had_argument)
		facts_mark(facts, MARK_REQUEST_ARGUMENT, word);
}

static void
command(struct sieve *s, const struct line *line, size_t used, struct facts *facts)
{
	struct span rest, word = line_word(line->text, &rest);
	enum sieve_verb verb = verb_of(word);

	s->command.verb = (uint8_t)verb;
	s->command.arguments = 0;
	s->command.response = false;
	facts->unit = verb == SIEVE_LOGOUT || line->text.n == 0 ? UNIT_QUIET : UNIT_COMMAND;
	if (verb != SIEVE_UNKNOWN)
		facts_said(facts, word);
	expect_reply(s, verb, facts);
	if (verb == SIEVE_STARTTLS)
		request(s, word, rest, facts);
	else if (verb == SIEVE_CORRUPTED)
		keep_set(&s->corrupted, word);
	piece(s, rest, line, used, facts);
}

/* The oldest command waits for nothing any more: what comes next answers what comes next. */
static void
drop_expired_request(struct sieve *s, struct facts *facts)
{
	if (facts->request_expired && pending_oldest(&s->pending) == SIEVE_STARTTLS)
		pending_drop(&s->pending);
	facts->request_expired = false;
}

/* Responses are strings, and no command is one. */
static bool
is_response(const struct sieve *s, struct span text)
{
	return s->sasl.challenged &&
	    (!s->unsure || span_at(text, 0) == '"' || span_at(text, 0) == '{');
}

/* A line of which only the end or the beginning is there: a command of ours, or nothing. */
static void
partial_line(struct sieve *s, const struct line *line, struct facts *facts)
{
	struct span rest;

	s->command.open = false;
	if (line->kind == LINE_TAIL && sieve_command_find(line_word(line->text, &rest)) != NULL) {
		command(s, line, line->text.n + (line->bare_lf ? 1 : 2), facts);
		return;
	}
	/* a literal may follow it, and nobody can tell */
	if (line->kind == LINE_TOO_LONG)
		facts_lost_sync(facts);
	expect_reply(s, SIEVE_OTHER, facts);
}

static void
client_line(struct sieve *s, const struct line *line, size_t used, struct facts *facts)
{
	drop_expired_request(s, facts);
	if (line->kind != LINE_WHOLE) {
		partial_line(s, line, facts);
	} else if (s->command.open) {
		piece(s, line->text, line, used, facts);
	} else if (is_response(s, line->text)) {
		s->command.response = true;
		s->command.arguments = 0;
		piece(s, line->text, line, used, facts);
		s->sasl.challenged = false;
	} else {
		s->sasl.challenged = false;
		command(s, line, used, facts);
	}
}

static long
client_literal(struct sieve *s, struct span in, struct facts *facts)
{
	size_t n = in.n < s->command.literal_left ? in.n : (size_t)s->command.literal_left;
	struct keep *kept = &s->command.literal;

	facts->unit = UNIT_CONTENT;
	if (script_is_next(s))
		script(s, facts);
	keep_add(kept, span_head(span_head(in, n), (size_t)(KEEP_BYTES - kept->n)));
	s->command.literal_left -= n;
	if (s->command.literal_left > 0)
		return (long)n;
	if (!script_is_next(s))
		facts_typed_argument(facts, kept);
	argument(s, keep_span(kept), facts);
	return (long)n;
}

/* Has the server still to say whether there is more to an exchange? */
static bool
awaits_challenge(const struct sieve *s)
{
	return s->server_spoke && !s->command.open && !s->sasl.challenged &&
	    pending_holds(&s->pending, SIEVE_AUTHENTICATE);
}

static long
client_unit(struct sieve *s, struct span in, struct facts *facts)
{
	struct line line;
	long used;

	if (s->command.literal_left > 0)
		return client_literal(s, in, facts);
	if (awaits_challenge(s))
		return 0;
	used = line_read(&s->lines[SIDE_CLIENT], in, &line);
	if (used > 0 && line.kind != LINE_REST)
		client_line(s, &line, (size_t)used, facts);
	return used;
}

long
sieve_client_unit(struct sieve *s, struct span in, struct facts *facts)
{
	long used = client_unit(s, in, facts);

	facts->goes_on = s->command.open || s->lines[SIDE_CLIENT].too_long;
	return used;
}
