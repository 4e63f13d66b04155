/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/pool.h"

#include <stdlib.h>
#include <string.h>

void *
pool_take(struct pool *p)
{
	void *block = p->spare;

	if (p->used >= p->max)
		return NULL;
	if (block != NULL)
		memcpy(&p->spare, block, sizeof(p->spare));
	else if ((block = malloc(p->block_bytes)) == NULL)
		return NULL;
	p->used++;
	return block;
}

void
pool_give(struct pool *p, void *block)
{
	if (block == NULL)
		return;
	memcpy(block, &p->spare, sizeof(p->spare));
	p->spare = block;
	p->used--;
}

void
pool_drain(struct pool *p)
{
	while (p->spare != NULL) {
		void *block = p->spare;

		memcpy(&p->spare, block, sizeof(p->spare));
		free(block);
	}
}
