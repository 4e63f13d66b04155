/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_HEAP_H
#define CAPTURE_HEAP_H

#include <stddef.h>
#include <stdint.h>

/*
 * A binary heap of times: the smallest is on top, and of equal times the one
 * with the smaller index. The caller provides room for all entries and never
 * pushes more.
 */
struct heap_entry {
	int64_t at_ns;
	size_t index;
};

struct heap {
	struct heap_entry *entries;
	size_t count;
};

void heap_push(struct heap *h, struct heap_entry entry);

/* Give the top entry a new time. The heap must not be empty. */
void heap_move_top(struct heap *h, int64_t at_ns);

/* Remove the top entry. The heap must not be empty. */
void heap_pop(struct heap *h);

#endif
