/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rule files and directories of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "judge/rule_parts.h"

enum { PATH_SIZE = 4096 };

/* The whole file, to be freed; one byte too many is read, so that too long is seen. */
static int
read_file(const char *path, int fd, char **text_r, size_t *n_r, struct err *e)
{
	size_t room = RULE_FILE_MAX + 1;
	char *text = malloc(room);
	size_t used = 0;
	ssize_t got = 1;

	if (text == NULL)
		return err_set_errno(e, "%s", path);
	while (used < room && got != 0) {
		got = read(fd, text + used, room - used);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1) {
			free(text);
			return err_set_errno(e, "%s", path);
		}
		used += (size_t)got;
	}
	*text_r = text;
	*n_r = used;
	return 0;
}

int
rule_file_read(const char *path, char **text_r, size_t *n_r, struct err *e)
{
	/* a pipe that nobody writes to must not stop the program */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), result;
	struct stat st;

	*text_r = NULL;
	*n_r = 0;
	if (fd == -1)
		return err_set_errno(e, "%s", path);
	if (fstat(fd, &st) == -1)
		result = err_set_errno(e, "%s", path);
	else if (!S_ISREG(st.st_mode))
		result = err_set(e, "%s: not a regular file", path);
	else
		result = read_file(path, fd, text_r, n_r, e);
	close(fd);
	return result;
}

int
rule_set_add_file(struct rule_set *set, const char *path, struct err *e)
{
	char *text;
	size_t n;
	int result = rule_file_read(path, &text, &n, e);

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
