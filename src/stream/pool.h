/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_POOL_H
#define STREAM_POOL_H

#include <stddef.h>

#include "stream/stream.h"

/* The size of every block: a conflict history, or a list of out-of-order ranges. */
enum { POOL_BLOCK_BYTES = STREAM_BLOCK_BYTES };

/*
 * Blocks that are made when first needed, kept when given back, and never more
 * than max of them. Zero-initialise, then set max.
 */
struct pool {
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
