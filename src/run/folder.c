/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/folder.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *
parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

char *
folder_of(const char *path)
{
	return is_folder(path) ? strdup(path) : parent_of(path);
}

char *
folder_at_hand(const char *path)
{
	char *folder = folder_of(path);

	/* "." and "/" are always there, or nothing is */
	while (folder != NULL && strlen(folder) > 1 && !is_folder(folder)) {
		char *parent = parent_of(folder);

		free(folder);
		folder = parent;
	}
	return folder;
}
