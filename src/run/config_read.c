/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "run/config_file.h"
#include "run/config_parts.h"

enum { KEYS_MAX = SETTINGS_KEYS_MAX, NAME_SIZE = 48 };

/* "limits" of "limits.servers", or nothing. */
static struct span
group_of(const struct settings_key *key)
{
	const char *dot = strchr(key->name, '.');

	return dot != NULL ? span_of(key->name, (size_t)(dot - key->name)) : span_text("");
}

/*
 * The words that may stand in a group, or on top ("", where groups count as words), as
 * yaml_only_keys() takes them. They are copied into the arena; few enough to do it twice.
 */
static void
words_of(const struct config_reader *r, const char *group, const char *words_r[KEYS_MAX])
{
	const struct settings_key *key;
	size_t n = 0;

	for (size_t i = 0; (key = settings_key(i)) != NULL && n + 1 < KEYS_MAX; i++) {
		struct span own = group_of(key);
		struct span word = span_text(key->name);

		if (group[0] != '\0' && !span_is(own, group))
			continue;
		if (group[0] != '\0')
			word = span_tail(word, own.n + 1);
		else if (own.n > 0)
			word = own;
		if (n == 0 || !span_is(word, words_r[n - 1]))
			words_r[n++] = arena_text(r->settings->arena, (const char *)word.p, word.n);
	}
	words_r[n] = NULL;
}

/* FILE:LINE: KEY TEXT: what should have been said. */
static int
fault(const struct config_reader *r, unsigned line, const char *key, const char *text,
    const struct err *why)
{
	char shown[64];

	text_escape(shown, sizeof(shown), span_text(text));
	return err_set(r->e, "%s:%u: %s%s%s: %.300s", r->name, line, key,
	    shown[0] != '\0' ? " " : "", shown, why->text);
}

static int
set_text(const struct config_reader *r, const struct settings_key *key,
    const struct tree_node *node)
{
	struct err why = { "" };

	if (node->kind != TREE_TEXT)
		return yaml_fault(r->e, r->name, node->line, key->name, "wants one value");
	if (settings_set(r->settings, key, node->text, &why) == 0)
		return 0;
	return fault(r, node->line, key->name, node->text, &why);
}

static bool
is_unsaid(const struct tree_node *node)
{
	return node->kind == TREE_TEXT && !node->quoted && node->text[0] == '\0';
}

/* A text of a map that describes one item; NULL where it is not there. */
static int
part_of(const struct config_reader *r, const struct tree_node *map, const char *key,
    const char **text_r)
{
	const struct tree_node *node = yaml_tree_get(map, key);

	*text_r = NULL;
	if (node == NULL || is_unsaid(node))
		return 0;
	if (node->kind != TREE_TEXT || node->text[0] == '\0')
		return yaml_fault(r->e, r->name, node->line, key, "wants one value");
	*text_r = node->text;
	return 0;
}

/* { name: eth0, tap: outside } */
static int
add_interface(const struct config_reader *r, const struct tree_node *map)
{
	static const char *const words[] = { "name", "tap", NULL };
	struct settings_interface added;
	struct err why = { "" };

	if (yaml_only_keys(r->name, map, words, r->e) < 0 ||
	    part_of(r, map, "name", &added.name) < 0 || part_of(r, map, "tap", &added.tap) < 0)
		return -1;
	if (added.name == NULL)
		return yaml_fault(r->e, r->name, map->line, "name", "is missing");
	if (settings_add_interface(r->settings, added, &why) == 0)
		return 0;
	return fault(r, map->line, "interfaces", added.name, &why);
}

/* { to: file:/var/log/eve.json, types: [alert, stats] } */
static int
add_output(const struct config_reader *r, const struct settings_key *key,
    const struct tree_node *map)
{
	struct err why = { "" };
	const char *text;

	if (config_output_text(r, map, &text) < 0)
		return -1;
	if (settings_set(r->settings, key, text, &why) == 0)
		return 0;
	return fault(r, map->line, key->name, yaml_tree_get(map, "to")->text, &why);
}

