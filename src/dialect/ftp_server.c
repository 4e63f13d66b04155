/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FTP, what the server says: replies (RFC 959 §4.2), of which only the first
 * and the last line need a code, and what an answer means for its command
 * (RFC 959 §5.4, RFC 2228 §5, RFC 4217).
 */
#include "dialect/ftp.h"

#include "dialect/host.h"
#include "dialect/otp.h"
#include "dialect/reply.h"
#include "dialect/token.h"

/* Reply lines to a name or a password may repeat it; their code is enough. */
static struct span
code_of(struct span line)
{
	return span_head(line, 3);
}

/* --- Demands ---------------------------------------------------------------- */

static bool
names_security(struct span text)
{
	return reply_has_word(text, "TLS") || reply_has_word(text, "SSL") ||
	    reply_has_word(text, "FTPS") || reply_has_word(text, "FTPES") ||
	    reply_mentions(text, "encrypt") || reply_mentions(text, "secure") ||
	    reply_mentions(text, "cleartext") || reply_mentions(text, "clear text");
}

static bool
obliges(struct span text)
{
	return reply_has_word(text, "must") || reply_mentions(text, "requir") ||
	    reply_has_word(text, "first") || reply_has_word(text, "policy") ||
	    reply_mentions(text, "not allowed") || reply_mentions(text, "not accepted");
}

/*
 * There is no code of its own for "not without TLS"; the words tell. A refused
 * login names little but the reason, but a refused file's name can be anything,
 * and so can the greeting of a name that is welcome (331).
 */
static bool
demands_tls(enum ftp_verb verb, unsigned code, struct span text)
{
	bool login = verb == FTP_USER || verb == FTP_PASS || verb == FTP_ACCT;
	bool security = reply_says(text, names_security);

	if (login && code >= 400)
		return code == 534 || security ||
		    (reply_has_word(text, "AUTH") && obliges(text));
	if (login)
		return code >= 330 && reply_has_word(text, "must") && security;
	return code >= 400 && verb != FTP_AUTH && verb != FTP_FEAT &&
	    verb != FTP_CORRUPTED && security && obliges(text);
}

static enum operation
operation_of(enum ftp_verb verb)
{
	if (verb == FTP_USER || verb == FTP_PASS || verb == FTP_ACCT)
		return OPERATION_LOGIN;
	return verb == FTP_TRANSFER ? OPERATION_MAIL : OPERATION_OTHER;
}

/* --- Answers ---------------------------------------------------------------- */

/* RFC 4217 §4.2, RFC 2228 §5: 234 grants, 4xx is temporary, 5xx permanent. */
static enum answer
auth_answer(const struct ftp *f, unsigned code, bool authenticated)
{
	if (code == 234)
		return ANSWER_GRANTED;
	if (code < 400 || code > 599)
		return f->holes ? ANSWER_NOT_COMING : ANSWER_INVALID;
	if (code == 421)
		return ANSWER_CLOSING;
	if (authenticated)
		return ANSWER_LAWFUL;
	return code >= 500 ? ANSWER_PERMANENT : ANSWER_TEMPORARY;
}

static void
auth_reply(struct ftp *f, unsigned code, struct span line, struct facts *facts)
{
	struct span text = span_tail(line, 4);

	/* what was agreed on before is void (RFC 4217 §9), and what is from here on, nobody sees */
	if (code == 234 || code == 334)
		facts_data_clear(facts, false);
	if (code == 334) {
		facts_answer_in_doubt(facts, line);
		return;
	}
	facts_answer(facts, auth_answer(f, code, facts->seen->authenticated), line);
	/* the server repeats a filler that this client never sent */
	if (code >= 400 && (token_masked_inside(text, FTP_VERB_LENGTH) ||
	    token_masked_inside(text, FTP_REQUEST_LENGTH))) {
		facts_mark(facts, MARK_COMMAND_CORRUPTED, line);
		facts->news = true;
	}
}

/* As if the connection had just been opened (RFC 959 §4.1.1); and TLS is over (RFC 4217 §13). */
static void
reinitialized(struct ftp *f, struct facts *facts)
{
	f->named = f->anonymous = f->challenged = false;
	facts_data_clear(facts, false);
	facts_logout(facts);
}

/* 230 lets in, 202 and 232 as well; 33x asks for more; anything else keeps out. */
static void
login_reply(struct ftp *f, unsigned code, struct span line, struct facts *facts)
{
	if (f->demand.n > 0) {
		facts_login(facts, LOGIN_NEEDS_TLS, code_of(line));
	} else if (code >= 400) {
		facts_login(facts, LOGIN_WRONG, code_of(line));
	} else if (code >= 200 && code <= 299) {
		facts_public(facts, f->anonymous);
		if (!f->anonymous)
			facts_login(facts, LOGIN_ACCEPTED, code_of(line));
	}
}

static void
transfer_reply(struct ftp *f, unsigned code, struct facts *facts)
{
	struct span verb = span_text(f->transfer != NULL ? f->transfer : "RETR");

	if (code != 125 && code != 150 && code != 226 && code != 250)
		return;
	facts_accepted(facts, OPERATION_MAIL, verb);
	facts_payload(facts, verb, verb);
}

static void
corrupted_reply(struct ftp *f, unsigned code, struct facts *facts)
{
	if (code != 500 && code != 501 && code != 502 && code != 504)
		return;
	facts_mark(facts, MARK_COMMAND_CORRUPTED, keep_span(&f->corrupted));
	facts->news = true;
}

