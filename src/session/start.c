/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/start.h"

#include "session/preface.h"
#include "tls/tls.h"

size_t
start_add(struct start *s, enum side from, struct span bytes, const struct frame_ref *at)
{
	bool same_turn = s->turn_count > 0 && s->turns[s->turn_count - 1].from == from;

	bytes = span_head(bytes, OPENING_BYTES_MAX - s->said[from].n);
	if (!same_turn && s->turn_count == OPENING_TURNS_MAX)
		return 0;
	if (!buffer_add(&s->said[from], bytes, OPENING_BYTES_MAX))
		return 0;
	if (!same_turn) {
		s->turns[s->turn_count].from = (uint8_t)from;
		s->turns[s->turn_count].bytes = 0;
		s->turn_count++;
	}
	s->turns[s->turn_count - 1].bytes += (uint32_t)bytes.n;
	s->turns[s->turn_count - 1].at = *at;
	return bytes.n;
}

/* Take n bytes off the client's turns; turns of no bytes stay and do no harm. */
static void
shorten_turns(struct start *s, size_t n)
{
	for (unsigned i = 0; i < s->turn_count && n > 0; i++) {
		uint32_t take = s->turns[i].bytes;

		if (s->turns[i].from != SIDE_CLIENT)
			continue;
		if (take > n)
			take = (uint32_t)n;
		s->turns[i].bytes -= take;
		n -= take;
	}
}

void
start_strip_preface(struct start *s)
{
	long n;

	/* one load balancer may stand behind another */
	while ((n = preface_length(buffer_span(&s->said[SIDE_CLIENT]))) > 0) {
		shorten_turns(s, (size_t)n);
		buffer_drop(&s->said[SIDE_CLIENT], (size_t)n);
	}
}

enum side
start_first_speaker(const struct start *s)
{
	for (unsigned i = 0; i < s->turn_count; i++) {
		if (s->turns[i].bytes > 0)
			return (enum side)s->turns[i].from;
	}
	return SIDE_CLIENT;
}

static bool
has_port(const struct dialect *d, uint16_t port)
{
	for (int i = 0; i < DIALECT_PORTS_MAX && d->ports[i] != 0; i++) {
		if (d->ports[i] == port)
			return true;
	}
	return false;
}

/*
 * Who it could be; of each kind the first in the table. A server's words may be
 * anybody's who stands in the path, so they alone settle nothing while the client
 * may still tell what it takes the server for.
 */
struct candidates {
	const struct dialect *sure;	/* it is its own, and so may the client's words be */
	const struct dialect *spoken;	/* its clients alone speak like this, and the port is its */
	const struct dialect *at_port;	/* it could be, and the port is its */
	const struct dialect *likely;	/* it could be, by words that others may use as well */
	const struct dialect *unheard;	/* the server's words are its own, the client's are not */
	const struct dialect *silent;	/* nobody says anything that tells, but the port is its */
	bool wait;			/* what comes next may decide */
	bool wait_sure;			/* ... and make somebody sure */
};

static void
propose(const struct dialect **candidate, const struct dialect *d)
{
	if (*candidate == NULL)
		*candidate = d;
}

/* Whose words are these, if nobody knew the server's? */
static enum probe
probe_client_alone(const struct opening *o, const struct dialect *d)
{
	struct opening alone = *o;

	alone.first = SIDE_CLIENT;
	alone.said[SIDE_SERVER].n = 0;
	return d->probe(&alone);
}

/* Only the server has spoken. A flood may be there to push its client's words out of sight. */
static void
weigh_server(struct candidates *c, const struct dialect *d, bool port, enum probe whole,
    bool flood)
{
	if (port && (whole == PROBE_YES || (whole >= PROBE_WEAK && flood)))
		propose(&c->at_port, d);
	else if (whole >= PROBE_LIKELY)
		propose(&c->likely, d);
	else if (port && whole == PROBE_WEAK)
		propose(&c->silent, d);
}

