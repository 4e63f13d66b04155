/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/boundary.h"

#include "session/agreed.h"
#include "session/handshake.h"
#include "tls/tls.h"

enum { HELLO_BYTES_MIN = 3 };	/* of a record header, enough when the client then closes */

static enum boundary
client_look(struct conversation *c, struct span in)
{
	/* where the request was lost, its acceptance tells of it */
	if (c->facts.seen->requested != FACT_TRUE && c->facts.seen->accepted != FACT_TRUE)
		return BOUNDARY_CLEAR;
	switch (tls_looks_like_client(in)) {
	case TLS_YES:
		return BOUNDARY_TLS;
	case TLS_MAYBE:
		return BOUNDARY_WAIT;
	case TLS_NOT:
		break;
	}
	return BOUNDARY_CLEAR;
}

/* Instead of a ServerHello comes something else: the handshake has failed. */
static void
server_garbage(struct conversation *c)
{
	if (c->facts.seen->upgrade == UPGRADE_FAILED)
		return;
	/* what is no hello may follow one that was lost */
	c->facts.seen->established = c->facts.holed ? FACT_UNKNOWN : FACT_FALSE;
	c->facts.seen->upgrade = UPGRADE_FAILED;
	c->no_hello = true;
	c->garbled = c->facts.at.at_ns - c->granted_ns <= BOUNDARY_FLIGHT_NS;
	agreed_not(c);
}

static enum boundary
server_look(struct conversation *c, struct span in)
{
	bool hello = c->tls[SIDE_CLIENT].on;

	if (!hello && c->facts.seen->accepted != FACT_TRUE)
		return BOUNDARY_CLEAR;
	switch (tls_looks_like_server(in)) {
	case TLS_YES:
		return BOUNDARY_TLS;
	case TLS_MAYBE:
		return BOUNDARY_WAIT;
	case TLS_NOT:
		break;
	}
	/* a hello that came early has the answer to the request before its own */
	if (hello && !c->asked && !agreed_is_unasked(c))
		server_garbage(c);
	/* what the server had begun to say before is no answer to it */
	else if (hello && !c->asked && !c->aside && c->began[SIDE_SERVER].unasked)
		agreed_deny(c);
	return BOUNDARY_CLEAR;
}

/* TLS began inside the dialect's packets: its records may come by themselves now. */
static enum boundary
record_look(struct span in)
{
	int content = span_at(in, 0);
	struct tls_record record;
	long used;

	/* before the header is whole its first byte must do */
	if (content < TLS_CHANGE_CIPHER_SPEC || content > TLS_HEARTBEAT)
		return BOUNDARY_CLEAR;
	used = tls_record_read(in, &record);
	return used > 0 ? BOUNDARY_TLS : used == 0 ? BOUNDARY_WAIT : BOUNDARY_CLEAR;
}

enum boundary
boundary_look(struct conversation *c, enum side from, struct span in)
{
	if (c->left_tls[from] || c->inside[from])
		return BOUNDARY_CLEAR;
	if (c->tls[from].carried)
		return record_look(in);
	return from == SIDE_CLIENT ? client_look(c, in) : server_look(c, in);
}

void
boundary_before_unit(struct conversation *c, enum side from)
{
	struct unit_start *began = &c->began[from];

	c->facts.client_left = c->flow->left_by[SIDE_CLIENT];
	if (from != SIDE_CLIENT)
		return;
	facts_doubt_ends(&c->facts, false);
	if (!began->asked || !c->asked)
		return;
	if (began->at_ns - c->asked_ns <= BOUNDARY_FLIGHT_NS)
		return;
	facts_answer(&c->facts, ANSWER_NOT_COMING, span_text("no answer"));
	c->facts.answered = false;
	c->facts.request_expired = true;
	c->asked = began->asked = false;
}

static struct span
unquoted(void)
{
	return span_text("(bytes that are not quoted)");
}

static struct span
quotable(const struct conversation *c)
{
	return c->facts.said.n > 0 ? keep_span(&c->facts.said) : unquoted();
}

struct span
boundary_quotable(const struct conversation *c, struct span wire)
{
	bool may_echo = c->facts.from == SIDE_CLIENT || c->dialect == NULL ||
	    (c->facts.seen->traits & TRAIT_OWN_WORDS) != 0;

	return c->facts.guarded && may_echo ? unquoted() : span_head(wire, MARK_TEXT_SIZE);
}

/* Of a client that is heard alone it is noted all the same, and is no finding. */
static bool
may_be_text(const struct conversation *c, enum mark_kind kind)
{
	return (kind == MARK_INJECTED_COMMAND || kind == MARK_CLEAR_AFTER_ACCEPT) &&
	    facts_may_be_text(&c->facts) && c->flow->packets[SIDE_SERVER] > 0;
}

