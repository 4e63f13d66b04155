/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_RETRY_H
#define SINK_RETRY_H

#include <stdint.h>

/* When to try again: at once, then after a quarter of a second, and twice as long each time. */
#define RETRY_FIRST_NS (INT64_C(250) * 1000000)
#define RETRY_LAST_NS (INT64_C(30) * 1000000000)

/* All zero: at once. */
struct retry {
	int64_t at_ns;		/* of the steady clock; not before that */
	int64_t gap_ns;		/* before the last attempt, or 0 */
};

static inline void
retry_reset(struct retry *r)
{
	*r = (struct retry){ 0, 0 };
}

/* It failed: try later. */
void retry_later(struct retry *r, int64_t now_ns);

#endif
