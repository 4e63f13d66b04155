/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FTP, what the client says: one command a line (RFC 959 §5.3), with Telnet
 * commands in front of some (RFC 959 §4.1.3, ABOR).
 */
#include "dialect/ftp.h"

#include "dialect/otp.h"
#include "dialect/token.h"

enum {
	TELNET_IAC = 0xff,
	TELNET_WILL = 0xfb,	/* from here to DONT an option's number follows */
	TELNET_DONT = 0xfe,
	VERB_LENGTH = 4,	/* of AUTH and FEAT */
	REQUEST_LENGTH = 8,	/* of "AUTH TLS" */
};

/* The commonest first. */
static const struct ftp_command commands[] = {
	{ "USER", FTP_USER, false },
	{ "PASS", FTP_PASS, false },
	{ "RETR", FTP_TRANSFER, false },
	{ "STOR", FTP_TRANSFER, false },
	{ "LIST", FTP_TRANSFER, true },
	{ "NLST", FTP_TRANSFER, false },
	{ "MLSD", FTP_TRANSFER, false },
	{ "APPE", FTP_TRANSFER, false },
	{ "STOU", FTP_TRANSFER, false },
	{ "TYPE", FTP_OTHER, false },
	{ "PASV", FTP_OTHER, false },
	{ "EPSV", FTP_OTHER, false },
	{ "PORT", FTP_ADDRESS, false },
	{ "EPRT", FTP_ADDRESS, false },
	{ "CWD", FTP_OTHER, false },
	{ "PWD", FTP_OTHER, false },
	{ "SIZE", FTP_OTHER, false },
	{ "MDTM", FTP_OTHER, false },
	{ "SYST", FTP_OTHER, false },
	{ "FEAT", FTP_FEAT, false },
	{ "ACCT", FTP_ACCT, false },
	{ "QUIT", FTP_QUIT, true },
	{ "NOOP", FTP_OTHER, true },
	{ "HELP", FTP_OTHER, true },
	{ "STAT", FTP_OTHER, true },
	{ "HOST", FTP_OTHER, false },
	{ "CLNT", FTP_OTHER, false },
	{ "OPTS", FTP_OTHER, false },
	{ "CDUP", FTP_OTHER, false },
	{ "MLST", FTP_OTHER, false },
	{ "MKD", FTP_OTHER, false },
	{ "RMD", FTP_OTHER, false },
	{ "DELE", FTP_OTHER, true },
	{ "RNFR", FTP_OTHER, false },
	{ "RNTO", FTP_OTHER, false },
	{ "REST", FTP_OTHER, false },
	{ "ABOR", FTP_OTHER, false },
	{ "ALLO", FTP_OTHER, false },
	{ "MODE", FTP_OTHER, true },
	{ "STRU", FTP_OTHER, false },
	{ "SITE", FTP_OTHER, false },
	{ "SMNT", FTP_OTHER, false },
	{ "REIN", FTP_REIN, false },
	{ "LANG", FTP_OTHER, false },
	{ "MFMT", FTP_OTHER, false },
	{ "XPWD", FTP_OTHER, false },
	{ "XCWD", FTP_OTHER, false },
	{ "XMKD", FTP_OTHER, false },
	{ "XRMD", FTP_OTHER, false },
	{ "XCUP", FTP_OTHER, false },
	{ "PBSZ", FTP_OTHER, false },
	{ "PROT", FTP_OTHER, false },
	{ "CCC", FTP_OTHER, false },
	{ "ADAT", FTP_OTHER, false },
	{ "MIC", FTP_OTHER, false },
	{ "CONF", FTP_OTHER, false },
	{ "ENC", FTP_OTHER, false },
	{ "AUTH", FTP_OTHER, true },
};

const struct ftp_command *
ftp_command_find(struct span word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (span_is(word, commands[i].word))
			return &commands[i];
	}
	return NULL;
}

bool
ftp_mechanism_is_tls(struct span mechanism)
{
	return span_is(mechanism, "TLS") || span_is(mechanism, "SSL") ||
	    span_is(mechanism, "TLS-C") || span_is(mechanism, "TLS-P") ||
	    span_starts_nocase(mechanism, "TLSv") || span_starts_nocase(mechanism, "SSLv");
}

bool
ftp_mechanism_is_other(struct span mechanism)
{
	return span_is(mechanism, "GSSAPI") || span_starts_nocase(mechanism, "KERBEROS_V") ||
	    span_is(mechanism, "GSS") || span_is(mechanism, "SRP");
}

struct span
ftp_without_telnet(struct span line)
{
	while (span_at(line, 0) == TELNET_IAC) {
		int command = span_at(line, 1);

		line = span_tail(line, command >= TELNET_WILL && command <= TELNET_DONT ? 3 : 2);
	}
	return line;
}

static bool
is_all(struct span text, int filler)
{
	for (size_t i = 0; i < text.n; i++) {
		if (span_at(text, i) != filler)
			return false;
	}
	return true;
}

/*
 * Did this once read AUTH TLS or FEAT? Masked as a whole, or the verb alone,
 * or word by word; or nearly right. Other masked verbs are none of our business.
 */
