/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int
descriptor_keep_standard(struct err *e)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* the wrong way round, so that using it fails; open() takes the lowest free one */
		int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", flags) != fd)
			return err_set_errno(e, "descriptor %d is closed, and /dev/null cannot "
			    "take its place", fd);
	}
	return 0;
}

/* A kernel before 5.9 has to be told one by one. */
static void
close_range_of(unsigned first, unsigned last)
{
	long limit = sysconf(_SC_OPEN_MAX);

	if (first > last || close_range(first, last, 0) == 0)
		return;
	for (unsigned fd = first; fd <= last && (long)fd < limit; fd++)
		close((int)fd);
}

void
descriptor_keep_only(int fd)
{
	close_range_of(STDERR_FILENO + 1, (unsigned)fd - 1);
	close_range_of((unsigned)fd + 1, ~0U);
}
