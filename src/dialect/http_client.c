/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1, what the client says. Of a request only its method is ever quoted:
 * targets, fields and bodies may hold anything.
 */
#include "dialect/http.h"

#include <string.h>

#include "base/hash.h"

static const struct {
	const char *name;
	bool recoverable;
} schemes[] = {
	{ "Basic", true },	/* RFC 7617 */
	{ "Bearer", true },	/* RFC 6750: whoever has the token is the user */
	{ "Digest", false },
	{ "NTLM", false },
	{ "Negotiate", false },
	{ "unknown", false },
};

enum { SCHEME_UNKNOWN = sizeof(schemes) / sizeof(schemes[0]) - 1 };

static bool
is_method(struct span word)
{
	for (size_t i = 0; i < word.n; i++) {
		int c = span_at(word, i);

		if ((c < 'A' || c > 'Z') && c != '_' && c != '-')
			return false;
	}
	return word.n > 0 && word.n <= HTTP_METHOD_MAX;
}

static uint64_t
hash(struct span target)
{
	static const struct hash_key fixed = { { 0x6874747020746172, 0x6765742068617368 } };

	return hash_bytes(&fixed, target.p, target.n);
}

/* The port of "host:port", as CONNECT has it (RFC 9110 §9.3.6). */
static uint16_t
port_of(struct span authority)
{
	unsigned port = 0;
	size_t colon = authority.n;

	while (colon > 0 && span_at(authority, colon - 1) != ':')
		colon--;
	for (size_t i = colon; i < authority.n && port <= 65535; i++) {
		int c = span_at(authority, i);

		if (c < '0' || c > '9')
			return 0;
		port = port * 10 + (unsigned)(c - '0');
	}
	return port <= 65535 ? (uint16_t)port : 0;
}

/* The request being read, or NULL when it has its response already. */
static struct http_request *
current(struct http *s)
{
	if (!s->open || s->used == 0)
		return NULL;
	return &s->pending[(s->first + s->used - 1u) % HTTP_PENDING_MAX];
}

static bool
is_request_line(struct span line)
{
	size_t blank = line.n;

	while (blank > 0 && span_at(line, blank - 1) != ' ')
		blank--;
	return http_is_version(span_tail(line, blank));
}

static void
request_line(struct http *s, struct span line, struct facts *facts)
{
	struct span rest, method = line_word(line, &rest), target = line_word(rest, &rest);
	struct http_request *r;

	/* the first one may be as strange as it likes, for the server took it as HTTP */
	if (s->used == HTTP_PENDING_MAX || (s->began && !is_request_line(line))) {
		facts->unit = UNIT_UNREADABLE;
		http_lose(s, SIDE_CLIENT, facts);
		return;
	}
	s->began = s->open = true;
	s->used++;
	r = current(s);
	*r = (struct http_request){ .target = hash(target) };
	r->head = span_equals(method, span_text("HEAD"));
	r->options = span_equals(method, span_text("OPTIONS"));
	r->connect = span_equals(method, span_text("CONNECT"));
	if (r->connect)
		r->port = port_of(target);
	if (!is_method(method))
		method = span_text("request");
	memcpy(r->method, method.p, method.n);
	facts_said(facts, method);
}

/* A login in the head: the scheme is told, never what follows it. */
static void
login(struct http_request *r, bool proxy, const struct http_piece *piece, struct facts *facts)
{
	struct span secret = piece->text, scheme;
	struct keep excerpt = { 0 };

	if (r == NULL || secret.n == 0)
		return;
	if (!piece->folded) {
		scheme = line_word(secret, &secret);
		for (r->scheme = 0; r->scheme < SCHEME_UNKNOWN; r->scheme++) {
			if (span_is(scheme, schemes[r->scheme].name))
				break;
		}
	}
	if (proxy)
		r->proxy_secret = true;
	else
		r->secret = true;
	keep_add(&excerpt, span_text(proxy ? "Proxy-Authorization: " : "Authorization: "));
	keep_add(&excerpt, span_text(schemes[r->scheme].name));
	facts_credentials(facts, span_text(schemes[r->scheme].name),
	    schemes[r->scheme].recoverable && secret.n > 0, keep_span(&excerpt));
}

static void
field(struct http *s, const struct http_piece *piece, struct facts *facts)
{
	switch (piece->field) {
	case HTTP_HOST:
		if (!piece->folded)
			facts_server_name(facts, piece->text);
		break;
	case HTTP_AUTHORIZATION:
	case HTTP_PROXY_AUTHORIZATION:
		login(current(s), piece->field == HTTP_PROXY_AUTHORIZATION, piece, facts);
		break;
	default:
		break;
	}
}

static void
tell_request(const struct http_message *m, struct facts *facts)
{
	struct keep excerpt = { 0 };

	keep_add(&excerpt, span_text("Upgrade: "));
	keep_add(&excerpt, span_head(keep_span(&m->tls), 16));
	facts_request(facts, keep_span(&excerpt));
}

void
http_request_ends(struct http *s, struct facts *facts)
{
	struct http_request *r = current(s);

	s->open = false;
	if (r == NULL || !r->asks || r->asked)
		return;
	r->asked = true;
	tell_request(&s->said[SIDE_CLIENT], facts);
}

static void
head_ends(struct http *s, struct facts *facts)
{
	struct http_message *m = &s->said[SIDE_CLIENT];
	struct http_request *r = current(s);

	if (r != NULL)
		r->asks = http_message_names_tls(m);
	else if (http_message_names_tls(m))
		tell_request(m, facts);	/* it was answered before it had said all */
	if (!http_message_body(m, true, false))
		http_lose(s, SIDE_CLIENT, facts);
	else if (m->part == HTTP_START)
		http_request_ends(s, facts);
}

/* What stands behind CONNECT may be of another protocol: the response tells. */
static bool
awaits_tunnel(const struct http *s)
{
	return !s->open && s->used > 0 &&
	    s->pending[(s->first + s->used - 1u) % HTTP_PENDING_MAX].connect;
}

long
http_client_feed(struct http *s, struct span in, struct facts *facts)
{
	struct http_message *m = &s->said[SIDE_CLIENT];
	struct http_piece piece;
	long used;

	if (awaits_tunnel(s))
		return 0;
	used = http_message_read(m, in, &piece);
	if (used <= 0)
		return used;
	switch (piece.event) {
	case HTTP_BLANK:
		facts->unit = UNIT_QUIET;
		break;
	case HTTP_STARTS:
		request_line(s, piece.text, facts);
		break;
	case HTTP_FIELD:
		field(s, &piece, facts);
		break;
	case HTTP_HEAD_ENDS:
		head_ends(s, facts);
		break;
	case HTTP_ENDS:
		http_request_ends(s, facts);
		break;
	case HTTP_BROKEN:
		http_lose(s, SIDE_CLIENT, facts);
		break;
	case HTTP_NOTHING:
		break;
	}
	facts->goes_on = m->part != HTTP_START && !s->lost[SIDE_CLIENT];
	return used;
}
