/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VNC: the Remote Framebuffer protocol (RFC 6143 §7.1) and its security types
 * with TLS, 18 (TLS at once) and 19 (VeNCrypt, which asks for a subtype first;
 * the community's rfbproto describes both).
 */
#include <stdio.h>

#include "dialect/binary_disclosure.h"
#include "dialect/dialect.h"

enum {
	VERSION_BYTES = 12,	/* "RFB 003.008\n" */
	CHALLENGE_BYTES = 16,
	TYPE_INVALID = 0,
	TYPE_NONE = 1,
	TYPE_VNC = 2,
	TYPE_TLS = 18,
	TYPE_VENCRYPT = 19,
	SUBTYPE_PLAIN = 256,	/* a name and a password, without TLS */
	SUBTYPE_TLS_FIRST = 257,
	SUBTYPE_TLS_LAST = 264,
	NAME_BYTES_MAX = 4096,
};

/* What either side says next. */
enum step {
	STEP_VERSION,		/* server, then client */
	STEP_TYPES,		/* server */
	STEP_TYPE,		/* client */
	STEP_DECIDES,		/* server, before version 3.7: the one type that there is */
	STEP_VENCRYPT,		/* server's version, client's, then whether it is taken */
	STEP_TAKEN,
	STEP_SUBTYPES,		/* server */
	STEP_SUBTYPE,		/* client */
	STEP_ANSWER,		/* server: one byte */
	STEP_TLS,		/* nothing in clear is expected any more */
	STEP_PLAIN,		/* client: name and password */
	STEP_CHALLENGE,		/* server */
	STEP_RESPONSE,		/* client */
	STEP_RESULT,		/* server */
	STEP_SCREEN,		/* whatever comes is what it is all about */
	STEP_OTHER,		/* a way to log in that is not read */
};

struct vnc {
	uint8_t step;		/* enum step */
	bool version[2];	/* said */
	bool old_server;	/* its version is 3.3 */
	bool listed_tls;	/* 18 or 19 was among the types */
	bool silent_none;	/* before 3.8 no result follows where nobody logs in */
};

/* A server that has no list gives none; a client that wants none is like one that sends HELO. */
static void
no_list(const struct vnc *v, struct facts *facts)
{
	facts_mark(facts, v->old_server ? MARK_LISTING_REFUSED : MARK_HELO_ONLY,
	    span_text("RFB 003.003 has no list of security types"));
}

static long
version(struct vnc *v, enum side from, struct span in, struct facts *facts)
{
	if (in.n < VERSION_BYTES)
		return 0;
	if (!span_starts(in, "RFB "))
		return -1;
	v->version[from] = true;
	v->silent_none = !span_starts(in, "RFB 003.008");
	if (from == SIDE_SERVER) {
		v->old_server = span_starts(in, "RFB 003.003");
		facts_mark(facts, MARK_BANNER, span_head(in, VERSION_BYTES - 1));
		return VERSION_BYTES;
	}
	/* the client's version holds, and 3.3 knows no list of types */
	v->step = span_starts(in, "RFB 003.003") ? STEP_DECIDES : STEP_TYPES;
	return VERSION_BYTES;
}

static long
types(struct vnc *v, struct span in)
{
	uint8_t count, type;
	struct span list;

	if (!span_u8(&in, &count) || !span_take(&in, count, &list))
		return 0;
	/* none at all: a reason follows, and the server closes */
	v->step = count == 0 ? STEP_OTHER : STEP_TYPE;
	while (span_u8(&list, &type))
		v->listed_tls = v->listed_tls || type == TYPE_TLS || type == TYPE_VENCRYPT;
	return 1 + count;
}

static void
listing(bool offer, struct facts *facts)
{
	facts_listing(facts, offer, span_text(offer ? "security types with TLS" :
	    "security types without TLS"));
}

/* RFC 6143 §7.1.2: of version 3.3. Who sends a client away says so in 3.3, whatever he has. */
static long
decided_type(struct vnc *v, struct span in, struct facts *facts)
{
	uint32_t chosen;

	if (!span_be32(&in, &chosen))
		return 0;
	if (chosen != TYPE_INVALID)
		no_list(v, facts);
	v->step = chosen == TYPE_NONE ? STEP_SCREEN : chosen == TYPE_VNC ? STEP_CHALLENGE :
	    STEP_OTHER;
	return 4;
}

/* The types that are chosen by themselves or, by the same numbers, within VeNCrypt. */
static void
without_tls(struct vnc *v, uint32_t chosen, struct facts *facts)
{
	if (chosen == TYPE_NONE) {
		v->step = v->silent_none ? STEP_SCREEN : STEP_RESULT;
	} else if (chosen == TYPE_VNC) {
		v->step = STEP_CHALLENGE;
	} else {
		v->step = STEP_OTHER;
		facts_secrets_unseen(facts);
	}
}

static long
type(struct vnc *v, struct span in, struct facts *facts)
{
	int chosen = span_at(in, 0);

	/* of VeNCrypt only the subtypes say whether there is TLS in it */
	if (chosen != TYPE_VENCRYPT)
		listing(v->listed_tls, facts);
	facts_said(facts, span_text("security type"));
	switch (chosen) {
	case TYPE_TLS:
		v->step = STEP_TLS;	/* no answer: the handshake begins at once */
		facts_request(facts, span_text("security type TLS"));
		break;
	case TYPE_VENCRYPT:
		v->step = STEP_VENCRYPT;
		break;
	default:
		without_tls(v, (uint32_t)chosen, facts);
		break;
	}
	return 1;
}

static bool
is_tls(uint32_t subtype)
{
	return subtype >= SUBTYPE_TLS_FIRST && subtype <= SUBTYPE_TLS_LAST;
}

static long
subtypes(struct vnc *v, struct span in, struct facts *facts)
{
	uint8_t count;
	uint32_t subtype;
	struct span list;
	bool offer = false;

	if (!span_u8(&in, &count) || !span_take(&in, (size_t)count * 4, &list))
		return 0;
	while (span_be32(&list, &subtype))
		offer = offer || is_tls(subtype);
	listing(offer, facts);
	v->step = STEP_SUBTYPE;
	return 1 + (long)count * 4;
}

static long
subtype(struct vnc *v, struct span in, struct facts *facts)
{
	char text[sizeof("VeNCrypt subtype=4294967295")];
	uint32_t chosen;

	if (!span_be32(&in, &chosen))
		return 0;
	snprintf(text, sizeof(text), "VeNCrypt subtype=%u", (unsigned)chosen);
	facts_said(facts, span_text(text));
	if (is_tls(chosen)) {
		v->step = STEP_ANSWER;
		facts_request(facts, span_text(text));
	} else if (chosen == SUBTYPE_PLAIN) {
		v->step = STEP_PLAIN;
	} else {
		without_tls(v, chosen, facts);
	}
	return 4;
}

static long
answer(struct vnc *v, struct span in, struct facts *facts)
{
	int byte = span_at(in, 0);

	v->step = STEP_TLS;
	if (byte == 1)
		facts_answer(facts, ANSWER_GRANTED, span_text("1"));
	else
		facts_answer(facts, byte == 0 ? ANSWER_PERMANENT : ANSWER_INVALID,
		    span_text(byte == 0 ? "0" : "no answer of VeNCrypt's"));
	return 1;
}

static long
plain(struct vnc *v, struct span in, struct facts *facts)
{
	uint32_t name, password;

	facts_said(facts, span_text("Plain"));
	if (!span_be32(&in, &name) || !span_be32(&in, &password))
		return 0;
	if (name > NAME_BYTES_MAX || password > NAME_BYTES_MAX) {
		v->step = STEP_OTHER;
		return 1;
	}
	if (in.n < (size_t)name + password)
		return 0;
	facts_client_name(facts, span_head(in, name));
	if (password > 0)
		facts_credentials(facts, span_text("Plain"), true, span_text("Plain"));
	v->step = STEP_RESULT;
	return 8 + (long)name + (long)password;
}

static long
sixteen_bytes(struct vnc *v, struct span in, enum step next)
{
	if (in.n < CHALLENGE_BYTES)
		return 0;
	v->step = (uint8_t)next;
	return CHALLENGE_BYTES;
}

static long
result(struct vnc *v, struct span in, struct facts *facts)
{
	uint32_t code;

	if (!span_be32(&in, &code))
		return 0;
	facts_login(facts, code == 0 ? LOGIN_ACCEPTED : LOGIN_WRONG, span_text(code == 0 ?
	    "SecurityResult ok" : "SecurityResult failed"));
	v->step = code == 0 ? STEP_SCREEN : STEP_OTHER;
	return 4;
}

static long
server_unit(struct vnc *v, struct span in, struct facts *facts)
{
	switch ((enum step)v->step) {
	case STEP_VERSION:
		return v->version[SIDE_SERVER] ? 0 : version(v, SIDE_SERVER, in, facts);
	case STEP_TYPES:
		return types(v, in);
	case STEP_DECIDES:
		return decided_type(v, in, facts);
	case STEP_VENCRYPT:
		return in.n < 2 ? 0 : 2;
	case STEP_TAKEN:
		v->step = span_at(in, 0) == 0 ? STEP_SUBTYPES : STEP_OTHER;
		return 1;
	case STEP_SUBTYPES:
		return subtypes(v, in, facts);
	case STEP_ANSWER:
		return answer(v, in, facts);
	case STEP_CHALLENGE:
		return sixteen_bytes(v, in, STEP_RESPONSE);
	case STEP_RESULT:
		return result(v, in, facts);
	case STEP_SCREEN:
		facts_payload(facts, span_text("screen"), span_text("screen"));
		facts_done(facts);
		return (long)in.n;
	case STEP_TLS:
	case STEP_OTHER:
		return 1;
	default:
		return 0;	/* the client's turn */
	}
}

static long
client_unit(struct vnc *v, struct span in, struct facts *facts)
{
	switch ((enum step)v->step) {
	case STEP_VERSION:
		return v->version[SIDE_SERVER] ? version(v, SIDE_CLIENT, in, facts) : 0;
	case STEP_TYPE:
		return type(v, in, facts);
	case STEP_VENCRYPT:
		if (in.n < 2)
			return 0;
		v->step = STEP_TAKEN;
		return 2;
	case STEP_SUBTYPE:
		return subtype(v, in, facts);
	case STEP_PLAIN:
		return plain(v, in, facts);
	case STEP_RESPONSE:
		if (in.n >= CHALLENGE_BYTES)
			facts_credentials(facts, span_text("VNC"), false, span_text("response"));
		return sixteen_bytes(v, in, STEP_RESULT);
	case STEP_TLS:
	case STEP_SCREEN:
	case STEP_OTHER:
	case STEP_ANSWER:
		return 1;
	default:
		return 0;	/* the server's turn */
	}
}

static long
vnc_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct vnc *v = state;
	bool expired = from == SIDE_CLIENT && facts->request_expired;

	if (from == SIDE_SERVER)
		return server_unit(v, in, facts);
	facts->request_expired = false;
	if (expired)
		v->step = STEP_OTHER;
	return client_unit(v, in, facts);
}

