/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/line_queue.h"

#include <stdlib.h>
#include <string.h>

struct queued_line *
line_queue_add(struct line_queue *q, const struct event_line *line)
{
	struct queued_line *one = malloc(line_queue_bytes_of(line));

	if (one == NULL)
		return NULL;
	*one = (struct queued_line){ .line = *line };
	memcpy(one->text, line->text.p, line->text.n);
	one->line.text = span_of(one->text, line->text.n);
	if (q->last != NULL)
		q->last->next = one;
	else
		q->first = one;
	q->last = one;
	if (q->unsent == NULL)
		q->unsent = one;
	q->bytes += line_queue_bytes_of(line);
	q->count++;
	return one;
}

void
line_queue_sent(struct line_queue *q)
{
	q->unsent = q->unsent->next;
}

void
line_queue_rewind(struct line_queue *q)
{
	q->unsent = q->first;
}

void
line_queue_drop_first(struct line_queue *q)
{
	struct queued_line *one = q->first;

	q->first = one->next;
	if (q->first == NULL)
		q->last = NULL;
	if (q->unsent == one)
		q->unsent = one->next;
	q->bytes -= line_queue_bytes_of(&one->line);
	q->count--;
	free(one);
}

void
line_queue_clear(struct line_queue *q)
{
	while (q->first != NULL)
		line_queue_drop_first(q);
}
