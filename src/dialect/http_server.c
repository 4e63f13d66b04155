/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1, what the server says: is TLS in Upgrade (RFC 2817 §4.1), is it demanded
 * (§4.2), does it begin (§3.3). A response that does neither declines, lawfully.
 */
#include "dialect/http.h"

enum {
	STATUS_BYTES = 12,	/* HTTP/1.1 101 */
	SWITCHING = 101,
	NO_CONTENT = 204,
	NOT_MODIFIED = 304,
	UNAUTHORIZED = 401,
	PROXY_UNAUTHORIZED = 407,
	UPGRADE_REQUIRED = 426,
};

static bool
is_success(unsigned status)
{
	return status >= 200 && status <= 299;
}

static void
status_line(struct http *s, struct span line, struct facts *facts)
{
	struct http_request *r = http_oldest(s);

	/* what comes behind the code is prose, and may repeat anything */
	s->status = http_status(line);
	keep_set(&s->status_line, span_head(line, STATUS_BYTES));
	if (s->status != 0)
		return;
	if (r != NULL && r->asked)
		facts_answer(facts, ANSWER_INVALID, span_text("no status"));
	http_lose(s, SIDE_SERVER, facts);
}

/* The client's whole request stands behind its answer, even where it had not come to its end. */
static void
tell_request(struct http *s, struct http_request *r, struct facts *facts)
{
	enum side from = facts->from;

	if (r == NULL || !r->asks || r->asked)
		return;
	facts->from = SIDE_CLIENT;
	http_request_ends(s, facts);
	facts->from = from;
}

/* An interim response promises nothing, so only one that offers counts. */
static void
listing(struct http *s, struct facts *facts)
{
	const struct http_message *m = &s->said[SIDE_SERVER];
	struct keep offer = { 0 };

	if (s->status == SWITCHING ? m->tls.n > 0 : http_message_names_tls(m)) {
		keep_add(&offer, span_text("Upgrade: "));
		keep_add(&offer, span_head(keep_span(&m->tls), KEEP_BYTES - offer.n));
		facts_listing(facts, true, keep_span(&offer));
	} else if (s->status >= 200 || s->status == SWITCHING) {
		facts_listing(facts, false, keep_span(&s->status_line));
	}
}

/* 101: to TLS, to something else, or to what nobody says. */
static void
switches(struct http *s, struct http_request *r, struct facts *facts)
{
	const struct http_message *m = &s->said[SIDE_SERVER];
	bool asked = r != NULL ? r->asked : !s->began || s->lost[SIDE_CLIENT];
	struct span reply = keep_span(&s->status_line);

	if (asked && m->tls.n > 0) {
		facts_answer(facts, ANSWER_GRANTED, reply);
	} else if (asked && r != NULL && !m->upgrade) {
		facts_answer_in_doubt(facts, reply);
	} else {
		if (asked && r != NULL)
			facts_answer(facts, ANSWER_LAWFUL, reply);
		http_message_to_end(&s->said[SIDE_SERVER]);
		s->switched = true;
	}
	/* its own response comes inside TLS, or not at all */
	http_drop_oldest(s);
}

static void
logins(const struct http *s, const struct http_request *r, struct facts *facts)
{
	struct span reply = keep_span(&s->status_line);
	bool wrong = (s->status == UNAUTHORIZED && r->secret) ||
	    (s->status == PROXY_UNAUTHORIZED && r->proxy_secret);

	if (!r->secret && !r->proxy_secret)
		return;
	if (s->status == UPGRADE_REQUIRED && http_message_names_tls(&s->said[SIDE_SERVER]))
		facts_login(facts, LOGIN_NEEDS_TLS, reply);
	else
		facts_login(facts, wrong ? LOGIN_WRONG : LOGIN_PASSED, reply);
}

/* What the response means for the request that it answers. */
static void
answer(struct http *s, const struct http_request *r, struct facts *facts)
{
	struct span reply = keep_span(&s->status_line);

	if (r->asks)
		facts_answer(facts, ANSWER_LAWFUL, reply);
	if (s->status == UPGRADE_REQUIRED && http_message_names_tls(&s->said[SIDE_SERVER])) {
		facts_demand(facts, OPERATION_ANY, reply);
		s->demanded = true;
		s->demanded_target = r->target;
	}
	logins(s, r, facts);
	if (!is_success(s->status))
		return;
	if (s->demanded && r->target == s->demanded_target)
		facts_accepted(facts, OPERATION_ANY, reply);
	if (!r->options && !r->connect && !r->head)
		facts_payload(facts, span_text(r->method), span_text(r->method));
}

static bool
has_body(const struct http *s, const struct http_request *r)
{
	return s->status >= 200 && s->status != NO_CONTENT && s->status != NOT_MODIFIED &&
	    (r == NULL || !r->head);
}

static void
head_ends(struct http *s, struct facts *facts)
{
	struct http_message *m = &s->said[SIDE_SERVER];
	struct http_request *r = http_oldest(s), done = { 0 };

	listing(s, facts);
	if (s->status < 200) {
		http_message_body(m, false, true);
		if (s->status == SWITCHING)
			switches(s, r, facts);
		return;
	}
	if (r != NULL) {
		tell_request(s, r, facts);
		answer(s, r, facts);
		done = *r;
	}
	if (done.connect && is_success(s->status))
		facts_tunnel(facts, done.target, done.port);
	else if (!http_message_body(m, has_body(s, r), true))
		http_lose(s, SIDE_SERVER, facts);
	http_drop_oldest(s);
}

/* It may not switch before the client has said all (RFC 9110 §7.8): a body is no TLS. */
static bool
must_wait(struct http *s)
{
	return s->said[SIDE_SERVER].part == HTTP_HEAD && s->status == SWITCHING &&
	    s->open && s->used == 1 && !s->lost[SIDE_CLIENT];
}

long
http_server_feed(struct http *s, struct span in, struct facts *facts)
{
	struct http_message *m = &s->said[SIDE_SERVER];
	struct http_piece piece;
	long used;

	if (must_wait(s))
		return 0;
	used = http_message_read(m, in, &piece);
	if (used <= 0)
		return used;
	switch (piece.event) {
	case HTTP_BLANK:
		facts->unit = UNIT_QUIET;
		break;
	case HTTP_STARTS:
		status_line(s, piece.text, facts);
		break;
	case HTTP_HEAD_ENDS:
		head_ends(s, facts);
		break;
	case HTTP_BROKEN:
		http_lose(s, SIDE_SERVER, facts);
		break;
	case HTTP_FIELD:
	case HTTP_ENDS:
	case HTTP_NOTHING:
		break;
	}
	facts->goes_on = m->part != HTTP_START && !s->lost[SIDE_SERVER];
	return used;
}
