/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/retry.h"

#include <sys/random.h>

void
retry_later(struct retry *r, int64_t now_ns)
{
	uint16_t random = 0;

	r->gap_ns = r->gap_ns == 0 ? RETRY_FIRST_NS :
	    r->gap_ns < RETRY_LAST_NS / 2 ? r->gap_ns * 2 : RETRY_LAST_NS;
	/* three quarters of it to five: many sensors must not come back at the same moment */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	r->at_ns = now_ns + r->gap_ns - r->gap_ns / 4 + r->gap_ns / 2 * random / UINT16_MAX;
}
