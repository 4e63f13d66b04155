/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/pdu.h"

enum { LOST_BYTES_MAX = 65536 };

long
pdu_rest(struct pdu_reader *r, struct span in, struct facts *facts)
{
	size_t n = in.n < r->skip ? in.n : r->skip;

	r->skip -= (uint32_t)n;
	facts->goes_on = r->skip > 0;
	return (long)n;
}

long
pdu_take(struct pdu_reader *r, struct span in, uint32_t size, size_t keep,
    struct span *head_r, struct facts *facts)
{
	*head_r = span_head(in, keep < size ? keep : size);
	if (head_r->n < keep && head_r->n < size)
		return 0;
	r->is_lost = false;
	r->skip = size - (uint32_t)head_r->n;
	facts->goes_on = r->skip > 0;
	return (long)head_r->n;
}

long
pdu_lost(struct pdu_reader *r, struct facts *facts)
{
	r->is_lost = true;
	/* what a server says decides nothing by its absence */
	if (facts->from == SIDE_CLIENT)
		facts_lost_sync(facts);
	facts->unit = UNIT_UNREADABLE;
	if (++r->lost > LOST_BYTES_MAX)
		facts_done(facts);
	return 1;
}

bool
pdu_gap(struct pdu_reader *r, uint64_t count, struct facts *facts)
{
	if (count <= r->skip) {
		r->skip -= (uint32_t)count;
		facts->goes_on = r->skip > 0;
		return true;
	}
	r->skip = 0;
	r->is_lost = true;
	return false;
}
