/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/start.h"

#include <stdlib.h>

#include "session/election.h"
#include "session/preface.h"
#include "tls/tls.h"

enum {
	ASK_ALWAYS = 64,	/* pieces, and lines, after each of which everybody is asked */
	BYTES_LOOK = 4,		/* so many bytes of a side are waited for, */
	LINE_LOOK = 64,		/* and half a line of a client up to there */
	ASK_GROWTH = 8,		/* then when there is an eighth more */
};

static const int64_t PAUSE_NS = INT64_C(1000000000);

/* A new turn, or NULL where there is no room for it; it counts once it is filled. */
static struct turn *
next_turn(struct start *s)
{
	if (s->turns == NULL)
		s->turns = malloc(OPENING_TURNS_MAX * sizeof(*s->turns));
	return s->turns != NULL && s->turn_count < OPENING_TURNS_MAX ?
	    &s->turns[s->turn_count] : NULL;
}

/* A side that drips must not use up the other's turns, nor those that holes need. */
static bool
goes_on(const struct start *s, enum side from, int64_t at_ns)
{
	const struct turn *last = s->turn_count > 0 ? &s->turns[s->turn_count - 1] : NULL;

	return last != NULL && last->from == from && (at_ns - last->since_ns < PAUSE_NS ||
	    last->lost > 0 || s->turn_count >= OPENING_PAUSES_MAX);
}

size_t
start_add(struct start *s, enum side from, struct span bytes, const struct frame_ref *at)
{
	const bool same_turn = goes_on(s, from, at->at_ns);
	struct turn *turn = same_turn ? &s->turns[s->turn_count - 1] : next_turn(s);

	bytes = span_head(bytes, OPENING_BYTES_MAX - s->said[from].n);
	if (turn == NULL || !buffer_add(&s->said[from], bytes, OPENING_BYTES_MAX))
		return 0;
	if (!same_turn) {
		*turn = (struct turn){ .from = (uint8_t)from, .since_ns = at->at_ns };
		s->turn_count++;
	}
	turn->bytes += (uint32_t)bytes.n;
	turn->at = *at;
	return bytes.n;
}

bool
start_lose(struct start *s, enum side from, uint64_t count, const struct frame_ref *at)
{
	struct turn *turn = next_turn(s);

	if (turn == NULL)
		return false;
	*turn = (struct turn){ .from = (uint8_t)from, .lost = count,
		.since_ns = at->at_ns, .at = *at };
	s->turn_count++;
	return true;
}

/* Turns of no bytes stay and do no harm, as long as there are others. */
void
start_drop(struct start *s, enum side from, size_t n)
{
	buffer_drop(&s->said[from], n);
	for (unsigned i = 0; i < s->turn_count && n > 0; i++) {
		uint32_t take = s->turns[i].bytes;

		if (s->turns[i].from != from)
			continue;
		if (take > n)
			take = (uint32_t)n;
		s->turns[i].bytes -= take;
		n -= take;
	}
	if (start_is_empty(s))
		s->turn_count = 0;
}

size_t
start_preface(const struct start *s)
{
	struct span rest = buffer_span(&s->said[SIDE_CLIENT]);
	long n;

	/* one load balancer may stand behind another */
	while ((n = preface_length(rest)) > 0)
		rest = span_tail(rest, (size_t)n);
	return s->said[SIDE_CLIENT].n - rest.n;
}

void
start_strip_preface(struct start *s)
{
	start_drop(s, SIDE_CLIENT, start_preface(s));
}

