/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IMAP, what the client says: tagged commands (RFC 9051 §2.2.1, §6), literals
 * that must not be looked into (§4.3), and the lines of an AUTHENTICATE exchange
 * (§6.2.2). Neither user names nor anything behind a LOGIN is ever quoted.
 */
#include "dialect/imap.h"

#include "dialect/token.h"

static const struct {
	const char *word;
	enum imap_verb verb;
} verbs[] = {
	{ "CAPABILITY", IMAP_CAPABILITY },
	{ "STARTTLS", IMAP_STARTTLS },
	{ "LOGIN", IMAP_LOGIN },
	{ "AUTHENTICATE", IMAP_AUTHENTICATE },
	{ "IDLE", IMAP_IDLE },
	{ "APPEND", IMAP_APPEND },
	{ "SEARCH", IMAP_SEARCH },
	{ "SORT", IMAP_SEARCH },
	{ "THREAD", IMAP_SEARCH },
	{ "COMPRESS", IMAP_COMPRESS },
	{ "LOGOUT", IMAP_LOGOUT },
	{ "UNAUTHENTICATE", IMAP_UNAUTHENTICATE },
	{ "NOOP", IMAP_OTHER },
	{ "ID", IMAP_OTHER },
	{ "ENABLE", IMAP_OTHER },
	{ "NAMESPACE", IMAP_OTHER },
	{ "SELECT", IMAP_OTHER },
	{ "EXAMINE", IMAP_OTHER },
	{ "CREATE", IMAP_OTHER },
	{ "DELETE", IMAP_OTHER },
	{ "RENAME", IMAP_OTHER },
	{ "SUBSCRIBE", IMAP_OTHER },
	{ "UNSUBSCRIBE", IMAP_OTHER },
	{ "LIST", IMAP_OTHER },
	{ "LSUB", IMAP_OTHER },
	{ "XLIST", IMAP_OTHER },
	{ "STATUS", IMAP_OTHER },
	{ "CHECK", IMAP_OTHER },
	{ "CLOSE", IMAP_OTHER },
	{ "UNSELECT", IMAP_OTHER },
	{ "EXPUNGE", IMAP_OTHER },
	{ "FETCH", IMAP_OTHER },
	{ "STORE", IMAP_OTHER },
	{ "COPY", IMAP_OTHER },
	{ "MOVE", IMAP_OTHER },
	{ "GETQUOTAROOT", IMAP_OTHER },
	{ "GETQUOTA", IMAP_OTHER },
	{ "GETACL", IMAP_OTHER },
	{ "MYRIGHTS", IMAP_OTHER },
	{ "GETMETADATA", IMAP_OTHER },
	{ "NOTIFY", IMAP_OTHER },
};

enum imap_verb
imap_verb_of(struct span word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (span_is(word, verbs[i].word))
			return verbs[i].verb;
	}
	if (token_is_masked(word) || token_is_near_miss(word, "STARTTLS") ||
	    token_is_near_miss(word, "CAPABILITY"))
		return IMAP_CORRUPTED;
	return IMAP_UNKNOWN;
}

/* LOGIN's second argument is a password; of AUTHENTICATE it is the first response. */
static void
argument(struct imap *s, struct span value, struct facts *facts)
{
	bool second = ++s->command.arguments == 2, login = s->command.verb == IMAP_LOGIN;

	if (login && second) {
		facts_credentials(facts, span_text("LOGIN"), true, span_text("LOGIN"));
	} else if (login && s->command.arguments == 1) {
		facts_client_name(facts, value);
	} else if (second) {
		/* "=" stands for a response of no bytes (RFC 4959 §3) */
		if (!span_is(value, "="))
			sasl_exchange_response(&s->sasl, "AUTHENTICATE", facts);
	} else if (s->command.arguments == 1) {
		sasl_exchange_begin(&s->sasl, value);
	}
}

static bool
has_arguments_of_interest(const struct imap *s)
{
	return (s->command.verb == IMAP_LOGIN || s->command.verb == IMAP_AUTHENTICATE) &&
	    s->command.arguments < 2;
}

/* A piece of a command: up to its end, or up to a literal in it. */
static void
piece(struct imap *s, struct span text, const struct line *line, size_t used,
    struct facts *facts)
{
	struct literal literal;
	struct span value, rest;

	s->command.open = literal_announced(line, used, &literal, &rest);
	if (s->command.open)
		text = span_head(text, text.n - (line->text.n - rest.n));
	while (has_arguments_of_interest(s) && literal_argument(&text, &value))
		argument(s, value, facts);
	if (!s->command.open)
		return;
	if (literal.improper)
		facts_lost_sync(facts);
	s->literal_left = literal.octets;
	s->command.literal.n = 0;
	s->client = literal.waits ? IMAP_AWAIT_GO : IMAP_LITERAL;
}

static void
request(struct imap *s, struct span verb, struct span rest, struct facts *facts)
{
	s->request_had_argument = rest.n > 0;
	facts_request(facts, verb);
	if (s->request_had_argument)
		facts_mark(facts, MARK_REQUEST_ARGUMENT, verb);
}

