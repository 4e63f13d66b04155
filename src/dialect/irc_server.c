/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IRC, what the server says: numbers (RFC 2812 §5) that name the command they
 * are about, and the lines of CAP LS.
 */
#include "dialect/irc.h"

#include "dialect/host.h"
#include "dialect/reply.h"
#include "dialect/token.h"

enum { STARTTLS_LENGTH = 8 };

enum numeric {
	RPL_WELCOME = 1,
	RPL_YOUREOPER = 381,
	ERR_INVALIDCAPCMD = 410,
	ERR_UNKNOWNCOMMAND = 421,
	ERR_NOTREGISTERED = 451,
	ERR_ALREADYREGISTERED = 462,
	ERR_PASSWDMISMATCH = 464,
	ERR_NOOPERHOST = 491,
	RPL_STARTTLS = 670,
	ERR_STARTTLS = 691,
	RPL_LOGGEDIN = 900,
	RPL_SASLSUCCESS = 903,
	ERR_SASLFAIL = 904,
	ERR_SASLTOOLONG = 905,
	ERR_SASLABORTED = 906,
	ERR_SASLALREADY = 907,
};

/* --- CAP -------------------------------------------------------------------- */

static void
listed(struct irc *c, struct span word, struct span line, struct facts *facts)
{
	struct span name = span_head(word, span_find(word, '='));
	struct span value = span_tail(word, name.n + 1);

	if (span_is(name, "sasl")) {
		capability_mechanisms(&c->listing, value);
		/* only newer clients are told which (IRCv3 sasl-3.2) */
		c->listing.mechanisms_untold = value.n == 0;
	}
	/* on a clear connection only the port of a policy counts (STS) */
	if (span_is(name, "sts") && reply_mentions(word, "port=")) {
		facts_mark(facts, MARK_TLS_ELSEWHERE, word);
		facts_demand_listed(facts);
	} else {
		capability_word(&c->listing, name, "tls", line);
	}
}

/*
 * Has the client been welcomed? A server that knows CAP welcomes nobody who has begun
 * with it and has not said CAP END (IRCv3 capability negotiation).
 */
static bool
is_registered(const struct irc *c)
{
	return c->welcomed && !(c->negotiating && c->knows_cap);
}

/* CAP * LS [*] :a b=c d; the asterisk says that the list goes on in the next line. */
static void
cap_message(struct irc *c, struct span params, struct span line, struct facts *facts)
{
	struct span target, sub, list;
	bool more;

	c->knows_cap = true;
	if (!irc_param(&params, &target) || !irc_param(&params, &sub) || !span_is(sub, "LS"))
		return;
	more = span_starts(params, "* ");
	if (more)
		irc_param(&params, &list);
	if (!irc_param(&params, &list))
		list = span_head(params, 0);
	if (!c->listing_open)
		c->listing = (struct capability){ 0 };
	c->listing_open = more;
	while (list.n > 0)
		listed(c, line_word(list, &list), line, facts);
	if (!more && !is_registered(c) && (!c->listing_hole || c->listing.offer))
		capability_finish(&c->listing, "tls", facts);
}

/* --- STARTTLS --------------------------------------------------------------- */

static void
starttls_reply(struct irc *c, enum answer answer, struct span line, struct facts *facts)
{
	bool lawful = answer == ANSWER_PERMANENT &&
	    (is_registered(c) || facts->seen->authenticated);

	c->asked = false;
	facts_answer(facts, lawful ? ANSWER_LAWFUL : answer, line);
}

/* Which command does an error name? The first parameter is the client; a trailing one is prose. */
static bool
names_command(struct span params, struct span *command_r)
{
	struct span target;

	return irc_param(&params, &target) && params.n > 0 && span_at(params, 0) != ':' &&
	    irc_param(&params, command_r);
}

static bool
mentions_mask(struct span command)
{
	return command.n == STARTTLS_LENGTH && token_masked_inside(command, STARTTLS_LENGTH);
}

/* RFC 2812 §5.2: 421 names a command that the server does not know. */
static void
unknown_command(struct irc *c, const struct irc_message *m, struct span line,
    struct facts *facts)
{
	struct span command = span_head(m->params, 0);
	bool named = names_command(m->params, &command);

	if (named && span_is(command, "CAP"))
		facts_mark(facts, MARK_LISTING_REFUSED, line);
	if (named && c->corrupted.n > 0 &&
	    span_equals_nocase(command, keep_span(&c->corrupted))) {
		facts_mark(facts, MARK_COMMAND_CORRUPTED, keep_span(&c->corrupted));
		facts->news = true;
	} else if (c->asked && (span_is(command, "STARTTLS") || mentions_mask(command))) {
		starttls_reply(c, ANSWER_PERMANENT, line, facts);
		/* the server repeats a filler that this client never sent */
		if (mentions_mask(command)) {
			facts_mark(facts, MARK_COMMAND_CORRUPTED, line);
			facts->news = true;
		}
	}
}

static bool
waits_for_cap_only(const struct irc *c)
{
	return c->negotiating && !c->knows_cap && !c->asked && !c->refusable;
}

/* 451 and 462 name a command with some servers, in prose with others, or none at all. */
static void
not_now(struct irc *c, const struct irc_message *m, struct span line, struct facts *facts)
{
	struct span command;
	bool named = names_command(m->params, &command);

	if (named ? span_is(command, "CAP") : waits_for_cap_only(c))
		facts_mark(facts, MARK_LISTING_REFUSED, line);
	/* what came before the request has had its answer */
	if (!c->asked) {
		c->refusable = c->refusable && !named;
		return;
	}
	if (named ? span_is(command, "STARTTLS") :
	    !c->refusable || reply_has_word(m->params, "STARTTLS"))
		starttls_reply(c, ANSWER_PERMANENT, line, facts);
}

