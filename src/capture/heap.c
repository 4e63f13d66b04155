/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/heap.h"

#include <stdbool.h>

static bool
is_before(struct heap_entry a, struct heap_entry b)
{
	return a.at_ns != b.at_ns ? a.at_ns < b.at_ns : a.index < b.index;
}

static void
sift_down(struct heap *h, struct heap_entry entry)
{
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < h->count &&
		    is_before(h->entries[child + 1], h->entries[child]))
			child++;
		if (child >= h->count || !is_before(h->entries[child], entry))
			break;
		h->entries[at] = h->entries[child];
		at = child;
	}
	h->entries[at] = entry;
}

void
heap_push(struct heap *h, struct heap_entry entry)
{
	size_t at = h->count++;

	while (at > 0 && is_before(entry, h->entries[(at - 1) / 2])) {
		h->entries[at] = h->entries[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	h->entries[at] = entry;
}

void
heap_move_top(struct heap *h, int64_t at_ns)
{
	sift_down(h, (struct heap_entry){ .at_ns = at_ns, .index = h->entries[0].index });
}

void
heap_pop(struct heap *h)
{
	h->count--;
	if (h->count > 0)
		sift_down(h, h->entries[h->count]);
}
