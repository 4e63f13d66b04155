/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

/*
 * Messages for the person at the terminal: one line each on standard error,
 * with the program's name before them. What could steer a terminal, in the name of
 * a file for instance, is escaped. Events never come this way.
 */

/*
 * From now on, here and in all that is forked: a message for which standard error has no room
 * is dropped. For processes that must go on when nobody reads what they say.
 */
void log_never_wait(void);

/* So many messages of this process were dropped. */
uint64_t log_dropped(void);

/* A warning with the text of errno behind it. */
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A warning that has nothing to do with errno. */
void log_warnx(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same about how a subcommand was called: "stripwatch read: ...". */
void log_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
