/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key of a detection item: field|modifier|modifier. */
#include <string.h>

#include "judge/rule_parts.h"

struct kind_word {
	const char *word;
	int kind;
	enum rule_order order;
};

/* Modifiers that say what is compared; one of them at most. */
static const struct kind_word kinds[] = {
	{ "contains", RULE_CONTAINS, RULE_EQUAL },
	{ "startswith", RULE_STARTS, RULE_EQUAL },
	{ "endswith", RULE_ENDS, RULE_EQUAL },
	{ "re", RULE_MATCHES, RULE_EQUAL },
	{ "cidr", RULE_IN_NETWORK, RULE_EQUAL },
	{ "lt", RULE_COMPARES, RULE_LESS },
	{ "lte", RULE_COMPARES, RULE_LESS_EQUAL },
	{ "gt", RULE_COMPARES, RULE_GREATER },
	{ "gte", RULE_COMPARES, RULE_GREATER_EQUAL },
	{ "fieldref", RULE_IS_FIELD, RULE_EQUAL },
	{ "exists", RULE_EXISTS, RULE_EQUAL },
};

static const struct kind_word *
find_kind(const char *word)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].word, word) == 0)
			return &kinds[i];
	}
	return NULL;
}

static bool *
find_switch(struct rule_modifiers *m, const char *word)
{
	if (strcmp(word, "all") == 0)
		return &m->all;
	if (strcmp(word, "cased") == 0)
		return &m->cased;
	if (strcmp(word, "i") == 0 || strcmp(word, "ignorecase") == 0)
		return &m->any_case;
	if (strcmp(word, "neq") == 0)
		return &m->negated;
	return NULL;
}

static int
read_modifier(const struct rule_reader *r, unsigned line, const char *word, bool first,
    struct rule_modifiers *m)
{
	const struct kind_word *kind = find_kind(word);
	bool *on = find_switch(m, word);

	if (on != NULL && !*on) {
		*on = true;
		return 0;
	}
	if (kind == NULL && on == NULL)
		return rule_fail(r, line, "unknown modifier '%s' (docs/rules.md lists "
		    "those that are read)", rule_shown(r, word));
	if (on != NULL || m->kind != RULE_IS)
		return rule_fail(r, line,
		    "modifier '%s' does not go with those before it", word);
	/* other readers of Sigma insist on it */
	if (!first && (kind->kind == RULE_MATCHES || kind->kind == RULE_IN_NETWORK ||
	    kind->kind == RULE_EXISTS))
		return rule_fail(r, line, "modifier '%s' must come first", word);
	m->kind = kind->kind;
	m->order = kind->order;
	return 0;
}

/* What one modifier alone cannot know. */
static int
check_together(const struct rule_reader *r, unsigned line, const struct rule_modifiers *m)
{
	bool text = m->kind == RULE_IS || m->kind == RULE_CONTAINS ||
	    m->kind == RULE_STARTS || m->kind == RULE_ENDS;

	if (m->cased && !text)
		return rule_fail(r, line, "modifier 'cased' is for texts");
	if (m->any_case && m->kind != RULE_MATCHES)
		return rule_fail(r, line, "modifier 'i' is for 're'");
	if (m->kind == RULE_EXISTS && (m->negated || m->all))
		return rule_fail(r, line, "modifier 'exists' stands alone; its value is "
		    "true or false");
	return 0;
}

int
rule_modifiers_read(const struct rule_reader *r, unsigned line, const char *key,
    const struct field **field_r, struct rule_modifiers *modifiers_r)
{
	char *name = arena_text(r->arena, key, strlen(key)), *word = strchr(name, '|');

	*modifiers_r = (struct rule_modifiers){ .kind = RULE_IS };
	if (word != NULL)
		*word++ = '\0';
	if (name[0] == '\0')
		return rule_fail(r, line, "keyword searches are not read; name a field");
	*field_r = field_find(name);
	if (*field_r == NULL)
		return rule_fail(r, line, "sessions have no field '%s' (docs/events.md "
		    "lists them)", rule_shown(r, name));
	for (bool first = true; word != NULL; first = false) {
		char *next = strchr(word, '|');

		if (next != NULL)
			*next++ = '\0';
		if (read_modifier(r, line, word, first, modifiers_r) == -1)
			return -1;
		word = next;
	}
	return check_together(r, line, modifiers_r);
}
