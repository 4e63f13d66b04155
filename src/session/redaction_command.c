/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a client's line may be shown: its verb, and words that stand in a table for it. */
#include "session/redaction_line.h"

#include "dialect/argument.h"
#include "dialect/quote.h"
#include "dialect/token.h"

/* What stands around a word, and is none of it: "PLAIN", :tls, "(user" and the like. */
static bool
is_around(int c)
{
	return c == '"' || c == ':' || c == '(' || c == ')';
}

/* A run without what stands around it, which is shown. */
static struct span
inner(uint8_t *out, struct span unit, struct span run)
{
	while (run.n > 0 && is_around(span_at(run, 0))) {
		line_show(out, unit, span_head(run, 1));
		span_skip(&run, 1);
	}
	while (run.n > 0 && is_around(span_at(run, run.n - 1))) {
		line_show(out, unit, span_tail(run, run.n - 1));
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

	while (line_run(unit, &at, &run))
		last = run;
	return last;
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
find_verb(struct redaction *r, struct span unit, struct span verb, bool tagged, uint8_t *out,
    size_t *at)
{
	struct span run, tag;

	if (verb.n == 0 || !line_run(unit, at, &run))
		return false;
	*at -= run.n;
	if (span_equals_nocase(verb_of(run, verb), verb))
		return true;
	tag = run;
	*at += tag.n;
	/* IRC has tags and a prefix of its own kind */
	if (span_at(tag, 0) == '@' || span_at(tag, 0) == ':')
		line_show(out, unit, span_head(tag, 1));
	for (int i = 0; i < 2 && line_run(unit, at, &run); i++) {
		if (span_equals_nocase(run, verb)) {
			if (tagged)
				line_mask_tag(r, unit, tag, out);
			*at -= run.n;
			return true;
		}
		if (span_at(run, 0) == ':')
			line_show(out, unit, span_head(run, 1));
		else if (span_is(run, "UID"))
			line_show(out, unit, run);
		else
			return false;
	}
	return false;
}

/*
 * A near-miss of a keyword may be what somebody calls his dog: it is shown where a verb
 * stands, with nothing behind it. A run of one filler is nobody's.
 */
static bool
is_damaged_verb(struct span word, struct span unit, size_t behind)
{
	return token_is_masked(word) || (quote_is_remains(word) && line_is_last(unit, behind));
}

/* What the dialect calls the command, word by word; how many words there were, *at behind them. */
static unsigned
show_verb(struct span unit, struct span said, uint8_t *out, size_t *at)
{
	struct span run, word;
	size_t said_at = 0, behind = *at;
	unsigned words = 0;

	for (; line_run(said, &said_at, &word) && line_run(unit, &behind, &run); words++) {
		if (words == 0)
			run = verb_of(run, word);
		if (!span_equals_nocase(run, word))
			break;
		if (quote_knows(run) || !quote_is_remains(run) ||
		    is_damaged_verb(run, unit, behind))
			line_show(out, unit, run);
		*at = behind;
	}
	return words;
}

static void
mask_arguments(struct span unit, size_t at, struct span verb, unsigned index, uint8_t *out)
{
	struct span run, word, before = verb;

	for (; line_run(unit, &at, &run); index++) {
		word = inner(out, unit, run);
		if (argument_is_public(verb, index, before, word))
			line_show(out, unit, word);
		before = word;
	}
}

/* A client may break off a login, go on with a literal behind another, or be garbled. */
static void
mask_other(struct span unit, struct span first, size_t at, bool tagged, uint8_t *out)
{
	struct span second;

	if (span_is(first, "*") || span_is(first, "\"*\"") || is_damaged_verb(first, unit, at))
		line_show(out, unit, first);
	else if (tagged && line_is_counter(first) && line_run(unit, &at, &second) &&
	    is_damaged_verb(second, unit, at)) {
		line_show(out, unit, first);
		line_show(out, unit, second);
	}
}

void
line_mask_command(struct redaction *r, struct span unit, bool is_rest, const struct facts *f,
    uint8_t *out)
{
	const bool tagged = (f->seen->traits & TRAIT_TAGS) != 0;
	size_t at = 0, said_at = 0, first_at = 0;
	struct span verb, first;
	unsigned words;

	if (line_run(keep_span(&f->said), &said_at, &verb) &&
	    find_verb(r, unit, verb, tagged, out, &at)) {
		words = show_verb(unit, keep_span(&f->said), out, &at);
		mask_arguments(unit, at, verb, words, out);
	} else if (line_run(unit, &first_at, &first) && !is_rest) {
		mask_other(unit, first, first_at, tagged, out);
	}
	if ((f->seen->traits & TRAIT_LITERALS) != 0 && (at > 0 || line_is_last(unit, first_at)))
		line_show(out, unit, literal_of(last_run(unit)));
	line_note_hidden(r, unit, out);
}
