/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NNTP, what the server says: one status line for each command (RFC 3977 §3.2),
 * some with a block of lines behind it up to a dot (§3.1.1), one kind of which
 * is the list of capabilities (§5.2).
 */
#include "dialect/nntp.h"

#include "dialect/host.h"
#include "dialect/reply.h"
#include "dialect/token.h"

enum { STARTTLS_LENGTH = 8 };

/* Status lines of a login may repeat a name; their code is enough. */
static struct span
code_of(struct span line)
{
	return span_head(line, 3);
}

/* --- Blocks ----------------------------------------------------------------- */

/* RFC 3977 §3.2 and Appendix B, RFC 2980: these announce lines, 211 only behind LISTGROUP. */
static bool
has_block(enum nntp_verb verb, unsigned code)
{
	switch (code) {
	case 100:
	case 101:
	case 215:
	case 218:
	case 220:
	case 221:
	case 222:
	case 224:
	case 225:
	case 230:
	case 231:
	case 282:
	case 288:
		return true;
	case 211:
		return verb == NNTP_LISTGROUP;
	default:
		return false;
	}
}

static void
begin_block(struct nntp *n, enum nntp_verb verb, unsigned code, const struct line *line)
{
	bool listing = (verb == NNTP_CAPABILITIES || verb == NNTP_NONE) && code == 101;

	n->unasked = verb == NNTP_NONE;
	n->server = listing ? NNTP_LISTING : NNTP_BLOCK;
	n->listing = (struct capability){ 0 };
	block_begin(&n->block, line, !listing);
}

/* RFC 4643 §2.1: AUTHINFO names the ways to log in, SASL the mechanisms of one of them. */
static void
capability(struct nntp *n, struct span line)
{
	struct span rest, word = line_word(line, &rest);

	capability_word(&n->listing, word, "STARTTLS", line);
	if (span_is(word, "SASL"))
		capability_mechanisms(&n->listing, rest);
	while (span_is(word, "AUTHINFO") && rest.n > 0) {
		if (span_is(line_word(rest, &rest), "USER"))
			capability_password(&n->listing);
	}
}

void
nntp_capabilities_passed(struct nntp *n, struct facts *facts)
{
	if (early_answers(&n->early_listing, &n->pending, NNTP_CAPABILITIES))
		early_tell(&n->early_listing, &n->listing, "STARTTLS", facts);
}

static void
listing_ends(struct nntp *n, struct facts *facts)
{
	if (!n->unasked)
		capability_finish(&n->listing, "STARTTLS", facts);
	else if (early_may_come(facts))
		early_came(&n->early_listing, facts);
	/* the command has come meanwhile */
	nntp_capabilities_passed(n, facts);
}

static void
block_line(struct nntp *n, const struct line *line, struct facts *facts)
{
	bool listing = n->server == NNTP_LISTING;

	if (block_ends(&n->block, line)) {
		n->server = NNTP_REPLIES;
		if (listing)
			listing_ends(n, facts);
	} else if (listing && line->kind == LINE_WHOLE) {
		capability(n, line->text);
	}
}

/* --- Answers ---------------------------------------------------------------- */

/*
 * RFC 4642 §2.2: 382 grants, 580 cannot, 502 may not. 480 and 483 must never
 * be an answer to STARTTLS; after a login every refusal is lawful. A server that
 * lists none may say 480 to whatever it does not know (RFC 3977 §3.2.1).
 */
static enum answer
starttls_answer(const struct nntp *n, unsigned code, const struct observation *seen)
{
	if (code == 382)
		return ANSWER_GRANTED;
	if (code == 480 && seen->offered == FACT_FALSE && !seen->authenticated)
		return ANSWER_PERMANENT;
	if (code < 400 || code > 599 || code == 480 || code == 483)
		return n->holes ? ANSWER_NOT_COMING : ANSWER_INVALID;
	if (code == 400)
		return ANSWER_CLOSING;
	if ((code == 501 && n->command_had_argument) || seen->authenticated)
		return ANSWER_LAWFUL;
	return code >= 500 ? ANSWER_PERMANENT : ANSWER_TEMPORARY;
}

