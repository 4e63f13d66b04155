/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/queue.h"

#include <string.h>

#include "stream/sequence.h"

/* Drop range i; its neighbours move up. */
static void
remove_range(struct queue *q, uint32_t i)
{
	q->count--;
	memmove(q->range + i, q->range + i + 1, (q->count - i) * sizeof(q->range[0]));
}

/* One range out of i and i + 1 when they touch. */
static void
join_with_next(struct queue *q, uint32_t i)
{
	if (i + 1 < q->count && q->range[i].end == q->range[i + 1].start) {
		q->range[i].end = q->range[i + 1].end;
		remove_range(q, i + 1);
	}
}

void
queue_add(struct queue *q, uint32_t start, uint32_t end)
{
	uint32_t i = q->count;

	while (i > 0 && sequence_after(q->range[i - 1].start, start))
		i--;
	memmove(q->range + i + 1, q->range + i, (q->count - i) * sizeof(q->range[0]));
	q->range[i] = (struct queue_range){ .start = start, .end = end };
	q->count++;
	join_with_next(q, i);
	if (i > 0)
		join_with_next(q, i - 1);
}

void
queue_trim(struct queue *q, uint32_t next)
{
	while (q->count > 0 && !sequence_after(q->range[0].end, next))
		remove_range(q, 0);
}

bool
queue_find_missing(const struct queue *q, uint32_t start, uint32_t end,
    struct queue_range *missing_r)
{
	for (uint32_t i = 0; q != NULL && i < q->count; i++) {
		const struct queue_range *r = &q->range[i];

		if (!sequence_after(r->end, start))
			continue;
		if (sequence_after(r->start, start)) {
			end = sequence_after(end, r->start) ? r->start : end;
			break;
		}
		start = r->end;
	}
	*missing_r = (struct queue_range){ .start = start, .end = end };
	return sequence_after(end, start);
}
