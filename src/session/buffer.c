/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/buffer.h"

#include <stdlib.h>

enum { FIRST_SIZE = 512 };

bool
buffer_add(struct buffer *b, struct span bytes, size_t max_bytes)
{
	size_t size = b->size > 0 ? b->size : FIRST_SIZE;
	uint8_t *grown;

	if (bytes.n > max_bytes || b->n > max_bytes - bytes.n)
		return false;
	while (size < b->n + bytes.n)
		size *= 2;
	if (size > b->size) {
		grown = realloc(b->p, size);
		if (grown == NULL)
			return false;
		b->p = grown;
		b->size = size;
	}
	if (bytes.n > 0)
		memcpy(b->p + b->n, bytes.p, bytes.n);
	b->n += bytes.n;
	return true;
}

void
buffer_drop(struct buffer *b, size_t n)
{
	if (n >= b->n) {
		buffer_clear(b);
		return;
	}
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

void
buffer_clear(struct buffer *b)
{
	free(b->p);
	*b = (struct buffer){ 0 };
}
