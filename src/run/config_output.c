/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One output as a map: "to" is what stands before the "?" of a description on the command
 * line, and every other key is one of those behind it. The map becomes such a description.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/config_parts.h"
#include "run/output_spec.h"

/* Bytes that mean nothing but themselves; all others are written as %XX. */
static void
put_encoded(FILE *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_-./:,@+";

	for (; *text != '\0'; text++) {
		if (strchr(plain, *text) != NULL)
			fputc(*text, out);
		else
			fprintf(out, "%%%02x", (unsigned char)*text);
	}
}

/* A path without a kind may hold anything; keys can only follow a kind. */
static void
put_target(FILE *out, const char *to)
{
	struct output_spec spec;
	struct err unused;
	bool path = false;

	if (output_spec_parse(&spec, to, &unused) == 0) {
		path = spec.delivery.sink.kind == SINK_FILE && strncmp(to, "file:", 5) != 0;
		output_spec_release(&spec);
	}
	if (!path) {
		fputs(to, out);
		return;
	}
	fputs("file:", out);
	put_encoded(out, to);
}

/* A value, or a list of them as one text with commas. False when it is neither. */
static bool
put_value(FILE *out, const struct tree_node *node)
{
	if (node->kind == TREE_TEXT) {
		put_encoded(out, node->text);
		return true;
	}
	if (node->kind != TREE_LIST)
		return false;
	for (const struct tree_entry *entry = node->first; entry != NULL; entry = entry->next) {
		if (entry->value->kind != TREE_TEXT)
			return false;
		if (entry != node->first)
			fputc(',', out);
		put_encoded(out, entry->value->text);
	}
	return true;
}

/* NULL, or the entry that cannot be written so. */
static const struct tree_entry *
put_output(FILE *out, const struct tree_node *map, const char *to)
{
	const char *mark = "?";

	put_target(out, to);
	for (const struct tree_entry *entry = map->first; entry != NULL; entry = entry->next) {
		if (strcmp(entry->key, "to") == 0)
			continue;
		fprintf(out, "%s%s=", mark, entry->key);
		if (!put_value(out, entry->value))
			return entry;
		mark = "&";
	}
	return NULL;
}

int
config_output_text(const struct config_reader *r, const struct tree_node *map,
    const char **text_r)
{
	const struct tree_node *to = yaml_tree_get(map, "to");
	const struct tree_entry *wrong;
	char *text = NULL;
	size_t n;
	FILE *out;

	if (to == NULL || to->kind != TREE_TEXT || to->text[0] == '\0')
		return yaml_fault(r->e, r->name, map->line, "to", "is missing: where events go");
	if (strchr(to->text, '?') != NULL)
		return yaml_fault(r->e, r->name, to->line, to->text,
		    "has a ?; keys stand beside \"to\" here");
	out = open_memstream(&text, &n);
	if (out == NULL)
		return err_set_errno(r->e, "%s", r->name);
	wrong = put_output(out, map, to->text);
	fclose(out);
	*text_r = arena_text(r->settings->arena, text, n);
	free(text);
	return wrong == NULL ? 0 : yaml_fault(r->e, r->name, wrong->line, wrong->key,
	    "wants one value, or a list of them");
}
