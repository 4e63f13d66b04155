/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/waiting.h"

#include <stdlib.h>

/* A ring: numbers count up for ever, places are found by their remainder. */
struct waiting {
	uint64_t first, end;
	uint64_t hurried;
	struct waiter places[WAITING_MAX];
};

struct waiting *
waiting_new(struct err *e)
{
	struct waiting *w = calloc(1, sizeof(*w));

	if (w == NULL)
		err_set_errno(e, "places for %d sessions", (int)WAITING_MAX);
	return w;
}

bool
waiting_is_full(const struct waiting *w)
{
	return w->end - w->first == WAITING_MAX;
}

void
waiting_add(struct waiting *w, const struct waiter *waiter)
{
	w->places[w->end++ % WAITING_MAX] = *waiter;
}

struct waiter *
waiting_take(struct waiting *w, int64_t now_ns)
{
	struct waiter *waiter = &w->places[w->first % WAITING_MAX];

	if (w->first == w->end)
		return NULL;
	if (waiter->due_ns > now_ns) {
		if (!waiting_is_full(w))
			return NULL;
		w->hurried++;
	}
	w->first++;
	return waiter;
}

void
waiting_counters(const struct waiting *w, counter_visit *visit, void *ctx)
{
	visit(ctx, "waiting.hurried", w->hurried);
}

void
waiting_free(struct waiting **w)
{
	free(*w);
	*w = NULL;
}
