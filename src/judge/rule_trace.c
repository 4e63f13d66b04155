/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/rule_trace.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "judge/rule_parts.h"

enum { TEXT_SIZE = 160 };

static bool
is_many(const struct rule_pattern *p, size_t i)
{
	return p->glyphs[i].kind == RULE_GLYPH_MANY;
}

/* Wildcards at its ends are said in words, others stand as they are. */
static void
pattern_text(const struct rule_pattern *p, char text_r[TEXT_SIZE])
{
	const bool before = p->count > 1 && is_many(p, 0),
	    behind = p->count > 1 && is_many(p, p->count - 1);
	const char *verb = before && behind && p->count > 2 ? "contains" : before ? "ends with" :
	    behind ? "begins with" : "is";
	char raw[TEXT_SIZE];
	size_t n = 0, used;

	for (size_t i = before; i < p->count - behind && n + 1 < sizeof(raw); i++) {
		const struct rule_glyph *g = &p->glyphs[i];

		raw[n++] = g->kind == RULE_GLYPH_ONE ? '?' : g->kind == RULE_GLYPH_MANY ? '*' :
		    (char)g->byte;
	}
	used = (size_t)snprintf(text_r, TEXT_SIZE, "%s \"", verb);
	used += text_show(text_r + used, TEXT_SIZE - used - 24, span_of(raw, n));
	snprintf(text_r + used, TEXT_SIZE - used, "\"%s", p->cased ? " (in this case)" : "");
}

static void
network_text(const struct network *network, char text_r[TEXT_SIZE])
{
	char address[ADDRESS_TEXT_SIZE];

	address_format(&network->address, address);
	snprintf(text_r, TEXT_SIZE, "lies in %s/%u", address, network->bits);
}

static void
asked_text(const struct rule_test *t, char text_r[TEXT_SIZE])
{
	static const char *const orders[] = {
		[RULE_EQUAL] = "is", [RULE_LESS] = "is below", [RULE_LESS_EQUAL] = "is at most",
		[RULE_GREATER] = "is above", [RULE_GREATER_EQUAL] = "is at least",
	};

	size_t n;

	switch (t->kind) {
	case RULE_TEST_EXISTS:
		snprintf(text_r, TEXT_SIZE, "%s", t->expected ? "is known" : "is not known");
		break;
	case RULE_TEST_BOOL:
		snprintf(text_r, TEXT_SIZE, "is %s", t->expected ? "true" : "false");
		break;
	case RULE_TEST_NUMBER:
		snprintf(text_r, TEXT_SIZE, "%s %lld", orders[t->order], (long long)t->number);
		break;
	case RULE_TEST_PATTERN:
		pattern_text(&t->pattern, text_r);
		break;
	case RULE_TEST_REGEX:
		n = (size_t)snprintf(text_r, TEXT_SIZE, "matches ");
		text_show(text_r + n, TEXT_SIZE - n, span_text(t->regex.text));
		break;
	case RULE_TEST_CIDR:
		network_text(&t->network, text_r);
		break;
	case RULE_TEST_FIELD:
		snprintf(text_r, TEXT_SIZE, "is the same as %s", field_name(t->other));
		break;
	}
}

static void
list_text(const struct field_value *value, char text_r[TEXT_SIZE])
{
	size_t n = 0;

	text_r[0] = '\0';
	for (size_t i = 0; i < value->count && n < TEXT_SIZE; i++) {
		const char *gap = i > 0 ? ", " : "";

		n += (size_t)(value->items[i] != NULL ?
		    snprintf(text_r + n, TEXT_SIZE - n, "%s%s", gap, value->items[i]) :
		    snprintf(text_r + n, TEXT_SIZE - n, "%s%lld", gap,
		    (long long)value->numbers[i]));
	}
}

