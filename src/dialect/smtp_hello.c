/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMTP, how a session begins: EHLO and its listing (RFC 5321 §4.1.1.1), and what
 * servers, or somebody between, answer instead.
 */
#include "dialect/smtp.h"

/* For its answer, and for nothing else. */
static bool
waits_for_ehlo(const struct smtp *s)
{
	return pending_oldest(&s->pending) == SMTP_EHLO && pending_is_one(&s->pending);
}

void
smtp_hello_command(struct smtp *s, enum smtp_verb verb, struct span word, struct span name,
    struct facts *facts)
{
	if (verb == SMTP_EHLO) {
		s->ehlo_tried = true;
		s->hello_nameless = name.n == 0;
		s->hello_noise = s->hello_given_up = false;
		s->hello_at_ns = facts->at.at_ns;
	} else if (!s->ehlo_tried) {
		facts_mark(facts, MARK_HELO_ONLY, word);
	} else if (waits_for_ehlo(s) &&
	    (s->hello_noise || facts->at.at_ns - s->hello_at_ns > SMTP_PATIENCE_NS)) {
		/* what comes now is HELO's, and it has no listing */
		pending_drop(&s->pending);
		s->hello_given_up = true;
		facts_note(facts, MARK_LISTING_REFUSED, "no answer to EHLO");
	}
}

bool
smtp_hello_late(const struct smtp *s, enum smtp_verb verb)
{
	/* an answer of many lines is EHLO's, however late it comes */
	return s->hello_given_up && verb == SMTP_HELO && s->reply_lines > 1;
}

/* HELO's may be EHLO's, which comes late; nobody's, one that is told once more or too early. */
static bool
may_be_listing(const struct smtp *s)
{
	enum smtp_verb oldest = (enum smtp_verb)pending_oldest(&s->pending);

	return oldest == SMTP_EHLO || (oldest == SMTP_HELO && s->hello_given_up) ||
	    oldest == SMTP_NONE;
}

void
smtp_hello_line(struct smtp *s, struct span line)
{
	struct span rest, word, text = span_tail(line, 4);

	/* the first line is the domain and a greeting, never a keyword */
	if (s->reply_lines <= 1 || !may_be_listing(s))
		return;
	/* as clients do */
	while (span_at(text, 0) == ' ' || span_at(text, 0) == '\t')
		span_skip(&text, 1);
	word = line_word(text, &rest);
	if (span_is(word, "BINARYMIME"))
		s->saw_binarymime = true;
	if (span_is(word, "CHUNKING"))
		s->saw_chunking = true;
	if (span_is(word, "X-ANONYMOUSTLS"))
		s->saw_anonymous = true;
	capability_word(&s->listing, word, "STARTTLS", line);
	/* "AUTH=" is how it was written before there was a standard */
	if (span_is(word, "AUTH") || span_starts_nocase(word, "AUTH=")) {
		capability_mechanisms(&s->listing, span_tail(word, strlen("AUTH=")));
		capability_mechanisms(&s->listing, rest);
	}
}

/* BINARYMIME needs CHUNKING (RFC 3030 §3): an eight-letter filler may stand for that. */
static void
hides_chunking(struct smtp *s)
{
	s->listing.masked_elsewhere = s->saw_binarymime && !s->saw_chunking;
}

static void
listing_end(struct smtp *s, struct span line, struct facts *facts)
{
	s->listing_ended = true;
	if (s->reply_mixed)
		facts_mark(facts, MARK_LISTING_DAMAGED, line);
	/* what is there was offered; what is not may be in the hole */
	if (s->reply_broken && !s->listing.offer)
		return;
	hides_chunking(s);
	capability_finish(&s->listing, "STARTTLS", facts);
}

void
smtp_hello_unasked(struct smtp *s, unsigned code, struct span line, struct facts *facts)
{
	if (code != 250)
		return;
	if (s->listing_ended) {
		facts_mark(facts, MARK_LISTING_DAMAGED, line);
		if (s->listing.offer)
			capability_finish(&s->listing, "STARTTLS", facts);
	} else if (s->reply_lines > 1 && !s->reply_broken && early_may_come(facts)) {
		hides_chunking(s);
		early_came(&s->early_listing, facts);
	}
}

void
smtp_hello_reply(struct smtp *s, unsigned code, struct span line, struct facts *facts)
{
	if (code == 250) {
		listing_end(s, line, facts);
	} else if (code == 501 && s->hello_nameless) {
		return;		/* the client's own fault */
	} else if (s->lmtp && code >= 500) {
		/* there is no other hello to go on with */
		facts_mark(facts, MARK_LISTING_REFUSED, line);
	} else if (s->holes && code < 500) {
		return;		/* it may well be an answer to something else */
	} else if (code >= 200 && code <= 299) {
		/* no server says it with that code, but clients take it for a listing */
		facts_mark(facts, MARK_LISTING_DAMAGED, line);
		listing_end(s, line, facts);
	} else if (line.n > 0) {
		/* refused or put off, to the last line: it costs when the client goes on without */
		put_off_set(&s->hello_put_off, code, line, facts);
	}
}

/* The reply to EHLO is the evidence, not what followed it. */
static void
listing_refused(struct smtp *s, struct facts *facts)
{
	const struct put_off_place place = put_off_begin(s->hello_put_off.at, facts);

	facts_mark(facts, MARK_LISTING_REFUSED, keep_span(&s->hello_put_off.line));
	s->hello_put_off.code = 0;
	put_off_end(place, facts);
}

void
smtp_hello_fallback(struct smtp *s, unsigned code, struct facts *facts)
{
	if (s->hello_put_off.code == 0)
		return;
	if (code >= 200 && code <= 299)
		listing_refused(s, facts);
	/* it is the client that is refused, not the command */
	s->hello_put_off.code = 0;
}

void
smtp_hello_passed(struct smtp *s, enum smtp_verb verb, struct facts *facts)
{
	if (early_answers(&s->early_listing, &s->pending, SMTP_EHLO))
		early_tell(&s->early_listing, &s->listing, "STARTTLS", facts);
	if (verb == SMTP_HELO)
		return;		/* its answer will tell */
	if (s->hello_noise && waits_for_ehlo(s)) {
		s->hello_noise = false;
		pending_drop(&s->pending);
		facts_note(facts, MARK_LISTING_REFUSED, "no answer to EHLO");
	}
	if (s->hello_put_off.code == 0)
		return;
	if (verb != SMTP_QUIT && verb != SMTP_EHLO)
		listing_refused(s, facts);
	s->hello_put_off.code = 0;
}
