/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Detections: the items of a map must all hold, of a list of maps or of values one. */
#include <string.h>

#include "judge/rule_parts.h"

const struct rule_expression *
rule_expression_join(struct arena *arena, enum rule_expression_kind kind, unsigned line,
    const struct rule_expression *const *parts, size_t count)
{
	struct rule_expression *joined;
	const struct rule_expression **copy;

	if (count == 1)
		return parts[0];
	copy = arena_alloc(arena, count * sizeof(parts[0]));
	memcpy(copy, parts, count * sizeof(parts[0]));
	joined = arena_alloc(arena, sizeof(*joined));
	*joined = (struct rule_expression){ .kind = kind, .line = line, .count = count,
		.parts = copy };
	return joined;
}

const struct rule_expression *
rule_expression_not(struct arena *arena, unsigned line,
    const struct rule_expression *part)
{
	struct rule_expression *negated = arena_alloc(arena, sizeof(*negated));
	const struct rule_expression **parts = arena_alloc(arena, sizeof(*parts));

	parts[0] = part;
	*negated = (struct rule_expression){ .kind = RULE_NOT, .line = line, .count = 1,
		.parts = parts };
	return negated;
}

static int
read_value(const struct rule_reader *r, const struct tree_node *value,
    const struct field *field, const struct rule_modifiers *modifiers,
    const struct rule_expression **expression_r)
{
	struct rule_expression *leaf = arena_alloc(r->arena, sizeof(*leaf));
	struct rule_test *test = arena_alloc(r->arena, sizeof(*test));

	if (rule_test_read(r, value, field, modifiers, test) == -1)
		return -1;
	*leaf = (struct rule_expression){ .kind = RULE_TEST, .line = value->line,
		.test = test };
	*expression_r = leaf;
	return 0;
}

/* One value, or a list of them: any, with the modifier "all" every one. */
static int
read_values(const struct rule_reader *r, const struct tree_entry *entry,
    const struct field *field, const struct rule_modifiers *modifiers,
    const struct rule_expression **expression_r)
{
	const struct rule_expression *parts[RULE_PARTS_MAX];
	const struct tree_node *value = entry->value;
	size_t n = 0;

	if (modifiers->all && (value->kind != TREE_LIST || value->count < 2))
		return rule_fail(r, entry->line, "modifier 'all' wants a list of two "
		    "values or more");
	if (value->kind != TREE_LIST)
		return read_value(r, value, field, modifiers, expression_r);
	if (value->count == 0)
		return rule_fail(r, entry->line, "an empty list; write null for absence");
	if (value->count > RULE_PARTS_MAX)
		return rule_fail(r, entry->line, "too many values");
	for (const struct tree_entry *e = value->first; e != NULL; e = e->next) {
		if (read_value(r, e->value, field, modifiers, &parts[n++]) == -1)
			return -1;
	}
	*expression_r = rule_expression_join(r->arena,
	    modifiers->all ? RULE_AND : RULE_OR, entry->line, parts, n);
	return 0;
}

static int
read_item(const struct rule_reader *r, const struct tree_entry *entry,
    const struct rule_expression **expression_r)
{
	struct rule_modifiers modifiers;
	const struct field *field;

	if (rule_modifiers_read(r, entry->line, entry->key, &field, &modifiers) == -1 ||
	    read_values(r, entry, field, &modifiers, expression_r) == -1)
		return -1;
	if (modifiers.negated)
		*expression_r = rule_expression_not(r->arena, entry->line, *expression_r);
	return 0;
}

static int
read_map(const struct rule_reader *r, const struct tree_node *map,
    const struct rule_expression **expression_r)
{
	const struct rule_expression *parts[RULE_PARTS_MAX];
	size_t n = 0;

	if (map->kind != TREE_MAP)
		return rule_fail(r, map->line, "keyword searches are not read; write "
		    "field: value");
	if (map->count == 0 || map->count > RULE_PARTS_MAX)
		return rule_fail(r, map->line, map->count == 0 ? "an empty detection" :
		    "too many fields");
	for (const struct tree_entry *e = map->first; e != NULL; e = e->next) {
		if (read_item(r, e, &parts[n++]) == -1)
			return -1;
	}
	*expression_r = rule_expression_join(r->arena, RULE_AND, map->line, parts, n);
	return 0;
}

static int
read_detection(const struct rule_reader *r, const struct tree_node *node,
    const struct rule_expression **expression_r)
{
	const struct rule_expression *parts[RULE_PARTS_MAX];
	size_t n = 0;

	if (node->kind != TREE_LIST)
		return read_map(r, node, expression_r);
	if (node->count == 0 || node->count > RULE_PARTS_MAX)
		return rule_fail(r, node->line, node->count == 0 ? "an empty detection" :
		    "too many alternatives");
	for (const struct tree_entry *e = node->first; e != NULL; e = e->next) {
		if (read_map(r, e->value, &parts[n++]) == -1)
			return -1;
	}
	*expression_r = rule_expression_join(r->arena, RULE_OR, node->line, parts, n);
	return 0;
}

/* What a condition can name. */
static bool
is_name(const char *text)
{
	static const char *const taken[] = { "and", "or", "not", "of", "1", "all", "any",
		"them" };

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (strcmp(text, taken[i]) == 0)
			return false;
	}
	return text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == '\0';
}

int
rule_detections_read(const struct rule_reader *r, const struct tree_node *map,
    struct rule_detection **first_r)
{
	struct rule_detection **tail = first_r;

	*first_r = NULL;
	for (const struct tree_entry *e = map->first; e != NULL; e = e->next) {
		struct rule_detection *d;

		if (strcmp(e->key, "condition") == 0)
			continue;
		if (!is_name(e->key))
			return rule_fail(r, e->line, "'%s' cannot name a detection",
			    rule_shown(r, e->key));
		d = arena_alloc(r->arena, sizeof(*d));
		*d = (struct rule_detection){ .name = e->key, .line = e->line };
		if (read_detection(r, e->value, &d->expression) == -1)
			return -1;
		*tail = d;
		tail = &d->next;
	}
	return 0;
}
