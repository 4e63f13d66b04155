/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "session/boundary.h"
#include "session/handshake.h"
#include "session/held.h"
#include "session/reading.h"
#include "session/reopen.h"
#include "session/settle.h"

void
conversation_start(struct conversation *c, const struct flow *flow)
{
	memset(c, 0, sizeof(*c));
	c->flow = flow;
	c->port = flow->tuple.port[SIDE_SERVER];
	c->facts.seen = (struct observation *)c->seen;
}

/* The dialect reads nothing any more. */
static void
end_dialect(struct conversation *c)
{
	if (c->state != NULL && c->dialect->end != NULL)
		c->dialect->end(c->state);
	free(c->state);
	c->state = NULL;
}

static void
stop(struct conversation *c)
{
	end_dialect(c);
	c->stage = STAGE_DONE;
	start_clear(&c->start);
	handshake_redact_rest(c, SIDE_CLIENT);
	handshake_redact_rest(c, SIDE_SERVER);
	buffer_clear(&c->unread[SIDE_CLIENT]);
	buffer_clear(&c->unread[SIDE_SERVER]);
	buffer_clear(&c->carried[SIDE_CLIENT]);
	buffer_clear(&c->carried[SIDE_SERVER]);
}

static void
forget_seen(struct conversation *c)
{
	memset(c->seen, 0, sizeof(c->seen));
	free(c->hellos);
	c->hellos = NULL;
}

/*
 * It is not this dialect after all: nothing that was concluded holds. When it is the
 * server that is none of it, its client has spoken the dialect all the same.
 */