static void
evidence(struct conversation *c, enum mark_kind kind, struct span excerpt)
{
	if (observation_has(c->facts.seen, kind) || may_be_text(c, kind))
		return;
	facts_mark(&c->facts, kind, excerpt);
	c->facts.news = true;
}

/*
 * Where declining is everyday, so is saying more, and behind what seems to be a
 * refusal: it is evidence once the request is granted.
 */
static void
keep_crossed(struct conversation *c)
{
	if (c->crossed.n > 0)
		return;
	keep_set(&c->crossed, quotable(c));
	c->crossed_at = c->facts.at;
}

static void
answer_crossed(struct conversation *c)
{
	struct frame_ref at = c->facts.at;
	enum side from = c->facts.from;

	if (c->crossed.n > 0 && c->facts.seen->answer == ANSWER_GRANTED) {
		c->facts.at = c->crossed_at;
		c->facts.from = SIDE_CLIENT;
		evidence(c, MARK_INJECTED_COMMAND, keep_span(&c->crossed));
	}
	c->crossed.n = 0;
	c->facts.at = at;
	c->facts.from = from;
}

static void
client_crossed(struct conversation *c, const struct unit_start *began)
{
	bool same_flight = began->at_ns - c->asked_ns <= BOUNDARY_FLIGHT_NS;

	if (c->facts.unit == UNIT_QUIET || c->facts.unit == UNIT_CARRIER)
		return;
	/* nobody is left who could take it for a command that came with the request */
	if (began->left)
		return;
	if (c->facts.refusal_unsure && same_flight)
		keep_crossed(c);
	/* the answer had come before, and only now it is clear that it was one */
	if (c->facts.answered || c->facts.refusal_unsure)
		return;
	if (began->asked && same_flight && (c->facts.seen->traits & TRAIT_OPTIONAL) != 0)
		keep_crossed(c);
	else if (began->asked && same_flight)
		evidence(c, MARK_INJECTED_COMMAND, quotable(c));
	else if (began->granted)
		evidence(c, MARK_CLEAR_AFTER_ACCEPT, quotable(c));
}

static void
server_crossed(struct conversation *c, const struct unit_start *began, struct span unit)
{
	if (c->tls[SIDE_CLIENT].carried && !c->tls[SIDE_SERVER].carried && !c->asked &&
	    c->facts.unit != UNIT_CARRIER)
		server_garbage(c);
	if (c->no_hello) {
		facts_mark(&c->facts, MARK_TLS_GARBAGE, boundary_quotable(c, unit));
		c->facts.moved = true;
	}
	c->no_hello = false;
	if (!began->granted || agreed_client_spoke(c) || c->facts.unit == UNIT_QUIET)
		return;
	if (began->at_ns - c->granted_ns <= BOUNDARY_FLIGHT_NS)
		evidence(c, MARK_INJECTED_RESPONSE, boundary_quotable(c, unit));
}

static bool
is_blank(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		int byte = span_at(text, i);

		if (byte != ' ' && byte != '\r' && byte != '\n' && byte != '\t')
			return false;
	}
	return true;
}

/* Half a unit that will never be whole, as TLS begins behind it. */
static void
forget_unread(struct conversation *c, enum side from)
{
	size_t lost = c->unread[from].n;

	if (c->dialect == NULL)
		return;
	if (is_blank(buffer_span(&c->unread[from])))
		redaction_show(&c->redaction, from, buffer_span(&c->unread[from]));
	else
		redaction_hide(&c->redaction, from, lost);
	buffer_clear(&c->unread[from]);
	c->facts.goes_on = false;
	c->dialect->gap(c->state, from, lost, &c->facts);
	c->inside[from] = c->facts.goes_on;
}

/* Granted: what the client had begun to say by then was pushed in behind the request. */
static void
client_had_begun(struct conversation *c)
{
	struct span left = buffer_span(&c->unread[SIDE_CLIENT]);
	bool same_flight = c->began[SIDE_CLIENT].at_ns - c->asked_ns <= BOUNDARY_FLIGHT_NS;

	/* when it is read between the client's units, those are not over yet */
	if (c->aside || left.n == 0 || !same_flight || c->inside[SIDE_CLIENT] ||
	    tls_looks_like_client(left) != TLS_NOT)
		return;
	c->facts.from = SIDE_CLIENT;
	c->facts.said.n = 0;
	if (!is_blank(left))
		evidence(c, MARK_INJECTED_COMMAND, quotable(c));
	forget_unread(c, SIDE_CLIENT);
	c->facts.from = SIDE_SERVER;
}

