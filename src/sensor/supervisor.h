/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_SUPERVISOR_H
#define SENSOR_SUPERVISOR_H

#include "base/err.h"
#include "run/read.h"
#include "sensor/sensor.h"

/*
 * Start the processes of the sensor, replace those that end, hand signals on and keep
 * the clock of the statistics, until SIGTERM or SIGINT. Reads no packet and no message of
 * a worker. *e is set for EXIT_INTERNAL, with an empty text where the process that
 * could not start has said why.
 */
enum exit_status supervisor_run(const struct sensor *sensor, struct err *e);

#endif