static void
disown(struct conversation *c)
{
	forget_seen(c);
	if (c->dialect != NULL && c->facts.from == SIDE_SERVER && c->client_spoke)
		text_copy(c->facts.seen->dialect_expected, sizeof(c->facts.seen->dialect_expected),
		    c->dialect->name);
	stop(c);
	c->dialect = NULL;
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
	memset(c->lost_first, 0, sizeof(c->lost_first));
	c->asked = c->granted = c->no_hello = c->client_spoke = false;
	c->tunnels++;
	c->tunnel_to = c->facts.tunnel_to;
	c->port = c->facts.tunnel_port;
	c->facts = (struct facts){ .seen = c->facts.seen, .marks = c->facts.marks, .at = at,
		.deaf = c->facts.deaf, .typed = c->facts.typed };
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
	if (!reading_take(c, from, bytes)) {
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
	struct observation *o = c->facts.seen;

	if (d != NULL)
		text_copy(o->dialect_expected, sizeof(o->dialect_expected), d->name);
}

/* What it is, and what may be told of it from the start. */
static void
note_dialect(struct conversation *c, const struct dialect *dialect)
{
	struct observation *seen = c->facts.seen;
	const uint32_t serial = seen->serial;

	if (c->tunnel_to != 0) {
		forget_seen(c);
		seen->serial = serial;
		seen->tunnel_to = c->tunnel_to;
	}
	c->dialect = dialect;
	/* of what came before the capture nobody knows */
	c->facts.guarded = !c->flow->handshake || c->lost_first[SIDE_CLIENT] > 0;
	c->redaction.typed.anything |= c->facts.guarded;
	c->facts.typed.anything = c->facts.typed.anything || c->facts.guarded;
	/* ... and of what was noticed before anybody knew whose it is, nobody was told */
	c->facts.news = seen->mark_count > 0;
	c->facts.own_port = dialect != NULL && dialect_by_port(c->port) == dialect;
	if (dialect != NULL) {
		text_copy(seen->dialect, sizeof(seen->dialect), dialect->name);
		seen->traits = (uint16_t)dialect->traits;
	} else {
		seen->implicit = true;
		c->tls[SIDE_SERVER].on = true;
		handshake_begin(c, SIDE_CLIENT);
		expect_dialect(c);
	}
}

/* From now on units are read; what came so far is read first, in its order. */
static void
begin(struct conversation *c, const struct dialect *dialect)
{
	struct start start = c->start;
	size_t done[2] = { 0, 0 };

	if (dialect != NULL && (c->state = calloc(1, dialect->state_size)) == NULL) {
		facts_lost_sync(&c->facts);
		stop(c);
		return;
	}
	memset(&c->start, 0, sizeof(c->start));
	c->stage = STAGE_SPEAKING;
	if (start.turn_count > 0)
		c->facts.at = start.turns[0].at;
	note_dialect(c, dialect);
	for (int side = 0; side < 2; side++) {
		if (dialect != NULL && c->lost_first[side] > 0)
			dialect->gap(c->state, (enum side)side, c->lost_first[side], &c->facts);
	}
	for (unsigned i = 0; i < start.turn_count && c->stage == STAGE_SPEAKING; i++) {
		enum side from = (enum side)start.turns[i].from;
		struct span said = span_tail(buffer_span(&start.said[from]), done[from]);

		done[from] += start.turns[i].bytes;
		speak(c, from, span_head(said, start.turns[i].bytes), &start.turns[i].at);
	}
	start_clear(&start);
}

/*
 * No dialect's. But two versions of what was said on the port of one are told as that one's,
 * of which nothing else is known.
 */
static void
nobodys(struct conversation *c)
{
	const struct dialect *own = dialect_by_port(c->port);

	if (c->tunnels > 0) {
		facts_lost_sync(&c->facts);
	} else if (own != NULL && observation_has(c->facts.seen, MARK_CONFLICT)) {
		facts_lost_sync(&c->facts);
		note_dialect(c, own);
	} else {
		conversation_unread(c);
	}
	stop(c);
}

static void
recognise(struct conversation *c, bool last)
{
	const struct dialect *dialect;
	enum recognition what;

	do {
		what = start_recognise(&c->start, c->port, last, &dialect);
		if (reopen_waits(c, what, last))
			return;
	} while (reopen(c, what, last));
	switch (what) {
	case RECOGNISED_NOT_YET:
		break;
	case RECOGNISED_TLS_DENIED:
	case RECOGNISED_NOBODY:
		c->nobodys = !last && reopen_may_come(c);
		if (!c->nobodys)
			nobodys(c);
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

static void
strip_preface(struct conversation *c)
{
	redaction_show(&c->redaction, SIDE_CLIENT, span_head(
	    buffer_span(&c->start.said[SIDE_CLIENT]), start_preface(&c->start)));
	start_strip_preface(&c->start);
}

/* Proxies are not dialects: what they say is taken off, and what follows is another connection. */
static void
pass_proxies(struct conversation *c)
{
	struct socks_tunnel tunnel;

	strip_preface(c);
	while (c->tunnels < TUNNELS_MAX && start_strip_socks(&c->start, &tunnel)) {
		redaction_hide(&c->redaction, SIDE_CLIENT, tunnel.bytes[SIDE_CLIENT]);
		redaction_hide(&c->redaction, SIDE_SERVER, tunnel.bytes[SIDE_SERVER]);
		c->tunnels++;
		c->tunnel_to = tunnel.to;
		c->port = tunnel.port;
		strip_preface(c);
	}
}

/*
 * How what was said was cut must not matter, so everybody is asked behind each line, as if
 * lines came one by one, and behind each turn. What is left when it is decided is read as
 * whatever it is.
 */
static void
hear_opening(struct conversation *c, enum side from, struct span bytes, const struct frame_ref *at)
{
	if (!c->nobodys && start_turn_ends(&c->start, from))
		recognise(c, false);
	while (c->stage == STAGE_OPENING && bytes.n > 0) {
		struct span line = c->nobodys ? bytes :
		    span_head(bytes, span_find(bytes, '\n') + 1);
		const uint8_t reopened = c->reopened;
		size_t kept = start_add(&c->start, from, line, at);

		pass_proxies(c);
		/* no room for more: now or never, and what did not fit follows */
		if (kept < line.n || (!c->nobodys && start_is_ripe(&c->start, line)))
			recognise(c, kept < line.n);
		bytes = span_tail(bytes, kept);
		if (kept < line.n && c->reopened == reopened)
			break;
	}
	if (bytes.n > 0 && c->stage == STAGE_SPEAKING)
		speak(c, from, bytes, at);
}

bool
conversation_bytes(struct conversation *c, enum side from, struct span bytes,
    const struct frame_ref *at)
{
	if (c->stage == STAGE_SPEAKING)
		speak(c, from, bytes, at);
	else if (c->stage == STAGE_OPENING && c->held)
		held_bytes(c, from, bytes, at);
	else if (c->stage == STAGE_OPENING)
		hear_opening(c, from, bytes, at);
	return c->stage != STAGE_DONE;
}

bool
conversation_gap(struct conversation *c, enum side from, uint64_t count,
    const struct frame_ref *at)
{
	c->facts.at = *at;
	c->facts.from = from;
	if (c->stage == STAGE_OPENING && c->held && !start_is_empty(&c->start)) {
		reopen_unheard(c, from);
		held_gap(c, from, count, at);
		return true;
	}
	/* what came before it is read as if it had not come to this */
	if (c->stage == STAGE_OPENING && !start_is_empty(&c->start))
		recognise(c, true);
	reopen_unheard(c, from);
	if (c->stage == STAGE_OPENING) {
		reopen_behind(c, from, count);
		return true;	/* who speaks first was not heard: others may tell */
	}
	if (!c->facts.guarded && from == SIDE_SERVER)
		redaction_show(&c->redaction, from, buffer_span(&c->unread[from]));
	else
		redaction_hide(&c->redaction, from, c->unread[from].n);
	c->facts.guarded = c->facts.holed = true;
	c->facts.moved |= tls_begun(&c->tls[SIDE_CLIENT]);
	if (c->stage != STAGE_SPEAKING)
		return false;
	redaction_hide(&c->redaction, from, count);
	buffer_clear(&c->unread[from]);
	if (c->dialect == NULL || conversation_hides_tls(c, from)) {
		/* what broke it may be what is missing */
		if (!c->tls[SIDE_CLIENT].protected && c->facts.seen->established == FACT_TRUE)
			c->facts.seen->established = FACT_UNKNOWN;
		stop(c);
		return false;
	}
	c->facts.goes_on = false;
	facts_lost_behind_refusal(&c->facts, from, count);
	c->dialect->gap(c->state, from, count, &c->facts);
	c->inside[from] = c->facts.goes_on;
	c->asked = c->granted = false;
	/* what followed such an answer may have been lost */
	c->facts.doubtful.n = 0;
	c->facts.refusal_unsure = false;
	/* what the other side is waiting with may be readable now */
	if (!reading_waiting(c, side_other(from)))
		disown(c);
	return c->stage == STAGE_SPEAKING;
}

void
conversation_give_up(struct conversation *c)
{
	if (c->stage == STAGE_OPENING && c->held)
		held_lose(c);
	else if (c->stage == STAGE_OPENING)
		recognise(c, true);
	for (int side = 0; side < 2 && c->stage == STAGE_SPEAKING; side++) {
		if (c->carried[side].n > 0 || tls_begun(&c->tls[side]) || c->dialect == NULL)
			stop(c);
		else if (c->unread[side].n > 0)
			reading_give_up(c, (enum side)side, c->unread[side].n);
	}
	c->asked = c->granted = false;
}

void
conversation_end(struct conversation *c, const struct frame_ref *at)
{
	if (c->stage == STAGE_OPENING)
		recognise(c, true);
	if (c->stage == STAGE_OPENING && c->forged)
		nobodys(c);
	c->facts.at = *at;
	if (c->stage == STAGE_SPEAKING)
		boundary_at_end(c);
	facts_end(&c->facts, flow_heard_out(c->flow, FLOW_ANSWER_NS));
	handshake_at_end(c);
	conversation_match_strangers(c);
	facts_end_answer(&c->facts);
	settle(c->facts.seen, c->flow);
	c->facts.seen->final = true;
	stop(c);
}

void
conversation_free(struct conversation *c)
{
	stop(c);
	marks_free(&c->facts.marks);
	forget_seen(c);
}
