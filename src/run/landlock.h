/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_LANDLOCK_H
#define RUN_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Landlock (Linux 5.13 and later): from here on this process may open nothing in any file
 * system, bind and connect no TCP socket (6.7), and reach no process outside by signals or
 * abstract sockets (6.12), beside what is listed. There is no way back.
 */
struct landlock_paths {
	const char *const *read;	/* files, or folders and all that is in them */
	size_t read_count;
	const char *const *write;	/* the same, to be read, written, made and removed */
	size_t write_count;
	bool network;			/* leave TCP and signals alone */
};

/*
 * 1 when it holds, 0 when this kernel has no Landlock or it is switched off. -1 with *e
 * set when a path is not there, or it failed. Needs no_new_privs to be set before.
 */
int landlock_enter(const struct landlock_paths *paths, struct err *e);

#endif
