/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol of uninterruptible power supplies (RFC 9271, Network UPS Tools):
 * one line for a command, one line or one list for its answer, STARTTLS (§4.2.12),
 * and no way to say what a server can do.
 */
#include "dialect/dialect.h"
#include "dialect/line.h"
#include "dialect/opening.h"
#include "dialect/pending.h"
#include "dialect/token.h"

/* Commands, as numbers for the list of those without an answer. */
enum nut_verb {
	NUT_NONE,
	NUT_STARTTLS,
	NUT_USERNAME,
	NUT_PASSWORD,
	NUT_PRIVILEGED,		/* what needs name and password: there they are judged */
	NUT_LOGOUT,
	NUT_OTHER,		/* known, and of no interest */
	NUT_CORRUPTED,		/* STARTTLS, masked or a near-miss */
	NUT_UNKNOWN,
};

static const struct {
	const char *word;
	enum nut_verb verb;
} verbs[] = {
	{ "STARTTLS", NUT_STARTTLS },
	{ "USERNAME", NUT_USERNAME },
	{ "PASSWORD", NUT_PASSWORD },
	{ "LOGIN", NUT_PRIVILEGED },
	{ "ATTACH", NUT_PRIVILEGED },
	{ "PRIMARY", NUT_PRIVILEGED },
	{ "MASTER", NUT_PRIVILEGED },
	{ "SET", NUT_PRIVILEGED },
	{ "INSTCMD", NUT_PRIVILEGED },
	{ "FSD", NUT_PRIVILEGED },
	{ "LOGOUT", NUT_LOGOUT },
	{ "DETACH", NUT_LOGOUT },
	{ "GET", NUT_OTHER },
	{ "LIST", NUT_OTHER },
	{ "HELP", NUT_OTHER },
	{ "VER", NUT_OTHER },
	{ "NETVER", NUT_OTHER },
	{ "PROTVER", NUT_OTHER },
};

struct nut {
	struct line_reader lines[2];
	struct pending pending;
	struct keep corrupted;		/* the last garbled verb */
	bool list;			/* until END LIST */
	bool holes;			/* bytes are missing: answers may be taken for others */
};

static enum nut_verb
verb_of(struct span word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (span_is(word, verbs[i].word))
			return verbs[i].verb;
	}
	if (token_is_mask_of(word, "STARTTLS") || token_is_near_miss(word, "STARTTLS"))
		return NUT_CORRUPTED;
	return NUT_UNKNOWN;
}

/* --- The client ------------------------------------------------------------- */

static void
nut_command(struct nut *n, struct span line, struct facts *facts)
{
	struct span rest, word = line_word(line, &rest);
	enum nut_verb verb = verb_of(word);

	facts->unit = verb == NUT_LOGOUT || line.n == 0 ? UNIT_QUIET : UNIT_COMMAND;
	if (verb != NUT_UNKNOWN)
		facts_said(facts, word);
	switch (verb) {
	case NUT_STARTTLS:
		facts_request(facts, word);
		break;
	case NUT_USERNAME:
		facts_client_name(facts, rest);
		break;
	case NUT_PASSWORD:
		if (rest.n > 0)
			facts_credentials(facts, span_text("PASSWORD"), true, word);
		break;
	case NUT_CORRUPTED:
		keep_set(&n->corrupted, word);
		break;
	default:
		break;
	}
	if (line.n > 0 && !pending_add(&n->pending, (uint8_t)verb))
		facts_lost_sync(facts);
}

static long
client_unit(struct nut *n, struct span in, struct facts *facts)
{
	struct line line;
	struct span rest;
	long used = line_read(&n->lines[SIDE_CLIENT], in, &line);

	facts->goes_on = n->lines[SIDE_CLIENT].too_long;
	if (used == 0 || line.kind == LINE_REST)
		return used;
	/* the oldest command waits for nothing any more */
	if (facts->request_expired && pending_oldest(&n->pending) == NUT_STARTTLS)
		pending_drop(&n->pending);
	facts->request_expired = false;
	if (line.kind == LINE_WHOLE ||
	    (line.kind == LINE_TAIL && verb_of(line_word(line.text, &rest)) < NUT_CORRUPTED))
		nut_command(n, line.text, facts);
	else if (!pending_add(&n->pending, NUT_OTHER))
		facts_lost_sync(facts);
	return used;
}

/* --- The server ------------------------------------------------------------- */

static bool
is_goodbye(struct span line)
{
	return span_is(line, "OK Goodbye");
}

/* Consent names what it consents to (RFC 9271 §4.2.12); "OK Goodbye" is LOGOUT's answer. */
static void
starttls_reply(const struct nut *n, struct span line, bool ok, bool err, struct facts *facts)
{
	enum answer answer = ANSWER_PERMANENT;
	struct span rest;

	line_word(line, &rest);
	if (ok && span_is(line_word(rest, &rest), "STARTTLS"))
		answer = ANSWER_GRANTED;
	else if (!err)
		answer = n->holes || is_goodbye(line) ? ANSWER_NOT_COMING : ANSWER_INVALID;
	else if (facts->seen->authenticated)
		answer = ANSWER_LAWFUL;
	facts_answer(facts, answer, line);
}

