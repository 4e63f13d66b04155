/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PostgreSQL, what the server answers: one byte to each request before the
 * start, then messages. An ErrorResponse instead of that byte is how servers
 * answered that did not know the request; an attacker may do the same.
 */
#include "dialect/postgresql.h"

#include "dialect/reply.h"

enum {
	TYPED_HEAD = 5,
	MESSAGE_BYTES = 2048,	/* as much of an error or a request as is looked at */
};

/* Every type of message that a server sends. */
static const char server_types[] = "123ACDEGHIKNRSTVWZcdnstv";

/* The codes of authentication requests. */
enum {
	AUTH_OK = 0,
	AUTH_KERBEROS = 2,
	AUTH_PASSWORD = 3,
	AUTH_CRYPT = 4,
	AUTH_MD5 = 5,
	AUTH_SCM = 6,
	AUTH_GSS = 7,
	AUTH_GSS_CONTINUE = 8,
	AUTH_SSPI = 9,
	AUTH_SASL = 10,
	AUTH_SASL_CONTINUE = 11,
	AUTH_SASL_FINAL = 12,
};

/* One field of an ErrorResponse, or nothing. */
static struct span
error_field(struct span message, uint8_t wanted)
{
	struct span fields = span_tail(message, TYPED_HEAD), value;
	uint8_t kind;

	while (span_u8(&fields, &kind) && kind != 0) {
		if (!span_take(&fields, span_find(fields, '\0'), &value))
			break;
		if (kind == wanted)
			return value;
		span_skip(&fields, 1);
	}
	return (struct span){ 0 };
}

static void
settle(struct postgresql *p, enum answer answer, struct span reply, struct facts *facts)
{
	bool ssl = pending_oldest(&p->pending) == POSTGRESQL_SSL;

	pending_drop(&p->pending);
	if (ssl)
		facts_answer(facts, answer, reply);
}

static long
error_answer(struct postgresql *p, struct span in, struct facts *facts)
{
	struct keep reply = { 0 };
	struct span head;
	uint32_t size;
	long used;

	if (!postgresql_read_typed(&p->pdus[SIDE_SERVER], in, "E", &size)) {
		if (in.n < TYPED_HEAD)
			return 0;
		/* protocol 2: text follows, and the server closes */
		settle(p, ANSWER_ERROR, span_head(in, 1), facts);
		p->old_server = true;
		return 1;
	}
	used = pdu_take(&p->pdus[SIDE_SERVER], in, size, MESSAGE_BYTES, &head, facts);
	if (used == 0)
		return 0;
	keep_set(&reply, span_text("E "));
	keep_add(&reply, span_head(error_field(head, 'C'), 5));
	keep_add(&reply, span_text(" "));
	keep_add(&reply, span_head(error_field(head, 'M'), KEEP_BYTES - reply.n));
	settle(p, ANSWER_ERROR, keep_span(&reply), facts);
	return used;
}

/*
 * A request for encryption is what scanners say to anybody: on a port of somebody
 * else's, who answers in no word of the protocol is none of it.
 */
static bool
is_somebody_else(const struct facts *facts, int byte)
{
	return !facts->own_port && facts->seen->answer == ANSWER_NONE &&
	    byte != 'S' && byte != 'N' && byte != 'E';
}

static long
one_byte(struct postgresql *p, struct span in, struct facts *facts)
{
	struct span byte = span_head(in, 1);

	if (pending_oldest(&p->pending) == POSTGRESQL_SSL &&
	    is_somebody_else(facts, span_at(in, 0)))
		return -1;
	switch (span_at(in, 0)) {
	case 'S':
		if (pending_oldest(&p->pending) == POSTGRESQL_SSL) {
			settle(p, ANSWER_GRANTED, byte, facts);
			break;
		}
		settle(p, ANSWER_INVALID, byte, facts);
		break;
	case 'N':
		settle(p, ANSWER_PERMANENT, byte, facts);
		break;
	case 'G':
		/* GSSAPI wraps the rest, if that was asked for */
		if (pending_oldest(&p->pending) == POSTGRESQL_GSS)
			facts_done(facts);
		settle(p, ANSWER_INVALID, byte, facts);
		break;
	case 'E':
		return error_answer(p, in, facts);
	default:
		settle(p, ANSWER_INVALID, byte, facts);
		break;
	}
	return 1;
}

