/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PostgreSQL, what the client sends: SSLRequest, GSSENCRequest, CancelRequest
 * and StartupMessage, then messages, of which only what logs in is looked into.
 */
#include "dialect/postgresql.h"

#include "dialect/sasl.h"

enum {
	TYPED_HEAD = 5,
	PASSWORD_BYTES = 1024,	/* as much of such a message as is looked at */
	STARTUP_BYTES = 10000,
	MD5_BYTES = 36,		/* "md5", 32 hexadecimal digits, NUL */
};

/* Every type of message that a client sends. */
static const char client_types[] = "BCDEFHPQSXcdfp";

/* A string up to its NUL, taken off the front; false when it has none. */
static bool
take_string(struct span *in, struct span *string_r)
{
	size_t n = span_find(*in, '\0');

	return n < in->n && span_take(in, n, string_r) && span_skip(in, 1);
}

static void
startup(struct postgresql *p, struct span parameters, struct facts *facts)
{
	struct span name, value;

	p->started = true;
	facts_said(facts, span_text("StartupMessage"));
	while (take_string(&parameters, &name) && name.n > 0 && take_string(&parameters, &value)) {
		if (span_is(name, "user"))
			facts_client_name(facts, value);
	}
}

static void
request(struct postgresql *p, enum postgresql_request which, struct facts *facts)
{
	static const char ssl[] = "SSLRequest", gss[] = "GSSENCRequest";

	facts_said(facts, span_text(which == POSTGRESQL_SSL ? ssl : gss));
	if (!pending_add(&p->pending, (uint8_t)which))
		facts_lost_sync(facts);
	if (which == POSTGRESQL_SSL)
		facts_request(facts, span_text(ssl));
}

static long
opening(struct postgresql *p, struct span in, struct facts *facts)
{
	struct postgresql_opening o;
	struct span head;
	long used;

	if (!postgresql_read_opening(in, &o)) {
		if (in.n < POSTGRESQL_OPENING_HEAD)
			return 0;
		if (!p->begun && o.code >> 16 != 3)
			return -1;
		if (p->begun)
			return pdu_lost(&p->pdus[SIDE_CLIENT], facts);
		/* a StartupMessage of a wrong length: the server only gives an error */
		facts_done(facts);
		return (long)in.n;
	}
	used = pdu_take(&p->pdus[SIDE_CLIENT], in, o.size, STARTUP_BYTES, &head, facts);
	if (used == 0)
		return 0;
	p->begun = true;
	switch (o.code) {
	case POSTGRESQL_SSL_CODE:
		request(p, POSTGRESQL_SSL, facts);
		break;
	case POSTGRESQL_GSS_CODE:
		request(p, POSTGRESQL_GSS, facts);
		break;
	case POSTGRESQL_CANCEL:
		facts_said(facts, span_text("CancelRequest"));
		break;
	default:
		startup(p, o.content, facts);
		break;
	}
	return used;
}

/* SASLInitialResponse: the mechanism's name, then the response. */
static void
sasl_response(struct postgresql *p, struct span content, struct facts *facts)
{
	const struct sasl_mechanism *mechanism;
	struct span name;

	if (p->mechanism != NULL || !take_string(&content, &name))
		return;
	mechanism = sasl_find(name);
	p->mechanism = mechanism->name;
	facts_credentials(facts, span_text(mechanism->name), mechanism->kind != SASL_OPAQUE,
	    span_text("SASLInitialResponse"));
}

/* The server's request was not seen: a string is a password, unless it is a digest. */
static void
unknown_response(struct span content, struct facts *facts)
{
	struct span rest = content, text;

	if (!take_string(&rest, &text) || rest.n > 0 || text.n == 0)
		return;
	if (content.n == MD5_BYTES && span_starts(text, "md5"))
		facts_credentials(facts, span_text("md5"), false, span_text("PasswordMessage"));
	else
		facts_credentials(facts, span_text("password"), true,
		    span_text("PasswordMessage"));
}

static void
password(struct postgresql *p, struct span content, struct facts *facts)
{
	facts_said(facts, span_text("PasswordMessage"));
	switch ((enum postgresql_login)p->login) {
	case POSTGRESQL_UNKNOWN:
		unknown_response(content, facts);
		break;
	case POSTGRESQL_SASL:
		sasl_response(p, content, facts);
		break;
	case POSTGRESQL_PASSWORD:
	case POSTGRESQL_DIGEST:
		facts_credentials(facts, span_text(p->mechanism),
		    p->login == POSTGRESQL_PASSWORD, span_text("PasswordMessage"));
		break;
	}
}

/* Messages that move what is in the database, or ask for it. */
static const char *
payload_verb(int type)
{
	switch (type) {
	case 'Q':
		return "Query";
	case 'P':
		return "Parse";
	case 'F':
		return "FunctionCall";
	case 'd':
		return "CopyData";
	default:
		return NULL;
	}
}

static long
typed(struct postgresql *p, struct span in, struct facts *facts)
{
	int type = span_at(in, 0);
	const char *verb = payload_verb(type);
	struct span head;
	uint32_t size;
	long used;

	if (!postgresql_read_typed(&p->pdus[SIDE_CLIENT], in, client_types, &size))
		return in.n < TYPED_HEAD ? 0 : pdu_lost(&p->pdus[SIDE_CLIENT], facts);
	used = pdu_take(&p->pdus[SIDE_CLIENT], in, size,
	    type == 'p' ? PASSWORD_BYTES : TYPED_HEAD, &head, facts);
	if (used == 0)
		return 0;
	facts_said(facts, span_text(verb != NULL ? verb : "message"));
	if (type == 'X')
		facts->unit = UNIT_QUIET;
	else if (type == 'p')
		password(p, span_tail(head, TYPED_HEAD), facts);
	else if (verb != NULL)
		facts_payload(facts, span_text(verb), span_text(verb));
	return used;
}

long
postgresql_client_unit(struct postgresql *p, struct span in, struct facts *facts)
{
	/* its answer is not waited for any more */
	if (facts->request_expired && pending_oldest(&p->pending) == POSTGRESQL_SSL)
		pending_drop(&p->pending);
	facts->request_expired = false;
	return p->started ? typed(p, in, facts) : opening(p, in, facts);
}
