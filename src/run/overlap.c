/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/overlap.h"

#include <stdio.h>
#include <stdlib.h>
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

	const bool there = look_at(output, STDOUT_FILENO, &out);

	/* a terminal or a pipe may well be both */
	if (there && !S_ISREG(out.st_mode))
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (there ? look_at(files[i], STDIN_FILENO, &in) && in.st_dev == out.st_dev &&
		    in.st_ino == out.st_ino : output != NULL && strcmp(files[i], output) == 0)
			return err_set(e, "%s: is to be read, and events would be written to "
			    "it; name another file for them", files[i]);
	}
	return 0;
}

/* Where it lies, whatever leads there: the file itself need not be there. NULL: nowhere. */
static char *
place_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	char *folder = slash != NULL ? strndup(path, (size_t)(name - path)) : strdup(".");
	char *real = folder != NULL ? realpath(folder, NULL) : NULL;
	const size_t size = real != NULL ? strlen(real) + strlen(name) + 2 : 0;
	char *place = size > 0 ? malloc(size) : NULL;

	if (place != NULL)
		snprintf(place, size, "%s/%s", real, name);
	free(folder);
	free(real);
	return place;
}

bool
overlap_same(const char *path, const char *other)
{
	char *place, *other_place;
	struct stat a, b;
	bool same;

	if (stat(path, &a) == 0 && stat(other, &b) == 0)
		return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	place = place_of(path);
	other_place = place_of(other);
	same = place != NULL && other_place != NULL ? strcmp(place, other_place) == 0 :
	    strcmp(path, other) == 0;
	free(place);
	free(other_place);
	return same;
}