static void
found_text(const struct field_value *value, char text_r[TEXT_SIZE])
{
	switch (value->type) {
	case FIELD_BOOL:
		snprintf(text_r, TEXT_SIZE, "%s", value->truth ? "true" : "false");
		break;
	case FIELD_NUMBER:
		snprintf(text_r, TEXT_SIZE, "%lld", (long long)value->number);
		break;
	case FIELD_STRING:
		snprintf(text_r, TEXT_SIZE, "%s", value->text);
		break;
	case FIELD_LIST:
		list_text(value, text_r);
		break;
	}
}

/* On its way through a condition. */
struct walk {
	const struct rule *rule;
	const struct fields *session;
	rule_node_visit *visit;
	void *ctx;
};

static const char *
detection_name(const struct rule *rule, const struct rule_expression *e)
{
	for (const struct rule_detection *d = rule->detections; d != NULL; d = d->next) {
		if (d->expression == e)
			return d->name;
	}
	return NULL;
}

static void
visit_test(const struct walk *w, const struct rule_test *t, struct rule_node *node)
{
	char asked[TEXT_SIZE], found[TEXT_SIZE];
	struct field_value value;

	asked_text(t, asked);
	node->field = field_name(t->field);
	node->asked = asked;
	node->asks_presence = t->kind == RULE_TEST_EXISTS;
	if (w->session != NULL && w->session->get(w->session->of, t->field, &value)) {
		found_text(&value, found);
		node->found = found;
	}
	w->visit(w->ctx, node);
}

static struct rule_node
node_of(const struct walk *w, const struct rule_expression *e, const char *within, unsigned depth)
{
	static const enum rule_node_kind kinds[] = { [RULE_AND] = RULE_NODE_ALL,
		[RULE_OR] = RULE_NODE_ONE, [RULE_NOT] = RULE_NODE_NOT,
		[RULE_TEST] = RULE_NODE_TEST };
	const char *own = detection_name(w->rule, e);
	struct rule_node node = { .kind = kinds[e->kind], .depth = depth,
		.detection = own != NULL ? own : within, .begins_detection = own != NULL };

	if (w->session != NULL)
		node.answer = rule_expression_answer(e, w->session);
	return node;
}

static void
walk(const struct walk *w, const struct rule_expression *e, const char *within, unsigned depth)
{
	struct rule_node node = node_of(w, e, within, depth);

	if (e->kind == RULE_TEST) {
		visit_test(w, e->test, &node);
		return;
	}
	w->visit(w->ctx, &node);
	for (size_t i = 0; i < e->count; i++)
		walk(w, e->parts[i], node.detection, depth + 1);
}

void
rule_walk(const struct rule *rule, const struct fields *session, rule_node_visit *visit, void *ctx)
{
	const struct walk w = { rule, session, visit, ctx };

	walk(&w, rule->condition, "", 0);
}

/* One "no" is enough to settle an "and", one "yes" an "or"; else all that say the same do. */
static bool
settles_alone(const struct rule_expression *e, enum rule_answer answer)
{
	return (e->kind == RULE_AND && answer == RULE_NO) ||
	    (e->kind == RULE_OR && answer == RULE_YES);
}

static void
decide(const struct walk *w, const struct rule_expression *e, const char *within, unsigned depth)
{
	struct rule_node node = node_of(w, e, within, depth);

	if (e->kind == RULE_TEST)
		visit_test(w, e->test, &node);
	if (e->kind == RULE_NOT)
		decide(w, e->parts[0], node.detection, depth + 1);
	if (e->kind != RULE_AND && e->kind != RULE_OR)
		return;
	for (size_t i = 0; i < e->count; i++) {
		if (rule_expression_answer(e->parts[i], w->session) != node.answer)
			continue;
		decide(w, e->parts[i], node.detection, depth + 1);
		if (settles_alone(e, node.answer))
			return;
	}
}

enum rule_answer
rule_decide(const struct rule *rule, const struct fields *session, rule_node_visit *visit,
    void *ctx)
{
	const struct walk w = { rule, session, visit, ctx };

	decide(&w, rule->condition, "", 0);
	return rule_expression_answer(rule->condition, session);
}