/* Name and password are only stored at first; what needs them tells whether they were right. */
static void
login_reply(enum nut_verb verb, struct span line, bool ok, bool err, struct facts *facts)
{
	if (ok && verb == NUT_PRIVILEGED && facts->secret_open)
		facts_login(facts, LOGIN_ACCEPTED, line);
	else if (err && (verb == NUT_PASSWORD || span_is(line, "ERR ACCESS-DENIED") ||
	    span_is(line, "ERR INVALID-PASSWORD")))
		facts_login(facts, LOGIN_WRONG, line);
}

static void
reply(struct nut *n, struct span line, struct facts *facts)
{
	enum nut_verb verb = (enum nut_verb)pending_oldest(&n->pending);
	struct span rest, word = line_word(line, &rest);
	bool ok = span_is(word, "OK"), err = span_is(word, "ERR");

	pending_drop(&n->pending);
	switch (verb) {
	case NUT_STARTTLS:
		if (is_goodbye(line))
			pending_drop(&n->pending);
		starttls_reply(n, line, ok, err, facts);
		break;
	case NUT_PASSWORD:
	case NUT_PRIVILEGED:
		login_reply(verb, line, ok, err, facts);
		break;
	case NUT_CORRUPTED:
		if (span_is(line, "ERR UNKNOWN-COMMAND")) {
			facts_mark(facts, MARK_COMMAND_CORRUPTED, keep_span(&n->corrupted));
			facts->news = true;
		}
		break;
	default:
		break;
	}
}

static long
server_unit(struct nut *n, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&n->lines[SIDE_SERVER], in, &line);

	facts->goes_on = n->lines[SIDE_SERVER].too_long;
	if (used == 0 || line.kind == LINE_REST || line.kind == LINE_TAIL || line.text.n == 0)
		return used;
	if (span_starts_nocase(line.text, "END LIST"))
		n->list = false;
	else if (n->list)
		return used;
	else if (span_starts_nocase(line.text, "BEGIN LIST"))
		n->list = true;
	if (!n->list)
		reply(n, line.text, facts);
	return used;
}

/* --- The dialect ------------------------------------------------------------ */

static long
nut_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	return from == SIDE_CLIENT ? client_unit(state, in, facts) : server_unit(state, in, facts);
}

static void
nut_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct nut *n = state;

	(void)count;
	(void)facts;
	n->holes = true;
	n->list = false;
	line_gap(&n->lines[from]);
	pending_clear(&n->pending);
}

/* RFC 9271: "ERR", a code of letters and hyphens, and perhaps more words. */
static bool
is_error(struct span line)
{
	struct span rest, word = line_word(line, &rest), code = line_word(rest, &rest);

	for (size_t i = 0; i < code.n; i++) {
		int c = span_at(code, i);

		if (c != '-' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
			return false;
	}
	return span_is(word, "ERR") && code.n > 0;
}

static bool
is_answer(struct span line)
{
	return is_error(line) || span_is(line, "OK STARTTLS") ||
	    span_starts(line, "BEGIN LIST ") || span_starts(line, "VAR ");
}

static bool
is_one_of(struct span word, const char *const *list)
{
	while (*list != NULL && !span_is(word, *list))
		list++;
	return *list != NULL;
}

/* RFC 9271 §4.2: what no other protocol's clients begin with. */
static bool
is_nobody_elses(struct span verb, struct span rest)
{
	static const char *const own[] = {
		"USERNAME", "PASSWORD", "INSTCMD", "FSD", "NETVER", "PROTVER", "PRIMARY", "MASTER",
		"ATTACH", "DETACH", NULL,
	}, *const listed[] = {
		"CLIENT", "CMD", "ENUM", "RANGE", "RW", "UPS", "VAR", NULL,
	}, *const got[] = {
		"CMDDESC", "DESC", "NUMLOGINS", "TYPE", "UPSDESC", "VAR", NULL,
	};
	struct span more, what = line_word(rest, &more);

	return is_one_of(verb, own) || (span_is(verb, "LIST") && is_one_of(what, listed)) ||
	    (span_is(verb, "GET") && is_one_of(what, got) && more.n > 0);
}

static enum probe
nut_probe(const struct opening *opening)
{
	struct span request, answer, rest, word;
	bool whole;

	request = opening_command(opening->said[SIDE_CLIENT], &whole);
	if (!whole)
		return request.n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	word = line_word(request, &rest);
	if (verb_of(word) == NUT_UNKNOWN)
		return PROBE_NO;
	if (opening->first == SIDE_SERVER)
		return span_is(word, "STARTTLS") ? PROBE_WEAK : PROBE_NO;
	answer = opening_line(opening->said[SIDE_SERVER], &whole);
	if (!whole)
		return is_nobody_elses(word, rest) ? PROBE_LIKELY : PROBE_WEAK;
	/* no other protocol has the verb alone */
	if (is_answer(answer) || (span_is(word, "USERNAME") && span_is(answer, "OK")))
		return PROBE_YES;
	/* of the request itself the port tells, whatever the answer: it may be no legal one */
	return span_is(word, "STARTTLS") || span_is(word, "VER") || span_is(word, "NETVER") ||
	    span_is(word, "PROTVER") || span_is(word, "HELP") || span_starts(answer, "OK") ?
	    PROBE_WEAK : PROBE_NO;
}

const struct dialect dialect_nut = {
	.name = "nut",
	.rfcs = "9271",
	.ports = { 3493 },
	.traits = TRAIT_NO_LISTING,
	.state_size = sizeof(struct nut),
	.request = "STARTTLS",
	.grant = "OK",
	.tells = "cmd-corrupted",
	.probe = nut_probe,
	.feed = nut_feed,
	.gap = nut_gap,
};
