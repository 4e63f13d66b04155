/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PLACES_H
#define RUN_PLACES_H

#include "base/err.h"
#include "sensor/sensor.h"

/*
 * Are the baseline, the spools, the folder of evidence and the socket of metrics what
 * "stripwatch watch" can use? Changes nothing, and asks for nothing that a sensor which
 * is running has already. -1 with *e set, which names the key where a file set it.
 */
int places_check(const struct sensor *s, struct err *e);

#endif
