/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_WRITER_PATHS_H
#define SENSOR_WRITER_PATHS_H

#include "base/err.h"
#include "run/outputs.h"
#include "sensor/sensor.h"

/*
 * Lock the writer in once its outputs are open: it may make, write and put aside files in
 * the folders of its outputs and spools and in that of evidence, and where an output leaves by
 * a network read what looking up names and checking certificates takes; where one is down because
 * its certificates were not there, also their folders. 0, or -1 with *e set.
 */
int writer_paths_lock(const struct sensor *s, const struct outputs *outputs, struct err *e);

#endif
