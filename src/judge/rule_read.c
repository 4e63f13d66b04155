/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One document of a rule file: what a rule is called, how grave it is, what it detects. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "judge/rule_parts.h"

enum { ID_LENGTH = 36, TEXT_MAX = 1024, DESCRIPTION_MAX = 16 * 1024, SHOWN_SIZE = 64 };

int
rule_fail(const struct rule_reader *r, unsigned line, const char *format, ...)
{
	char what[sizeof(r->err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return err_set(r->err, "%s:%u: %s", r->file, line, what);
}

const char *
rule_shown(const struct rule_reader *r, const char *text)
{
	char *shown = arena_alloc(r->arena, SHOWN_SIZE);

	text_escape(shown, SHOWN_SIZE, span_text(text));
	return shown;
}

/* Text for people, who shall not find the control characters of a terminal in it. */
static bool
is_readable(const char *text, bool lines)
{
	for (; *text != '\0'; text++) {
		uint8_t c = (uint8_t)text[0], next = (uint8_t)text[1];

		if (iscntrl(c) && !(lines && c == '\n'))
			return false;
		if (c == 0xc2 && next >= 0x80 && next < 0xa0)	/* C1 in UTF-8 */
			return false;
	}
	return true;
}

static int
check_text(const struct rule_reader *r, const struct tree_node *node, const char *key)
{
	bool lines = strcmp(key, "description") == 0;

	if (node->kind != TREE_TEXT || node->text[0] == '\0')
		return rule_fail(r, node->line, "%s must be a text", key);
	if (strlen(node->text) > (lines ? DESCRIPTION_MAX : TEXT_MAX))
		return rule_fail(r, node->line, "%s is too long", key);
	if (!is_readable(node->text, lines))
		return rule_fail(r, node->line, "%s holds control characters", key);
	return 0;
}

/* "" when it is missing. */
static int
read_text(const struct rule_reader *r, const struct tree_node *map, const char *key,
    const char **text_r)
{
	const struct tree_node *node = yaml_tree_get(map, key);

	*text_r = "";
	if (node == NULL)
		return 0;
	if (check_text(r, node, key) == -1)
		return -1;
	*text_r = node->text;
	return 0;
}

static int
read_needed(const struct rule_reader *r, const struct tree_node *map, const char *key,
    const struct tree_node **node_r)
{
	*node_r = yaml_tree_get(map, key);
	if (*node_r == NULL)
		return rule_fail(r, map->line, "'%s' is missing", key);
	return 0;
}

static int
read_texts(const struct rule_reader *r, const struct tree_node *map, const char *key,
    struct rule_texts *texts_r)
{
	const struct tree_node *node = yaml_tree_get(map, key);
	const char **items;

	*texts_r = (struct rule_texts){ 0 };
	if (node == NULL)
		return 0;
	if (node->kind != TREE_LIST)
		return rule_fail(r, node->line, "%s must be a list of texts", key);
	items = arena_alloc(r->arena, node->count * sizeof(items[0]));
	for (const struct tree_entry *e = node->first; e != NULL; e = e->next) {
		if (check_text(r, e->value, key) == -1)
			return -1;
		items[texts_r->count++] = e->value->text;
	}
	texts_r->items = items;
	return 0;
}

/* 8-4-4-4-12 hexadecimal digits (RFC 9562 §4). */
static bool
is_uuid(const char *text)
{
	if (strlen(text) != ID_LENGTH)
		return false;
	for (size_t i = 0; i < ID_LENGTH; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return true;
}

static int
read_id(const struct rule_reader *r, const struct tree_node *map, struct rule *rule)
{
	const struct tree_node *node;

	if (read_needed(r, map, "id", &node) == -1 ||
	    read_text(r, map, "id", &rule->id) == -1)
		return -1;
	if (!is_uuid(rule->id))
		return rule_fail(r, node->line, "id must be a UUID (uuidgen makes one)");
	return 0;
}

static int
read_title(const struct rule_reader *r, const struct tree_node *map, struct rule *rule)
{
	const struct tree_node *node;

	if (read_needed(r, map, "title", &node) == -1 ||
	    read_text(r, map, "title", &rule->title) == -1)
		return -1;
	if (strlen(rule->title) > RULE_TITLE_MAX)
		return rule_fail(r, node->line, "title is longer than %d bytes",
		    (int)RULE_TITLE_MAX);
	return 0;
}

static int
read_level(const struct rule_reader *r, const struct tree_node *map, struct rule *rule)
{
	const struct tree_node *node;
	const char *word;

	if (read_needed(r, map, "level", &node) == -1 ||
	    read_text(r, map, "level", &word) == -1)
		return -1;
	for (int i = 0; i < RULE_LEVELS; i++) {
		if (strcmp(word, rule_level_name((enum rule_level)i)) == 0) {
			rule->level = (enum rule_level)i;
			return 0;
		}
	}
	return rule_fail(r, node->line,
	    "level is informational, low, medium, high or critical");
}

static int
read_status(const struct rule_reader *r, const struct tree_node *map, struct rule *rule)
{
	static const char *const known[] = { "", "stable", "test", "experimental",
		"deprecated", "unsupported" };

	if (read_text(r, map, "status", &rule->status) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(rule->status, known[i]) == 0)
			return 0;
	}
	return rule_fail(r, yaml_tree_get(map, "status")->line, "status is stable, test, "
	    "experimental, deprecated or unsupported");
}

static int
check_logsource(const struct rule_reader *r, const struct tree_node *map)
{
	const struct tree_node *node;
	const char *product, *service;

	if (read_needed(r, map, "logsource", &node) == -1)
		return -1;
	if (node->kind != TREE_MAP)
		return rule_fail(r, node->line,
		    "logsource must hold product and service");
	if (read_text(r, node, "product", &product) == -1 ||
	    read_text(r, node, "service", &service) == -1)
		return -1;
	if (strcmp(product, "stripwatch") != 0 || strcmp(service, "session") != 0 ||
	    yaml_tree_get(node, "category") != NULL)
		return rule_fail(r, node->line, "logsource must be product: stripwatch, "
		    "service: session");
	return 0;
}

static int
check_fields(const struct rule_reader *r, const struct tree_node *map)
{
	struct rule_texts fields;

	if (read_texts(r, map, "fields", &fields) == -1)
		return -1;
	for (size_t i = 0; i < fields.count; i++) {
		if (field_find(fields.items[i]) == NULL)
			return rule_fail(r, yaml_tree_get(map, "fields")->line,
			    "sessions have no field '%s'",
			    rule_shown(r, fields.items[i]));
	}
	return 0;
}

static int
read_positive(const struct rule_reader *r, const struct tree_node *map, const char *key,
    uint32_t *number_r)
{
	const struct tree_node *node;
	int64_t number;

	if (read_needed(r, map, key, &node) == -1)
		return -1;
	if (node->kind != TREE_TEXT ||
	    yaml_tree_plain(node, &number) != TREE_PLAIN_NUMBER ||
	    number < 1 || number > INT32_MAX)
		return rule_fail(r, node->line, "%s must be a whole number above 0", key);
	*number_r = (uint32_t)number;
	return 0;
}

static int
read_technique(const struct rule_reader *r, const struct tree_node *custom,
    struct rule *rule)
{
	const char *id;

	if (read_text(r, custom, "technique", &id) == -1)
		return -1;
	rule->technique = technique_by_id(id);
	if (id[0] != '\0' && rule->technique == TECHNIQUE_NONE)
		return rule_fail(r, yaml_tree_get(custom, "technique")->line,
		    "unknown technique '%s'", rule_shown(r, id));
	return 0;
}

static int
check_keys(const struct rule_reader *r, const struct tree_node *map,
    const char *const *known)
{
	for (const struct tree_entry *e = map->first; e != NULL; e = e->next) {
		const char *const *word = known;

		while (*word != NULL && strcmp(*word, e->key) != 0)
			word++;
		if (*word == NULL)
			return rule_fail(r, e->line, "unknown key '%s'",
			    rule_shown(r, e->key));
	}
	return 0;
}

/* What Sigma has no words for: the numbers and the category of our alerts. */
static int
read_custom(const struct rule_reader *r, const struct tree_node *map, struct rule *rule)
{
	static const char *const known[] = { "sid", "rev", "category", "technique",
		NULL };
	const struct tree_node *custom, *category;

	if (read_needed(r, map, "custom", &custom) == -1)
		return -1;
	if (custom->kind != TREE_MAP)
		return rule_fail(r, custom->line,
		    "custom must hold sid, rev and category");
	if (check_keys(r, custom, known) == -1 ||
	    read_positive(r, custom, "sid", &rule->sid) == -1 ||
	    read_positive(r, custom, "rev", &rule->rev) == -1 ||
	    read_technique(r, custom, rule) == -1 ||
	    read_needed(r, custom, "category", &category) == -1)
		return -1;
	if (category->kind != TREE_TEXT ||
	    !category_by_name(category->text, &rule->category))
		return rule_fail(r, category->line, "category is downgrade, injection, "
		    "exposure, tls or policy");
	return 0;
}

static bool
is_about_findings(const struct rule_test *test)
{
	return strcmp(field_name(test->field), "starttls.findings") == 0;
}

/*
 * By Kleene, where something was found or nothing was, and no more is known of the session.
 * A list that is not there has nothing in it.
 */
static enum rule_answer
answer_where(const struct rule_expression *e, bool found)
{
	const bool both = e->kind == RULE_AND;
	enum rule_answer answer = both ? RULE_YES : RULE_NO;

	if (e->kind == RULE_TEST) {
		if (!is_about_findings(e->test))
			return RULE_CANNOT_TELL;
		if (e->test->kind == RULE_TEST_EXISTS)
			return rule_answer_of(e->test->expected == found);
		return found ? RULE_CANNOT_TELL : RULE_NO;
	}
	if (e->kind == RULE_NOT)
		return rule_answer_not(answer_where(e->parts[0], found));
	for (size_t i = 0; i < e->count; i++) {
		const enum rule_answer part = answer_where(e->parts[i], found);

		if (both ? part < answer : part > answer)
			answer = part;
	}
	return answer;
}

static int
read_detection(const struct rule_reader *r, const struct tree_node *map,
    struct rule *rule)
{
	const struct tree_node *detection, *condition;
	struct rule_detection *first;

	if (read_needed(r, map, "detection", &detection) == -1)
		return -1;
	if (detection->kind != TREE_MAP)
		return rule_fail(r, detection->line, "detection must hold searches and a "
		    "condition");
	if (rule_detections_read(r, detection, &first) == -1 ||
	    read_needed(r, detection, "condition", &condition) == -1)
		return -1;
	rule->detections = first;
	if (rule_condition_read(r, condition, first, &rule->condition) == -1)
		return -1;
	rule->if_nothing_found = answer_where(rule->condition, true) == RULE_NO;
	rule->if_found = answer_where(rule->condition, false) == RULE_NO;
	return 0;
}

int
rule_read(const struct rule_reader *r, const struct tree_node *map, struct rule *rule_r)
{
	/* of these, what is not read below is for people and other programs */
	static const char *const known[] = { "title", "id", "name", "related", "taxonomy",
		"status", "description", "license", "author", "references", "date",
		"modified", "logsource", "detection", "fields", "falsepositives", "level",
		"tags", "scope", "custom", NULL };

	*rule_r = (struct rule){ .file = r->file, .line = map->line };
	if (map->kind != TREE_MAP)
		return rule_fail(r, map->line,
		    "a rule is a map that begins with its title");
	if (check_keys(r, map, known) == -1 ||
	    read_title(r, map, rule_r) == -1 ||
	    read_id(r, map, rule_r) == -1 ||
	    read_status(r, map, rule_r) == -1 ||
	    read_text(r, map, "description", &rule_r->description) == -1 ||
	    read_level(r, map, rule_r) == -1 ||
	    check_logsource(r, map) == -1 ||
	    read_texts(r, map, "tags", &rule_r->tags) == -1 ||
	    read_texts(r, map, "references", &rule_r->references) == -1 ||
	    read_texts(r, map, "falsepositives", &rule_r->falsepositives) == -1 ||
	    check_fields(r, map) == -1 ||
	    read_custom(r, map, rule_r) == -1)
		return -1;
	return read_detection(r, map, rule_r);
}
