/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BEEP (RFC 3080) over TCP (RFC 3081): both peers greet with their profiles, one
 * of which is TLS (RFC 3080 §3.1). The client opens a channel for it, asks with
 * <ready/>, in the same breath or later, and TLS follows <proceed/>.
 */
#include <stdio.h>

#include "dialect/beep.h"
#include "dialect/dialect.h"
#include "dialect/line.h"
#include "dialect/sasl_exchange.h"

enum {
	SIZE_DIGITS_MAX = 10,
	PAYLOAD_MAX = 16384,	/* bytes of a frame that manages channels */
	TRAILER_BYTES = 5,	/* "END" and a line's end */
	MANAGEMENT = 0,		/* the channel that opens all others */
	SERVICE_CLOSES = 421,
	NEEDS_TLS = 538,
};

struct beep_side {
	struct line_reader lines;	/* where frames cannot be told apart */
	uint64_t skip;			/* bytes of content still to pass over */
	bool greeted;
};

/* A message that waits for its reply. */
struct beep_question {
	bool waits;
	uint32_t channel, number;
};

struct beep {
	struct beep_side sides[2];
	struct beep_question ready;	/* the request itself */
	struct beep_question start;	/* a channel for TLS, without the request in it */
	struct frame_ref start_at;
	struct beep_question login;
	struct sasl_exchange sasl;
	uint32_t tls_channel, sasl_channel;
	bool holes;
};

/* --- The client ------------------------------------------------------------- */

static void
ask(struct beep_question *q, const struct beep_frame *frame)
{
	*q = (struct beep_question){ true, frame->channel, frame->number };
}

static void
request(struct beep *b, const struct beep_frame *frame, struct facts *facts)
{
	ask(&b->ready, frame);
	facts_said(facts, span_text("ready"));
	facts_request(facts, span_text("ready"));
}

/* A step of a login; the first may come with the start of its channel. */
static void
response(struct beep *b, const struct beep_frame *frame, const struct beep_words *words,
    struct facts *facts)
{
	ask(&b->login, frame);
	if (words->filled)
		sasl_exchange_response(&b->sasl, "SASL", facts);
}

static void
start(struct beep *b, const struct beep_frame *frame, const struct beep_words *words,
    struct facts *facts)
{
	facts_said(facts, span_text("start"));
	if (words->server_name.n > 0)
		facts_server_name(facts, words->server_name);
	if (words->tls) {
		b->tls_channel = words->channel;
		if (words->ready) {
			request(b, frame, facts);
		} else {
			ask(&b->start, frame);
			b->start_at = facts->at;
		}
	} else if (words->sasl.n > 0) {
		b->sasl_channel = words->channel;
		sasl_exchange_begin(&b->sasl, words->sasl);
		response(b, frame, words, facts);
	}
}

static void
client_message(struct beep *b, const struct beep_frame *frame, const struct beep_words *words,
    struct facts *facts)
{
	bool manages = frame->channel == MANAGEMENT;

	facts_said(facts, span_text("message"));
	if (manages && words->start)
		start(b, frame, words, facts);
	else if (manages && words->close)
		facts->unit = UNIT_QUIET;
	else if (!manages && frame->channel == b->tls_channel && words->ready)
		request(b, frame, facts);
	else if (!manages && frame->channel == b->sasl_channel && words->blob)
		response(b, frame, words, facts);
}

/* --- The server ------------------------------------------------------------- */

static bool
answers(struct beep_question *q, const struct beep_frame *frame)
{
	bool it_does = q->waits && q->channel == frame->channel && q->number == frame->number;

	if (it_does)
		q->waits = false;
	return it_does;
}

/* RFC 3080 §8; an error stands in a negative reply, or within a positive one. */
static enum answer
refusal(unsigned code, bool authenticated)
{
	if (code == SERVICE_CLOSES)
		return ANSWER_CLOSING;
	if (authenticated)
		return ANSWER_LAWFUL;
	return code >= 400 && code <= 499 ? ANSWER_TEMPORARY : ANSWER_PERMANENT;
}

static void
refused(const struct beep_words *words, struct facts *facts)
{
	char text[32];

	snprintf(text, sizeof(text), "error errno=%u", words->error);
	facts_answer(facts, refusal(words->error, facts->seen->authenticated), span_text(text));
}

