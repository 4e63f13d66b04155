/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_INTERRUPT_H
#define RUN_INTERRUPT_H

#include <stdbool.h>

/*
 * From now on SIGINT and SIGTERM, unless they were ignored, end the reading and not
 * the program: calls that wait for input fail with EINTR. A second one of the same
 * kind ends the program.
 */
void interrupt_catch(void);

/* SIGUSR1, too: what a parent sends in place of those that came to it. */
void interrupt_catch_parent(void);

/* Has one come? */
bool interrupt_came(void);

#endif
