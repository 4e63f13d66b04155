/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { BLOCK_BYTES = 16 * 1024 };

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) uint8_t bytes[];
};

struct arena {
	struct block *blocks;	/* the newest first; only that one has room */
};

static void *
or_abort(void *memory)
{
	if (memory == NULL) {
		log_warnx("out of memory");
		abort();
	}
	return memory;
}

struct arena *
arena_new(void)
{
	return or_abort(calloc(1, sizeof(struct arena)));
}

void
arena_free(struct arena **a)
{
	if (*a == NULL)
		return;
	for (struct block *b = (*a)->blocks, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(*a);
	*a = NULL;
}

static struct block *
add_block(struct arena *a, size_t n)
{
	size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
	struct block *b = or_abort(
	    size > SIZE_MAX - sizeof(*b) ? NULL : calloc(1, sizeof(*b) + size));

	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t unit = alignof(max_align_t);
	struct block *b = a->blocks;
	size_t padded;
	void *memory;

	if (n > SIZE_MAX - unit)
		or_abort(NULL);
	padded = (n + unit - 1) / unit * unit;
	if (b == NULL || b->size - b->used < padded)
		b = add_block(a, padded);
	memory = b->bytes + b->used;
	b->used += padded;
	return memory;
}

char *
arena_text(struct arena *a, const char *text, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	if (n > 0)
		memcpy(copy, text, n);
	return copy;
}
