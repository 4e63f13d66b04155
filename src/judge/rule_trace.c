/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/rule_trace.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "judge/rule_parts.h"

enum { TEXT_SIZE = 160 };

static void
pattern_text(const struct rule_pattern *p, char text_r[TEXT_SIZE])
{
	char raw[TEXT_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < p->count && n + 1 < sizeof(raw); i++) {
		const struct rule_glyph *g = &p->glyphs[i];

		raw[n++] = g->kind == RULE_GLYPH_ONE ? '?' : g->kind == RULE_GLYPH_MANY ? '*' :
		    (char)g->byte;
	}
	raw[n] = '\0';
	snprintf(text_r, TEXT_SIZE, "is ");
	text_show(text_r + 3, TEXT_SIZE - 3, span_of(raw, n));
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
		snprintf(text_r, TEXT_SIZE, "matches a regular expression");
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

static void
look_at(const struct rule_test *t, const struct record *record, rule_look_visit *visit, void *ctx)
{
	char asked[TEXT_SIZE], found[TEXT_SIZE];
	struct field_value value;
	bool present = field_get(t->field, record, &value);
	struct rule_look look = { .field = field_name(t->field), .asked = asked,
		.found = present ? found : NULL, .answer = rule_test_answer(t, record) };

	asked_text(t, asked);
	if (present)
		found_text(&value, found);
	visit(ctx, &look);
}

static void
walk(const struct rule_expression *e, const struct record *record, rule_look_visit *visit,
    void *ctx)
{
	if (e->kind == RULE_TEST)
		look_at(e->test, record, visit, ctx);
	for (size_t i = 0; e->kind != RULE_TEST && i < e->count; i++)
		walk(e->parts[i], record, visit, ctx);
}

void
rule_trace(const struct rule *rule, const struct record *record, rule_look_visit *visit, void *ctx)
{
	walk(rule->condition, record, visit, ctx);
}
