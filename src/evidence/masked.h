/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_MASKED_H
#define EVIDENCE_MASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * What may be written of the bytes of one side of a connection: its bytes from the first
 * one on, and a filler in place of each that may be a secret. Whoever reads the bytes
 * says of each, in their order, whether it is shown; of what he never came to, and of
 * what finds no room, nothing is.
 */
struct masked {
	uint8_t *bytes;
	size_t n, size;
	size_t max;		/* so many are kept */
};

/* A letter of every alphabet that may begin a name, and no middlebox masks with it. */
enum { MASKED_FILLER = 'o' };

/* The next bytes, which are nobody's secret. */
void masked_show(struct masked *m, struct span bytes);

/* The next n bytes, which may hold one, or were never seen. */
void masked_hide(struct masked *m, uint64_t n);

/*
 * What may be written in place of a byte at that offset: itself, where it is the very one
 * that is shown there.
 */
static inline uint8_t
masked_byte(const struct masked *m, uint64_t offset, uint8_t byte)
{
	return offset < m->n && m->bytes[offset] == byte ? byte : MASKED_FILLER;
}

/* Forget them, and keep no more. */
void masked_clear(struct masked *m);

#endif
