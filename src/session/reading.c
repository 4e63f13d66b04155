/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/reading.h"

#include "session/agreed.h"
#include "session/boundary.h"
#include "session/handshake.h"

/* What looked like TLS so far is not TLS any more. */
static void
leave_tls(struct conversation *c, enum side from)
{
	if (from == SIDE_CLIENT && agreed_is_unasked(c)) {
		agreed_broke(c, 1);
		return;
	}
	c->tls[from].on = c->tls[from].carried = false;
	c->left_tls[from] = true;
	if (c->facts.seen->upgrade == UPGRADE_FAILED)
		return;		/* there was no layer that could be left */
	c->was_protected[from] = c->tls[from].protected;
	if (!c->was_protected[from]) {
		facts_handshake_broke(&c->facts, MARK_TLS_GARBAGE, "not a TLS record");
		agreed_not(c);
	}
	c->facts.news = true;
}

static struct unit_start
unit_starts(const struct conversation *c, enum side from)
{
	return (struct unit_start){
		.at_ns = c->facts.at.at_ns,
		.asked = c->asked,
		.granted = c->granted,
		.left = c->asked && !c->asked_late && c->flow->left_by[SIDE_SERVER],
		.unasked = agreed_is_unasked(c),
		.inside = c->inside[from],
	};
}

static long
clear_unit(struct conversation *c, enum side from, struct span in)
{
	struct unit_start began;
	long used;

	if (c->dialect == NULL)
		return (long)in.n;
	boundary_before_unit(c, from);
	began = c->began[from];
	c->facts.goes_on = false;
	c->facts.carried.n = 0;
	c->facts.again = c->too_few[from];
	used = c->dialect->feed(c->state, from, in, &c->facts);
	c->too_few[from] = used == 0;
	if (used > 0) {
		if (from == SIDE_CLIENT && c->facts.unit != UNIT_CONTENT)
			facts_typed(&c->facts, span_head(in, (size_t)used));
		c->inside[from] = c->facts.goes_on;
		boundary_after_unit(c, from, &began, span_head(in, (size_t)used));
		handshake_carried(c, from, c->facts.carried);
	}
	return used;
}

static long read_waiting(struct conversation *c, enum side from);

/* Between two units of the one side, what the other has waiting. */
static bool
read_aside(struct conversation *c, enum side from)
{
	bool good;

	c->aside = true;
	good = read_waiting(c, from) >= 0;
	c->aside = false;
	return good;
}

static void
unit_begins(struct conversation *c, enum side from)
{
	c->facts.from = from;
	c->facts.unit = UNIT_COMMAND;
	c->facts.said.n = 0;
}

/* What the other side has waiting is no TLS, before it is clear that this is none either. */
static bool
begin_tls(struct conversation *c, enum side from)
{
	if (from == SIDE_CLIENT)
		boundary_before_hello(c);
	handshake_begin(c, from);
	if (!c->aside && !read_aside(c, side_other(from)))
		return false;
	unit_begins(c, from);
	return true;
}

/* ... and where this is none after all, what the other side has waiting is looked at anew. */
static bool
end_tls(struct conversation *c, enum side from)
{
	leave_tls(c, from);
	if (!c->aside && !read_aside(c, side_other(from)))
		return false;
	unit_begins(c, from);
	return true;
}

static long
read_unit(struct conversation *c, enum side from, struct span in)
{
	unit_begins(c, from);
	if (!c->tls[from].on) {
		switch (boundary_look(c, from, in)) {
		case BOUNDARY_WAIT:
			return 0;
		case BOUNDARY_TLS:
			if (!begin_tls(c, from))
				return -1;
			break;
		case BOUNDARY_CLEAR:
			return clear_unit(c, from, in);
		}
	}
	if (c->tls[from].on) {
		long used = handshake_unit(c, from, in);

		c->too_few[from] = false;
		if (used >= 0)
			return used;
		if (!end_tls(c, from))
			return -1;
	}
	return clear_unit(c, from, in);
}

/* Hellos and certificates are read; of later records the header, and what an alert says. */
static void
redact_tls(struct conversation *c, enum side from, struct span unit, const struct tls_side *before)
{
	enum { ALERT_BYTES = 7 };
	const bool is_hello = c->tls[from].understood && !before->understood;
	const size_t shown = is_hello ? unit.n : before->skip > 0 ? 0 : ALERT_BYTES;

	redaction_show(&c->redaction, from, span_head(unit, shown));
	redaction_hide(&c->redaction, from, span_tail(unit, shown).n);
}