/* The same of the server's behind its grant. */
static void
server_had_begun(struct conversation *c)
{
	struct span left = buffer_span(&c->unread[SIDE_SERVER]);
	bool same_flight = c->began[SIDE_SERVER].at_ns - c->granted_ns <= BOUNDARY_FLIGHT_NS;

	if (!c->granted || left.n == 0 || !same_flight)
		return;
	c->facts.from = SIDE_SERVER;
	evidence(c, MARK_INJECTED_RESPONSE, boundary_quotable(c, left));
}

void
boundary_before_hello(struct conversation *c)
{
	bool unfinished = c->unread[SIDE_SERVER].n > 0 || c->inside[SIDE_SERVER];

	facts_doubt_ends(&c->facts, true);
	answer_crossed(c);
	if (c->aside || !c->granted || !unfinished)
		return;
	server_had_begun(c);
	forget_unread(c, SIDE_SERVER);
	c->facts.from = SIDE_CLIENT;
}

struct span
boundary_noise(struct span in)
{
	enum { LOOKED_AT = 16, BER_SEQUENCE = 0x30 };
	struct span head = span_head(in, span_at(in, 0) == BER_SEQUENCE ? 0 : LOOKED_AT);

	for (; head.n > 0; span_skip(&head, 1)) {
		int byte = span_at(head, 0);

		if ((byte < 0x20 || byte > 0x7e) && byte != '\r' && byte != '\n' && byte != '\t')
			return span_head(head, 1);
	}
	return head;
}

/* A unit in clear where TLS was up before. */
static void
clear_again(struct conversation *c, enum side from, struct span unit)
{
	/* a client that only takes its leave does not go on without TLS */
	if (!c->was_protected[from] || c->facts.unit != UNIT_COMMAND || boundary_noise(unit).n > 0)
		return;
	/* a server that says why it closes, to a client that has broken off and reads it in vain */
	if (from == SIDE_SERVER && c->flow->left_by[SIDE_CLIENT])
		return;
	agreed_left(c, from);
}

void
boundary_after_unit(struct conversation *c, enum side from,
    const struct unit_start *began, struct span unit)
{
	if (!began->inside) {
		if (from == SIDE_CLIENT)
			client_crossed(c, began);
		else
			server_crossed(c, began, unit);
		clear_again(c, from, unit);
	}
	if (c->facts.asked) {
		/* who asks again took the refusal for one */
		if (!began->asked || c->facts.refusal_unsure)
			c->crossed.n = 0;
		c->facts.refusal_unsure = false;
		c->asked = true;
		c->granted = false;
		c->asked_late = c->flow->left_by[SIDE_SERVER];
		c->asked_ns = c->facts.at.at_ns;
	}
	if (c->facts.answered) {
		if (!c->facts.refusal_unsure)
			answer_crossed(c);
		c->asked = false;
		c->granted = c->facts.seen->answer == ANSWER_GRANTED &&
		    !tls_begun(&c->tls[SIDE_CLIENT]);
		c->granted_ns = c->facts.at.at_ns;
		if (c->granted && from == SIDE_SERVER)
			client_had_begun(c);
		/* an answer that was there before its request finds nothing behind that */
		c->client_spoke = from == SIDE_CLIENT ||
		    (!c->aside && c->unread[SIDE_CLIENT].n > 0);
	}
	c->facts.asked = c->facts.answered = false;
	/* a ClientHello that did not wait for the reply settles it, too */
	if (tls_begun(&c->tls[SIDE_CLIENT]))
		facts_doubt_ends(&c->facts, true);
}

static void
client_at_end(struct conversation *c)
{
	struct span left = buffer_span(&c->unread[SIDE_CLIENT]);
	const struct unit_start *began = &c->began[SIDE_CLIENT];

	if (tls_begun(&c->tls[SIDE_CLIENT]) || c->facts.seen->requested != FACT_TRUE ||
	    is_blank(left))
		return;
	c->facts.from = SIDE_CLIENT;
	c->facts.said.n = 0;
	if (tls_looks_like_client(left) != TLS_NOT) {
		redaction_show(&c->redaction, SIDE_CLIENT, left);
		if (left.n >= HELLO_BYTES_MIN)
			handshake_begin(c, SIDE_CLIENT);
		buffer_clear(&c->unread[SIDE_CLIENT]);
		return;
	}
	c->facts.unit = UNIT_COMMAND;
	client_crossed(c, began);
}

void
boundary_at_end(struct conversation *c)
{
	struct span left = buffer_span(&c->unread[SIDE_SERVER]);

	client_at_end(c);
	agreed_at_end(c);
	server_had_begun(c);
	if (!c->no_hello)
		return;
	c->facts.from = SIDE_SERVER;
	facts_mark(&c->facts, MARK_TLS_GARBAGE, boundary_quotable(c, left));
}
