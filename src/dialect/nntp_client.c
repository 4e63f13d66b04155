/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NNTP, what the client says: commands (RFC 3977 §3.1), articles that must not
 * be looked into (§3.1.1; TAKETHIS, RFC 4644 §2.5), and the lines of a login
 * (RFC 4643 §2.4), none of which is ever kept.
 */
#include "dialect/nntp.h"

#include "dialect/dotted.h"
#include "dialect/token.h"

enum {
	STARTTLS_LENGTH = 8,
	CAPABILITIES_LENGTH = 12,
};

static const struct nntp_command commands[] = {
	{ "CAPABILITIES", NNTP_CAPABILITIES, false },
	{ "STARTTLS", NNTP_STARTTLS, true },
	{ "AUTHINFO", NNTP_OTHER, false },
	{ "MODE", NNTP_OTHER, false },
	{ "GROUP", NNTP_OTHER, false },
	{ "LISTGROUP", NNTP_LISTGROUP, false },
	{ "ARTICLE", NNTP_READ, false },
	{ "BODY", NNTP_READ, false },
	{ "HEAD", NNTP_READ, false },
	{ "OVER", NNTP_READ, false },
	{ "XOVER", NNTP_READ, false },
	{ "XZVER", NNTP_READ, false },
	{ "HDR", NNTP_READ, false },
	{ "XHDR", NNTP_READ, false },
	{ "XZHDR", NNTP_READ, false },
	{ "XPAT", NNTP_READ, false },
	{ "STAT", NNTP_OTHER, true },
	{ "POST", NNTP_POST, false },
	{ "IHAVE", NNTP_POST, false },
	{ "CHECK", NNTP_OTHER, false },
	{ "TAKETHIS", NNTP_TAKETHIS, false },
	{ "NEXT", NNTP_OTHER, true },
	{ "LAST", NNTP_OTHER, true },
	{ "LIST", NNTP_OTHER, true },
	{ "NEWGROUPS", NNTP_OTHER, false },
	{ "NEWNEWS", NNTP_OTHER, false },
	{ "DATE", NNTP_OTHER, false },
	{ "HELP", NNTP_OTHER, true },
	{ "SLAVE", NNTP_OTHER, false },
	{ "XGTITLE", NNTP_OTHER, false },
	{ "XFEATURE", NNTP_COMPRESS, false },
	{ "COMPRESS", NNTP_COMPRESS, false },
	{ "QUIT", NNTP_QUIT, true },
};

const struct nntp_command *
nntp_command_find(struct span word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (span_is(word, commands[i].word))
			return &commands[i];
	}
	return NULL;
}

static bool
is_corrupted(struct span word)
{
	if (token_is_masked(word))
		return word.n == STARTTLS_LENGTH || word.n == CAPABILITIES_LENGTH;
	return token_is_near_miss(word, "STARTTLS");
}

static void
expect_reply(struct nntp *n, enum nntp_verb verb, struct facts *facts)
{
	if (!pending_add(&n->pending, (uint8_t)verb))
		facts_lost_sync(facts);
}

/* RFC 4643 §2.4: AUTHINFO SASL mechanism [initial-response]; "=" is one of no bytes. */
static enum nntp_verb
sasl_command(struct nntp *n, struct span arguments, struct facts *facts)
{
	struct span initial, name = line_word(arguments, &initial);

	sasl_exchange_begin(&n->sasl, name);
	if (initial.n > 0 && !span_is(initial, "="))
		sasl_exchange_response(&n->sasl, "AUTHINFO SASL", facts);
	return NNTP_AUTH_SASL;
}

/* RFC 2980 §3.1.2: name and password come in one line once the server has said 350. */
static enum nntp_verb
simple_command(struct nntp *n)
{
	static const struct sasl_mechanism simple = { "SIMPLE", SASL_FIRST };

	n->sasl = (struct sasl_exchange){ .mechanism = &simple };
	return NNTP_AUTH_SASL;
}

static enum nntp_verb
auth_command(struct nntp *n, struct span rest, struct facts *facts)
{
	struct span arguments, how = line_word(rest, &arguments);

	if (span_is(how, "SASL"))
		return sasl_command(n, arguments, facts);
	if (span_is(how, "SIMPLE"))
		return simple_command(n);
	if (span_is(how, "USER")) {
		facts_client_name(facts, arguments);
		return NNTP_AUTH_USER;
	}
	if (!span_is(how, "PASS"))
		return NNTP_OTHER;
	if (arguments.n > 0)
		facts_credentials(facts, span_text("PASS"), true, span_text("AUTHINFO PASS"));
	return NNTP_AUTH_PASS;
}

