/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that are allowed and yet wrong. The chief one: an absent field decides
 * nothing here, but to a SIEM it is simply a field without that value, so a
 * negated comparison matches there. A rule must not mean two things. It does
 * not when the absence of the field alone already decides an expression around
 * the comparison, which is what "field|exists" beside it does. Another: a word
 * that its field never holds.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "judge/rule_parts.h"

enum { WORDS_SIZE = 2048, SHOWN_SIZE = 128, MESSAGE_SIZE = WORDS_SIZE + 1024 };

struct checker {
	const struct rule *rule;
	rule_report *report;
	void *ctx;
	unsigned errors;
};

/* An expression and those around it; under is true below an odd number of nots. */
struct scope {
	const struct rule_expression *expression;
	bool under;
	const struct scope *outer;
};

static void report(struct checker *c, enum rule_finding kind, unsigned line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

static void
report(struct checker *c, enum rule_finding kind, unsigned line, const char *format, ...)
{
	char what[WORDS_SIZE + 512], message[MESSAGE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(message, sizeof(message), "%s:%u: %s", c->rule->file, line, what);
	c->errors += kind == RULE_ERROR;
	c->report(c->ctx, kind, message);
}

/* The answer when a field is absent and nothing else is known. */
static enum rule_answer
answer_without(const struct rule_expression *e, bool under, const struct field *field)
{
	enum rule_answer answer;

	switch (e->kind) {
	case RULE_TEST:
		if (e->test->field != field && e->test->other != field)
			return RULE_CANNOT_TELL;
		if (e->test->kind == RULE_TEST_EXISTS)
			return rule_answer_of(!e->test->expected);
		/* unless negated, both ways of reading it fail to match */
		return under ? RULE_CANNOT_TELL : RULE_NO;
	case RULE_NOT:
		return rule_answer_not(answer_without(e->parts[0], !under, field));
	default:
		break;
	}
	answer = e->kind == RULE_AND ? RULE_YES : RULE_NO;
	for (size_t i = 0; i < e->count; i++) {
		enum rule_answer part = answer_without(e->parts[i], under, field);

		if (e->kind == RULE_AND ? part < answer : part > answer)
			answer = part;
	}
	return answer;
}

static bool
is_guarded(const struct scope *scope, const struct field *field)
{
	for (; scope != NULL; scope = scope->outer) {
		if (answer_without(scope->expression, scope->under, field) !=
		    RULE_CANNOT_TELL)
			return true;
	}
	return false;
}

static void
check_field(struct checker *c, const struct scope *scope, const struct field *field)
{
	if (field == NULL || !field_is_optional(field) ||
	    field_type(field) == FIELD_LIST || is_guarded(scope, field))
		return;
	report(c, RULE_ERROR, scope->expression->line,
	    "%s is negated and may be absent, which a SIEM takes for a match: "
	    "add '%s|exists: true'", field_name(field), field_name(field));
}

static bool
is_among_words(const struct rule_test *test)
{
	const char *word;

	for (size_t n = 0; (word = rule_vocabulary_word(test->field, n)) != NULL; n++) {
		if (rule_pattern_matches(&test->pattern, word))
			return true;
	}
	return false;
}

static void
pattern_text(const struct rule_pattern *p, char text_r[SHOWN_SIZE])
{
	char raw[SHOWN_SIZE];
	size_t n = 0;

	for (; n < p->count && n < sizeof(raw); n++) {
		const struct rule_glyph *g = &p->glyphs[n];

		raw[n] = g->kind == RULE_GLYPH_ONE ? '?' : g->kind == RULE_GLYPH_MANY ? '*' :
		    (char)g->byte;
	}
	text_show(text_r, SHOWN_SIZE, span_of(raw, n));
}

/* Is there anything that this comparison could match? */
static void
check_word(struct checker *c, const struct rule_expression *e)
{
	const struct field *field = e->test->field;
	char text[SHOWN_SIZE], words[WORDS_SIZE] = "";
	const char *word;
	size_t used = 0;

	if (e->test->kind != RULE_TEST_PATTERN || rule_vocabulary_word(field, 0) == NULL ||
	    is_among_words(e->test))
		return;
	for (size_t n = 0; (word = rule_vocabulary_word(field, n)) != NULL &&
	    used < sizeof(words); n++)
		used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s",
		    n > 0 ? ", " : "", word);
	pattern_text(&e->test->pattern, text);
	report(c, RULE_ERROR, e->line, "%s is never '%s'; it may be %s", field_name(field), text,
	    words);
}

static void
check_expression(struct checker *c, const struct rule_expression *e, bool under,
    const struct scope *outer)
{
	const struct scope scope = { e, under, outer };

	if (e->kind == RULE_TEST) {
		check_word(c, e);
		if (under && e->test->kind != RULE_TEST_EXISTS) {
			check_field(c, &scope, e->test->field);
			check_field(c, &scope, e->test->other);
		}
		return;
	}
	for (size_t i = 0; i < e->count; i++)
		check_expression(c, e->parts[i], under != (e->kind == RULE_NOT), &scope);
}

static void
check_detections(struct checker *c)
{
	const struct rule_detection *d;

	for (d = c->rule->detections; d != NULL; d = d->next) {
		if (!d->used)
			report(c, RULE_ERROR, d->line,
			    "the condition does not use the detection '%s'", d->name);
	}
}

/* docs/events.md promises a severity for each of these categories. */
static void
check_level(struct checker *c)
{
	static const enum rule_level least[CATEGORIES] = {
		[CATEGORY_DOWNGRADE] = RULE_MEDIUM,
		[CATEGORY_INJECTION] = RULE_HIGH,
		[CATEGORY_TLS] = RULE_MEDIUM,
	};
	const struct rule *rule = c->rule;

	if (rule->level < least[rule->category])
		report(c, RULE_ERROR, rule->line, "the level is too low for category %s",
		    category_name(rule->category));
}

unsigned
rule_check(const struct rule *rule, rule_report *report_finding, void *ctx)
{
	struct checker c = { .rule = rule, .report = report_finding, .ctx = ctx };

	check_expression(&c, rule->condition, false, NULL);
	check_detections(&c);
	check_level(&c);
	if (rule->falsepositives.count == 0)
		report(&c, RULE_WARNING, rule->line,
		    "no falsepositives: alerts of '%s' offer no innocent explanation",
		    rule->title);
	return c.errors;
}
