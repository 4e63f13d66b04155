/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/redaction.h"

#include <stdlib.h>

#include "dialect/argument.h"
#include "dialect/quote.h"
#include "session/talk.h"

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What stands around a word, and is none of it: "PLAIN", :tls, "(user" and the like. */
static bool
is_around(int c)
{
	return c == '"' || c == ':' || c == '(' || c == ')';
}

/* The next run without blanks; false at the end. */
static bool
next_run(struct span unit, size_t *at, struct span *run_r)
{
	size_t n = 0;

	while (is_blank(span_at(unit, *at)))
		(*at)++;
	while (*at + n < unit.n && !is_blank(span_at(unit, *at + n)))
		n++;
	*run_r = span_head(span_tail(unit, *at), n);
	*at += n;
	return n > 0;
}

static void
show(uint8_t *out, struct span unit, struct span part)
{
	if (part.n > 0)
		memcpy(out + (part.p - unit.p), part.p, part.n);
}

/* A run without what stands around it, which is shown. */
static struct span
inner(uint8_t *out, struct span unit, struct span run)
{
	while (run.n > 0 && is_around(span_at(run, 0))) {
		show(out, unit, span_head(run, 1));
		span_skip(&run, 1);
	}
	while (run.n > 0 && is_around(span_at(run, run.n - 1))) {
		show(out, unit, span_tail(run, run.n - 1));
		run.n--;
	}
	return run;
}

/* {12} or {12+} at the end of a run: the length of a literal (RFC 9051 §4.3). */
static struct span
literal_of(struct span run)
{
	size_t at = run.n;

	if (span_at(run, run.n - 1) != '}')
		return span_of(NULL, 0);
	at -= at > 1 && span_at(run, at - 2) == '+' ? 2 : 1;
	while (at > 0 && span_at(run, at - 1) >= '0' && span_at(run, at - 1) <= '9')
		at--;
	return at > 0 && span_at(run, at - 1) == '{' ? span_tail(run, at - 1) : span_of(NULL, 0);
}

static struct span
last_run(struct span unit)
{
	struct span last = span_of(NULL, 0), run;
	size_t at = 0;

	while (next_run(unit, &at, &run))
		last = run;
	return last;
}

static bool
is_last(struct span unit, size_t at)
{
	struct span run;

	return !next_run(unit, &at, &run);
}

/* a1, 0007, A142, 3.14: what clients count with, and nothing else that stands before a verb. */
static bool
is_tag(struct span run)
{
	enum { SHORT_MAX = 4, TAG_MAX = 8 };
	size_t at = 0, digits = 0, dots = 0;

	while (at < run.n && span_at(run, at) > '9')
		at++;
	for (; at < run.n && (span_at(run, at) == '.' ||
	    (span_at(run, at) >= '0' && span_at(run, at) <= '9')); at++) {
		dots += span_at(run, at) == '.';
		digits++;
	}
	return dots <= 1 && (run.n <= SHORT_MAX || (run.n <= TAG_MAX && at == run.n &&
	    digits > 0 && run.n - digits <= SHORT_MAX));
}

/* AUTHPLAIN, as some write it: the verb is a part of the word. */
static struct span
verb_of(struct span run, struct span verb)
{
	return span_is(verb, "AUTH") && span_starts_nocase(run, "AUTH") ? span_head(run, verb.n) :
	    run;
}

