/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/twin_wait.h"

#include <stdlib.h>

/* A ring: numbers count up for ever, places are found by their remainder. */
struct twin_wait {
	uint64_t first, end;
	uint64_t hurried;
	struct waiter places[TWIN_WAIT_MAX];
};

struct twin_wait *
twin_wait_new(struct err *e)
{
	struct twin_wait *w = calloc(1, sizeof(*w));

	if (w == NULL)
		err_set_errno(e, "places for %d sessions", (int)TWIN_WAIT_MAX);
	return w;
}

bool
twin_wait_is_full(const struct twin_wait *w)
{
	return w->end - w->first == TWIN_WAIT_MAX;
}

void
twin_wait_add(struct twin_wait *w, const struct waiter *waiter)
{
	w->places[w->end++ % TWIN_WAIT_MAX] = *waiter;
}

struct waiter *
twin_wait_take(struct twin_wait *w, int64_t now_ns)
{
	struct waiter *waiter = &w->places[w->first % TWIN_WAIT_MAX];

	if (w->first == w->end)
		return NULL;
	if (waiter->due_ns > now_ns) {
		if (!twin_wait_is_full(w))
			return NULL;
		w->hurried++;
	}
	w->first++;
	return waiter;
}

void
twin_wait_counters(const struct twin_wait *w, counter_visit *visit, void *ctx)
{
	visit(ctx, "waiting.hurried", w->hurried);
}

void
twin_wait_free(struct twin_wait **w)
{
	free(*w);
	*w = NULL;
}
