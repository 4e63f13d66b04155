/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_PLACES_H
#define SENSOR_PLACES_H

#include <stdbool.h>

#include "base/err.h"
#include "sensor/sensor.h"

/*
 * Are the baseline, the spools, the folder of evidence and the socket of metrics what
 * "stripwatch watch" can use? Changes nothing, and asks for nothing that a sensor which
 * is running has already. Where we are who watches (judges), also whether they may be written.
 * -1 with *e set, which names the key where a file set it.
 */
int places_check(const struct sensor *s, bool judges, struct err *e);

/*
 * Are we who would watch, or can become it? Nobody knows what somebody else may do, and
 * root, where no user is named, may be asked for whoever a service manager starts.
 */
bool places_may_judge(const struct settings *s);

/* Is it, or may it be there, and not for us to read? NULL is nothing. */
bool places_is_hidden(const char *path);

#endif
