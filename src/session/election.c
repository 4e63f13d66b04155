/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/election.h"

#include "dialect/refusal.h"
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
	REFUSING,	/* its port; its server knows none of the client's words */
	SILENT,		/* the client says nothing, and the server nothing that tells; its port */
	GRADES
};

struct candidates {
	const struct dialect *best[GRADES];
	bool wait;		/* what comes next may tell more */
	bool wait_sure;		/* ... and make somebody sure */
};

/* The opening, what became of the client's first words, and who its server seems to be. */
struct hearing {
	const struct opening *all;
	struct opening rest;		/* without what was refused */
	struct refusal refusal;
	uint16_t port;
	enum probe own;			/* what the port's own dialect says of the server's words */
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

/* What it says of these words; whose port it is is known. */
static void
ask(struct vote *v, const struct opening *opening, uint16_t server_port)
{
	const bool unanswered = opening->said[SIDE_SERVER].n == 0;
	struct opening whole = *opening, alone;

	whole.own_port = v->at_port;
	alone = whole;
	alone.first = SIDE_CLIENT;
	alone.said[SIDE_SERVER].n = 0;
	v->whole = v->dialect->probe(&whole);
	v->alone = unanswered ? v->whole : v->dialect->probe(&alone);
	/* on another port, its server must not contradict: who wants it unread would say this */
	if (v->whole >= PROBE_LIKELY && !v->at_port && awaits_answer(opening) &&
	    dialect_by_port(server_port) != NULL)
		v->whole = PROBE_MORE;
	/* what no server has answered is less than a word of both */
	if (unanswered && v->whole == PROBE_LIKELY)
		v->whole = PROBE_WEAK;
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
grade_both(const struct vote *v, bool answered)
{
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

/* Is the server this dialect's, as far as its own words tell? */
static enum probe
ask_server(const struct dialect *d, const struct opening *o)
{
	struct opening server = *o;

	server.first = SIDE_SERVER;
	server.said[SIDE_CLIENT].n = 0;
	server.more[SIDE_CLIENT] = false;
	server.more[SIDE_SERVER] = true;
	return d->probe(&server);
}

static void
hear(const struct opening *o, uint16_t server_port, struct hearing *h_r)
{
	const struct dialect *own = dialect_by_port(server_port);

	*h_r = (struct hearing){ .all = o, .rest = *o, .port = server_port };
	if (o->said[SIDE_CLIENT].n == 0 || o->said[SIDE_SERVER].n == 0)
		return;
	opening_refusal(o, &h_r->refusal);
	h_r->rest.said[SIDE_CLIENT] = span_tail(o->said[SIDE_CLIENT], h_r->refusal.bytes);
	if (h_r->refusal.bytes > 0 && h_r->refusal.greeted)
		h_r->rest.first = SIDE_SERVER;
	if (own != NULL)
		h_r->own = ask_server(own, o);
}

static bool
all_is_refused(const struct hearing *h)
{
	return h->refusal.bytes > 0 && h->rest.said[SIDE_CLIENT].n == 0;
}

/* The dialect whose port it is: what was refused may be its own words all the same. */
static enum grade
vote_at_port(const struct hearing *h, struct vote *v)
{
	const bool answered = h->all->said[SIDE_SERVER].n > 0;
	enum grade grade, rest = GRADES;

	ask(v, h->all, h->port);
	grade = grade_both(v, answered);
	if (h->refusal.bytes > 0 && !all_is_refused(h)) {
		ask(v, &h->rest, h->port);
		rest = grade_both(v, answered);
	}
	if (h->own >= PROBE_WEAK && h->refusal.bytes > 0)
		grade = grade < REFUSING ? grade : REFUSING;
	return grade < rest ? grade : rest;
}

/* Is the server much more the port's own, or has it refused whatever it has answered so far? */
static bool
is_denied(const struct hearing *h, enum probe server)
{
	return server == PROBE_NO || (server < h->own && h->own == PROBE_YES) ||
	    h->refusal.bytes > 0;
}

/*
 * Any other: its client's words must not be those that the server has refused. Where the
 * server is the port's own as far as it tells, and not more this one's, it must have accepted
 * one of them.
 */
static enum grade
vote_elsewhere(const struct hearing *h, struct vote *v, bool last)
{
	const bool own = h->own >= PROBE_WEAK;
	enum probe server = PROBE_NO;
	bool doubtful = false;		/* they may all be words that it will refuse */

	ask(v, all_is_refused(h) ? h->all : &h->rest, h->port);
	if (own && v->whole == PROBE_YES) {
		server = ask_server(v->dialect, h->all);
		doubtful = server <= h->own && !h->refusal.accepted;
	}
	if (!last && (doubtful || all_is_refused(h)) && v->whole != PROBE_NO)
		v->whole = PROBE_MORE;
	if ((own && v->whole < PROBE_YES) || (doubtful && is_denied(h, server)))
		return GRADES;
	return grade_both(v, h->all->said[SIDE_SERVER].n > 0);
}

/* Nobody yet; but a server that may be the port's own has not said yet what it makes of it. */
static bool
may_refuse(const struct hearing *h)
{
	return h->own != PROBE_NO && !h->refusal.accepted;
}

static struct candidates
ask_everybody(const struct hearing *h, bool last)
{
	bool client = h->all->said[SIDE_CLIENT].n > 0,
	    flood = h->all->said[SIDE_SERVER].n == OPENING_BYTES_MAX;
	struct candidates c = { .wait = !client || all_is_refused(h) };

	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		struct vote v = { .dialect = *d, .at_port = has_port(*d, h->port) };
		enum grade grade;

		if (!client) {
			ask(&v, h->all, h->port);
			grade = grade_server(&v, flood);
		} else {
			grade = v.at_port ? vote_at_port(h, &v) : vote_elsewhere(h, &v, last);
		}
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
	struct hearing h;
	struct candidates c;

	hear(opening, server_port, &h);
	c = ask_everybody(&h, last);
	*wait_r = c.wait;
	for (int grade = SURE; grade < GRADES; grade++) {
		bool decided = grade == SURE || last || !c.wait ||
		    (grade == SPOKEN && !c.wait_sure);

		if (decided && c.best[grade] != NULL)
			return c.best[grade];
	}
	*wait_r = c.wait || may_refuse(&h);
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
