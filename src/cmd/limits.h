/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_LIMITS_H
#define CMD_LIMITS_H

#include "run/read.h"

/* How "--limit NAME=N" names the tables that may be larger or smaller. */

/* What holds where nothing is said. */
struct read_limits limits_default(void);

/* Set the one of that name to what the text says. 0, or -1 after a message. */
int limits_set(const char *command, struct read_limits *limits, const char *name,
    const char *number);

/* The value of --limit, which may be changed: "NAME=N". 0, or -1 after a message. */
int limits_take(const char *command, struct read_limits *limits, char *value);

/* Print the table; returns the exit status. */
int limits_help(void);

#endif