static bool
is_corrupted(struct span line, struct span word, struct span rest)
{
	if (!token_is_masked(word))
		return token_is_near_miss(line, "AUTH TLS");
	if (word.n == REQUEST_LENGTH)
		return rest.n == 0;
	return word.n == VERB_LENGTH &&
	    (ftp_mechanism_is_tls(rest) || is_all(rest, span_at(word, 0)));
}

static enum ftp_verb
verb_of(struct span line, struct span word, struct span rest,
    const struct ftp_command *command)
{
	struct span more, mechanism = line_word(rest, &more);
	bool is_auth = command != NULL && span_is(word, "AUTH");

	if (is_auth && ftp_mechanism_is_tls(mechanism))
		return FTP_AUTH;
	if (command != NULL && span_is(word, "PROT"))
		return span_is(mechanism, "C") ? FTP_CLEAR_DATA : FTP_PROTECTED_DATA;
	if (command != NULL && (!is_auth || ftp_mechanism_is_other(mechanism)))
		return command->verb;
	if (word.n == 0)
		return FTP_BLANK;
	if (is_corrupted(line, word, rest))
		return FTP_CORRUPTED;
	return is_auth ? FTP_OTHER : FTP_UNKNOWN;
}

static void
expect_reply(struct ftp *f, enum ftp_verb verb, struct facts *facts)
{
	if (!pending_add(&f->pending, (uint8_t)verb))
		facts_lost_sync(facts);
}

/* RFC 1635: "anonymous" and, on Unix, "ftp" are nobody's names. */
static void
user_command(struct ftp *f, struct span name, struct facts *facts)
{
	f->named = true;
	f->challenged = false;
	f->anonymous = span_is(name, "anonymous") || span_is(name, "ftp");
	facts_client_name(facts, name);
}

/* Anonymous clients give an address, or anything, for a password. */
static void
secret_command(const struct ftp *f, const struct ftp_command *command, struct span secret,
    struct facts *facts)
{
	struct span word = span_text(command->word);
	bool once = f->challenged && otp_is_response(secret);

	/* whose password it is nobody knows where the name was lost */
	if (!f->anonymous && secret.n > 0 && (f->named || !facts->holed))
		facts_credentials(facts, once ? span_text("OTP") : word, !once, word);
}

/* AUTH and its mechanism, and nothing behind that. */
static void
request_command(struct span word, struct span rest, struct facts *facts)
{
	struct keep said = { 0 };

	keep_add(&said, word);
	keep_add(&said, span_text(" "));
	keep_add(&said, line_word(rest, &rest));
	facts_said(facts, keep_span(&said));
	facts_request(facts, keep_span(&said));
}

static void
ftp_command(struct ftp *f, struct span line, struct facts *facts)
{
	struct span rest, word = line_word(line, &rest);
	const struct ftp_command *command = ftp_command_find(word);
	enum ftp_verb verb = verb_of(line, word, rest, command);

	facts->unit = verb == FTP_QUIT || verb == FTP_BLANK ? UNIT_QUIET : UNIT_COMMAND;
	if (command != NULL || verb == FTP_CORRUPTED)
		facts_said(facts, word);
	switch (verb) {
	case FTP_USER:
		user_command(f, rest, facts);
		break;
	case FTP_PASS:
	case FTP_ACCT:
		secret_command(f, command, rest, facts);
		break;
	case FTP_AUTH:
		request_command(word, rest, facts);
		break;
	case FTP_TRANSFER:
		f->transfer = command->word;
		break;
	case FTP_ADDRESS:
		ftp_data_command(word, rest, facts);
		break;
	case FTP_CORRUPTED:
		keep_set(&f->corrupted, word);
		break;
	default:
		break;
	}
	expect_reply(f, verb, facts);
}

/* The oldest command waits for nothing any more: what comes next answers what comes next. */
static void
drop_expired_request(struct ftp *f, struct facts *facts)
{
	if (facts->request_expired && pending_oldest(&f->pending) == FTP_AUTH)
		pending_drop(&f->pending);
	facts->request_expired = false;
}

/* Behind a hole only a verb of ours makes a command; but whatever it was will be answered. */
static bool
is_command(const struct line *line, struct span text)
{
	struct span rest;

	if (line->kind != LINE_TAIL)
		return line->kind == LINE_WHOLE;
	return ftp_command_find(line_word(text, &rest)) != NULL;
}

long
ftp_client_unit(struct ftp *f, struct span in, struct facts *facts)
{
	struct line line;
	struct span text;
	long used = line_read(&f->lines[SIDE_CLIENT], in, &line);

	facts->goes_on = f->lines[SIDE_CLIENT].too_long;
	if (used == 0 || line.kind == LINE_REST)
		return used;
	if (f->code != 0)
		f->client_spoke = true;
	if (f->put_off.code != 0 && line.text.n > 0)
		ftp_reply_put_off(f, facts);
	drop_expired_request(f, facts);
	if (early_answers(&f->early_listing, &f->pending, FTP_FEAT))
		early_tell(&f->early_listing, &f->listing, "AUTH TLS", facts);
	text = ftp_without_telnet(line.text);
	if (is_command(&line, text))
		ftp_command(f, text, facts);
	else
		expect_reply(f, FTP_OTHER, facts);
	return used;
}
