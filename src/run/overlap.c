/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/overlap.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Standard streams have no path; a link is what it leads to. */
static bool
look_at(const char *path, int standard, struct stat *st_r)
{
	return (path == NULL || strcmp(path, "-") == 0 ? fstat(standard, st_r) :
	    stat(path, st_r)) == 0;
}

int
overlap_check(const char *output, const char *const *files, size_t count, struct err *e)
{
	struct stat out, in;

	/* a terminal or a pipe may well be both */
	if (!look_at(output, STDOUT_FILENO, &out) || !S_ISREG(out.st_mode))
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (look_at(files[i], STDIN_FILENO, &in) && in.st_dev == out.st_dev &&
		    in.st_ino == out.st_ino)
			return err_set(e, "%s: is to be read, and events would be written to "
			    "it; name another file for them", files[i]);
	}
	return 0;
}
