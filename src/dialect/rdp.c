/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDP: the negotiation in front of everything else ([MS-RDPBCGR] §2.2.1.1,
 * §2.2.1.2), in X.224 connection PDUs (class 0) inside TPKT (RFC 1006 §6). What
 * follows it is TLS, or Standard RDP Security, which is not read.
 */
#include <stdio.h>

#include "dialect/binary_disclosure.h"
#include "dialect/dialect.h"
#include "dialect/pdu.h"

enum {
	TPKT_VERSION = 3,
	TPKT_HEADER = 4,
	X224_FIXED = 6,			/* kind, two references, class */
	X224_CONNECTION_REQUEST = 0xe0,
	X224_CONNECTION_CONFIRM = 0xd0,
	X224_DISCONNECT_REQUEST = 0x80,
	OPENING_BYTES_MAX = 1024,
	NEGOTIATION_BYTES = 8,
};

/* Kinds of negotiation blocks. */
enum negotiation {
	NEGOTIATION_NONE,
	NEGOTIATION_REQUEST,
	NEGOTIATION_RESPONSE,
	NEGOTIATION_FAILURE,
};

/* Why the server fails the negotiation (§2.2.1.2.2). */
enum failure {
	SSL_REQUIRED_BY_SERVER = 1,
	/* SSL_NOT_ALLOWED_BY_SERVER and SSL_CERT_NOT_ON_SERVER, 2 and 3, refuse */
	INCONSISTENT_FLAGS = 4,
	HYBRID_REQUIRED_BY_SERVER = 5,
	SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER = 6,
};

struct rdp {
	struct pdu_reader pdus[2];
	bool begun;
	uint32_t requested;	/* protocols that the client would take, 0 for none but RDP's own */
	bool answered;
	bool demanded;		/* ... by a failure that asks for TLS, or for more */
};

/* An X.224 connection PDU. */
struct connection {
	uint8_t kind;
	struct span variable;	/* what stands behind its fixed part */
	uint8_t negotiation;	/* enum negotiation */
	uint32_t value;		/* protocols, or a failure */
};

/* TPKT: version, reserved, length with its header; false when it is none. */
static bool
read_tpkt(struct span in, uint16_t *size_r)
{
	uint8_t version, reserved;

	return span_u8(&in, &version) && span_u8(&in, &reserved) && span_be16(&in, size_r) &&
	    version == TPKT_VERSION && reserved == 0 && *size_r > TPKT_HEADER;
}

/* The client may put a cookie, or a routing token, in front of the block: a line. */
static void
skip_line(struct span *variable)
{
	size_t end = span_find(*variable, '\n');

	if (span_at(*variable, 0) != NEGOTIATION_REQUEST && end < variable->n)
		span_skip(variable, end + 1);
}

static void
read_negotiation(struct connection *c)
{
	struct span block = c->variable;
	uint8_t kind, flags;
	uint16_t length;

	c->negotiation = NEGOTIATION_NONE;
	if (c->kind == X224_CONNECTION_REQUEST)
		skip_line(&block);
	if (span_u8(&block, &kind) && span_u8(&block, &flags) && span_le16(&block, &length) &&
	    length == NEGOTIATION_BYTES && span_le32(&block, &c->value))
		c->negotiation = kind;
}

/* The whole TPKT at the front as a connection PDU. */
static bool
read_connection(struct span packet, struct connection *c)
{
	struct span in = packet;
	uint8_t length;

	if (!span_skip(&in, TPKT_HEADER) || !span_u8(&in, &length) || length != in.n ||
	    span_at(in, 0) < 0 || !span_take(&in, X224_FIXED, &c->variable))
		return false;
	c->kind = (uint8_t)(span_at(c->variable, 0) & 0xf0);
	c->variable = in;
	read_negotiation(c);
	return true;
}

static void
client_name(struct span variable, struct facts *facts)
{
	static const char cookie[] = "Cookie: mstshash=";
	struct span name = span_tail(variable, sizeof(cookie) - 1);

	if (span_starts(variable, cookie))
		facts_client_name(facts, span_head(name, span_find(name, '\r')));
}

static void
request(struct rdp *r, const struct connection *c, struct facts *facts)
{
	char text[sizeof("requestedProtocols=0xffffffff")];

	facts_said(facts, span_text("Connection Request"));
	client_name(c->variable, facts);
	if (c->negotiation != NEGOTIATION_REQUEST || c->value == 0)
		return;
	r->requested = c->value;
	snprintf(text, sizeof(text), "requestedProtocols=0x%x", (unsigned)c->value);
	facts_request(facts, span_text(text));
}

/* Not every failure is a refusal of TLS: some ask for more of it, or blame the client. */
static enum answer
answer_to_failure(uint32_t failure)
{
	switch (failure) {
	case SSL_REQUIRED_BY_SERVER:
	case INCONSISTENT_FLAGS:
	case HYBRID_REQUIRED_BY_SERVER:
	case SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER:
		return ANSWER_LAWFUL;
	default:
		return ANSWER_PERMANENT;
	}
}

static enum answer
answer_to_request(const struct rdp *r, const struct connection *c)
{
	if (c->kind == X224_DISCONNECT_REQUEST)
		return ANSWER_CLOSING;
	if (c->kind != X224_CONNECTION_CONFIRM)
		return ANSWER_INVALID;
	switch (c->negotiation) {
	case NEGOTIATION_NONE:
		return ANSWER_PERMANENT;	/* a server from before TLS */
	case NEGOTIATION_FAILURE:
		return answer_to_failure(c->value);
	case NEGOTIATION_RESPONSE:
		if (c->value == 0)
			return ANSWER_PERMANENT;
		return (c->value & ~r->requested) == 0 ? ANSWER_GRANTED : ANSWER_INVALID;
	default:
		return ANSWER_INVALID;
	}
}

