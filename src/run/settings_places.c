/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "run/settings.h"

void
settings_note_place(struct settings *s, const struct settings_key *key, const char *file,
    unsigned line)
{
	const size_t index = (size_t)(key - settings_key(0));

	s->file = file != NULL ? file : s->file;
	if (index < SETTINGS_KEYS_MAX)
		s->lines[index] = line;
}

int
settings_blame(const struct settings *s, const char *name, struct err *e)
{
	const struct err why = *e;
	const struct settings_key *key;

	for (size_t i = 0; (key = settings_key(i)) != NULL && i < SETTINGS_KEYS_MAX; i++) {
		if (s->lines[i] > 0 && strcmp(key->name, name) == 0)
			return err_set(e, "%s:%u: %s: %.300s", s->file, s->lines[i], name,
			    why.text);
	}
	return -1;
}
