/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_JUDGE_PATHS_H
#define SENSOR_JUDGE_PATHS_H

#include "base/err.h"
#include "sensor/watch.h"

/*
 * Lock the judge in: it may keep its baseline. SQLite puts files beside its own, so it is the
 * folder that stays open. 0, or -1 with *e set.
 */
int judge_paths_lock(const struct settings *settings, struct err *e);

#endif
