/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/excerpts.h"

#include <string.h>

static const char *const names[EXCERPTS] = { "full", "verbs", "off" };

int
excerpts_parse(const char *word, enum excerpts *excerpts_r, struct err *e)
{
	for (int i = 0; i < EXCERPTS; i++) {
		if (strcmp(word, names[i]) == 0) {
			*excerpts_r = (enum excerpts)i;
			return 0;
		}
	}
	return err_set(e, "say full, verbs or off");
}

const char *
excerpts_name(enum excerpts excerpts)
{
	return names[excerpts];
}
