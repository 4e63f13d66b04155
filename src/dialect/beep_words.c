/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in the frames that manage a BEEP session: small XML documents, read by
 * their tags. A profile's own words stand inside CDATA or with their brackets
 * escaped, and are tags here all the same.
 */
#include "dialect/beep.h"

#include "dialect/line.h"

enum { HEADER_MAX = 80 };	/* bytes; six numbers of ten digits, and words */

static const char sasl_profile[] = "/SASL/";

/* A number of decimal digits alone; false when it is none or too large. */
static bool
number(struct span text, uint64_t max, uint64_t *value_r)
{
	*value_r = 0;
	for (size_t i = 0; i < text.n; i++) {
		int c = span_at(text, i);

		if (c < '0' || c > '9')
			return false;
		*value_r = *value_r * 10 + (uint64_t)(c - '0');
		if (*value_r > max)
			return false;
	}
	return text.n > 0;
}

static bool
next_number(struct span *line, uint64_t max, uint64_t *value_r)
{
	return number(line_word(*line, line), max, value_r);
}

bool
beep_frame_read(struct span line, struct beep_frame *frame_r)
{
	static const char *const kinds[] = { "MSG", "RPY", "ERR", "ANS", "NUL", "SEQ" };
	uint64_t channel, message, sequence, answer;
	struct span kind = line_word(line, &line), more;
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(kinds[0]) && !span_equals(kind, span_text(kinds[i])))
		i++;
	if (i == sizeof(kinds) / sizeof(kinds[0]) || !next_number(&line, INT32_MAX, &channel) ||
	    !next_number(&line, UINT32_MAX, &message))
		return false;
	*frame_r = (struct beep_frame){ .kind = (enum beep_kind)i,
		.channel = (uint32_t)channel, .number = (uint32_t)message };
	if (frame_r->kind == BEEP_SEQ)
		return next_number(&line, INT32_MAX, &sequence) && line.n == 0;
	more = line_word(line, &line);
	frame_r->more = span_is(more, "*");
	if (!frame_r->more && !span_is(more, "."))
		return false;
	if (!next_number(&line, UINT32_MAX, &sequence) ||
	    !next_number(&line, INT32_MAX, &frame_r->size))
		return false;
	if (frame_r->kind == BEEP_ANS && !next_number(&line, INT32_MAX, &answer))
		return false;
	return line.n == 0;
}

int
beep_header_read(struct span in, struct beep_frame *frame_r, size_t *used_r)
{
	struct span head = span_head(in, HEADER_MAX);
	size_t end = span_find(head, '\n');

	if (end == head.n)
		return in.n < HEADER_MAX ? 0 : -1;
	*used_r = end + 1;
	if (end < 1 || span_at(head, end - 1) != '\r')
		return -1;
	return beep_frame_read(span_head(head, end - 1), frame_r) ? 1 : -1;
}

/* --- Tags ------------------------------------------------------------------- */

/* Up to the next of these two spellings of one bracket; false when there is none. */
static bool
skip_to(struct span *text, uint8_t bracket, const char *escaped)
{
	while (text->n > 0) {
		if (span_at(*text, 0) == bracket)
			return span_skip(text, 1);
		if (span_starts(*text, escaped))
			return span_skip(text, strlen(escaped));
		span_skip(text, 1);
	}
	return false;
}

static bool
next_tag(struct span *text, struct span *tag_r)
{
	static const char cdata[] = "![CDATA[";

	do {
		if (!skip_to(text, '<', "&lt;"))
			return false;
	} while (span_starts(*text, cdata));
	*tag_r = *text;
	if (!skip_to(text, '>', "&gt;"))
		return false;
	*tag_r = span_head(*tag_r, tag_r->n - text->n);
	return true;
}

static bool
is_tag(struct span tag, const char *name)
{
	int next = span_at(tag, strlen(name));

	return span_starts(tag, name) && (next == ' ' || next == '/' || next == '>' ||
	    next == '&' || next == '\t' || next == '\r' || next == '\n');
}

/* Its value, whichever quotation marks it has; empty when it is not there. */
static struct span
attribute(struct span tag, const char *name)
{
	size_t n = strlen(name);

	for (int before = 0; tag.n > n; before = span_at(tag, 0), span_skip(&tag, 1)) {
		struct span value = span_tail(tag, n);
		int mark;

		if (before > ' ' || !span_starts(tag, name))
			continue;
		while (span_at(value, 0) == ' ' || span_at(value, 0) == '=')
			span_skip(&value, 1);
		mark = span_at(value, 0);
		if (mark == '"' || mark == '\'')
			return span_head(span_tail(value, 1),
			    span_find(span_tail(value, 1), (uint8_t)mark));
	}
	return span_head(tag, 0);
}

/* --- Words ------------------------------------------------------------------ */

static void
profile(struct span tag, struct beep_words *words_r)
{
	struct span uri = attribute(tag, "uri");

	capability_word(&words_r->profiles, uri, BEEP_TLS, uri);
	if (span_is(uri, BEEP_TLS))
		words_r->tls = true;
	while (uri.n > 0 && !span_starts_nocase(uri, sasl_profile))
		span_skip(&uri, 1);
	if (uri.n == 0)
		return;
	uri = span_tail(uri, sizeof(sasl_profile) - 1);
	capability_mechanism(&words_r->profiles, uri);
	if (words_r->sasl.n == 0)
		words_r->sasl = uri;
}

static void
start(struct span tag, struct beep_words *words_r)
{
	uint64_t channel;

	words_r->start = true;
	words_r->server_name = attribute(tag, "serverName");
	if (number(attribute(tag, "number"), INT32_MAX, &channel))
		words_r->channel = (uint32_t)channel;
}

static void
error(struct span tag, struct beep_words *words_r)
{
	uint64_t code;

	/* whatever it says, it is one */
	words_r->error = 1;
	if (number(attribute(tag, "code"), 999, &code) && code > 0)
		words_r->error = (unsigned)code;
}

static void
blob(struct span tag, struct span behind, struct beep_words *words_r)
{
	words_r->blob = true;
	words_r->complete = span_is(attribute(tag, "status"), "complete");
	while (span_at(behind, 0) == ' ' || span_at(behind, 0) == '\r' ||
	    span_at(behind, 0) == '\n')
		span_skip(&behind, 1);
	words_r->filled = behind.n > 0 && span_at(behind, 0) != '<' && span_at(behind, 0) != '&';
}

void
beep_words_read(struct span payload, struct beep_words *words_r)
{
	struct span tag;

	*words_r = (struct beep_words){ 0 };
	/* behind the header fields, which may be none (RFC 3080 §2.2) */
	while (payload.n > 0 && !span_starts(payload, "\r\n")) {
		payload = span_tail(payload, span_find(payload, '\n') + 1);
	}
	while (next_tag(&payload, &tag)) {
		if (is_tag(tag, "greeting"))
			words_r->greeting = true;
		else if (is_tag(tag, "start"))
			start(tag, words_r);
		else if (is_tag(tag, "close"))
			words_r->close = true;
		else if (is_tag(tag, "profile"))
			profile(tag, words_r);
		else if (is_tag(tag, "ready"))
			words_r->ready = true;
		else if (is_tag(tag, "proceed"))
			words_r->proceed = true;
		else if (is_tag(tag, "error"))
			error(tag, words_r);
		else if (is_tag(tag, "blob"))
			blob(tag, payload, words_r);
	}
}
