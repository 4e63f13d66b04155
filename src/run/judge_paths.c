/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/judge_paths.h"

#include <stdlib.h>

#include "run/folder.h"
#include "run/sandbox.h"

int
judge_paths_lock(const struct settings *s, struct err *e)
{
	char **read = calloc(s->rules.count + 1, sizeof(*read));
	char *write = s->baseline != NULL ? folder_of(s->baseline) : NULL;
	struct sandbox_plan plan = { .duty = DUTY_JUDGE };
	enum sandbox sandbox;
	size_t n = 0;
	int result;

	if (read == NULL) {
		free(write);
		return err_set_errno(e, "judge");
	}
	for (; n < s->rules.count; n++)
		read[n] = folder_of(s->rules.items[n]);
	if (s->policy != NULL)
		read[n++] = folder_of(s->policy);
	plan.paths = (struct landlock_paths){
		.read = (const char *const *)read, .read_count = n,
		.write = (const char *const *)&write, .write_count = write != NULL,
	};
	result = sandbox_enter(&plan, &sandbox, e);
	while (n > 0)
		free(read[--n]);
	free(read);
	free(write);
	return result;
}
