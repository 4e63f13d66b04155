/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/agreed.h"

#include <string.h>

#include "tls/tls.h"

void
agreed_conflict(struct conversation *c, enum side from, const struct frame_ref *at)
{
	if (c->disputed || observation_has(c->facts.seen, MARK_SERVER_HELLO))
		return;
	c->disputed = true;
	c->disputed_from = from;
	c->disputed_at = *at;
}

void
agreed_not(struct conversation *c)
{
	if (!c->disputed)
		return;
	c->disputed = false;
	facts_note_of(&c->facts, MARK_CONFLICT, c->disputed_from, &c->disputed_at,
	    "(bytes that are not quoted)");
	c->facts.news = true;
}

/*
 * What the server said in clear came behind the consent and before its hello, and the client
 * began all the same: it had been pushed in before that, and what came early was no ClientHello.
 */
static void
was_injected(struct conversation *c)
{
	facts_remark(&c->facts, MARK_TLS_GARBAGE, MARK_INJECTED_RESPONSE);
	c->facts.seen->established = FACT_TRUE;
	c->facts.seen->upgrade = UPGRADE_ACCEPTED;
	c->facts.news = true;
}

void
agreed_on_tls(struct conversation *c)
{
	c->disputed = false;
	if (c->garbled && c->facts.seen->accepted == FACT_TRUE)
		was_injected(c);
}

static void
tell_left(struct conversation *c)
{
	c->left = false;
	facts_note_of(&c->facts, MARK_CLEAR_AFTER_TLS, c->left_from, &c->left_at,
	    "clear text after TLS");
	c->facts.news = true;
}

void
agreed_left(struct conversation *c, enum side from)
{
	if (observation_has(c->facts.seen, MARK_CLEAR_AFTER_TLS))
		return;
	/* one of two versions, and not that which the other side has */
	if (c->left_in_vain && observation_has(c->facts.seen, MARK_CONFLICT))
		return;
	if (c->left) {
		tell_left(c);
		return;
	}
	c->left = true;
	c->left_from = from;
	c->left_at = c->facts.at;
}

void
agreed_goes_on(struct conversation *c, enum side from)
{
	if (!c->left || c->left_from == from)
		return;
	c->left = false;
	c->left_in_vain = true;
}

bool
agreed_client_spoke(const struct conversation *c)
{
	const struct span left = buffer_span(&c->unread[SIDE_CLIENT]);
	const bool untold = c->began[SIDE_CLIENT].granted && left.n > 0 &&
	    tls_looks_like_client(left) == TLS_MAYBE;

	return c->client_spoke && !untold;
}

void
agreed_begins(struct conversation *c)
{
	const struct observation *o = c->facts.seen;

	/* what is no answer at all some clients take for a yes */
	c->unasked = o->upgrade == UPGRADE_REFUSED && o->accepted == FACT_FALSE &&
	    o->answer != ANSWER_INVALID;
}

bool
agreed_is_unasked(const struct conversation *c)
{
	const struct tls_side *client = &c->tls[SIDE_CLIENT];
	const bool whole = client->hello && client->skip == 0;

	return c->unasked && client->on && !whole && !tls_begun(&c->tls[SIDE_SERVER]);
}

void
agreed_broke(struct conversation *c, uint64_t lost)
{
	memset(&c->tls[SIDE_CLIENT], 0, sizeof(c->tls[SIDE_CLIENT]));
	/* another hello may begin before the server's unit ends, and is not behind it */
	c->began[SIDE_SERVER].unasked = false;
	redaction_lose(&c->redaction);
	facts_lost_side(&c->facts, SIDE_CLIENT);
	facts_unmark(&c->facts, MARK_CLIENT_HELLO);
	c->facts.holed = true;
	c->facts.seen->established = FACT_FALSE;
	c->facts.goes_on = false;
	c->dialect->gap(c->state, SIDE_CLIENT, lost, &c->facts);
	c->inside[SIDE_CLIENT] = c->facts.goes_on;
	agreed_not(c);
}

void
agreed_deny(struct conversation *c)
{
	const size_t waiting = c->unread[SIDE_CLIENT].n;

	redaction_hide(&c->redaction, SIDE_CLIENT, waiting);
	buffer_clear(&c->unread[SIDE_CLIENT]);
	agreed_broke(c, waiting);
}

void
agreed_at_end(struct conversation *c)
{
	if (c->left)
		tell_left(c);
	if (flow_both_sides(c->flow) && c->flow->gap_bytes[side_other(c->disputed_from)] == 0)
		agreed_not(c);
}
