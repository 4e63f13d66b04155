/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1 with the upgrade to TLS (RFC 2817), which both sides may decline. Most
 * of it is plain web traffic: that is read as far as heads go, and left as soon
 * as nothing of interest can come.
 */
#include "dialect/http.h"

#include <string.h>

#include "dialect/opening.h"

enum { STATUS_BYTES = 12 };	/* "HTTP/1.1 200" */

struct http_request *
http_oldest(struct http *s)
{
	return s->used > 0 ? &s->pending[s->first] : NULL;
}

void
http_drop_oldest(struct http *s)
{
	if (s->used == 0)
		return;
	if (s->used == 1)
		s->open = false;
	s->first = (uint8_t)((s->first + 1u) % HTTP_PENDING_MAX);
	s->used--;
}

bool
http_is_of_interest(const struct http *s, const struct facts *facts)
{
	for (unsigned i = 0; i < s->used; i++) {
		if (s->pending[(s->first + i) % HTTP_PENDING_MAX].asks)
			return true;
	}
	return s->demanded || facts->seen->offered == FACT_TRUE ||
	    facts->seen->requested == FACT_TRUE;
}

void
http_give_up(struct facts *facts)
{
	facts_lost_sync(facts);
	facts_done(facts);
}

/* The head of a request has been read to its end. */
static bool
has_asked(const struct http *s)
{
	return s->began && !s->open;
}

void
http_lose(struct http *s, enum side from, struct facts *facts)
{
	s->lost[from] = true;
	line_gap(&s->said[from].lines);
	facts_lost_sync(facts);
	/* who speaks before it is asked may not be the server: the request tells */
	if (has_asked(s) && !http_is_of_interest(s, facts))
		facts_done(facts);
}

bool
http_is_version(struct span word)
{
	int minor = span_at(word, 7);

	return word.n == 8 && span_starts(word, "HTTP/1.") && minor >= '0' && minor <= '9';
}

unsigned
http_status(struct span line)
{
	struct span rest, version = line_word(line, &rest);
	unsigned status = 0;

	if (!http_is_version(version) || (rest.n > 3 && span_at(rest, 3) != ' '))
		return 0;
	for (size_t i = 0; i < 3; i++) {
		int c = span_at(rest, i);

		if (c < '0' || c > '9')
			return 0;
		status = status * 10 + (unsigned)(c - '0');
	}
	return status >= 100 ? status : 0;
}

/*
 * The place is lost, and TLS may begin behind any line: they are counted off,
 * and none is believed, for a body may say anything.
 */
static long
pass_line(struct http *s, enum side from, struct span in, struct facts *facts)
{
	struct line line;
	long used = line_read(&s->said[from].lines, in, &line);

	facts->unit = UNIT_UNREADABLE;
	return used;
}

/*
 * The server answers nothing any more: it speaks another protocol, or its last body
 * has gone on for so long that its client would have said whatever it had to say.
 */
static bool
is_over(const struct http *s)
{
	const struct http_message *server = &s->said[SIDE_SERVER];

	if (server->part != HTTP_TO_END || (!s->switched && server->passed <= HTTP_REST_LONG))
		return false;
	return s->lost[SIDE_CLIENT] || (s->began && s->said[SIDE_CLIENT].part != HTTP_HEAD);
}

static long
http_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct http *s = state;
	long used;

	/* responses come in the order of their requests, however late */
	facts->request_expired = false;
	if (s->lost[from])
		return pass_line(s, from, in, facts);
	used = from == SIDE_CLIENT ? http_client_feed(s, in, facts) :
	    http_server_feed(s, in, facts);
	if (is_over(s) || (s->lost[SIDE_SERVER] && has_asked(s) && !http_is_of_interest(s, facts)))
		facts_done(facts);
	else if (http_message_is_long(&s->said[from]) && !http_is_of_interest(s, facts))
		http_give_up(facts);
	return used;
}

