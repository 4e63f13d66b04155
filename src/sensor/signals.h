/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_SIGNALS_H
#define SENSOR_SIGNALS_H

#include "base/err.h"

/*
 * Signals as something to read, beside other descriptors, and never in the midst of
 * something. Those that ask for something do nothing where nobody asked for them: a
 * terminal's Control-C goes to every process, and the supervisor tells the others.
 */

/* A descriptor for these (0-terminated), to be polled; -1 with *e set. */
int signals_open(const int *numbers, struct err *e);

/* The next one that came, without waiting; 0 when there is none. */
int signals_next(int fd);

#endif