/* Does the verb come first, or behind a tag, or there behind UID? The offset of it. */
static bool
find_verb(struct redaction *r, struct span unit, struct span verb, uint8_t *out, size_t *at)
{
	struct span run, tag;

	if (verb.n == 0 || !next_run(unit, at, &run))
		return false;
	*at -= run.n;
	if (span_equals_nocase(verb_of(run, verb), verb))
		return true;
	tag = run;
	*at += tag.n;
	/* IRC has tags and a prefix of its own kind */
	if (span_at(tag, 0) == '@' || span_at(tag, 0) == ':')
		show(out, unit, span_head(tag, 1));
	for (int i = 0; i < 2 && next_run(unit, at, &run); i++) {
		if (span_equals_nocase(run, verb)) {
			if (is_tag(tag)) {
				typed_add(&r->tags, tag, span_text(""));
				show(out, unit, tag);
			}
			*at -= run.n;
			return true;
		}
		if (span_at(run, 0) == ':')
			show(out, unit, span_head(run, 1));
		else if (span_is(run, "UID"))
			show(out, unit, run);
		else
			return false;
	}
	return false;
}

/* What the dialect calls the command, word by word; how many words there were, *at behind them. */
static unsigned
show_verb(struct span unit, struct span said, uint8_t *out, size_t *at)
{
	struct span run, word;
	size_t said_at = 0, behind = *at;
	unsigned words = 0;

	for (; next_run(said, &said_at, &word) && next_run(unit, &behind, &run); words++) {
		if (words == 0)
			run = verb_of(run, word);
		if (!span_equals_nocase(run, word))
			break;
		show(out, unit, run);
		*at = behind;
	}
	return words;
}

static void
mask_arguments(struct span unit, size_t at, struct span verb, unsigned index, uint8_t *out)
{
	struct span run, word, before = verb;

	for (; next_run(unit, &at, &run); index++) {
		word = inner(out, unit, run);
		if (argument_is_public(verb, index, before, word))
			show(out, unit, word);
		before = word;
	}
}

/* What is not shown may be a password, and a server may repeat it. */
static void
note_hidden(struct redaction *r, struct span unit, const uint8_t *out)
{
	struct span run;
	size_t at = 0;

	if (!typed_count(&r->typed, unit.n))
		return;
	while (next_run(unit, &at, &run)) {
		if (memcmp(out + (run.p - unit.p), run.p, run.n) != 0)
			typed_add(&r->typed, run, span_text(""));
	}
}

/* A client may break off a login, go on with a literal behind another, or be garbled. */
static void
mask_other(struct span unit, bool is_rest, struct span first, size_t at, uint8_t *out)
{
	struct span second;

	if (span_is(first, "*") || span_is(first, "\"*\"") ||
	    (!is_rest && quote_is_remains(first)))
		show(out, unit, first);
	else if (!is_rest && is_tag(first) && next_run(unit, &at, &second) &&
	    quote_is_remains(second)) {
		show(out, unit, first);
		show(out, unit, second);
	}
}

static void
mask_command(struct redaction *r, struct span unit, bool is_rest, const struct facts *f,
    uint8_t *out)
{
	size_t at = 0, said_at = 0, first_at = 0;
	struct span verb, first;
	unsigned words;

	if (next_run(keep_span(&f->said), &said_at, &verb) && find_verb(r, unit, verb, out, &at)) {
		words = show_verb(unit, keep_span(&f->said), out, &at);
		mask_arguments(unit, at, verb, words, out);
	} else if (next_run(unit, &first_at, &first)) {
		mask_other(unit, is_rest, first, first_at, out);
	}
	if ((f->seen->traits & TRAIT_LITERALS) != 0 && (at > 0 || is_last(unit, first_at)))
		show(out, unit, literal_of(last_run(unit)));
	note_hidden(r, unit, out);
}

/* How a reply says what became of a command; nobody needs to know what was typed for that. */
static bool
is_status(struct span run)
{
	static const char *const words[] = { "OK", "NO", "BAD", "BYE", "+OK", "-ERR", "ERR", "*",
		"+", "PREAUTH" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (span_equals(run, span_text(words[i])))
			return true;
	}
	return false;
}

/* * 12 FETCH (RFC 9051 §7.5) */
static void
show_count(struct span unit, size_t at, uint8_t *out)
{
	struct span count, what;

	if (next_run(unit, &at, &count) && next_run(unit, &at, &what) && (span_is(what, "FETCH") ||
	    span_is(what, "EXISTS") || span_is(what, "RECENT") || span_is(what, "EXPUNGE")))
		show(out, unit, count);
}

