/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Status responses of IMAP and its relatives (RFC 9051 §7.1, RFC 2244 §6.2,
 * RFC 5804 §1.3): the word, the code in brackets behind it, and how much of
 * both may be quoted. Their text may repeat whatever the client said.
 */
#include "dialect/imap_status.h"

#include "dialect/line.h"

enum imap_status
imap_status_of(struct span word)
{
	static const struct {
		const char *word;
		enum imap_status status;
	} words[] = {
		{ "OK", IMAP_OK }, { "NO", IMAP_NO }, { "BAD", IMAP_BAD }, { "BYE", IMAP_BYE },
		{ "PREAUTH", IMAP_PREAUTH },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (span_is(word, words[i].word))
			return words[i].status;
	}
	return IMAP_NO_STATUS;
}

struct span
imap_code(struct span text)
{
	int open = span_at(text, 0);

	if (open != '[' && open != '(')
		return span_head(text, 0);
	text = span_tail(text, 1);
	return span_head(text, span_find(text, open == '[' ? ']' : ')'));
}

bool
imap_has_code(struct span text, const char *code)
{
	struct span rest;

	return span_is(line_word(imap_code(text), &rest), code);
}

/* RFC 5530, RFC 9051 §7.1, RFC 2221, RFC 2244 §6.2, RFC 5804 §1.3; others are not quoted. */
static const char *
known_code(struct span text)
{
	static const char *const codes[] = {
		"ALERT", "AUTH-TOO-WEAK", "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "CANNOT",
		"CAPABILITY", "CLIENTBUG", "CONTACTADMIN", "ENCRYPT-NEEDED", "EXPIRED", "INUSE",
		"LIMIT", "NOPERM", "PRIVACYREQUIRED", "QUOTA", "REFER", "REFERRAL", "SASL",
		"SERVERBUG", "TRANSITION-NEEDED", "TRYLATER", "UNAVAILABLE",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (imap_has_code(text, codes[i]))
			return codes[i];
	}
	return NULL;
}

struct span
imap_quote(struct span word, struct span text, struct keep *room_r)
{
	const char *code = known_code(text);

	*room_r = (struct keep){ 0 };
	if (imap_status_of(word) == IMAP_NO_STATUS && !span_is(word, "*") && !span_is(word, "+"))
		word = span_text("(no status)");
	keep_add(room_r, word);
	if (code != NULL) {
		keep_add(room_r, span_text(" ["));
		keep_add(room_r, span_text(code));
		keep_add(room_r, span_text("]"));
	}
	return keep_span(room_r);
}

/* Where an address names its host: behind the scheme and the user, up to port or path. */
static struct span
host_of(struct span address)
{
	size_t scheme = span_find(address, ':'), at, n = 0;

	if (span_starts(span_tail(address, scheme), "://"))
		address = span_tail(address, scheme + 3);
	address = span_head(address, span_find(address, '/'));
	at = span_find(address, '@');
	if (at < address.n)
		address = span_tail(address, at + 1);
	if (span_at(address, 0) == '[')
		return span_head(address, span_find(address, ']') + 1);
	while (n < address.n && span_at(address, n) != ':' && span_at(address, n) != '"')
		n++;
	return span_head(address, n);
}

void
imap_redirect(struct span text, struct facts *facts)
{
	struct span address;
	struct keep quoted = { 0 };

	line_word(imap_code(text), &address);
	if (span_at(address, 0) == '"')
		span_skip(&address, 1);
	keep_add(&quoted, span_text("referral to "));
	keep_add(&quoted, host_of(address));
	facts_mark(facts, MARK_REDIRECT, keep_span(&quoted));
	facts->news = true;
}
