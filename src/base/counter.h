/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_COUNTER_H
#define BASE_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A number with its dotted name, e.g. "decode.checksum": every room hands its
 * own to whoever writes statistics, so that none is forgotten there.
 */
struct counter {
	const char *name;
	uint64_t value;
};

/* Called once for each counter of a room. */
typedef void counter_visit(void *ctx, const char *name, uint64_t value);

/* One that can become less, like "flow.active" or "sink.NAME.queued"; all else only grows. */
bool counter_is_level(const char *name);

#endif
