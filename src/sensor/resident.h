/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_RESIDENT_H
#define SENSOR_RESIDENT_H

#include <stdint.h>

/*
 * How much memory a process has now. Each asks for itself: of others the system may hide it
 * (proc(5), hidepid), and who is locked in opens no file any more.
 */

/* To be called before; a descriptor, or -1 where there is none. */
int resident_open(void);

/* Bytes; 0 when that cannot be read. */
uint64_t resident_bytes(int fd);

#endif