static void
redact(struct conversation *c, enum side from, struct span unit, const struct tls_side *before,
    bool is_rest)
{
	if (c->tls[from].on)
		redact_tls(c, from, unit, before);
	else if (c->dialect == NULL)
		redaction_hide(&c->redaction, from, unit.n);
	else
		redaction_unit(&c->redaction, from, unit, is_rest, c);
}

/*
 * Read as many units as there are; the number of bytes used, or -1 when this
 * is not ours. After each the other side's waiting bytes get their turn (not
 * when this is such a turn), so that it does not matter whether units come in
 * one segment or in many.
 */
static long
read_units(struct conversation *c, enum side from, struct span in)
{
	size_t total = 0;

	while (in.n > 0 && !c->facts.done && !c->facts.tunnel) {
		const struct tls_side before = c->tls[from];
		const bool inside = c->inside[from];
		long used;

		/* also behind a unit that brought an answer to light which had waited for it */
		c->client_spoke = c->client_spoke || (from == SIDE_CLIENT && !c->aside);
		used = read_unit(c, from, in);
		if (used < 0)
			return -1;
		if (used == 0)
			break;
		redact(c, from, span_head(in, (size_t)used), &before, inside);
		span_skip(&in, (size_t)used);
		total += (size_t)used;
		if (!c->aside && !c->inside[from] && !read_aside(c, side_other(from)))
			return -1;
		c->began[from] = unit_starts(c, from);
	}
	return (long)total;
}

/* The number of bytes used, or -1, as above. */
static long
read_waiting(struct conversation *c, enum side from)
{
	long used;

	if (c->unread[from].n == 0)
		return 0;
	used = read_units(c, from, buffer_span(&c->unread[from]));
	if (used > 0)
		buffer_drop(&c->unread[from], (size_t)used);
	return used;
}

bool
reading_waiting(struct conversation *c, enum side from)
{
	return read_waiting(c, from) >= 0;
}

void
reading_give_up(struct conversation *c, enum side from, uint64_t lost)
{
	redaction_hide(&c->redaction, from, lost);
	redaction_lose(&c->redaction);
	buffer_clear(&c->unread[from]);
	facts_lost_side(&c->facts, from);
	if (c->dialect != NULL)
		c->dialect->gap(c->state, from, lost, &c->facts);
}

/* Keep what could not be read yet; a unit that never ends is given up. */
static void
keep(struct conversation *c, enum side from, struct span rest)
{
	uint64_t lost = c->unread[from].n + rest.n;

	if (rest.n == 0 || buffer_add(&c->unread[from], rest, DIALECT_UNIT_MAX))
		return;
	reading_give_up(c, from, lost);
}

/* Behind half a unit: read as soon as it is whole, for a long segment may hold many. */
static long
take_behind(struct conversation *c, enum side from, struct span bytes)
{
	long used, total = 0;

	while (bytes.n > 0) {
		size_t room = DIALECT_UNIT_MAX - c->unread[from].n;
		struct span piece = span_head(bytes, room > 0 ? room : bytes.n);

		span_skip(&bytes, piece.n);
		keep(c, from, piece);
		used = read_waiting(c, from);
		if (used < 0)
			return -1;
		total += used;
	}
	return total;
}

static long
take(struct conversation *c, enum side from, struct span bytes)
{
	long used;

	if (c->unread[from].n > 0)
		return take_behind(c, from, bytes);
	c->began[from] = unit_starts(c, from);
	used = read_units(c, from, bytes);
	if (used >= 0)
		keep(c, from, span_tail(bytes, (size_t)used));
	return used;
}

bool
reading_take(struct conversation *c, enum side from, struct span bytes)
{
	long used;

	/* a server may answer what is no unit yet */
	if (from == SIDE_CLIENT) {
		c->client_spoke = true;
	} else {
		facts_half_typed(&c->facts, buffer_span(&c->unread[SIDE_CLIENT]));
		redaction_half_typed(&c->redaction, buffer_span(&c->unread[SIDE_CLIENT]));
	}
	used = take(c, from, bytes);
	/*
	 * Behind a unit the other side's turn comes, and then what that made readable. Behind
	 * a piece of one it does not: where TCP cut it must not matter.
	 */
	if (used <= 0 || c->inside[from])
		return used >= 0;
	return reading_waiting(c, side_other(from)) && reading_waiting(c, from);
}
