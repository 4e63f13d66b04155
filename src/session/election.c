/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/election.h"

#include "session/start.h"

/*
 * Who it could be; of each kind the first in the table, but of those who are sure the one
 * whose port it is. Those further up are believed first.
 */
enum grade {
	SURE,		/* the opening is its own, and so may the client's words be */
	SPOKEN,		/* its clients alone speak like this, and the port is its */
	AT_PORT,	/* it could be, and the port is its */
	LIKELY,		/* it could be, by words that others may use as well */
	UNHEARD,	/* the server's words are its own, the client's are not */
	SILENT,		/* the client says nothing, and the server nothing that tells; its port */
	GRADES
};

struct candidates {
	const struct dialect *best[GRADES];
	bool wait;		/* what comes next may tell more */
	bool wait_sure;		/* ... and make somebody sure */
};

/* What a dialect says of both sides' words, and of the client's as if nobody heard the server. */
struct vote {
	const struct dialect *dialect;
	bool at_port;
	enum probe whole, alone;
};

static bool
has_port(const struct dialect *d, uint16_t port)
{
	for (int i = 0; i < DIALECT_PORTS_MAX && d->ports[i] != 0; i++) {
		if (d->ports[i] == port)
			return true;
	}
	return false;
}

/* The client spoke first, and the server has not answered, or by half a line. */
static bool
awaits_answer(const struct opening *opening)
{
	enum { LINE_LOOK = 64 };	/* bytes; what has no end by then is no line */
	const struct span server = opening->said[SIDE_SERVER];

	return opening->first == SIDE_CLIENT && opening->more[SIDE_SERVER] &&
	    server.n < LINE_LOOK && span_find(server, '\n') == server.n;
}

static struct vote
ask(const struct dialect *d, const struct opening *opening, uint16_t server_port)
{
	const bool unanswered = opening->said[SIDE_SERVER].n == 0;
	struct opening whole = *opening, alone;
	struct vote v = { .dialect = d, .at_port = has_port(d, server_port) };

	whole.own_port = v.at_port;
	alone = whole;
	alone.first = SIDE_CLIENT;
	alone.said[SIDE_SERVER].n = 0;
	v.whole = d->probe(&whole);
	v.alone = unanswered ? v.whole : d->probe(&alone);
	/* on another port, its server must not contradict: who wants it unread would say this */
	if (v.whole >= PROBE_LIKELY && !v.at_port && awaits_answer(opening) &&
	    dialect_by_port(server_port) != NULL)
		v.whole = PROBE_MORE;
	/* what no server has answered is less than a word of both */
	if (unanswered && v.whole == PROBE_LIKELY)
		v.whole = PROBE_WEAK;
	return v;
}

/* Only the server has spoken. A flood may be there to push its client's words out of sight. */
static enum grade
grade_server(const struct vote *v, bool flood)
{
	if (v->at_port && (v->whole == PROBE_YES || (v->whole >= PROBE_WEAK && flood)))
		return AT_PORT;
	if (v->whole >= PROBE_LIKELY)
		return LIKELY;
	return v->at_port && v->whole == PROBE_WEAK ? SILENT : GRADES;
}

static enum grade
grade_both(const struct vote *v, bool answered, bool denied)
{
	/* the server does not answer it, and speaks as one of this port does */
	if (denied && !v->at_port && v->whole < PROBE_YES)
		return GRADES;
	if (v->whole == PROBE_YES && v->alone >= PROBE_WEAK)
		return SURE;
	if (v->alone >= PROBE_LIKELY && v->at_port && answered)
		return SPOKEN;
	if (v->alone != PROBE_NO && v->whole >= PROBE_WEAK && v->at_port)
		return AT_PORT;
	if (v->alone != PROBE_NO && v->whole >= PROBE_LIKELY)
		return LIKELY;
	return v->whole == PROBE_YES || (v->whole >= PROBE_WEAK && v->at_port) ? UNHEARD : GRADES;
}

/* May it come to another vote? */
static bool
may_change(const struct vote *v)
{
	if (v->whole == PROBE_MORE)
		return true;
	if (v->whole == PROBE_YES)
		return v->alone == PROBE_MORE;
	if (v->whole != PROBE_NO)
		return v->alone != PROBE_NO;
	return v->at_port && (v->alone == PROBE_MORE || v->alone == PROBE_WEAK);
}

/* Both have spoken, and the server may be this port's own. */
static bool
answers_as_own(const struct opening *o, uint16_t server_port)
{
	const struct dialect *own;
	struct opening server = *o;

	if (o->said[SIDE_SERVER].n == 0)
		return false;
	own = dialect_by_port(server_port);
	server.first = SIDE_SERVER;
	server.said[SIDE_CLIENT].n = 0;
	return own != NULL && own->probe(&server) >= PROBE_WEAK;
}

static struct candidates
ask_everybody(const struct opening *o, uint16_t server_port)
{
	bool client = o->said[SIDE_CLIENT].n > 0, server = o->said[SIDE_SERVER].n > 0,
	    flood = o->said[SIDE_SERVER].n == OPENING_BYTES_MAX;
	const bool denied = client && answers_as_own(o, server_port);
	struct candidates c = { .wait = !client };

	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		struct vote v = ask(*d, o, server_port);
		enum grade grade = client ? grade_both(&v, server, denied) :
		    grade_server(&v, flood);

		if (grade < GRADES && (c.best[grade] == NULL || (grade == SURE && v.at_port)))
			c.best[grade] = *d;
		c.wait = c.wait || may_change(&v);
		c.wait_sure = c.wait_sure || (v.whole == PROBE_MORE && v.alone != PROBE_NO);
	}
	return c;
}

const struct dialect *
election(const struct opening *opening, uint16_t server_port, bool last, bool *wait_r)
{
	struct candidates c = ask_everybody(opening, server_port);

	*wait_r = c.wait;
	for (int grade = SURE; grade < GRADES; grade++) {
		bool decided = grade == SURE || last || !c.wait ||
		    (grade == SPOKEN && !c.wait_sure);

		if (decided && c.best[grade] != NULL)
			return c.best[grade];
	}
	return NULL;
}

bool
election_is_own(struct span client, uint16_t server_port)
{
	const struct dialect *own = dialect_by_port(server_port);
	const struct opening o = { .said = { client }, .own_port = true };

	return own != NULL && own->probe(&o) >= PROBE_WEAK;
}

const struct dialect *
election_by_client(struct span client)
{
	const struct opening o = { .said = { client } };

	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		if (client.n > 0 && (*d)->probe(&o) >= PROBE_LIKELY)
			return *d;
	}
	return NULL;
}
