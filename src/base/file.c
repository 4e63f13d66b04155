/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* One byte too many is read, so that too long is seen. */
static int
read_all(const char *path, int fd, size_t max, char *text, size_t *n_r, struct err *e)
{
	ssize_t got = 1;

	while (*n_r <= max && got != 0) {
		got = read(fd, text + *n_r, max + 1 - *n_r);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return err_set_errno(e, "%s", path);
		*n_r += (size_t)got;
	}
	return *n_r <= max ? 0 : err_set(e, "%s: longer than %zu bytes", path, max);
}

static int
read_regular(const char *path, int fd, size_t max, char **text_r, size_t *n_r, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_set_errno(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, "%s: not a regular file", path);
	*text_r = malloc(max + 1);
	if (*text_r == NULL)
		return err_set_errno(e, "%s", path);
	return read_all(path, fd, max, *text_r, n_r, e);
}

int
file_read(const char *path, size_t max, char **text_r, size_t *n_r, struct err *e)
{
	/* a pipe that nobody writes to must not stop the program */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), result;

	*text_r = NULL;
	*n_r = 0;
	if (fd == -1)
		return err_set_errno(e, "%s", path);
	result = read_regular(path, fd, max, text_r, n_r, e);
	close(fd);
	if (result < 0) {
		free(*text_r);
		*text_r = NULL;
	}
	return result;
}
