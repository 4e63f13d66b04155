/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/yaml_check.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { WORD_MAX = 32, SHOWN_SIZE = 64 };

int
yaml_fault(struct err *e, const char *file, unsigned line, const char *subject,
    const char *what)
{
	char shown[SHOWN_SIZE];

	text_escape(shown, sizeof(shown), span_text(subject));
	return err_set(e, "%s:%u: %s%s%s", file, line, shown, shown[0] != '\0' ? " " : "", what);
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many letters must be put in, left out or changed (Levenshtein). */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[WORD_MAX + 1];
	size_t n = strlen(b);

	if (n > WORD_MAX || strlen(a) > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < n; j++) {
			unsigned changed = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = least(changed, least(row[j], row[j + 1]) + 1);
		}
	}
	return row[n];
}

const char *
yaml_nearest(const char *word, const char *const *words)
{
	const char *nearest = NULL;
	unsigned best = 3;

	for (; *words != NULL; words++) {
		unsigned slips = distance(word, *words);

		if (slips < best && slips * 2 <= strlen(*words)) {
			best = slips;
			nearest = *words;
		}
	}
	return nearest;
}

static int
unknown_key(const char *file, const struct tree_entry *entry, const char *const *keys,
    struct err *e)
{
	const char *meant = yaml_nearest(entry->key, keys);
	char what[2 * SHOWN_SIZE];

	snprintf(what, sizeof(what), "is no key that is known here%s%s%s",
	    meant != NULL ? "; is it " : "", meant != NULL ? meant : "",
	    meant != NULL ? "?" : "");
	return yaml_fault(e, file, entry->line, entry->key, what);
}

int
yaml_only_keys(const char *file, const struct tree_node *map, const char *const *keys,
    struct err *e)
{
	if (map->kind != TREE_MAP)
		return yaml_fault(e, file, map->line, "", "a map of keys is wanted here");
	for (const struct tree_entry *entry = map->first; entry != NULL; entry = entry->next) {
		size_t i = 0;

		while (keys[i] != NULL && strcmp(keys[i], entry->key) != 0)
			i++;
		if (keys[i] == NULL)
			return unknown_key(file, entry, keys, e);
	}
	return 0;
}
