/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IRC, what the client says (RFC 2812 §3). Only a message's first word makes a
 * command; everything behind a colon is what people say to each other.
 */
#include "dialect/irc.h"

#include "dialect/token.h"

enum { CHUNK_BYTES = 400 };	/* an AUTHENTICATE of this length goes on in the next */

static const char *const services[] = { "NickServ", "NS", "AuthServ", "Q", "X", "UserServ" };

static bool
is_service(struct span target)
{
	/* nick@server, the form that cannot be taken by somebody else's nick */
	struct span nick = span_head(target, span_find(target, '@'));

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (span_is(nick, services[i]))
			return true;
	}
	return false;
}

/* "IDENTIFY [account] password" to a service that keeps names. */
static bool
is_identify(struct span text)
{
	struct span rest, word = line_word(text, &rest);

	return rest.n > 0 && (span_is(word, "IDENTIFY") || span_is(word, "ID") ||
	    span_is(word, "LOGIN") || span_is(word, "AUTH"));
}

/* Whether a service let somebody in is said in words only; so nobody sees it. */
static void
service_login(struct facts *facts)
{
	facts_credentials(facts, span_text("NICKSERV"), true, span_text("IDENTIFY"));
}

static void
talk_command(struct span word, struct span params, struct facts *facts)
{
	struct span target, text;

	if (!irc_param(&params, &target) || !irc_param(&params, &text))
		return;
	if (is_service(target) && is_identify(text))
		service_login(facts);
	else
		facts_payload(facts, word, word);
}

/* RFC 2812 §3.1.1: PASS is judged when the server welcomes the client, or does not. */
static void
pass_command(struct irc *c, struct span params, struct facts *facts)
{
	struct span password;

	if (!irc_param(&params, &password) || password.n == 0)
		return;
	c->pass_sent = true;
	facts_credentials(facts, span_text("PASS"), true, span_text("PASS"));
}

static void
oper_command(struct span params, struct facts *facts)
{
	struct span name, password;

	if (irc_param(&params, &name) && irc_param(&params, &password))
		facts_credentials(facts, span_text("OPER"), true, span_text("OPER"));
}

/* A response of many lines counts once; "+" stands for one without any bytes. */
static void
sasl_response(struct irc *c, struct span text, struct facts *facts)
{
	bool first = !c->chunk, empty = span_is(text, "+");

	c->chunk = text.n == CHUNK_BYTES;
	if (!first || (empty && c->sasl.mechanism != NULL &&
	    c->sasl.mechanism->kind != SASL_OPAQUE))
		return;
	sasl_exchange_response(&c->sasl, "AUTHENTICATE", facts);
	/* unlike a server's password, which everybody who may come has, this is a person's */
	if (facts->secret_open)
		facts_auth_weak(facts, false);
}

static void
authenticate_command(struct irc *c, struct span params, struct facts *facts)
{
	struct span text;

	if (!irc_param(&params, &text))
		return;
	if (span_is(text, "*")) {
		c->exchange = c->chunk = false;
	} else if (c->exchange) {
		sasl_response(c, text, facts);
	} else {
		sasl_exchange_begin(&c->sasl, text);
		c->exchange = true;
		c->chunk = false;
	}
}

static void
request_command(struct irc *c, struct span word, struct facts *facts)
{
	c->asked = true;
	facts_request(facts, word);
}

/* From LS or REQ on until END no server that knows CAP goes on with the registration. */
static void
cap_command(struct irc *c, struct span params)
{
	if (span_starts_nocase(params, "LS"))
		c->listing_open = c->listing_hole = false;
	if (span_starts_nocase(params, "END"))
		c->negotiating = false;
	else if (!c->welcomed)
		c->negotiating = true;
}

static void
nick_command(struct span params, struct facts *facts)
{
	struct span nick;

	if (irc_param(&params, &nick))
		facts_client_name(facts, nick);
}

/* STARTTLS or "CAP LS", masked or (STARTTLS only) nearly right. */
static bool
is_corrupted(struct span word, struct span params)
{
	return token_is_mask_of(word, "STARTTLS") || token_is_near_miss(word, "STARTTLS") ||
	    (token_is_mask_of(word, "CAP") && span_starts_nocase(params, "LS"));
}

/* Commands that every server takes before it has welcomed the client. */
static bool
is_registration(struct span word)
{
	return span_is(word, "CAP") || span_is(word, "NICK") || span_is(word, "USER") ||
	    span_is(word, "PASS") || span_is(word, "PONG") || span_is(word, "PING") ||
	    span_is(word, "QUIT") || span_is(word, "AUTHENTICATE") || span_is(word, "STARTTLS");
}

static void
irc_command(struct irc *c, const struct irc_message *m, struct facts *facts)
{
	struct span word = m->command;

	if (span_is(word, "STARTTLS"))
		request_command(c, word, facts);
	else if (span_is(word, "AUTHENTICATE"))
		authenticate_command(c, m->params, facts);
	else if (span_is(word, "CAP"))
		cap_command(c, m->params);
	else if (span_is(word, "PASS"))
		pass_command(c, m->params, facts);
	else if (span_is(word, "OPER"))
		oper_command(m->params, facts);
	else if (span_is(word, "NICK"))
		nick_command(m->params, facts);
	else if (span_is(word, "PRIVMSG") || span_is(word, "NOTICE"))
		talk_command(word, m->params, facts);
	else if (is_service(word) && is_identify(m->params))
		service_login(facts);
	else if (is_corrupted(word, m->params))
		keep_set(&c->corrupted, word);
	if (!is_registration(word))
		c->refusable = true;
}

/* A verb is quoted when it has the shape of one: people type their passwords anywhere. */
static bool
is_verb(struct span word)
{
	static const char *const known[] = {
		"CAP", "NICK", "USER", "PASS", "STARTTLS", "AUTHENTICATE", "OPER", "PRIVMSG",
		"NOTICE", "JOIN", "PART", "MODE", "TOPIC", "NAMES", "LIST", "WHO", "WHOIS", "AWAY",
		"PING", "PONG", "QUIT", "MOTD", "INVITE", "KICK", "ISON", "USERHOST", "MONITOR",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (span_is(word, known[i]))
			return true;
	}
	return false;
}

/* A server asks for PONG when it likes, and clients answer by themselves. */
static bool
says_nothing(struct span word)
{
	return word.n == 0 || span_is(word, "QUIT") || span_is(word, "PONG");
}

long
irc_client_unit(struct irc *c, struct span in, struct facts *facts)
{
	struct line line;
	struct irc_message m;
	long used = line_read(&c->lines[SIDE_CLIENT], in, &line);

	facts->goes_on = c->lines[SIDE_CLIENT].too_long;
	if (used == 0 || line.kind == LINE_REST)
		return used;
	if (facts->request_expired)
		c->asked = false;
	facts->request_expired = false;
	m = irc_message_read(line.text);
	facts->unit = says_nothing(m.command) ? UNIT_QUIET : UNIT_COMMAND;
	/* the end of a line whose start is missing may be what somebody said */
	if (line.kind != LINE_WHOLE || m.command.n == 0)
		return used;
	if (is_verb(m.command))
		facts_said(facts, m.command);
	irc_command(c, &m, facts);
	return used;
}