static void
reply_end(struct ftp *f, unsigned code, struct span line, struct facts *facts)
{
	enum ftp_verb verb = (enum ftp_verb)pending_oldest(&f->pending);
	bool preliminary = code < 200;

	if (!preliminary)
		pending_drop(&f->pending);
	if (f->demand.n > 0)
		facts_demand(facts, operation_of(verb), keep_span(&f->demand));
	if (verb == FTP_TRANSFER)
		transfer_reply(f, code, facts);
	if (preliminary)
		return;
	if (code == 227 || code == 229)
		ftp_data_reply(code, line, facts);
	switch (verb) {
	case FTP_BLANK:
		if (pending_oldest(&f->pending) != FTP_NONE)
			put_off_set(&f->put_off, code, line, facts);
		break;
	case FTP_USER:
		f->challenged = code == 331 && otp_challenges(span_tail(line, 4));
		login_reply(f, code, line, facts);
		break;
	case FTP_PASS:
	case FTP_ACCT:
		login_reply(f, code, line, facts);
		break;
	case FTP_REIN:
		if (code / 100 == 2)
			reinitialized(f, facts);
		break;
	case FTP_AUTH:
		auth_reply(f, code, line, facts);
		break;
	case FTP_FEAT:
		ftp_feat_reply(f, code, line, facts);
		break;
	case FTP_NONE:
		ftp_unasked_reply(f, code, facts);
		break;
	case FTP_CORRUPTED:
		corrupted_reply(f, code, facts);
		break;
	case FTP_CLEAR_DATA:
	case FTP_PROTECTED_DATA:
		if (code / 100 == 2)
			facts_data_clear(facts, verb == FTP_CLEAR_DATA);
		break;
	default:
		break;
	}
}

void
ftp_reply_put_off(struct ftp *f, struct facts *facts)
{
	const struct put_off_place place = put_off_begin(f->put_off.at, facts);

	f->demand.n = 0;
	reply_end(f, f->put_off.code, keep_span(&f->put_off.line), facts);
	f->put_off.code = 0;
	put_off_given(place, facts);
}

/* --- Replies ---------------------------------------------------------------- */

/* RFC 959 §5.4: 220, or 120 and then 220; 421 and 5xx are no service. A name in it is a habit. */
static bool
is_greeting(struct ftp *f, unsigned code)
{
	bool waits = code >= 400 && pending_oldest(&f->pending) == FTP_NONE;

	if (f->greeted)
		return false;
	f->greeted = code != 120;
	return code == 120 || code == 220 || waits;
}

static void
greeting(unsigned code, struct span line, struct facts *facts)
{
	facts_mark(facts, MARK_BANNER, line);
	if (code == 220)
		facts_server_name(facts, host_in(span_tail(line, 4)));
}

static void
reply_begin(struct ftp *f, unsigned code, const struct line *line, struct facts *facts)
{
	f->code = (uint16_t)code;
	f->reply_lines = 0;
	f->reply_broken = line->kind == LINE_TAIL;
	f->client_spoke = false;
	f->demand.n = 0;
	f->listing = (struct capability){ 0 };
	f->greeting_open = is_greeting(f, code);
	f->put_off.code = 0;
	f->early_listing.here = false;
	/* where an empty line is answered at all, it is as an error */
	if (code < 500)
		pending_skip(&f->pending, FTP_BLANK);
	if (f->greeting_open)
		greeting(code, line->text, facts);
}

/* What is no reply cannot grant anything either; elsewhere it is noise. */
static void
line_without_code(struct ftp *f, const struct line *line, struct facts *facts)
{
	if (line->kind == LINE_TAIL || pending_oldest(&f->pending) != FTP_AUTH)
		return;
	pending_drop(&f->pending);
	facts_answer(facts, auth_answer(f, 0, false), line->text);
}

/*
 * Inside a reply only its own code and a space end it, whatever else a line
 * begins with. But when the client has gone on since, and then another code
 * comes, the last line has been lost on the way.
 */
static bool
ends_unfinished(const struct ftp *f, unsigned code, bool final, const struct line *line)
{
	return f->client_spoke && !f->greeting_open && code != 0 && code != f->code &&
	    final && line->kind == LINE_WHOLE;
}

static void
look_at_line(struct ftp *f, bool last, const struct line *line)
{
	enum ftp_verb verb = (enum ftp_verb)pending_oldest(&f->pending);

	if (f->greeting_open)
		return;
	if ((verb == FTP_FEAT || verb == FTP_NONE) && !last)
		ftp_feature_line(f, line);
	if (f->demand.n == 0 && demands_tls(verb, f->code, line->text))
		keep_set(&f->demand, verb == FTP_PASS || verb == FTP_ACCT ?
		    code_of(line->text) : line->text);
}

static void
reply_line(struct ftp *f, const struct line *line, struct facts *facts)
{
	bool final = true, last;
	unsigned code = reply_code(line->text, &final);

	if (f->code != 0 && ends_unfinished(f, code, final, line)) {
		facts_mark(facts, MARK_LISTING_DAMAGED, line->text);
		pending_drop(&f->pending);
		f->code = 0;
	}
	if (f->code == 0) {
		if (code == 0) {
			line_without_code(f, line, facts);
			return;
		}
		reply_begin(f, code, line, facts);
	}
	if (f->reply_lines < UINT16_MAX)
		f->reply_lines++;
	last = code == f->code && final;
	look_at_line(f, last, line);
	if (!last)
		return;
	f->code = 0;
	if (code >= 200)
		facts_reply_after_refusal(facts, code == 234, line->text);
	if (!f->greeting_open)
		reply_end(f, code, line->text, facts);
}

long
ftp_server_unit(struct ftp *f, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&f->lines[SIDE_SERVER], in, &line);

	facts->goes_on = f->lines[SIDE_SERVER].too_long;
	if (used > 0 && line.kind != LINE_REST && line.text.n > 0) {
		line.text = ftp_without_telnet(line.text);
		reply_line(f, &line, facts);
	}
	return used;
}
