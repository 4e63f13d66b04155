/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_EARLY_H
#define DIALECT_EARLY_H

#include "dialect/capability.h"
#include "dialect/pending.h"
#include "dialect/put_off.h"

/*
 * A whole listing that nobody has asked for. Servers do not send such; but who copies
 * one into a tap before the command that it answers has the true one taken for a
 * repetition. So it is that answer, if the client goes on without another.
 */
struct early {
	bool here;
	struct frame_ref at;
};

/* Before anybody has asked for TLS; behind the request, and in it, it is something else. */
static inline bool
early_may_come(const struct facts *facts)
{
	return !facts_may_be_text(facts) && (facts->seen->upgrade == UPGRADE_UNOFFERED ||
	    facts->seen->upgrade == UPGRADE_OFFERED);
}

/* It is whole. From here on nothing follows from what the server does not say. */
static inline void
early_came(struct early *e, struct facts *facts)
{
	e->here = true;
	e->at = facts->at;
	facts_note(facts, MARK_LISTING_DAMAGED, "a listing that nobody had asked for");
	facts_lost_side(facts, SIDE_SERVER);
}

/* The client goes on: was this the answer to its last command, of that kind? Then it has it. */
static inline bool
early_answers(struct early *e, struct pending *pending, uint8_t kind)
{
	if (!e->here || pending_oldest(pending) != kind || !pending_is_one(pending))
		return false;
	e->here = false;
	pending_drop(pending);
	return true;
}

/* What it says, told in its own place. */
static inline void
early_tell(const struct early *e, const struct capability *listing, const char *token,
    struct facts *facts)
{
	const struct put_off_place place = put_off_begin(e->at, facts);

	capability_finish(listing, token, facts);
	put_off_end(place, facts);
}

#endif
