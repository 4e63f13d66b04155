/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/held.h"

#include <stdlib.h>

#include "decode/checksum.h"

static bool
is_copy(const struct held *held, enum side from, const struct segment *segment)
{
	return held->from == from && held->segment.seq == segment->seq &&
	    held->segment.flags == segment->flags &&
	    span_equals(held->segment.payload, segment->payload);
}

bool
held_add(struct stream *s, struct held_list *list, unsigned max, enum side from,
    const struct segment *segment)
{
	const size_t bytes = sizeof(struct held) + segment->payload.n;
	unsigned alike = 0;
	struct held *held;
	uint8_t *payload;

	for (held = list->first; held != NULL; held = held->next) {
		if (is_copy(held, from, segment))
			return true;
		alike += held_kind(&held->segment) == held_kind(segment);
	}
	if (alike >= max || s->held_bytes + bytes > s->limits.held_max ||
	    (held = malloc(bytes)) == NULL)
		return false;
	payload = (uint8_t *)(held + 1);
	if (segment->payload.n > 0)
		memcpy(payload, segment->payload.p, segment->payload.n);
	*held = (struct held){ .from = from, .segment = *segment, .bytes = bytes };
	held->segment.payload = span_of(payload, segment->payload.n);
	held->segment.checksum = segment_checksum(segment);
	held_append(list, held);
	s->held_bytes += bytes;
	return true;
}

void
held_append(struct held_list *list, struct held *held)
{
	struct held **link = &list->first;

	while (*link != NULL)
		link = &(*link)->next;
	*link = held;
	held->next = NULL;
	list->count++;
}

void
held_drop_oldest(struct stream *s, struct held_list *list, enum held_kind kind)
{
	bool dropped = false;

	for (unsigned left = list->count; left > 0; left--) {
		struct held *held = held_take(list);

		if (dropped || held_kind(&held->segment) != kind) {
			held_append(list, held);
			continue;
		}
		held_free(s, &held);
		dropped = true;
	}
}

struct held *
held_take(struct held_list *list)
{
	struct held *held = list->first;

	if (held != NULL) {
		list->first = held->next;
		list->count--;
	}
	return held;
}

void
held_free(struct stream *s, struct held **held)
{
	if (*held == NULL)
		return;
	s->held_bytes -= (*held)->bytes;
	free(*held);
	*held = NULL;
}

void
held_clear(struct stream *s, struct held_list *list)
{
	struct held *held;

	while ((held = held_take(list)) != NULL)
		held_free(s, &held);
}
