/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/reuse.h"

#include "stream/handshake.h"
#include "stream/held.h"

bool
reuse_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (!handshake_is_new_syn(c, from, segment))
		return false;
	if (c->held.count == HELD_MAX) {
		struct held *oldest = held_take(&c->held);

		held_free(s, &oldest);
	}
	held_add(s, &c->held, HELD_MAX, from, segment);
	return true;
}

static bool
confirms(const struct connection *c, const struct held *syn, enum side from,
    const struct segment *segment)
{
	const uint32_t first = syn->segment.seq + 1;
	const bool one_sided = c->flow.packets[side_other(syn->from)] == 0;

	if ((segment->flags & TCP_SYN) == 0)
		return one_sided && from == syn->from && segment->seq == first;
	return (segment->flags & TCP_ACK) && from != syn->from &&
	    segment->ack - first <= syn->segment.payload_bytes;
}

struct held *
reuse_confirmed(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct held *syn = c->held.first;

	while (syn != NULL && !confirms(c, syn, from, segment))
		syn = syn->next;
	if (syn == NULL)
		return NULL;
	/* Those before it led nowhere; those behind it go with the old connection. */
	for (struct held *taken; (taken = held_take(&c->held)) != syn;)
		held_free(s, &taken);
	return syn;
}
