/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/judge_paths.h"

#include <stdlib.h>

#include "run/folder.h"
#include "run/sandbox.h"

int
judge_paths_lock(const struct settings *s, struct err *e)
{
	/* it may be a link to another folder */
	char *real = s->baseline != NULL ? realpath(s->baseline, NULL) : NULL;
	char *write[2] = { NULL, NULL };
	struct sandbox_plan plan = { .duty = DUTY_JUDGE };
	enum sandbox sandbox;
	size_t n = 0;
	int result;

	if (s->baseline != NULL)
		write[n++] = folder_of(s->baseline);
	if (real != NULL)
		write[n++] = folder_of(real);
	plan.paths.write = (const char *const *)write;
	plan.paths.write_count = n;
	result = sandbox_enter(&plan, &sandbox, e);
	while (n > 0)
		free(write[--n]);
	free(real);
	return result;
}
