/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/reopen.h"

#include "dialect/facts.h"
#include "session/election.h"

enum {
	REOPENED_MAX = 16,
	TLS_LOOK = 6,	/* bytes by which a ClientHello is known; what follows may be anything */
};

void
reopen_unheard(struct conversation *c, enum side from)
{
	/* of a side that the tap does not hear, all is missing */
	c->facts.answers_lost |= from == SIDE_SERVER && c->flow->packets[SIDE_SERVER] > 0;
	c->facts.deaf = c->facts.deaf || from == SIDE_CLIENT;
	c->facts.typed.anything = c->facts.typed.anything || from == SIDE_CLIENT;
	c->redaction.typed.anything = c->redaction.typed.anything || from == SIDE_CLIENT;
}

void
reopen_behind(struct conversation *c, enum side from, uint64_t count)
{
	c->facts.holed = true;
	redaction_hide(&c->redaction, from, count);
	c->lost_first[from] += count;
}

/* Would somebody who wants it unread have said so? */
static bool
may_be_forged(const struct conversation *c, enum recognition what, bool last)
{
	const struct start *s = &c->start;

	/* of two versions the first may be the forged one, whatever it is */
	if (c->contested[SIDE_CLIENT] || c->contested[SIDE_SERVER])
		return dialect_by_port(c->port) != NULL;
	switch (what) {
	case RECOGNISED_TLS_DENIED:
		return true;
	case RECOGNISED_TLS:
		/* it is only that nobody waits longer; its server is heard, and will tell */
		return last && s->said[SIDE_SERVER].n == 0 && c->flow->end == FLOW_OPEN &&
		    c->flow->packets[SIDE_SERVER] > 0 && dialect_by_port(c->port) != NULL;
	case RECOGNISED_NOBODY:
		/* a client's own words say whom it spoke to */
		return dialect_by_port(c->port) != NULL && (start_is_full(s) || c->forged) &&
		    election_by_client(buffer_span(&s->said[SIDE_CLIENT])) == NULL;
	default:
		return false;
	}
}

/*
 * Whose words are given up: those of which there are two versions, or else the client's, unless
 * something was forged and they are what this port's clients say.
 */
static enum side
whose(const struct conversation *c, enum recognition what)
{
	const struct span client = buffer_span(&c->start.said[SIDE_CLIENT]);

	if (what == RECOGNISED_TLS_DENIED)
		return SIDE_CLIENT;
	if (c->contested[SIDE_CLIENT] || c->contested[SIDE_SERVER])
		return c->contested[SIDE_CLIENT] ? SIDE_CLIENT : SIDE_SERVER;
	if (c->forged && client.n > 0 && c->start.said[SIDE_SERVER].n > 0 &&
	    election_is_own(client, c->port))
		return SIDE_SERVER;
	return client.n > 0 ? SIDE_CLIENT : SIDE_SERVER;
}

bool
reopen_may_come(const struct conversation *c)
{
	return c->tunnels == 0 && c->reopened < REOPENED_MAX && dialect_by_port(c->port) != NULL;
}

void
reopen_contested(struct conversation *c, enum side from)
{
	c->contested[from] = c->contested[from] || c->start.said[from].n > 0;
	c->forged = true;
	c->nobodys = false;
}

bool
reopen_waits(const struct conversation *c, enum recognition what, bool last)
{
	const struct start *s = &c->start;
	const enum side from = whose(c, what);
	struct span said = buffer_span(&s->said[from]);

	if (!may_be_forged(c, what, last) || last || !c->forged || c->tunnels > 0 ||
	    what == RECOGNISED_TLS_DENIED || said.n == 0 || start_is_full(s))
		return false;
	/* the other side may be about to say whose these are */
	return s->turns[s->turn_count - 1].from == from ? span_at(said, said.n - 1) != '\n' :
	    start_is_mid_line(s);
}

bool
reopen(struct conversation *c, enum recognition what, bool last)
{
	const enum side from = whose(c, what);
	size_t n = what == RECOGNISED_TLS_DENIED ? start_unanswered(&c->start) :
	    c->start.said[from].n;
	struct span shown = { 0 };

	if (!may_be_forged(c, what, last) || !reopen_may_come(c))
		return false;
	c->reopened++;
	c->contested[from] = false;
	c->forged = c->forged || what != RECOGNISED_NOBODY;
	reopen_unheard(c, from);
	if (what == RECOGNISED_TLS || what == RECOGNISED_TLS_DENIED)
		shown = span_head(span_head(buffer_span(&c->start.said[from]), n), TLS_LOOK);
	redaction_show(&c->redaction, from, shown);
	c->lost_first[from] += shown.n;
	reopen_behind(c, from, n - shown.n);
	facts_lost_side(&c->facts, from);
	start_drop(&c->start, from, n);
	return true;
}
