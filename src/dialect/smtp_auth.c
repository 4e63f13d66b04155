/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMTP, how a client logs in (RFC 4954 §4): AUTH, challenges and responses, none
 * of which is ever kept. The server asks with 334 for each response, but there
 * are clients that do not wait for it.
 */
#include "dialect/smtp.h"

enum { RESPONSE_BYTES_MIN = 4 };	/* the shortest base64 that says anything */

bool
smtp_auth_is_glued(struct span verb)
{
	static const char auth[] = "AUTH";
	struct span name = span_tail(verb, sizeof(auth) - 1);

	return span_starts_nocase(verb, auth) && name.n > 0 &&
	    span_is(name, sasl_find(name)->name);
}

void
smtp_auth_command(struct smtp *s, struct span rest, struct facts *facts)
{
	struct span initial, name = line_word(rest, &initial);

	sasl_exchange_begin(&s->exchange, name);
	s->auth_open = true;
	/* "=" stands for an initial response of no bytes */
	if (initial.n > 0 && !span_is(initial, "="))
		sasl_exchange_response(&s->exchange, "AUTH", facts);
}

static bool
is_base64(struct span text)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

	for (size_t i = 0; i < text.n; i++) {
		int c = span_at(text, i);

		if (c == 0 || strchr(alphabet, c) == NULL)
			return false;
	}
	return text.n >= RESPONSE_BYTES_MIN;
}

static bool
wants_more(const struct smtp *s)
{
	switch (s->exchange.mechanism->kind) {
	case SASL_FIRST:
		return s->exchange.responses < 1;
	case SASL_SECOND:
		return s->exchange.responses < 2;
	case SASL_OPAQUE:
		break;
	}
	return true;
}

/* No command looks like that; what became of it is for the server's answers to tell. */
static bool
is_early(const struct smtp *s, const struct line *line)
{
	if (!s->auth_open || line->kind != LINE_WHOLE)
		return false;
	return span_is(line->text, "*") || (wants_more(s) && is_base64(line->text) &&
	    smtp_verb_of(line->text) >= SMTP_CORRUPTED);
}

bool
smtp_auth_line(struct smtp *s, const struct line *line, struct facts *facts)
{
	if (!s->exchange.challenged) {
		if (!is_early(s, line) || s->early == UINT16_MAX)
			return false;
		s->early++;
	}
	s->exchange.challenged = false;
	if (!span_is(line->text, "*"))
		sasl_exchange_response(&s->exchange, "AUTH", facts);
	return true;
}

void
smtp_auth_reply(struct smtp *s, unsigned code, struct span line, struct facts *facts)
{
	if (code == 334) {
		/* the exchange goes on; the command stays pending */
		s->exchange.challenged = s->early == 0;
		s->early -= s->early > 0;
		return;
	}
	pending_drop(&s->pending);
	s->exchange.challenged = s->auth_open = false;
	s->stray = s->early;
	s->early = 0;
	if (code >= 200 && code <= 299) {
		facts_login(facts, LOGIN_ACCEPTED, line);
	} else if (smtp_demand(s, OPERATION_LOGIN, facts)) {
		facts_login(facts, LOGIN_NEEDS_TLS, line);
	} else {
		facts_login(facts, LOGIN_WRONG, line);
	}
}

bool
smtp_auth_stray(struct smtp *s, unsigned code)
{
	if (s->stray == 0)
		return false;
	/* who reads them as commands knows none of them; others pass them over */
	if (code >= 500) {
		s->stray--;
		return true;
	}
	s->stray = 0;
	return false;
}
