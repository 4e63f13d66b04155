/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "judge/rule_builtin.h"
#include "judge/rule_parts.h"

struct rule_set {
	struct arena *arena;
	size_t count;
	const struct rule *rules[RULE_SET_MAX];
	uint64_t matched, cannot_tell;
};

struct rule_set *
rule_set_new(void)
{
	struct rule_set *set = calloc(1, sizeof(*set));

	if (set == NULL) {
		log_warnx("out of memory");
		abort();
	}
	set->arena = arena_new();
	return set;
}

void
rule_set_free(struct rule_set **set)
{
	if (*set == NULL)
		return;
	arena_free(&(*set)->arena);
	free(*set);
	*set = NULL;
}

static int
add_rule(struct rule_set *set, const struct rule_reader *r, const struct rule *rule)
{
	if (set->count == RULE_SET_MAX)
		return rule_fail(r, rule->line, "more than %d rules", (int)RULE_SET_MAX);
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *other = set->rules[i];
		bool same_id = strcmp(other->id, rule->id) == 0;

		if (same_id || other->sid == rule->sid)
			return rule_fail(r, rule->line, "the same %s as %s:%u",
			    same_id ? "id" : "sid", other->file, other->line);
	}
	set->rules[set->count++] = rule;
	return 0;
}

/* 1 when a rule was added, 0 at the end of the text. */
static int
add_next(struct rule_set *set, const struct rule_reader *r, struct yaml_tree *yaml)
{
	struct rule *rule = arena_alloc(set->arena, sizeof(*rule));
	const struct tree_node *root;
	int result = yaml_tree_next(yaml, &root, r->err);

	if (result != 1)
		return result;
	if (rule_read(r, root, rule) == -1 || add_rule(set, r, rule) == -1)
		return -1;
	return 1;
}

int
rule_set_add(struct rule_set *set, const char *name, struct span text, struct err *e)
{
	const struct rule_reader r = {
		.file = arena_text(set->arena, name, strlen(name)),
		.arena = set->arena,
		.err = e,
	};
	struct yaml_tree *yaml;
	size_t before = set->count;
	int result;

	if (text.n > RULE_FILE_MAX)
		return err_set(e, "%s: longer than %d bytes", name, (int)RULE_FILE_MAX);
	yaml = yaml_tree_open(r.file, text, set->arena);
	do
		result = add_next(set, &r, yaml);
	while (result == 1);
	yaml_tree_close(&yaml);
	if (result == 0 && set->count == before)
		return err_set(e, "%s:1: no rule in this file", name);
	return result;
}

int
rule_set_add_builtin(struct rule_set *set, struct err *e)
{
	for (size_t i = 0; i < rules_builtin_count; i++) {
		const struct rule_builtin *b = &rules_builtin[i];

		if (rule_set_add(set, b->name, span_of(b->bytes, b->size), e) == -1)
			return -1;
	}
	return 0;
}

struct rule_set *
rule_set_load(const char *const *paths, size_t count, struct err *e)
{
	struct rule_set *set = rule_set_new();
	int result = count == 0 ? rule_set_add_builtin(set, e) : 0;

	for (size_t i = 0; i < count && result == 0; i++)
		result = rule_set_add_path(set, paths[i], e);
	if (result < 0)
		rule_set_free(&set);
	return set;
}

size_t
rule_set_count(const struct rule_set *set)
{
	return set->count;
}

const struct rule *
rule_set_at(const struct rule_set *set, size_t index)
{
	return index < set->count ? set->rules[index] : NULL;
}

const struct rule *
rule_set_by_sid(const struct rule_set *set, uint32_t sid)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->rules[i]->sid == sid)
			return set->rules[i];
	}
	return NULL;
}

void
rule_set_judge(struct rule_set *set, const struct record *record, rule_hit *hit,
    void *ctx)
{
	const bool found = verdict_finds(&record->verdict);

	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = set->rules[i];
		/* most rules are about a technique, and in most sessions there is none */
		enum rule_answer answer = rule->if_found && !found ? RULE_NO :
		    rule_answer(rule, record);

		if (answer == RULE_YES) {
			set->matched++;
			hit(ctx, rule);
		} else if (answer == RULE_CANNOT_TELL && record->seen.final) {
			set->cannot_tell++;
		}
	}
}

void
rule_set_counters(const struct rule_set *set, counter_visit *visit, void *ctx)
{
	visit(ctx, "rules.loaded", set->count);
	visit(ctx, "rules.matched", set->matched);
	visit(ctx, "rules.cannot_tell", set->cannot_tell);
}
