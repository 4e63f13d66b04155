/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/conversation.h"

#include <string.h>

#include "base/text.h"
#include "session/boundary.h"
#include "session/handshake.h"
#include "session/settle.h"

void
conversation_start(struct conversation *c, const struct flow *flow)
{
	memset(c, 0, sizeof(*c));
	c->flow = flow;
	c->port = flow->tuple.port[SIDE_SERVER];
	c->facts.seen = &c->seen;
}

/* The dialect reads nothing any more. */
static void
end_dialect(struct conversation *c)
{
	if (c->dialect != NULL && c->dialect->end != NULL)
		c->dialect->end(c->state);
	memset(c->state, 0, sizeof(c->state));
}

static void
stop(struct conversation *c)
{
	end_dialect(c);
	c->stage = STAGE_DONE;
	start_clear(&c->start);
	buffer_clear(&c->unread[SIDE_CLIENT]);
	buffer_clear(&c->unread[SIDE_SERVER]);
	buffer_clear(&c->carried[SIDE_CLIENT]);
	buffer_clear(&c->carried[SIDE_SERVER]);
}

/* It is not this dialect after all: nothing that was concluded holds. */
static void
disown(struct conversation *c)
{
	memset(&c->seen, 0, sizeof(c->seen));
	stop(c);
	c->dialect = NULL;
}

/* What looked like TLS so far is not TLS any more. */
static void
leave_tls(struct conversation *c, enum side from)
{
	c->tls[from].on = c->tls[from].carried = false;
	c->left_tls[from] = true;
	if (c->seen.upgrade == UPGRADE_FAILED)
		return;		/* there was no layer that could be left */
	c->was_protected[from] = c->tls[from].protected;
	if (!c->was_protected[from])
		handshake_broke(c, MARK_TLS_GARBAGE, span_text("not a TLS record"));
	c->facts.news = true;
}

static struct unit_start
unit_starts(const struct conversation *c, enum side from)
{
	return (struct unit_start){
		.at_ns = c->facts.at.at_ns,
		.asked = c->asked,
		.granted = c->granted,
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
	used = c->dialect->feed(c->state, from, in, &c->facts);
	if (used > 0) {
		c->inside[from] = c->facts.goes_on;
		boundary_after_unit(c, from, &began, span_head(in, (size_t)used));
		handshake_carried(c, from, c->facts.carried);
	}
	return used;
}

static long
read_unit(struct conversation *c, enum side from, struct span in)
{
	c->facts.from = from;
	c->facts.unit = UNIT_COMMAND;
	c->facts.said.n = 0;
	if (!c->tls[from].on) {
		switch (boundary_look(c, from, in)) {
		case BOUNDARY_WAIT:
			return 0;
		case BOUNDARY_TLS:
			if (from == SIDE_CLIENT)
				boundary_before_hello(c);
			handshake_begin(c, from);
			break;
		case BOUNDARY_CLEAR:
			return clear_unit(c, from, in);
		}
	}
	if (c->tls[from].on) {
		long used = handshake_unit(c, from, in);

		if (used >= 0)
			return used;
		leave_tls(c, from);
	}
	return clear_unit(c, from, in);
}

static bool read_waiting(struct conversation *c, enum side from);

/* Between two units of the one side, what the other has waiting. */
static bool
read_aside(struct conversation *c, enum side from)
{
	bool good;

	c->aside = true;
	good = read_waiting(c, from);
	c->aside = false;
	return good;
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
		long used = read_unit(c, from, in);

		if (used < 0)
			return -1;
		if (used == 0)
			break;
		span_skip(&in, (size_t)used);
		total += (size_t)used;
		if (!c->aside && !read_aside(c, side_other(from)))
			return -1;
		c->began[from] = unit_starts(c, from);
	}
	return (long)total;
}

/* Bytes that were waiting may be readable now that the other side has spoken. */
static bool
read_waiting(struct conversation *c, enum side from)
{
	long used;

	if (c->unread[from].n == 0)
		return true;
	used = read_units(c, from, buffer_span(&c->unread[from]));
	if (used < 0)
		return false;
	if (used > 0)
		buffer_drop(&c->unread[from], (size_t)used);
	return true;
}

static void
give_up(struct conversation *c, enum side from, uint64_t lost)
{
	buffer_clear(&c->unread[from]);
	facts_lost_sync(&c->facts);
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
	give_up(c, from, lost);
}

