/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_POOL_H
#define STREAM_POOL_H

#include <stddef.h>

#include "stream/stream.h"

/* Sizes of blocks: a conflict history or a list of out-of-order ranges; a short history. */
enum { POOL_BLOCK_BYTES = STREAM_BLOCK_BYTES, POOL_SMALL_BYTES = 256 };

/*
 * Blocks of one size that are made when first needed, kept when given back, and
 * never more than max of them. Zero-initialise, then set max and block_bytes.
 */
struct pool {
	size_t block_bytes;
	size_t used, max;
	void *spare;	/* a list through the first word of each block */
};

/* An uninitialised block, or NULL when the limit or memory is reached. */
void *pool_take(struct pool *p);

/* NULL is ignored. */
void pool_give(struct pool *p, void *block);

/* Free the spare blocks; those in use are the taker's. */
void pool_drain(struct pool *p);

#endif