/* --- Logins ----------------------------------------------------------------- */

static bool
names_tls(struct span text)
{
	return reply_has_word(text, "TLS") || reply_has_word(text, "SSL") ||
	    reply_mentions(text, "secure connection");
}

static bool
demands_tls(struct span text)
{
	return reply_says(text, names_tls) &&
	    (reply_has_word(text, "must") || reply_has_word(text, "need") ||
	    reply_mentions(text, "requir") || reply_mentions(text, "only"));
}

static void
login_failed(struct irc *c, const struct irc_message *m, struct facts *facts)
{
	bool demanded = demands_tls(m->params);

	if (demanded)
		facts_demand(facts, OPERATION_LOGIN, m->command);
	facts_login(facts, demanded ? LOGIN_NEEDS_TLS : LOGIN_WRONG, m->command);
	facts_auth_weak(facts, true);
	/* the server's own password is another matter, and still to be judged */
	if (c->pass_sent)
		facts_credentials(facts, span_text("PASS"), true, span_text("PASS"));
}

static void
exchange_ends(struct irc *c)
{
	c->exchange = c->chunk = false;
}

static void
welcome(struct irc *c, const struct irc_message *m, struct facts *facts)
{
	c->welcomed = true;
	if (!is_registered(c))
		return;
	if (c->pass_sent)
		facts_login(facts, LOGIN_ACCEPTED, m->command);
	c->pass_sent = false;
}

/* How it went with a password, of whichever kind. */
static void
login_numeric(struct irc *c, unsigned number, const struct irc_message *m, struct facts *facts)
{
	switch (number) {
	case RPL_SASLSUCCESS:
		/* to nothing yet */
		if (c->exchange && c->sasl.responses == 0)
			break;
		exchange_ends(c);
		facts_login(facts, LOGIN_ACCEPTED, m->command);
		break;
	case RPL_YOUREOPER:
	case RPL_LOGGEDIN:
		facts_login(facts, LOGIN_ACCEPTED, m->command);
		break;
	case ERR_PASSWDMISMATCH:
		c->pass_sent = false;
		login_failed(c, m, facts);
		break;
	case ERR_SASLFAIL:
	case ERR_SASLTOOLONG:
	case ERR_SASLABORTED:
		exchange_ends(c);
		login_failed(c, m, facts);
		break;
	case ERR_SASLALREADY:
		exchange_ends(c);
		break;
	case ERR_NOOPERHOST:
		login_failed(c, m, facts);
		break;
	default:
		break;
	}
}

static void
numeric(struct irc *c, unsigned number, const struct irc_message *m, struct span line,
    struct facts *facts)
{
	switch (number) {
	case RPL_WELCOME:
		welcome(c, m, facts);
		break;
	case RPL_STARTTLS:
		if (c->asked)
			starttls_reply(c, ANSWER_GRANTED, line, facts);
		break;
	case ERR_STARTTLS:
		if (c->asked)
			starttls_reply(c, ANSWER_PERMANENT, line, facts);
		break;
	case ERR_UNKNOWNCOMMAND:
		unknown_command(c, m, line, facts);
		break;
	case ERR_INVALIDCAPCMD:
	case ERR_NOTREGISTERED:
	case ERR_ALREADYREGISTERED:
		not_now(c, m, line, facts);
		break;
	default:
		login_numeric(c, number, m, facts);
		break;
	}
}

/* --- Messages --------------------------------------------------------------- */

/* What people say; what servers say of themselves is no secret. */
static void
talk_message(const struct irc_message *m, struct facts *facts)
{
	if (span_find(m->prefix, '!') < m->prefix.n)
		facts_payload(facts, m->command, m->command);
}

/*
 * The server closes the connection; a refused password is told in these words,
 * too. To one who was welcomed meanwhile it is no late answer to STARTTLS.
 */
static void
error_message(struct irc *c, const struct irc_message *m, struct facts *facts)
{
	if (c->asked && !is_registered(c))
		starttls_reply(c, ANSWER_CLOSING, span_text("ERROR"), facts);
	if (demands_tls(m->params))
		facts_demand(facts, OPERATION_LOGIN, span_text("ERROR"));
}

/* Three digits, or 0. */
static unsigned
number_of(struct span command)
{
	bool final;

	return command.n == 3 ? reply_code(command, &final) : 0;
}

static void
irc_message(struct irc *c, const struct irc_message *m, struct span line, struct facts *facts)
{
	unsigned number = number_of(m->command);

	if (span_find(m->prefix, '!') == m->prefix.n)
		facts_server_name(facts, host_in(m->prefix));
	if (number > 0)
		numeric(c, number, m, line, facts);
	else if (span_is(m->command, "CAP"))
		cap_message(c, m->params, line, facts);
	else if (span_is(m->command, "PRIVMSG") || span_is(m->command, "NOTICE"))
		talk_message(m, facts);
	else if (span_is(m->command, "ERROR"))
		error_message(c, m, facts);
}

long
irc_server_unit(struct irc *c, struct span in, struct facts *facts)
{
	struct line line;
	struct irc_message m;
	long used = line_read(&c->lines[SIDE_SERVER], in, &line);

	facts->goes_on = c->lines[SIDE_SERVER].too_long;
	if (used == 0 || line.kind != LINE_WHOLE)
		return used;
	m = irc_message_read(line.text);
	if (m.command.n > 0)
		irc_message(c, &m, line.text, facts);
	return used;
}
