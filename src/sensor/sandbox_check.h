/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_SANDBOX_CHECK_H
#define SENSOR_SANDBOX_CHECK_H

#include "run/read.h"

/*
 * Show what a process that reads the wire cannot do: each thing is tried by a process of
 * its own, first free and then locked in, and what became of it is printed. EXIT_ALL_READ
 * when every restriction holds, EXIT_INTERNAL when one does not.
 */
enum exit_status sandbox_check_run(void);

#endif