static void
ready_reply(const struct beep *b, const struct beep_frame *frame, const struct beep_words *words,
    struct facts *facts)
{
	if (words->error != 0 || frame->kind == BEEP_ERR)
		refused(words, facts);
	else if (words->proceed)
		facts_answer(facts, ANSWER_GRANTED, span_text("proceed"));
	else if (b->holes || words->tls)
		/* the channel is open, and what came with the question was not looked at */
		facts_answer(facts, ANSWER_NOT_COMING, span_text("no answer"));
	else
		facts_answer(facts, ANSWER_INVALID, span_text("neither proceed nor error"));
}

/* A channel that is refused will never see the request: this was it. */
static void
start_reply(const struct beep *b, const struct beep_frame *frame, const struct beep_words *words,
    struct facts *facts)
{
	struct frame_ref at = facts->at;

	if (words->error == 0 && frame->kind != BEEP_ERR)
		return;
	facts->at = b->start_at;
	facts->from = SIDE_CLIENT;
	facts_request(facts, span_text("start"));
	facts->at = at;
	facts->from = SIDE_SERVER;
	refused(words, facts);
}

static void
login_reply(const struct beep_frame *frame, const struct beep_words *words,
    struct facts *facts)
{
	if (words->error == NEEDS_TLS) {
		facts_demand(facts, OPERATION_LOGIN, span_text("error errno=538"));
		facts_login(facts, LOGIN_NEEDS_TLS, span_text("error errno=538"));
	} else if (words->error != 0 || frame->kind == BEEP_ERR) {
		facts_login(facts, LOGIN_WRONG, span_text("error"));
	} else if (words->complete) {
		facts_login(facts, LOGIN_ACCEPTED, span_text("complete"));
	}
}

static void
greeting(const struct beep_words *words, struct facts *facts)
{
	facts_mark(facts, MARK_BANNER, span_text(words->greeting ? "greeting" : "error"));
	if (words->greeting)
		capability_finish(&words->profiles, BEEP_TLS, facts);
}

static void
server_message(struct beep *b, const struct beep_frame *frame, const struct beep_words *words,
    struct facts *facts)
{
	if (frame->channel == MANAGEMENT && words->close) {
		facts->unit = UNIT_QUIET;
	} else if (frame->channel == MANAGEMENT && !b->sides[SIDE_SERVER].greeted) {
		greeting(words, facts);
	} else if (frame->kind == BEEP_MSG) {
		/* it asks, too: then the roles are the other way round, and are not followed */
		if (words->start && words->tls)
			facts_lost_sync(facts);
	} else if (answers(&b->ready, frame)) {
		ready_reply(b, frame, words, facts);
	} else if (answers(&b->start, frame)) {
		start_reply(b, frame, words, facts);
	} else if (answers(&b->login, frame)) {
		login_reply(frame, words, facts);
	}
	b->sides[SIDE_SERVER].greeted = true;
}

/* --- Frames ----------------------------------------------------------------- */

/* No frame begins here: what comes is passed over line by line, until one does. */
static long
pass_line(struct beep *b, enum side from, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&b->sides[from].lines, in, &line);

	facts->unit = UNIT_UNREADABLE;
	facts->goes_on = b->sides[from].lines.too_long;
	if (used > 0 && !b->holes)
		facts_lost_sync(facts);
	return used;
}

static bool
is_watched(const struct beep *b, const struct beep_frame *frame)
{
	return frame->channel == MANAGEMENT || frame->channel == b->tls_channel ||
	    frame->channel == b->sasl_channel;
}

/* Content of the protocol that runs over it; only its amount matters. */
static long
content(struct beep *b, enum side from, struct span in, struct facts *facts)
{
	struct beep_side *s = &b->sides[from];
	size_t n = in.n < s->skip ? in.n : (size_t)s->skip;

	facts->unit = UNIT_CONTENT;
	s->skip -= n;
	facts->goes_on = s->skip > 0;
	return (long)n;
}

static void
content_begins(struct beep *b, enum side from, const struct beep_frame *frame,
    struct facts *facts)
{
	b->sides[from].skip = frame->size + TRAILER_BYTES;
	facts->goes_on = true;
	if (from == SIDE_CLIENT)
		facts_said(facts, span_text("message"));
	if (is_watched(b, frame))
		facts_lost_sync(facts);
	else if (frame->kind == BEEP_MSG || frame->kind == BEEP_ANS)
		facts_payload(facts, span_text("message"), span_text("message"));
}

