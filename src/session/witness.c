/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stream saw and bytes alone do not show: two versions of them, a reset outlived. */
#include "base/keep.h"
#include "session/boundary.h"
#include "session/conversation.h"

void
conversation_conflict(struct conversation *c, enum side from, struct span kept,
    struct span other, const struct frame_ref *at)
{
	struct keep both = { 0 };

	if (c->stage == STAGE_DONE || c->tls[from].on)
		return;
	c->facts.at = *at;
	c->facts.from = from;
	/* what a client sent may be a secret */
	c->facts.guarded = c->facts.guarded || from == SIDE_CLIENT ||
	    c->start.said[SIDE_CLIENT].n > 0 || !c->flow->handshake;
	if (other.n == 0)
		other = span_text("(other fragments)");
	keep_add(&both, span_head(kept, KEEP_BYTES / 2 - 2));
	keep_add(&both, span_text(" | "));
	keep_add(&both, span_head(other, KEEP_BYTES / 2 - 2));
	facts_mark(&c->facts, MARK_CONFLICT, boundary_quotable(c, keep_span(&both)));
	c->facts.news = true;
}

void
conversation_outlived(struct conversation *c, enum side from, const struct frame_ref *at)
{
	const struct frame_ref now = c->facts.at;

	if (c->dialect == NULL && c->stage != STAGE_OPENING)
		return;
	c->facts.at = *at;
	c->facts.from = from;
	facts_note(&c->facts, MARK_RESET_OUTLIVED,
	    "a reset, and its sender went on");
	c->facts.at = now;
	c->facts.news = true;
}