static void
weigh(struct candidates *c, const struct dialect *d, bool port, enum probe whole,
    enum probe alone, bool answered)
{
	bool waits = whole == PROBE_MORE || whole == PROBE_WEAK || whole == PROBE_LIKELY;

	if (whole == PROBE_YES && alone >= PROBE_WEAK)
		propose(&c->sure, d);
	else if (alone >= PROBE_LIKELY && port && answered)
		propose(&c->spoken, d);
	else if (whole >= PROBE_WEAK && port && alone != PROBE_NO)
		propose(&c->at_port, d);
	else if (whole >= PROBE_LIKELY && alone != PROBE_NO)
		propose(&c->likely, d);
	else if (whole == PROBE_YES || (whole >= PROBE_WEAK && port))
		propose(&c->unheard, d);
	c->wait = c->wait || waits || (alone == PROBE_MORE && whole == PROBE_YES) ||
	    (port && (alone == PROBE_MORE || alone == PROBE_WEAK));
	c->wait_sure = c->wait_sure || (whole == PROBE_MORE && alone != PROBE_NO);
}

static struct candidates
ask_dialects(const struct opening *o, uint16_t server_port)
{
	bool client = o->said[SIDE_CLIENT].n > 0, server = o->said[SIDE_SERVER].n > 0,
	    flood = o->said[SIDE_SERVER].n == OPENING_BYTES_MAX;
	struct candidates c = { .wait = !client };

	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		enum probe whole = (*d)->probe(o);

		/* what no server has answered is less than a word of both */
		if (!server && whole == PROBE_LIKELY)
			whole = PROBE_WEAK;
		if (client)
			weigh(&c, *d, has_port(*d, server_port), whole,
			    probe_client_alone(o, *d), server);
		else
			weigh_server(&c, *d, has_port(*d, server_port), whole, flood);
	}
	return c;
}

/* The best of them; NULL when there is none, or none yet. */
static const struct dialect *
elect(const struct candidates *c, bool last)
{
	const struct dialect *const order[] = {
		c->spoken, c->at_port, c->likely, c->unheard, c->silent,
	};

	if (c->sure != NULL)
		return c->sure;
	if (c->spoken != NULL && !c->wait_sure)
		return c->spoken;
	for (size_t i = 0; (last || !c->wait) && i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i] != NULL)
			return order[i];
	}
	return NULL;
}

enum recognition
start_recognise(const struct start *s, uint16_t server_port, bool last,
    const struct dialect **dialect_r)
{
	struct opening o = {
		.first = start_first_speaker(s),
		.said = { buffer_span(&s->said[SIDE_CLIENT]), buffer_span(&s->said[SIDE_SERVER]) },
		.more = { !last, !last },
	};
	enum tls_looks tls = TLS_NOT;
	struct candidates c;

	*dialect_r = NULL;
	if (!last && preface_length(o.said[SIDE_CLIENT]) < 0)
		return RECOGNISED_NOT_YET;
	if (o.said[SIDE_CLIENT].n == 0 && o.said[SIDE_SERVER].n == 0)
		return RECOGNISED_NOT_YET;
	if (o.first == SIDE_CLIENT)
		tls = tls_looks_like_client(o.said[SIDE_CLIENT]);
	if (tls == TLS_YES)
		return RECOGNISED_TLS;
	c = ask_dialects(&o, server_port);
	*dialect_r = elect(&c, last);
	if (*dialect_r != NULL)
		return RECOGNISED_DIALECT;
	return (c.wait || tls == TLS_MAYBE) && !last ? RECOGNISED_NOT_YET : RECOGNISED_NOBODY;
}

const struct dialect *
start_expected(const struct start *s)
{
	const struct opening o = { .said = { buffer_span(&s->said[SIDE_CLIENT]) } };

	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		if (o.said[SIDE_CLIENT].n > 0 && (*d)->probe(&o) >= PROBE_LIKELY)
			return *d;
	}
	return NULL;
}

void
start_clear(struct start *s)
{
	buffer_clear(&s->said[SIDE_CLIENT]);
	buffer_clear(&s->said[SIDE_SERVER]);
	s->turn_count = 0;
}
