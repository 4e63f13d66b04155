/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence/masked.h"

#include <stdlib.h>

enum { FIRST_BYTES = 512 };

/* Room for n more, or as many as there may be; 0 when memory is short. */
static size_t
make_room(struct masked *m, uint64_t n)
{
	size_t wanted = m->size > 0 ? m->size : FIRST_BYTES;
	uint8_t *larger;

	if (n > m->max - m->n)
		n = m->max - m->n;
	while (wanted < m->n + n)
		wanted *= 2;
	if (n == 0 || wanted == m->size)
		return (size_t)n;
	larger = realloc(m->bytes, wanted);
	if (larger == NULL) {
		/* what comes behind has its place no more */
		m->max = m->n;
		return 0;
	}
	m->bytes = larger;
	m->size = wanted;
	return (size_t)n;
}

void
masked_show(struct masked *m, struct span bytes)
{
	const size_t n = make_room(m, bytes.n);

	if (n > 0)
		memcpy(m->bytes + m->n, bytes.p, n);
	m->n += n;
}

void
masked_hide(struct masked *m, uint64_t count)
{
	const size_t n = make_room(m, count);

	if (n > 0)
		memset(m->bytes + m->n, MASKED_FILLER, n);
	m->n += n;
}

void
masked_clear(struct masked *m)
{
	free(m->bytes);
	*m = (struct masked){ .bytes = NULL };
}
