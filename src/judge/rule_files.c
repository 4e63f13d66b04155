/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rule files and directories of them. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "judge/rule_parts.h"

enum { PATH_SIZE = 4096 };

int
rule_set_add_file(struct rule_set *set, const char *path, struct err *e)
{
	char *text;
	size_t n;
	int result = file_read(path, RULE_FILE_MAX, &text, &n, e);

	if (result == 0)
		result = rule_set_add(set, path, span_of(text, n), e);
	free(text);
	return result;
}

static int
is_rule_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot != NULL &&
	    (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
}

static int
visit_directory(const char *path, rule_file_visit *visit, void *ctx, struct err *e)
{
	const char *slash = path[0] != '\0' && path[strlen(path) - 1] == '/' ? "" : "/";
	struct dirent **entries;
	int n = scandir(path, &entries, is_rule_file, alphasort), result = 0;

	if (n == -1)
		return err_set_errno(e, "%s", path);
	if (n == 0)
		result = err_set(e, "%s: no *.yml or *.yaml file", path);
	for (int i = 0; i < n; i++) {
		char name[PATH_SIZE];

		if (result == 0 && (size_t)snprintf(name, sizeof(name), "%s%s%s", path, slash,
		    entries[i]->d_name) >= sizeof(name))
			result = err_set(e, "%s: path too long", path);
		if (result == 0)
			result = visit(ctx, name, e);
		free(entries[i]);
	}
	free(entries);
	return result;
}

int
rule_files_visit(const char *path, rule_file_visit *visit, void *ctx, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return err_set_errno(e, "%s", path);
	return S_ISDIR(st.st_mode) ? visit_directory(path, visit, ctx, e) :
	    visit(ctx, path, e);
}

static int
add_file(void *set, const char *path, struct err *e)
{
	return rule_set_add_file(set, path, e);
}

int
rule_set_add_path(struct rule_set *set, const char *path, struct err *e)
{
	return rule_files_visit(path, add_file, set, e);
}