static long
whole_frame(struct beep *b, enum side from, const struct beep_frame *frame, struct span payload,
    struct facts *facts)
{
	struct beep_words words;
	long used = (long)(payload.n);

	beep_words_read(span_head(payload, (size_t)frame->size), &words);
	if (from == SIDE_SERVER)
		server_message(b, frame, &words, facts);
	else if (frame->kind == BEEP_MSG)
		client_message(b, frame, &words, facts);
	else
		facts_said(facts, span_text("reply"));
	return used;
}

static long
beep_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct beep *b = state;
	struct beep_side *s = &b->sides[from];
	struct beep_frame frame;
	struct span payload;
	size_t used;
	int found;

	if (facts->request_expired)
		b->ready.waits = false;
	facts->request_expired = false;
	if (s->skip > 0)
		return content(b, from, in, facts);
	found = s->lines.too_long ? -1 : beep_header_read(in, &frame, &used);
	if (found <= 0)
		return found == 0 ? 0 : pass_line(b, from, in, facts);
	if (frame.kind == BEEP_SEQ) {
		facts->unit = UNIT_QUIET;
		return (long)used;
	}
	if (!is_watched(b, &frame) || frame.more || frame.size > PAYLOAD_MAX) {
		content_begins(b, from, &frame, facts);
		return (long)used;
	}
	payload = span_head(span_tail(in, used), (size_t)frame.size + TRAILER_BYTES);
	if (payload.n < (size_t)frame.size + TRAILER_BYTES)
		return 0;
	if (!span_equals(span_tail(payload, (size_t)frame.size), span_text("END\r\n")))
		return pass_line(b, from, in, facts);
	return (long)used + whole_frame(b, from, &frame, payload, facts);
}

static void
beep_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct beep *b = state;
	struct beep_side *s = &b->sides[from];

	b->holes = true;
	s->skip -= count < s->skip ? count : s->skip;
	s->greeted = true;
	s->lines = (struct line_reader){ 0 };
	facts->goes_on = s->skip > 0;
}

/* --- The dialect ------------------------------------------------------------ */

/* The last number of a header, its size, and the line's end (RFC 3080 §2.2.1.1). */
static enum probe
ends_header(struct span rest, bool more)
{
	size_t digits = 0;

	while (span_at(rest, digits) >= '0' && span_at(rest, digits) <= '9')
		digits++;
	rest = span_tail(rest, digits);
	if (digits > SIZE_DIGITS_MAX || (digits == 0 && rest.n > 0))
		return PROBE_NO;
	if (span_starts(rest, "\r\n") || span_at(rest, 0) == '\n')
		return PROBE_YES;
	if (rest.n > 1 || (rest.n == 1 && span_at(rest, 0) != '\r'))
		return PROBE_NO;
	return more ? PROBE_MORE : PROBE_WEAK;
}

/* Both peers greet, and neither waits for the other (RFC 3080 §2.3.1.1). */
static enum probe
looks_like_greeting(struct span said, bool more)
{
	static const char *const greetings[] = { "RPY 0 0 . 0 ", "RPY 0 0 * 0 ", "ERR 0 0 . 0 " };

	for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++) {
		struct span greeting = span_text(greetings[i]);

		if (span_starts(said, greetings[i]))
			return ends_header(span_tail(said, greeting.n), more);
		if (more && span_equals(said, span_head(greeting, said.n)))
			return PROBE_MORE;
	}
	return PROBE_NO;
}

static enum probe
beep_probe(const struct opening *opening)
{
	enum side first = opening->first;

	return looks_like_greeting(opening->said[first], opening->more[first]);
}

const struct dialect dialect_beep = {
	.name = "beep",
	.rfcs = "3080 3081",
	.ports = { 601, 602, 603, 605, 831 },
	.traits = TRAIT_OWN_WORDS,
	.state_size = sizeof(struct beep),
	.offer = "profile TLS in the greeting",
	.request = "<ready/>",
	.grant = "<proceed/>",
	.tells = "cap-masked cap-corrupted required-violated",
	.probe = beep_probe,
	.feed = beep_feed,
	.disclose = beep_disclose,
	.gap = beep_gap,
};