static void
http_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct http *s = state;

	enum http_event event = HTTP_BROKEN;

	if (!s->lost[from])
		event = http_message_gap(&s->said[from], count);
	if (event == HTTP_BROKEN)
		http_lose(s, from, facts);
	else if (event == HTTP_ENDS && from == SIDE_CLIENT)
		http_request_ends(s, facts);
	facts->goes_on = event == HTTP_NOTHING;
}

/* --- Recognising ------------------------------------------------------------- */

/* Has the server's first line the look of a response? */
static enum probe
probe_response(struct span server, bool more)
{
	size_t end = span_find(server, '\n');
	struct span line = span_head(server, end);

	if (line.n > 0 && span_at(line, line.n - 1) == '\r')
		line.n--;
	/* what follows the three digits counts, too */
	if (server.n > STATUS_BYTES || !more)
		return http_status(line) != 0 ? PROBE_YES : PROBE_NO;
	if (end < server.n)
		return PROBE_NO;
	return span_equals(span_head(server, 7), span_head(span_text("HTTP/1."), server.n)) ?
	    PROBE_MORE : PROBE_NO;
}

/* Does the line begin as a method does (a token, RFC 9110 §9.1), and not as markup? */
static bool
begins_token(struct span line)
{
	int c = span_at(line, 0);

	return c > ' ' && c < 0x7f && strchr("\"(),/:;<=>?@[\\]{}", c) == NULL;
}

/* A target may be longer than an opening: then the method and the port must do. */
static bool
begins_request(struct span client)
{
	static const char *const methods[] = {
		"GET /", "GET http://", "POST /", "POST http://", "PUT /", "HEAD /",
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (span_starts(client, methods[i]))
			return true;
	}
	return false;
}

/*
 * "GET / HTTP/1.1" is sure, unless it is answered by what is no response. Scanners
 * send stranger first lines; they are HTTP when the server answers so. Other protocols
 * that look alike have versions of their own (RTSP/1.0, SIP/2.0, ICAP/1.0), and so has
 * HTTP/2.
 */
static enum probe
http_probe(const struct opening *opening)
{
	struct span client = opening->said[SIDE_CLIENT], server = opening->said[SIDE_SERVER], line;
	size_t end, blank;

	if (opening->first == SIDE_SERVER)
		return probe_response(server, opening->more[SIDE_SERVER]);
	/* a server passes over empty lines in front (RFC 9112 §2.2) */
	while (span_at(client, 0) == '\r' || span_at(client, 0) == '\n')
		span_skip(&client, 1);
	if (client.n > 0 && (span_at(client, 0) < ' ' || span_at(client, 0) == 0x7f))
		return PROBE_NO;
	end = span_find(client, '\n');
	line = span_head(client, end);
	if (line.n > 0 && span_at(line, line.n - 1) == '\r')
		line.n--;
	for (blank = line.n; blank > 0 && span_at(line, blank - 1) != ' '; blank--)
		;
	if (end < client.n && blank > 1 && begins_token(line) &&
	    http_is_version(span_tail(line, blank)))
		return server.n == 0 || probe_response(server, opening->more[SIDE_SERVER]) !=
		    PROBE_NO ? PROBE_YES : PROBE_LIKELY;
	if (server.n > 0)
		return probe_response(server, opening->more[SIDE_SERVER]);
	if (opening->more[SIDE_CLIENT] || opening->more[SIDE_SERVER])
		return PROBE_MORE;
	return end == client.n && begins_request(client) ? PROBE_WEAK : PROBE_NO;
}

_Static_assert(sizeof(struct http) <= DIALECT_STATE_MAX, "the state must fit");

const struct dialect dialect_http = {
	.name = "http",
	.rfcs = "9110 9112 2817",
	.ports = { 80, 8080, 631, 8000 },
	.traits = TRAIT_OPTIONAL | TRAIT_SECRETS_UNSEEN | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct http),
	.offer = "Upgrade: TLS in a response",
	.request = "Upgrade: TLS",
	.grant = "101",
	.tells = "required-violated",
	.probe = http_probe,
	.feed = http_feed,
	.disclose = http_disclose,
	.gap = http_gap,
};
