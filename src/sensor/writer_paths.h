/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_WRITER_PATHS_H
#define RUN_WRITER_PATHS_H

#include "base/err.h"
#include "sensor/sensor.h"

/*
 * Lock the writer in once its outputs are open: it may make, write and put aside files in
 * the folders of its outputs and spools and in that of evidence, and where an output leaves by
 * a network read what looking up names and checking certificates takes. 0, or -1 with *e set.
 */
int writer_paths_lock(const struct sensor *s, struct err *e);

#endif
