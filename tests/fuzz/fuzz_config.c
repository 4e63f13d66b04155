/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a configuration: what was understood is shown so that it is understood again. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#include "run/config_file.h"

static char *
shown(const struct settings *s)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct err e;

	if (out == NULL || config_write(s, out, &e) < 0)
		abort();
	fclose(out);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings s, again;
	struct err e;
	char *once, *twice;

	settings_init(&s, SETTINGS_FOR_WATCH);
	settings_init(&again, SETTINGS_FOR_WATCH);
	if (config_read_text(&s, "f", span_of(data, size), &e) == 0) {
		once = shown(&s);
		if (config_read_text(&again, "g", span_text(once), &e) < 0)
			abort();
		twice = shown(&again);
		if (strcmp(once, twice) != 0)
			abort();
		free(once);
		free(twice);
	}
	settings_release(&s);
	settings_release(&again);
	return 0;
}