static void
starttls_reply(struct nntp *n, unsigned code, struct span line, struct facts *facts)
{
	enum answer answer = starttls_answer(n, code, facts->seen);

	facts_answer(facts, answer, line);
	/* the server repeats a filler that this client never sent */
	if (code >= 400 && token_masked_inside(span_tail(line, 4), STARTTLS_LENGTH)) {
		facts_mark(facts, MARK_COMMAND_CORRUPTED, line);
		facts->news = true;
	}
}

/* RFC 4643 §2: 281 and 283 let in, 381 wants the password; 483 only inside TLS. */
static void
login_reply(unsigned code, struct span line, struct facts *facts)
{
	if (code == 483)
		facts_login(facts, LOGIN_NEEDS_TLS, code_of(line));
	else if (code >= 400)
		facts_login(facts, LOGIN_WRONG, code_of(line));
	else if (code >= 200 && code <= 299)
		facts_login(facts, LOGIN_ACCEPTED, code_of(line));
}

static void
sasl_reply(struct nntp *n, unsigned code, struct span line, struct facts *facts)
{
	n->sasl.challenged = code == 383 || code == 350;
	if (n->sasl.challenged)
		return;		/* the exchange goes on; the command stays pending */
	pending_drop(&n->pending);
	login_reply(code, line, facts);
}

static void
post_reply(struct nntp *n, unsigned code, struct facts *facts)
{
	bool wanted = code == 340 || code == 335;

	n->client = wanted ? NNTP_BODY : NNTP_COMMANDS;
	if (wanted)
		facts_accepted(facts, OPERATION_MAIL, span_text("POST"));
}

static void
read_reply(const struct nntp *n, enum nntp_verb verb, unsigned code, struct facts *facts)
{
	struct span reading = span_text(n->reading != NULL ? n->reading : "ARTICLE");

	if (has_block(verb, code))
		facts_payload(facts, reading, reading);
}

/* RFC 8054 §2.2: behind 206, and behind the older 290, nothing is text any more. */
static void
compress_reply(unsigned code, struct facts *facts)
{
	if (code != 206 && code != 290)
		return;
	facts_lost_sync(facts);
	facts_done(facts);
}

static void
corrupted_reply(const struct nntp *n, unsigned code, struct facts *facts)
{
	/* who has to log in first for what looks like a mask sent no command */
	if (code != 500 && code != 501 && code != 503 &&
	    !(code == 480 && token_is_masked(keep_span(&n->corrupted))))
		return;
	facts_mark(facts, MARK_COMMAND_CORRUPTED, keep_span(&n->corrupted));
	facts->news = true;
}

static bool
is_login(enum nntp_verb verb)
{
	return verb == NNTP_AUTH_USER || verb == NNTP_AUTH_PASS || verb == NNTP_AUTH_SASL;
}

/*
 * RFC 3977 §3.2.1: 483 is not to be had without privacy. What holds for one
 * group need not hold for another, but a login is then no less worth hiding.
 */
static void
demand(enum nntp_verb verb, struct span line, struct facts *facts)
{
	if (is_login(verb))
		facts_demand(facts, OPERATION_LOGIN, code_of(line));
	else if (verb == NNTP_POST || verb == NNTP_ARTICLE)
		facts_demand(facts, OPERATION_LOGIN | OPERATION_MAIL, line);
	else
		facts_demand(facts, OPERATION_LOGIN | OPERATION_OTHER, line);
	if (facts->seen->offered == FACT_FALSE)
		facts_mark(facts, MARK_CONTRADICTION, code_of(line));
}

static void
status(struct nntp *n, enum nntp_verb verb, unsigned code, struct span line,
    struct facts *facts)
{
	switch (verb) {
	case NNTP_STARTTLS:
		starttls_reply(n, code, line, facts);
		break;
	case NNTP_CAPABILITIES:
		if (code >= 480)
			facts_mark(facts, MARK_LISTING_REFUSED, line);
		break;
	case NNTP_AUTH_USER:
	case NNTP_AUTH_PASS:
		login_reply(code, line, facts);
		break;
	case NNTP_READ:
		read_reply(n, verb, code, facts);
		break;
	case NNTP_POST:
		post_reply(n, code, facts);
		break;
	case NNTP_COMPRESS:
		compress_reply(code, facts);
		break;
	case NNTP_CORRUPTED:
		corrupted_reply(n, code, facts);
		break;
	default:
		break;
	}
}

