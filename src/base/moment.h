/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdint.h>
#include <time.h>

/*
 * The sensor's own clocks, for what is not about packets: when to try again, when to
 * begin a new file. Handed down from the loop, so that tests can say what time it is.
 */
struct moment {
	int64_t steady_ns;	/* never goes back; only differences mean something */
	int64_t wall_s;		/* since 1970-01-01T00:00:00Z */
};

static inline struct moment
moment_now(void)
{
	struct timespec steady, wall;

	clock_gettime(CLOCK_MONOTONIC, &steady);
	clock_gettime(CLOCK_REALTIME, &wall);
	return (struct moment){
		.steady_ns = (int64_t)steady.tv_sec * INT64_C(1000000000) + steady.tv_nsec,
		.wall_s = wall.tv_sec,
	};
}

#endif