bool
start_strip_socks(struct start *s, struct socks_tunnel *tunnel_r)
{
	if (socks_read(buffer_span(&s->said[SIDE_CLIENT]), buffer_span(&s->said[SIDE_SERVER]),
	    tunnel_r) != SOCKS_GRANTED)
		return false;
	start_drop(s, SIDE_CLIENT, tunnel_r->bytes[SIDE_CLIENT]);
	start_drop(s, SIDE_SERVER, tunnel_r->bytes[SIDE_SERVER]);
	return true;
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

size_t
start_unanswered(const struct start *s)
{
	size_t n = 0;

	for (unsigned i = 0; i < s->turn_count; i++) {
		if (s->turns[i].from == SIDE_CLIENT)
			n += s->turns[i].bytes;
		else if (s->turns[i].bytes > 0)
			break;
	}
	return n;
}

bool
start_is_ripe(struct start *s, struct span bytes)
{
	uint32_t total = (uint32_t)(s->said[SIDE_CLIENT].n + s->said[SIDE_SERVER].n);
	struct asked *a = &s->asked[span_at(bytes, bytes.n - 1) == '\n'];

	s->unasked = a->times >= ASK_ALWAYS && s->turn_count == a->turns &&
	    total < a->bytes + a->bytes / ASK_GROWTH;
	if (s->unasked)
		return false;
	a->times += a->times < ASK_ALWAYS;
	a->turns = s->turn_count;
	a->bytes = total;
	return true;
}

bool
start_turn_ends(const struct start *s, enum side from)
{
	return s->unasked && s->turn_count > 0 && s->turns[s->turn_count - 1].from != from;
}

/*
 * The client began as TLS does. On a port where a dialect begins in clear whoever wants
 * nobody to look would forge just that, so there its server must agree.
 */
static enum recognition
agree_on_tls(struct span server, uint16_t server_port, bool last)
{
	if (dialect_by_port(server_port) == NULL)
		return RECOGNISED_TLS;
	switch (server.n > 0 ? tls_looks_like_server(server) : TLS_MAYBE) {
	case TLS_YES:
		return RECOGNISED_TLS;
	case TLS_MAYBE:
		return last ? RECOGNISED_TLS : RECOGNISED_NOT_YET;
	case TLS_NOT:
		break;
	}
	return RECOGNISED_TLS_DENIED;
}

/* What stands behind the last line end. */
static struct span
last_line(struct span said)
{
	size_t n = said.n;

	while (n > 0 && span_at(said, n - 1) != '\n')
		n--;
	return span_tail(said, n);
}

static bool
is_half_line(struct span line)
{
	size_t n = line.n;

	if (n == 0 || n >= LINE_LOOK)
		return false;
	if (span_at(line, n - 1) == '\r')
		n--;
	while (n > 0 && span_at(line, n - 1) >= ' ' && span_at(line, n - 1) < 0x7f)
		n--;
	return n == 0;
}

/* A few bytes, or half a line of the client's, by which it may yet be clear who this is. */
static bool
is_half_said(struct span client, struct span server)
{
	return (client.n > 0 && client.n < BYTES_LOOK) || is_half_line(client) ||
	    (server.n > 0 && server.n < BYTES_LOOK);
}

bool
start_is_mid_line(const struct start *s)
{
	const struct turn *last = s->turn_count > 0 ? &s->turns[s->turn_count - 1] : NULL;

	return last != NULL && is_half_line(last_line(buffer_span(&s->said[last->from])));
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
	struct socks_tunnel tunnel;
	bool wait;

	*dialect_r = NULL;
	if (!last && (preface_length(o.said[SIDE_CLIENT]) < 0 ||
	    socks_read(o.said[SIDE_CLIENT], o.said[SIDE_SERVER], &tunnel) == SOCKS_MORE))
		return RECOGNISED_NOT_YET;
	if (o.said[SIDE_CLIENT].n == 0 && o.said[SIDE_SERVER].n == 0)
		return RECOGNISED_NOT_YET;
	if (o.first == SIDE_CLIENT)
		tls = tls_looks_like_client(o.said[SIDE_CLIENT]);
	if (tls == TLS_YES)
		return agree_on_tls(o.said[SIDE_SERVER], server_port, last);
	if (tls == TLS_MAYBE && !last)
		return RECOGNISED_NOT_YET;
	*dialect_r = election(&o, server_port, last, &wait);
	if (*dialect_r != NULL)
		return RECOGNISED_DIALECT;
	wait = wait || (is_half_said(o.said[SIDE_CLIENT], o.said[SIDE_SERVER]) &&
	    !start_is_full(s));
	return wait && !last ? RECOGNISED_NOT_YET : RECOGNISED_NOBODY;
}

void
start_clear(struct start *s)
{
	buffer_clear(&s->said[SIDE_CLIENT]);
	buffer_clear(&s->said[SIDE_SERVER]);
	free(s->turns);
	s->turns = NULL;
	s->turn_count = 0;
}