static void
wants(struct postgresql *p, enum postgresql_login login, const char *mechanism)
{
	p->login = (uint8_t)login;
	p->mechanism = mechanism;
}

static void
authentication(struct postgresql *p, struct span message, struct facts *facts)
{
	struct span content = span_tail(message, TYPED_HEAD);
	uint32_t code;

	if (!span_be32(&content, &code))
		return;
	switch (code) {
	case AUTH_OK:
		facts_login(facts, LOGIN_ACCEPTED, span_text("AuthenticationOk"));
		break;
	case AUTH_PASSWORD:
		wants(p, POSTGRESQL_PASSWORD, "password");
		break;
	case AUTH_MD5:
		wants(p, POSTGRESQL_DIGEST, "md5");
		break;
	case AUTH_CRYPT:
		wants(p, POSTGRESQL_DIGEST, "crypt");
		break;
	case AUTH_GSS:
	case AUTH_KERBEROS:
		wants(p, POSTGRESQL_DIGEST, "GSSAPI");
		break;
	case AUTH_SSPI:
		wants(p, POSTGRESQL_DIGEST, "SSPI");
		break;
	case AUTH_SASL:
		wants(p, POSTGRESQL_SASL, NULL);
		break;
	default:
		break;		/* more of what is under way already */
	}
}

/* SQLSTATE class 28 is all that says so; the words name the reason (hostssl, poolers, clouds). */
static bool
demands_tls(struct span code, struct span text)
{
	static const char *const words[] = {
		"no encryption", "SSL off", "SSL connection is required", "SSL required",
		"TLS required", "requires SSL", "requires TLS",
	};

	if (!span_starts(code, "28") && !span_starts(code, "08"))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (reply_mentions(text, words[i]))
			return true;
	}
	return false;
}

static void
error(struct span message, struct facts *facts)
{
	struct span code = error_field(message, 'C'), text = error_field(message, 'M');
	bool demand = demands_tls(code, text);
	struct keep said = { 0 };

	if (facts->seen->authenticated)
		return;
	/* the words name the user: the code says enough */
	keep_set(&said, span_text("ErrorResponse SQLSTATE="));
	keep_add(&said, span_head(code, 5));
	if (demand)
		facts_demand(facts, OPERATION_LOGIN, keep_span(&said));
	facts_login(facts, demand ? LOGIN_NEEDS_TLS : LOGIN_WRONG, keep_span(&said));
}

static long
typed(struct postgresql *p, struct span in, struct facts *facts)
{
	int type = span_at(in, 0);
	bool look = type == 'R' || type == 'E';
	struct span head;
	uint32_t size;
	long used;

	if (!postgresql_read_typed(&p->pdus[SIDE_SERVER], in, server_types, &size))
		return in.n < TYPED_HEAD ? 0 : pdu_lost(&p->pdus[SIDE_SERVER], facts);
	used = pdu_take(&p->pdus[SIDE_SERVER], in, size, look ? MESSAGE_BYTES : TYPED_HEAD,
	    &head, facts);
	if (used == 0)
		return 0;
	if (type == 'R')
		authentication(p, head, facts);
	else if (type == 'E')
		error(head, facts);
	else if (type == 'D')
		facts_payload(facts, span_text("DataRow"), span_text("DataRow"));
	else if (type == 'd')
		facts_payload(facts, span_text("CopyData"), span_text("CopyData"));
	return used;
}

long
postgresql_server_unit(struct postgresql *p, struct span in, struct facts *facts)
{
	int first = span_at(in, 0);

	if (p->old_server)
		return 1;
	if (pending_oldest(&p->pending) != 0)
		return one_byte(p, in, facts);
	/* a server whose client is not seen: answers to whatever was asked, then messages */
	if (!p->started && (first == 'S' || first == 'N'))
		return 1;
	return typed(p, in, facts);
}