/* Behind half a unit: read as soon as it is whole, for a long segment may hold many. */
static bool
take_behind(struct conversation *c, enum side from, struct span bytes)
{
	while (bytes.n > 0) {
		size_t room = DIALECT_UNIT_MAX - c->unread[from].n;
		struct span piece = span_head(bytes, room > 0 ? room : bytes.n);

		span_skip(&bytes, piece.n);
		keep(c, from, piece);
		if (!read_waiting(c, from))
			return false;
	}
	return true;
}

static bool
take(struct conversation *c, enum side from, struct span bytes)
{
	long used;

	if (from == SIDE_CLIENT)
		c->client_spoke = true;
	if (c->unread[from].n > 0)
		return take_behind(c, from, bytes);
	c->began[from] = unit_starts(c, from);
	used = read_units(c, from, bytes);
	if (used < 0)
		return false;
	keep(c, from, span_tail(bytes, (size_t)used));
	return true;
}

/*
 * From here on it is another connection. What was seen of the proxy stays until
 * something is recognised inside; else the connection remains the proxy's.
 */
static void
enter_tunnel(struct conversation *c)
{
	struct buffer waiting[2] = { c->unread[SIDE_CLIENT], c->unread[SIDE_SERVER] };
	struct frame_ref at = c->facts.at;

	end_dialect(c);
	memset(c->unread, 0, sizeof(c->unread));
	memset(c->began, 0, sizeof(c->began));
	memset(c->inside, 0, sizeof(c->inside));
	c->asked = c->granted = c->no_hello = c->client_spoke = false;
	c->tunnels++;
	c->tunnel_to = c->facts.tunnel_to;
	c->port = c->facts.tunnel_port;
	c->facts = (struct facts){ .seen = &c->seen, .at = at, .deaf = c->facts.deaf };
	c->stage = STAGE_OPENING;
	for (int from = 0; from < 2; from++) {
		if (waiting[from].n > 0)
			conversation_bytes(c, (enum side)from, buffer_span(&waiting[from]), &at);
		buffer_clear(&waiting[from]);
	}
}

static void
speak(struct conversation *c, enum side from, struct span bytes, const struct frame_ref *at)
{
	c->facts.at = *at;
	c->facts.from_start = c->flow->handshake;
	if (from == SIDE_CLIENT && bytes.n > 0)
		c->facts.guarded = true;
	if (!take(c, from, bytes) || !read_waiting(c, side_other(from)) ||
	    !read_waiting(c, from)) {
		disown(c);
		return;
	}
	if (c->facts.tunnel && c->tunnels < TUNNELS_MAX)
		enter_tunnel(c);
	else if (c->facts.tunnel || c->facts.done || handshake_is_over(c))
		stop(c);
}

static void
expect_dialect(struct conversation *c)
{
	const struct dialect *d = dialect_by_implicit_port(c->port);

	if (d != NULL)
		text_copy(c->seen.dialect_expected, sizeof(c->seen.dialect_expected), d->name);
}

/* From now on units are read; what came so far is read first, in its order. */
static void
begin(struct conversation *c, const struct dialect *dialect)
{
	struct start start = c->start;
	size_t done[2] = { 0, 0 };

	memset(&c->start, 0, sizeof(c->start));
	c->stage = STAGE_SPEAKING;
	if (c->tunnel_to != 0)
		c->seen = (struct observation){ .serial = c->seen.serial,
			.tunnel_to = c->tunnel_to };
	c->dialect = dialect;
	/* of what came before the capture nobody knows */
	c->facts.guarded = !c->flow->handshake;
	/* ... and of what was noticed before anybody knew whose it is, nobody was told */
	c->facts.news = c->seen.mark_count > 0;
	if (dialect != NULL) {
		text_copy(c->seen.dialect, sizeof(c->seen.dialect), dialect->name);
		c->seen.traits = (uint16_t)dialect->traits;
	} else {
		c->seen.implicit = true;
		c->tls[SIDE_SERVER].on = true;
		handshake_begin(c, SIDE_CLIENT);
		expect_dialect(c);
	}
	for (unsigned i = 0; i < start.turn_count && c->stage == STAGE_SPEAKING; i++) {
		enum side from = (enum side)start.turns[i].from;
		struct span said = span_tail(buffer_span(&start.said[from]), done[from]);

		done[from] += start.turns[i].bytes;
		speak(c, from, span_head(said, start.turns[i].bytes), &start.turns[i].at);
	}
	start_clear(&start);
}

