/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/rotate.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int
name_aside(char name_r[PATH_MAX], const char *path, unsigned number, struct err *e)
{
	int n = number == 0 ? snprintf(name_r, PATH_MAX, "%s", path) :
	    snprintf(name_r, PATH_MAX, "%s.%u", path, number);

	if (n < 0 || n >= PATH_MAX)
		return err_set(e, "%s: the name is too long to be put aside", path);
	return 0;
}

int
rotate_files(const char *path, unsigned keep, struct err *e)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (keep == 0 && unlink(path) < 0)
		return err_set_errno(e, "%s: cannot be removed", path);
	/* from the oldest on: the last one kept is written over by rename(2) */
	for (unsigned number = keep; number > 0; number--) {
		if (name_aside(from, path, number - 1, e) < 0 ||
		    name_aside(to, path, number, e) < 0)
			return -1;
		if (rename(from, to) < 0 && errno != ENOENT)
			return err_set_errno(e, "%s: cannot be renamed to %s", from, to);
	}
	return 0;
}
