/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_BUFFER_H
#define SESSION_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * Bytes of one direction that nobody could use yet. Empty most of the time,
 * and then without memory of its own.
 */
struct buffer {
	uint8_t *p;
	size_t n, size;
};

static inline struct span
buffer_span(const struct buffer *b)
{
	return span_of(b->p, b->n);
}

/* Put bytes at the end; false when max_bytes would be exceeded or memory is short. */
bool buffer_add(struct buffer *b, struct span bytes, size_t max_bytes);

/* Take n bytes from the front. */
void buffer_drop(struct buffer *b, size_t n);

/* Forget everything and give the memory back. */
void buffer_clear(struct buffer *b);

#endif