/* What an event may quote; and which command it answers, and how. */
static void
mask_reply(const struct redaction *r, struct span unit, uint8_t *out)
{
	struct span run;
	size_t at = 0;

	quote_mask(unit, &r->typed, MASKED_FILLER, out);
	if (!next_run(unit, &at, &run))
		return;
	if (is_status(run))
		show(out, unit, run);
	if (span_is(run, "*"))
		show_count(unit, at, out);
	if (!is_tag(run) || !typed_has(&r->tags, run))
		return;
	show(out, unit, run);
	if (next_run(unit, &at, &run) && is_status(run))
		show(out, unit, run);
}

/* The line of a full stop ends a message. */
static void
mask_content(struct span unit, uint8_t *out)
{
	for (size_t i = 0; i < unit.n; i++) {
		if (span_at(unit, i) == '.' && (i == 0 || span_at(unit, i - 1) == '\n') &&
		    (i + 1 == unit.n || span_at(unit, i + 1) == '\r' ||
		    span_at(unit, i + 1) == '\n'))
			out[i] = '.';
	}
}

static void
mask_message(struct redaction *r, enum side from, struct span unit, bool is_rest,
    const struct conversation *c, uint8_t *out)
{
	struct disclosure d = { .unit = unit, .out = out, .from = from,
		.is_rest = is_rest, .typed = &r->typed };

	if (c->facts.carried.n > 0)
		disclose(&d, c->facts.carried);
	if (c->dialect->disclose != NULL && c->state != NULL && c->facts.unit != UNIT_UNREADABLE)
		c->dialect->disclose(c->state, &d);
	if (from == SIDE_CLIENT && c->facts.unit != UNIT_CONTENT)
		note_hidden(r, unit, out);
}

static void
mask(struct redaction *r, enum side from, struct span unit, bool is_rest,
    const struct conversation *c, uint8_t *out)
{
	const bool is_text = (c->dialect->traits & TRAIT_OWN_WORDS) == 0;
	const struct facts *f = &c->facts;

	for (size_t i = 0; i < unit.n; i++)
		out[i] = is_text && is_blank(span_at(unit, i)) ? (uint8_t)span_at(unit, i) :
		    MASKED_FILLER;
	if (!f->guarded)
		show(out, unit, unit);
	else if (!is_text)
		mask_message(r, from, unit, is_rest, c, out);
	else if (f->unit == UNIT_CONTENT)
		mask_content(unit, out);
	else if (from == SIDE_CLIENT)
		mask_command(r, unit, is_rest, f, out);
	else
		mask_reply(r, unit, out);
}

void
redaction_unit(struct redaction *r, enum side from, struct span unit, bool is_rest,
    const struct conversation *c)
{
	uint8_t *out;

	if (r->masked == NULL)
		return;
	out = malloc(unit.n);
	if (out == NULL) {
		masked_hide(&r->masked[from], unit.n);
		return;
	}
	mask(r, from, unit, is_rest, c, out);
	masked_show(&r->masked[from], span_of(out, unit.n));
	free(out);
}

void
redaction_show(struct redaction *r, enum side from, struct span bytes)
{
	if (r->masked != NULL)
		masked_show(&r->masked[from], bytes);
}

void
redaction_hide(struct redaction *r, enum side from, uint64_t count)
{
	if (r->masked != NULL)
		masked_hide(&r->masked[from], count);
}

void
redaction_half_typed(struct redaction *r, struct span unit)
{
	if (r->masked == NULL || unit.n == 0)
		return;
	typed_add(&r->typed, span_head(unit, TYPED_READ_MAX), span_text(""));
	r->typed.anything = r->typed.anything || unit.n > TYPED_READ_MAX;
}

void
redaction_lose(struct redaction *r)
{
	r->typed.anything = true;
}
