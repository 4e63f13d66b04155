/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/progress.h"

#include <stdio.h>

enum {
	CALLS_BETWEEN_LOOKS = 256,	/* the clock is not asked each time */
	BAR_WIDTH = 40,
	STEP_NS = 200 * 1000 * 1000,
};

static bool
is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

void
progress_start(struct progress *p, bool on)
{
	*p = (struct progress){ .on = on };
	clock_gettime(CLOCK_MONOTONIC, &p->next);
	p->next.tv_sec++;
}

bool
progress_due(struct progress *p)
{
	struct timespec now;

	if (!p->on || ++p->skip < CALLS_BETWEEN_LOOKS)
		return false;
	p->skip = 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (is_before(&now, &p->next))
		return false;
	p->next = now;
	p->next.tv_nsec += STEP_NS;
	if (p->next.tv_nsec >= 1000000000) {
		p->next.tv_nsec -= 1000000000;
		p->next.tv_sec++;
	}
	return true;
}

void
progress_show(struct progress *p, uint64_t done_bytes, uint64_t total_bytes)
{
	int filled = 0;

	p->shown = true;
	if (total_bytes == 0) {
		fprintf(stderr, "\r%llu MB read", (unsigned long long)(done_bytes / 1000000));
		return;
	}
	if (done_bytes > total_bytes)
		done_bytes = total_bytes;
	filled = (int)(done_bytes * BAR_WIDTH / total_bytes);
	fprintf(stderr, "\r[%.*s%*s] %3d%% of %llu MB", filled,
	    "########################################", BAR_WIDTH - filled, "",
	    (int)(done_bytes * 100 / total_bytes),
	    (unsigned long long)(total_bytes / 1000000));
}

void
progress_clear(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r%*s\r", BAR_WIDTH + 30, "");
	p->shown = false;
}
