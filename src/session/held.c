/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/held.h"

#include <string.h>

#include "session/conversation.h"

void
conversation_hold(struct conversation *c)
{
	c->held = true;
}

void
conversation_let_go(struct conversation *c)
{
	struct start start = c->start;
	size_t done[2] = { 0, 0 };

	memset(&c->start, 0, sizeof(c->start));
	c->held = false;
	for (unsigned i = 0; i < start.turn_count && c->stage != STAGE_DONE; i++) {
		const struct turn *turn = &start.turns[i];
		enum side from = (enum side)turn->from;
		struct span said = span_tail(buffer_span(&start.said[from]), done[from]);

		if (turn->lost > 0)
			conversation_gap(c, from, turn->lost, &turn->at);
		done[from] += turn->bytes;
		conversation_bytes(c, from, span_head(said, turn->bytes), &turn->at);
	}
	start_clear(&start);
}

void
held_bytes(struct conversation *c, enum side from, struct span bytes,
    const struct frame_ref *at)
{
	const size_t kept = start_add(&c->start, from, bytes, at);

	if (kept == bytes.n)
		return;
	held_lose(c);
	conversation_gap(c, from, bytes.n - kept, at);
}

void
held_gap(struct conversation *c, enum side from, uint64_t count, const struct frame_ref *at)
{
	if (start_lose(&c->start, from, count, at))
		return;
	held_lose(c);
	conversation_gap(c, from, count, at);
}

void
held_lose(struct conversation *c)
{
	uint64_t lost[2] = { c->start.said[SIDE_CLIENT].n, c->start.said[SIDE_SERVER].n };

	for (unsigned i = 0; i < c->start.turn_count; i++)
		lost[c->start.turns[i].from] += c->start.turns[i].lost;
	start_clear(&c->start);
	/* with nothing kept before it, a hole is the conversation's own again */
	for (int side = 0; side < 2; side++) {
		if (lost[side] > 0)
			conversation_gap(c, (enum side)side, lost[side], &c->flow->last);
	}
}
