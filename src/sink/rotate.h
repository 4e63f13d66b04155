/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_ROTATE_H
#define SINK_ROTATE_H

#include <stdint.h>

#include "base/err.h"

/*
 * Which stretch of time a clock stands in: they begin at multiples of length_s since
 * 1970 (a day at midnight, UTC), so that a restart changes nothing. 0 where length_s is 0.
 */
static inline int64_t
rotate_period(int64_t length_s, int64_t wall_s)
{
	return length_s > 0 ? wall_s / length_s : 0;
}

/*
 * Put a file aside: PATH.1 becomes PATH.2 and so on, then PATH becomes PATH.1; the
 * one after the last that is kept is removed. With keep 0 PATH itself is removed. 0, or
 * -1 with *e set; PATH is then as it was.
 */
int rotate_files(const char *path, unsigned keep, struct err *e);

#endif