static void
command(struct imap *s, const struct line *line, size_t used, struct facts *facts)
{
	struct span rest, tag = line_word(line->text, &rest), verb = line_word(rest, &rest);

	if (verb.n == 0) {
		/* the end of IDLE has no tag and no answer of its own; neither has an empty line */
		if (tag.n > 0 && !span_is(tag, "DONE"))
			tags_add(&s->tags, tag, IMAP_UNKNOWN);
		facts->unit = tag.n == 0 ? UNIT_QUIET : UNIT_COMMAND;
		return;
	}
	if (span_is(verb, "UID"))
		verb = line_word(rest, &rest);
	s->command.verb = (uint8_t)imap_verb_of(verb);
	s->command.arguments = 0;
	keep_set(&s->command.tag, tag);
	tags_add(&s->tags, tag, s->command.verb);
	facts->unit = s->command.verb == IMAP_LOGOUT ? UNIT_QUIET : UNIT_COMMAND;
	/* a line that is no command may have anything where its tag would be */
	if (s->command.verb != IMAP_UNKNOWN)
		facts_said(facts, verb);
	if (s->command.verb == IMAP_STARTTLS)
		request(s, verb, rest, facts);
	else if (s->command.verb == IMAP_CORRUPTED)
		keep_set(&s->corrupted, verb);
	piece(s, rest, line, used, facts);
}

/* A line of which only the end or the beginning is there: a command of ours, or nothing. */
static void
partial_command(struct imap *s, const struct line *line, struct facts *facts)
{
	struct span rest, tag = line_word(line->text, &rest), verb = line_word(rest, &rest);

	s->command.open = false;
	if (line->kind == LINE_TAIL && imap_verb_of(verb) < IMAP_CORRUPTED) {
		command(s, line, line->text.n + (line->bare_lf ? 1 : 2), facts);
		return;
	}
	/* a literal may follow it, and nobody can tell */
	if (line->kind == LINE_TOO_LONG)
		facts_lost_sync(facts);
	tags_add(&s->tags, tag, IMAP_UNKNOWN);
}

/* A line of an exchange: base64 in IMAP and MUPDATE, a string in ACAP, which may be a literal. */
static void
response(struct imap *s, const struct line *line, size_t used, struct facts *facts)
{
	struct span rest = line->text, value = line->text;

	if (span_at(value, 0) == '"')
		literal_argument(&rest, &value);
	if (!span_is(value, "*"))
		sasl_exchange_response(&s->sasl, "AUTHENTICATE", facts);
	s->sasl.challenged = false;
	s->command.verb = IMAP_OTHER;
	if (span_at(value, 0) == '{')
		piece(s, line->text, line, used, facts);
}

/* Has the server still to say whether there is more to an AUTHENTICATE? */
static bool
awaits_challenge(const struct imap *s)
{
	return s->server_spoke && !s->sasl.challenged &&
	    tags_oldest(&s->tags, 1u << IMAP_AUTHENTICATE) != IMAP_NONE;
}

static long
client_line(struct imap *s, struct span in, struct facts *facts)
{
	struct line line;
	long used;

	if (!s->command.open && awaits_challenge(s))
		return 0;
	used = line_read(&s->lines[SIDE_CLIENT], in, &line);
	if (used == 0 || line.kind == LINE_REST)
		return used;
	if (facts->request_expired)
		tags_change(&s->tags, IMAP_STARTTLS, IMAP_OTHER);
	facts->request_expired = false;
	/* responses are base64; behind a hole it may be a command that comes instead */
	if (s->holes && span_find(line.text, ' ') < line.text.n)
		s->sasl.challenged = false;
	if (s->sasl.challenged) {
		response(s, &line, (size_t)used, facts);
	} else if (line.kind != LINE_WHOLE) {
		partial_command(s, &line, facts);
	} else if (s->command.open) {
		piece(s, line.text, &line, (size_t)used, facts);
	} else {
		command(s, &line, (size_t)used, facts);
	}
	return used;
}

static void
literal_end(struct imap *s, struct facts *facts)
{
	s->client = IMAP_COMMANDS;
	if (s->command.verb != IMAP_APPEND)
		facts_typed_argument(facts, &s->command.literal);
	if (has_arguments_of_interest(s))
		argument(s, keep_span(&s->command.literal), facts);
}

static long
client_literal(struct imap *s, struct span in, struct facts *facts)
{
	size_t n = in.n < s->literal_left ? in.n : (size_t)s->literal_left;
	struct keep *kept = &s->command.literal;

	facts->unit = UNIT_CONTENT;
	if (s->command.verb == IMAP_APPEND && n > 0)
		facts_payload(facts, span_text("APPEND"), span_text("APPEND"));
	keep_add(kept, span_head(in, n < (size_t)(KEEP_BYTES - kept->n) ? n :
	    (size_t)(KEEP_BYTES - kept->n)));
	s->literal_left -= n;
	if (s->literal_left == 0)
		literal_end(s, facts);
	return (long)n;
}

static long
client_unit(struct imap *s, struct span in, struct facts *facts)
{
	/* where no server is heard nobody can be waited for */
	if (s->client == IMAP_AWAIT_GO && s->server_spoke)
		return 0;
	if (s->client == IMAP_COMMANDS)
		return client_line(s, in, facts);
	if (s->literal_left > 0)
		return client_literal(s, in, facts);
	literal_end(s, facts);
	return client_line(s, in, facts);
}

long
imap_client_unit(struct imap *s, struct span in, struct facts *facts)
{
	long used = client_unit(s, in, facts);

	facts->goes_on = s->command.open || s->lines[SIDE_CLIENT].too_long;
	return used;
}
