/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_CLOCK_WATCH_H
#define SENSOR_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Has somebody set the clock that packets are stamped with? Then silence between two of
 * them says nothing. Both clocks are looked at together, from time to time.
 */
struct clock_watch {
	int64_t wall_ns, steady_ns;	/* at the last look; 0: there was none */
};

/* Slewing and a late look are much less than this, and any answer takes longer. */
#define CLOCK_JUMP_NS INT64_C(5000000000)

static inline bool
clock_jumped(struct clock_watch *c, int64_t wall_ns, int64_t steady_ns)
{
	const int64_t apart_ns = (wall_ns - c->wall_ns) - (steady_ns - c->steady_ns);
	const bool first = c->steady_ns == 0;

	*c = (struct clock_watch){ wall_ns, steady_ns };
	return !first && (apart_ns > CLOCK_JUMP_NS || apart_ns < -CLOCK_JUMP_NS);
}

#endif