static void
vnc_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct vnc *v = state;

	(void)from, (void)count, (void)facts;
	/* nothing but its order tells what a byte is */
	if (v->step != STEP_SCREEN)
		v->step = STEP_OTHER;
}

static enum probe
vnc_probe(const struct opening *opening)
{
	static const char first[] = "RFB 00";
	struct span said = opening->said[SIDE_SERVER];
	size_t n = said.n < sizeof(first) - 1 ? said.n : sizeof(first) - 1;

	if (opening->first != SIDE_SERVER || !span_equals(span_head(said, n), span_of(first, n)))
		return PROBE_NO;
	if (said.n < VERSION_BYTES)
		return PROBE_MORE;
	return span_at(said, VERSION_BYTES - 1) == '\n' ? PROBE_YES : PROBE_NO;
}

const struct dialect dialect_vnc = {
	.name = "vnc",
	.rfcs = "6143",
	.ports = { 5900, 5901, 5902, 5903 },
	.traits = TRAIT_AUTH_WEAK | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct vnc),
	.offer = "security types 18 and 19",
	.request = "subtype with TLS",
	.grant = "1, or the ServerHello",
	.tells = "cap-cmd-refused",
	.probe = vnc_probe,
	.feed = vnc_feed,
	.disclose = vnc_disclose,
	.gap = vnc_gap,
};