static void
answer(struct nntp *n, unsigned code, const struct line *line, struct facts *facts)
{
	enum nntp_verb verb = (enum nntp_verb)pending_oldest(&n->pending);

	if (code == 483 && verb != NNTP_STARTTLS)
		demand(verb, line->text, facts);
	if (verb == NNTP_AUTH_SASL) {
		sasl_reply(n, code, line->text, facts);
		return;
	}
	pending_drop(&n->pending);
	if (verb == NNTP_BLANK && pending_oldest(&n->pending) != NNTP_NONE)
		put_off_set(&n->put_off, code, line->text, facts);
	status(n, verb, code, line->text, facts);
	if (has_block(verb, code))
		begin_block(n, verb, code, line);
}

void
nntp_reply_put_off(struct nntp *n, struct facts *facts)
{
	const struct put_off_place place = put_off_begin(n->put_off.at, facts);
	const struct line line = { .kind = LINE_WHOLE, .text = keep_span(&n->put_off.line) };

	answer(n, n->put_off.code, &line, facts);
	n->put_off.code = 0;
	put_off_given(place, facts);
}

/* --- Status lines ----------------------------------------------------------- */

/* RFC 3977 §5.1: 200 or 201; 400 and 502 are no service. */
static bool
is_greeting(struct nntp *n, unsigned code)
{
	enum nntp_verb oldest = (enum nntp_verb)pending_oldest(&n->pending);

	if (n->greeted)
		return false;
	n->greeted = true;
	return code == 200 || code == 201 || (code >= 400 && oldest == NNTP_NONE);
}

static void
greeting(unsigned code, struct span line, struct facts *facts)
{
	facts_mark(facts, MARK_BANNER, line);
	if (code < 400)
		facts_server_name(facts, host_in(span_tail(line, 4)));
}

/* What is no reply cannot grant anything either; elsewhere it is noise. */
static void
line_without_code(struct nntp *n, const struct line *line, struct facts *facts)
{
	if (line->kind == LINE_TAIL || pending_oldest(&n->pending) != NNTP_STARTTLS)
		return;
	pending_drop(&n->pending);
	starttls_reply(n, 0, line->text, facts);
}

/* Some answers tell what they are for, if one before them never came. */
static void
find_command(struct nntp *n, unsigned code)
{
	/* where an empty line is answered at all, it is as an error */
	if (code < 500)
		pending_skip(&n->pending, NNTP_BLANK);
	if (code == 340 || code == 335)
		pending_find(&n->pending, NNTP_POST);
	else if (code == 382)
		pending_find(&n->pending, NNTP_STARTTLS);
}

static void
status_line(struct nntp *n, const struct line *line, struct facts *facts)
{
	bool final;
	unsigned code = reply_code(line->text, &final);

	if (code == 0) {
		line_without_code(n, line, facts);
		return;
	}
	if (n->body_unsure) {
		/* whatever ended the article, the server has read it */
		n->client = NNTP_COMMANDS;
		n->body_unsure = false;
	}
	n->put_off.code = 0;
	n->early_listing.here = false;
	facts_reply_after_refusal(facts, code == 382, line->text);
	find_command(n, code);
	if (is_greeting(n, code))
		greeting(code, line->text, facts);
	else
		answer(n, code, line, facts);
}

/* A block whose end may lie in a hole is over when the client goes on and a status comes. */
static void
leave_lost_block(struct nntp *n, const struct line *line)
{
	bool final;

	if (!n->block_unsure || !n->client_spoke || line->kind != LINE_WHOLE ||
	    reply_code(line->text, &final) == 0)
		return;
	n->server = NNTP_REPLIES;
}

long
nntp_server_unit(struct nntp *n, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&n->lines[SIDE_SERVER], in, &line);

	facts->goes_on = n->lines[SIDE_SERVER].too_long;
	if (used == 0 || line.kind == LINE_REST)
		return used;
	if (n->server != NNTP_REPLIES)
		leave_lost_block(n, &line);
	if (n->server == NNTP_REPLIES)
		n->block_unsure = false;
	if (n->server != NNTP_REPLIES)
		block_line(n, &line, facts);
	else if (line.text.n > 0)
		status_line(n, &line, facts);
	return used;
}