static void
request_command(struct nntp *n, struct span word, struct span rest, struct facts *facts)
{
	n->command_had_argument = rest.n > 0;
	facts_request(facts, word);
	if (n->command_had_argument)
		facts_mark(facts, MARK_REQUEST_ARGUMENT, word);
}

/* An article is next, after TAKETHIS even if it is not wanted (RFC 4644 §2.5); TLS is not. */
static void
article_follows(struct nntp *n, const struct nntp_command *command, struct facts *facts)
{
	n->posting = command->word;
	n->body_tail = DOTTED_BEGINS;
	facts->goes_on = true;
}

static void
nntp_command(struct nntp *n, struct span line, struct facts *facts)
{
	struct span rest, word = line_word(line, &rest);
	const struct nntp_command *command = nntp_command_find(word);
	enum nntp_verb verb = command != NULL ? command->verb :
	    line.n == 0 ? NNTP_BLANK : is_corrupted(word) ? NNTP_CORRUPTED : NNTP_UNKNOWN;

	facts->unit = verb == NNTP_QUIT || verb == NNTP_BLANK ? UNIT_QUIET : UNIT_COMMAND;
	if (verb < NNTP_UNKNOWN)
		facts_said(facts, word);
	if (span_is(word, "AUTHINFO"))
		verb = auth_command(n, rest, facts);
	/* an article's answer comes behind its end, and TAKETHIS has no other */
	if (verb != NNTP_TAKETHIS)
		expect_reply(n, verb, facts);
	switch (verb) {
	case NNTP_STARTTLS:
		request_command(n, word, rest, facts);
		break;
	case NNTP_READ:
		n->reading = command->word;
		break;
	case NNTP_POST:
		n->client = NNTP_AWAIT_GO;
		article_follows(n, command, facts);
		break;
	case NNTP_TAKETHIS:
		n->client = NNTP_BODY;
		n->streams = true;
		article_follows(n, command, facts);
		break;
	case NNTP_CORRUPTED:
		/* only the word: what follows a garbled verb could be anything */
		keep_set(&n->corrupted, word);
		break;
	default:
		break;
	}
}

/* The oldest command waits for nothing any more: what comes next answers what comes next. */
static void
drop_expired_request(struct nntp *n, struct facts *facts)
{
	if (facts->request_expired && pending_oldest(&n->pending) == NNTP_STARTTLS)
		pending_drop(&n->pending);
	facts->request_expired = false;
}

/* Behind a hole only a verb of ours makes a command; but whatever it was will be answered. */
static bool
is_command(const struct line *line)
{
	struct span rest;

	if (line->kind != LINE_TAIL)
		return line->kind == LINE_WHOLE;
	return nntp_command_find(line_word(line->text, &rest)) != NULL;
}

static long
client_line(struct nntp *n, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&n->lines[SIDE_CLIENT], in, &line);

	facts->goes_on = n->lines[SIDE_CLIENT].too_long;
	if (used == 0 || line.kind == LINE_REST)
		return used;
	n->client_spoke = true;
	if (n->put_off.code != 0 && line.text.n > 0)
		nntp_reply_put_off(n, facts);
	drop_expired_request(n, facts);
	nntp_capabilities_passed(n, facts);
	if (n->sasl.challenged) {
		if (!span_is(line.text, "*"))
			sasl_exchange_response(&n->sasl, "AUTHINFO", facts);
		n->sasl.challenged = false;
	} else if (is_command(&line)) {
		nntp_command(n, line.text, facts);
	} else {
		expect_reply(n, NNTP_OTHER, facts);
	}
	return used;
}

static long
client_body(struct nntp *n, struct span in, struct facts *facts)
{
	struct span verb = span_text(n->posting != NULL ? n->posting : "POST");
	bool ended;
	size_t used = dotted_read(&n->body_tail, in, &ended);

	facts_payload(facts, verb, verb);
	facts->unit = UNIT_CONTENT;
	facts->goes_on = !ended;
	if (ended) {
		n->client = NNTP_COMMANDS;
		n->body_unsure = false;
		expect_reply(n, NNTP_ARTICLE, facts);
	}
	return (long)used;
}

long
nntp_client_unit(struct nntp *n, struct span in, struct facts *facts)
{
	switch (n->client) {
	case NNTP_AWAIT_GO:
		return 0;
	case NNTP_BODY:
		return client_body(n, in, facts);
	case NNTP_COMMANDS:
		break;
	}
	return client_line(n, in, facts);
}
