/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_WATCH_H
#define SENSOR_WATCH_H

#include "base/err.h"
#include "run/read.h"
#include "run/settings.h"

/*
 * Watch until SIGTERM or SIGINT. EXIT_ALL_READ then; *e is set for EXIT_USAGE and
 * EXIT_INTERNAL, with an empty text where the process that failed has said why.
 */
enum exit_status watch_run(const struct settings *settings, struct err *e);

/*
 * Would that begin? Everything that can be found out without beginning: what the settings
 * name is there, right, and goes together. Root becomes for good the user that is named,
 * since the rights are his; otherwise nothing is said of another's rights. 0, or -1 with *e set.
 */
int watch_check(const struct settings *settings, struct err *e);

#endif