static bool
is_demand(const struct connection *c)
{
	return c->negotiation == NEGOTIATION_FAILURE && (c->value == SSL_REQUIRED_BY_SERVER ||
	    c->value == HYBRID_REQUIRED_BY_SERVER ||
	    c->value == SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER);
}

static void
answer(struct rdp *r, const struct connection *c, struct facts *facts)
{
	char text[sizeof("selectedProtocol=0xffffffff")];

	r->answered = true;
	if (c->negotiation == NEGOTIATION_RESPONSE)
		snprintf(text, sizeof(text), "selectedProtocol=0x%x", (unsigned)c->value);
	else if (c->negotiation == NEGOTIATION_FAILURE)
		snprintf(text, sizeof(text), "failureCode=%u", (unsigned)c->value);
	else
		snprintf(text, sizeof(text), "no negotiation");
	r->demanded = is_demand(c);
	if (r->demanded)
		facts_demand(facts, OPERATION_ANY, span_text(text));
	if (r->requested != 0)
		facts_answer(facts, answer_to_request(r, c), span_text(text));
}

/* MCS Connect Response (T.125 §7, BER) in an X.224 Data PDU: the session begins (§2.2.1.4). */
static bool
begins_session(struct span packet)
{
	static const uint8_t head[] = { 0x02, 0xf0, 0x80, 0x7f, 0x66 };

	return span_equals(span_head(span_tail(packet, TPKT_HEADER), sizeof(head)),
	    span_of(head, sizeof(head)));
}

static void
packet(struct rdp *r, enum side from, struct span head, struct facts *facts)
{
	struct connection c = { 0 };
	bool whole = read_connection(head, &c);

	if (from == SIDE_CLIENT && whole && c.kind == X224_CONNECTION_REQUEST && !r->begun) {
		r->begun = true;
		request(r, &c, facts);
	} else if (from == SIDE_SERVER && !r->answered) {
		answer(r, &c, facts);
	} else if (from == SIDE_SERVER && facts->seen->answer != ANSWER_GRANTED) {
		/*
		 * Standard RDP Security: its own cipher, and nothing of it is for us. By
		 * now the server's own answer has come, too, if the one before was forged.
		 */
		if (r->demanded && !facts->holed && begins_session(head))
			facts_accepted(facts, OPERATION_ANY, span_text("RDP's own security"));
		facts_done(facts);
	}
}

static long
rdp_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct rdp *r = state;
	struct pdu_reader *pdus = &r->pdus[from];
	struct span head;
	uint16_t size;
	long used;

	/* who has waited in vain goes on: what is said then answers something else */
	r->answered = r->answered || facts->request_expired;
	facts->request_expired = false;
	if (pdus->skip > 0)
		return pdu_rest(pdus, in, facts);
	if (pdus->is_lost)
		return pdu_lost(pdus, facts);
	if (!read_tpkt(in, &size)) {
		if (in.n < TPKT_HEADER)
			return 0;
		/* nobody's words but the client's say that this is no RDP */
		if (!r->begun && from == SIDE_CLIENT)
			return -1;
		if (from == SIDE_SERVER && !r->answered && r->requested != 0)
			facts_answer(facts, ANSWER_INVALID, span_text("no TPKT"));
		r->answered = r->answered || (from == SIDE_SERVER && r->begun);
		return pdu_lost(pdus, facts);
	}
	used = pdu_take(pdus, in, size, OPENING_BYTES_MAX, &head, facts);
	if (used > 0)
		packet(r, from, head, facts);
	return used;
}

static void
rdp_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct rdp *r = state;

	if (pdu_gap(&r->pdus[from], count, facts))
		return;
	if (from == SIDE_SERVER)
		r->answered = true;
}

/* Others speak X.224 as well (S7, H.323): the cookie or the block make it ours. */
static enum probe
probe_client(struct span said)
{
	struct connection c;
	uint16_t size;

	if (!read_tpkt(said, &size))
		return said.n < TPKT_HEADER && span_at(said, 0) == TPKT_VERSION &&
		    span_at(said, 1) <= 0 ? PROBE_MORE : PROBE_NO;
	if (size > OPENING_BYTES_MAX)
		return PROBE_NO;
	if (said.n < size)
		return PROBE_MORE;
	if (!read_connection(span_head(said, size), &c) || c.kind != X224_CONNECTION_REQUEST)
		return PROBE_NO;
	if (c.negotiation == NEGOTIATION_REQUEST || span_starts(c.variable, "Cookie: "))
		return PROBE_YES;
	return c.variable.n == 0 ? PROBE_WEAK : PROBE_NO;
}

static enum probe
rdp_probe(const struct opening *opening)
{
	if (opening->said[SIDE_CLIENT].n == 0)
		return PROBE_NO;
	return probe_client(opening->said[SIDE_CLIENT]);
}

const struct dialect dialect_rdp = {
	.name = "rdp",
	.rfcs = "1006",
	.ports = { 3389 },
	.traits = TRAIT_NO_LISTING | TRAIT_AUTH_WEAK | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct rdp),
	.request = "protocols in the connection request",
	.grant = "a protocol other than 0",
	.tells = "required-violated",
	.probe = rdp_probe,
	.feed = rdp_feed,
	.disclose = rdp_disclose,
	.gap = rdp_gap,
};