static int
add_item(const struct config_reader *r, const struct settings_key *key,
    const struct tree_node *item)
{
	if (item->kind == TREE_MAP && key->kind == SETTINGS_INTERFACES)
		return add_interface(r, item);
	if (item->kind == TREE_MAP && key->kind == SETTINGS_OUTPUTS)
		return add_output(r, key, item);
	return set_text(r, key, item);
}

/* A list, or one item by itself. */
static int
set_list(const struct config_reader *r, const struct settings_key *key,
    const struct tree_node *node)
{
	if (node->kind != TREE_LIST)
		return add_item(r, key, node);
	for (const struct tree_entry *entry = node->first; entry != NULL; entry = entry->next) {
		if (add_item(r, key, entry->value) < 0)
			return -1;
	}
	return 0;
}

/* NULL where the file does not speak of it. */
static const struct tree_node *
node_of(const struct tree_node *root, const struct settings_key *key)
{
	struct span group = group_of(key);
	char name[NAME_SIZE];

	if (group.n == 0)
		return yaml_tree_get(root, key->name);
	text_copy(name, group.n + 1, key->name);
	root = yaml_tree_get(root, name);
	if (root == NULL || root->kind != TREE_MAP)
		return NULL;
	return yaml_tree_get(root, key->name + group.n + 1);
}

/* Nothing but known keys, on top and in each group. */
static int
check_keys(const struct config_reader *r, const struct tree_node *root)
{
	const char *words[KEYS_MAX];

	words_of(r, "", words);
	if (yaml_only_keys(r->name, root, words, r->e) < 0)
		return -1;
	for (const struct tree_entry *entry = root->first; entry != NULL; entry = entry->next) {
		words_of(r, entry->key, words);
		if (words[0] != NULL && !is_unsaid(entry->value) &&
		    yaml_only_keys(r->name, entry->value, words, r->e) < 0)
			return -1;
	}
	return 0;
}

static int
read_document(const struct config_reader *r, const struct tree_node *root)
{
	const struct settings_key *key;
	int result = check_keys(r, root);

	for (size_t i = 0; result == 0 && (key = settings_key(i)) != NULL; i++) {
		const struct tree_node *node = node_of(root, key);

		if (node == NULL || is_unsaid(node))
			continue;
		settings_note_place(r->settings, key, r->name, node->line);
		result = settings_is_list(key->kind) ? set_list(r, key, node) :
		    set_text(r, key, node);
	}
	return result;
}

/* An option that speaks of one of them begins it anew. */
static void
mark_lists(struct settings *s)
{
	s->interfaces.of_file = s->rules.of_file = s->home.of_file = s->outputs.of_file = true;
}

int
config_read_text(struct settings *s, const char *name, struct span text, struct err *e)
{
	const struct config_reader r = { s, arena_text(s->arena, name, strlen(name)), e };
	struct yaml_tree *yaml = yaml_tree_open(name, text, s->arena);
	const struct tree_node *root, *second;
	struct err why = { "" };
	int result = yaml_tree_next(yaml, &root, e);

	s->file = r.name;
	if (result == 1)
		result = read_document(&r, root);
	if (result == 0 && root != NULL && yaml_tree_next(yaml, &second, e) != 0)
		result = second != NULL ? yaml_fault(e, name, second->line, "",
		    "a configuration is one document") : -1;
	if (result == 0 && settings_check(s, &why) < 0)
		result = err_set(e, "%s: %.400s", name, why.text);
	yaml_tree_close(&yaml);
	mark_lists(s);
	return result;
}

int
config_read(struct settings *s, const char *path, struct err *e)
{
	char *text;
	size_t n;
	int result;

	if (file_read(path, CONFIG_FILE_MAX, &text, &n, e) < 0)
		return -1;
	result = config_read_text(s, path, span_of(text, n), e);
	free(text);
	return result;
}
