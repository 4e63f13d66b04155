/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions, least binding first:
 *	either = both { "or" both }
 *	both   = term { "and" term }
 *	term   = "not" term | "(" either ")" | name | many "of" (pattern | "them")
 *	many   = "1" | "any" | "all"
 */
#include <string.h>

#include "judge/rule_parts.h"

enum { WORD_MAX = 64 };

struct parser {
	const struct rule_reader *reader;
	unsigned line;
	const char *at;			/* behind the word */
	char word[WORD_MAX];		/* the one looked at; "" at the end */
	unsigned depth;
	struct rule_detection *detections;
};

static int parse_either(struct parser *p, const struct rule_expression **expression_r);
static int parse_term(struct parser *p, const struct rule_expression **expression_r);

static int
fail(const struct parser *p, const char *what)
{
	if (p->word[0] == '\0')
		return rule_fail(p->reader, p->line, "condition: %s, but it ends", what);
	return rule_fail(p->reader, p->line, "condition: %s at '%s'", what,
	    rule_shown(p->reader, p->word));
}

/* A name, pattern or keyword, or one other character; cut when too long, it fits nothing. */
static void
advance(struct parser *p)
{
	size_t n;

	p->at += strspn(p->at, " \t\r\n");
	n = strspn(p->at, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-*");
	if (n == 0 && *p->at != '\0')
		n = 1;
	memcpy(p->word, p->at, n < WORD_MAX ? n : WORD_MAX - 1);
	p->word[n < WORD_MAX ? n : WORD_MAX - 1] = '\0';
	p->at += n;
}

static bool
looks_at(const struct parser *p, const char *word)
{
	return strcmp(p->word, word) == 0;
}

/* Names that begin with an underscore take part only when they are asked for. */
static bool
is_selected(const struct rule_pattern *pattern, const char *word, const char *name)
{
	if (name[0] == '_' && word[0] != '_')
		return false;
	return strcmp(word, "them") == 0 || rule_pattern_matches(pattern, name);
}

static int
parse_selector(struct parser *p, const struct rule_expression **expression_r)
{
	const struct rule_expression *parts[RULE_PARTS_MAX];
	enum rule_expression_kind kind = looks_at(p, "all") ? RULE_AND : RULE_OR;
	struct rule_pattern pattern;
	size_t n = 0;

	advance(p);
	if (!looks_at(p, "of"))
		return fail(p, "'of' is expected");
	advance(p);
	rule_pattern_read(p->reader->arena, p->word, false, false, true, &pattern);
	for (struct rule_detection *d = p->detections; d != NULL; d = d->next) {
		if (!is_selected(&pattern, p->word, d->name))
			continue;
		if (n == RULE_PARTS_MAX)
			return fail(p, "too many detections");
		d->used = true;
		parts[n++] = d->expression;
	}
	if (n == 0)
		return fail(p, "no detection is meant");
	advance(p);
	*expression_r = rule_expression_join(p->reader->arena, kind, p->line, parts, n);
	return 0;
}

static int
parse_name(struct parser *p, const struct rule_expression **expression_r)
{
	for (struct rule_detection *d = p->detections; d != NULL; d = d->next) {
		if (looks_at(p, d->name)) {
			d->used = true;
			*expression_r = d->expression;
			advance(p);
			return 0;
		}
	}
	return fail(p, "the name of a detection is expected");
}

static int
parse_inner(struct parser *p, const struct rule_expression **expression_r)
{
	if (looks_at(p, "not")) {
		advance(p);
		if (parse_term(p, expression_r) == -1)
			return -1;
		*expression_r = rule_expression_not(p->reader->arena, p->line,
		    *expression_r);
		return 0;
	}
	if (!looks_at(p, "("))
		return looks_at(p, "1") || looks_at(p, "any") || looks_at(p, "all") ?
		    parse_selector(p, expression_r) : parse_name(p, expression_r);
	advance(p);
	if (parse_either(p, expression_r) == -1)
		return -1;
	if (!looks_at(p, ")"))
		return fail(p, "')' is expected");
	advance(p);
	return 0;
}

static int
parse_term(struct parser *p, const struct rule_expression **expression_r)
{
	int result;

	if (p->depth == RULE_CONDITION_DEPTH_MAX)
		return fail(p, "nested too deeply");
	p->depth++;
	result = parse_inner(p, expression_r);
	p->depth--;
	return result;
}

/* Terms with one word between them: term { "and" term }, or the same one level up. */
static int
parse_row(struct parser *p, enum rule_expression_kind kind,
    const struct rule_expression **expression_r)
{
	const struct rule_expression *parts[RULE_PARTS_MAX];
	const char *word = kind == RULE_AND ? "and" : "or";
	size_t n = 0;

	for (;;) {
		int result;

		if (n == RULE_PARTS_MAX)
			return fail(p, "too many parts");
		result = kind == RULE_AND ? parse_term(p, &parts[n++]) :
		    parse_row(p, RULE_AND, &parts[n++]);
		if (result == -1)
			return -1;
		if (!looks_at(p, word))
			break;
		advance(p);
	}
	*expression_r = rule_expression_join(p->reader->arena, kind, p->line, parts, n);
	return 0;
}

static int
parse_either(struct parser *p, const struct rule_expression **expression_r)
{
	return parse_row(p, RULE_OR, expression_r);
}

static int
read_one(const struct rule_reader *r, const struct tree_node *node,
    struct rule_detection *detections, const struct rule_expression **expression_r)
{
	struct parser p = { .reader = r, .line = node->line, .detections = detections };

	if (node->kind != TREE_TEXT)
		return rule_fail(r, node->line, "a condition is a text");
	if (strlen(node->text) > RULE_CONDITION_MAX)
		return rule_fail(r, node->line, "condition: too long");
	p.at = node->text;
	advance(&p);
	if (parse_either(&p, expression_r) == -1)
		return -1;
	if (p.word[0] != '\0')
		return fail(&p, "'and' or 'or' is expected");
	return 0;
}

int
rule_condition_read(const struct rule_reader *r, const struct tree_node *node,
    struct rule_detection *detections, const struct rule_expression **expression_r)
{
	const struct rule_expression *parts[RULE_PARTS_MAX];
	size_t n = 0;

	if (node->kind != TREE_LIST)
		return read_one(r, node, detections, expression_r);
	if (node->count == 0 || node->count > RULE_PARTS_MAX)
		return rule_fail(r, node->line, node->count == 0 ? "no condition" :
		    "too many conditions");
	for (const struct tree_entry *e = node->first; e != NULL; e = e->next) {
		if (read_one(r, e->value, detections, &parts[n++]) == -1)
			return -1;
	}
	*expression_r = rule_expression_join(r->arena, RULE_OR, node->line, parts, n);
	return 0;
}