static void
recognise(struct conversation *c, bool last)
{
	const struct dialect *dialect;

	switch (start_recognise(&c->start, c->port, last, &dialect)) {
	case RECOGNISED_NOT_YET:
		break;
	case RECOGNISED_NOBODY:
		if (c->tunnels > 0)
			facts_lost_sync(&c->facts);
		else
			conversation_unread(c);
		stop(c);
		break;
	case RECOGNISED_TLS:
		/* whatever it is, the proxy's event tells of the connection */
		if (c->tunnel_to != 0 && dialect_by_implicit_port(c->port) == NULL) {
			stop(c);
			break;
		}
		begin(c, NULL);
		break;
	case RECOGNISED_DIALECT:
		begin(c, dialect);
		break;
	}
}

bool
conversation_bytes(struct conversation *c, enum side from, struct span bytes,
    const struct frame_ref *at)
{
	if (c->stage == STAGE_SPEAKING) {
		speak(c, from, bytes, at);
	} else if (c->stage == STAGE_OPENING) {
		struct span rest = span_tail(bytes, start_add(&c->start, from, bytes, at));

		start_strip_preface(&c->start);
		/* no room for more: now or never, and what did not fit follows */
		if (rest.n > 0 || start_is_ripe(&c->start, bytes))
			recognise(c, rest.n > 0);
		if (rest.n > 0 && c->stage == STAGE_SPEAKING)
			speak(c, from, rest, at);
	}
	return c->stage != STAGE_DONE;
}

/*
 * Records can no longer be told apart, nor from clear text where their beginning
 * may have been lost; what is known of the handshake stays.
 */
static bool
hides_tls(const struct conversation *c, enum side from)
{
	return tls_begun(&c->tls[from]) || tls_begun(&c->tls[side_other(from)]) ||
	    (from == SIDE_CLIENT && c->granted);
}

bool
conversation_gap(struct conversation *c, enum side from, uint64_t count,
    const struct frame_ref *at)
{
	c->facts.at = *at;
	c->facts.from = from;
	c->facts.deaf = c->facts.deaf || from == SIDE_CLIENT;
	if (c->stage == STAGE_OPENING && start_is_empty(&c->start)) {
		c->facts.holed = true;
		return true;	/* who speaks first was not heard: others may tell */
	}
	if (c->stage == STAGE_OPENING)
		recognise(c, true);
	c->facts.guarded = c->facts.holed = true;
	if (c->stage != STAGE_SPEAKING)
		return false;
	buffer_clear(&c->unread[from]);
	if (c->dialect == NULL || hides_tls(c, from)) {
		stop(c);
		return false;
	}
	c->facts.goes_on = false;
	c->dialect->gap(c->state, from, count, &c->facts);
	c->inside[from] = c->facts.goes_on;
	c->asked = c->granted = false;
	/* what followed such an answer may have been lost */
	c->facts.doubtful.n = 0;
	/* what the other side is waiting with may be readable now */
	if (!read_waiting(c, side_other(from)))
		disown(c);
	return c->stage == STAGE_SPEAKING;
}

void
conversation_give_up(struct conversation *c)
{
	if (c->stage == STAGE_OPENING)
		recognise(c, true);
	for (int side = 0; side < 2 && c->stage == STAGE_SPEAKING; side++) {
		if (c->carried[side].n > 0 || tls_begun(&c->tls[side]) || c->dialect == NULL)
			stop(c);
		else if (c->unread[side].n > 0)
			give_up(c, (enum side)side, c->unread[side].n);
	}
	c->asked = c->granted = false;
}

void
conversation_end(struct conversation *c, const struct frame_ref *at)
{
	if (c->stage == STAGE_OPENING)
		recognise(c, true);
	c->facts.at = *at;
	if (c->stage == STAGE_SPEAKING)
		boundary_at_end(c);
	facts_end(&c->facts, flow_heard_out(c->flow, FLOW_ANSWER_NS));
	handshake_at_end(c);
	settle(&c->seen, c->flow);
	c->seen.final = true;
	stop(c);
}
