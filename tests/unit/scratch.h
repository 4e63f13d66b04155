/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

/*
 * For tests that write files: a folder of their own, in which they run and which goes with
 * them, and disks that are full. Neither a reader that leaves nor such a disk ends them.
 */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static char scratch_folder[] = "scratch-XXXXXX";

/* Set-up and tear-down of a group of tests. */
static inline int
scratch_enter(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return mkdtemp(scratch_folder) != NULL && chdir(scratch_folder) == 0 ? 0 : -1;
}

static inline int
scratch_leave(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", scratch_folder);
	return chdir("..") == 0 && system(command) == 0 ? 0 : -1;
}

/* Files that would grow beyond that cannot be written from now on. */
static inline void
scratch_limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
