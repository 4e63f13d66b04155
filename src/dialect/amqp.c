/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AMQP 1.0 (OASIS): both sides open with a protocol header, which names plain
 * AMQP, TLS (part 5 §5.2.1) or SASL (§5.3), and open again when that is done.
 * AMQP 0-9-1 shares the header and knows no upgrade; what is older is not read.
 */
#include "dialect/amqp.h"

enum {
	HEADER_BYTES = 8,
	FRAME_HEADER = 8,
	FRAME_BYTES_MAX = 1 << 24,
	FRAME_KEEP = 512,	/* as much of a frame as is looked at */
	FRAME_AMQP = 0,
	FRAME_SASL = 1,
	ID_AMQP = 0,
	ID_TLS = 2,
	ID_SASL = 3,
};

/* Descriptors of what a frame holds. */
enum performative {
	TRANSFER = 0x14,
	SASL_INIT = 0x41,
	SASL_RESPONSE = 0x43,
	SASL_OUTCOME = 0x44,
};

/* Constructors of the type system (part 1 §1.6). */
enum constructor {
	DESCRIBED = 0x00,
	LIST_EMPTY = 0x45,
	UBYTE = 0x50,
	SMALL_ULONG = 0x53,
	BINARY_8 = 0xa0,
	SYMBOL_8 = 0xa3,
	BINARY_32 = 0xb0,
	SYMBOL_32 = 0xb3,
	LIST_8 = 0xc0,
	LIST_32 = 0xd0,
};

static bool
is_header(struct span in)
{
	return span_starts(in, "AMQP");
}

static enum amqp_version
version_of(struct span header)
{
	struct span version = span_tail(span_head(header, HEADER_BYTES), 5);

	if (span_equals(version, span_of("\x01\0\0", 3)))
		return AMQP_1_0;
	return span_equals(version, span_of("\0\x09\x01", 3)) ? AMQP_0_9 : AMQP_OTHER;
}

/* A value of at most 255 bytes, or one whose length takes four. */
static bool
take_bytes(struct span *in, uint8_t small, uint8_t large, struct span *bytes_r)
{
	uint8_t constructor, short_length;
	uint32_t length;

	if (!span_u8(in, &constructor))
		return false;
	if (constructor == small && span_u8(in, &short_length))
		return span_take(in, short_length, bytes_r);
	return constructor == large && span_be32(in, &length) && span_take(in, length, bytes_r);
}

/* The descriptor of a frame's body, and the fields of its list; -1 when it is something else. */
static int
read_performative(struct span frame, struct span *fields_r)
{
	struct span in = span_tail(frame, (size_t)span_at(frame, 4) * 4);
	uint8_t described, number, descriptor, list;
	bool good;

	if (!span_u8(&in, &described) || !span_u8(&in, &number) || !span_u8(&in, &descriptor) ||
	    described != DESCRIBED || number != SMALL_ULONG || !span_u8(&in, &list))
		return -1;
	/* size and count stand in front of the fields */
	good = list == LIST_EMPTY || (list == LIST_8 && span_skip(&in, 2)) ||
	    (list == LIST_32 && span_skip(&in, 8));
	*fields_r = in;
	return good ? descriptor : -1;
}

void
amqp_sasl_response(struct amqp *a, struct facts *facts)
{
	const struct sasl_mechanism *m = a->mechanism;
	bool secret;

	if (m == NULL)
		return;
	a->responses++;
	secret = m->kind == SASL_FIRST || (m->kind == SASL_SECOND && a->responses >= 2);
	if (secret || m->kind == SASL_OPAQUE)
		facts_credentials(facts, span_text(m->name), secret, span_text(m->name));
}

void
amqp_sasl_init(struct amqp *a, struct span mechanism, bool given, struct facts *facts)
{
	a->mechanism = sasl_find(mechanism);
	a->responses = 0;
	if (given)
		amqp_sasl_response(a, facts);
}

static void
sasl_init(struct amqp *a, struct span fields, struct facts *facts)
{
	struct span name, response;
	bool given;

	if (!take_bytes(&fields, SYMBOL_8, SYMBOL_32, &name))
		return;
	given = take_bytes(&fields, BINARY_8, BINARY_32, &response) && response.n > 0;
	amqp_sasl_init(a, name, given, facts);
}

static void
sasl_outcome(struct span fields, struct facts *facts)
{
	uint8_t constructor, code;

	if (!span_u8(&fields, &constructor) || constructor != UBYTE || !span_u8(&fields, &code))
		return;
	facts_login(facts, code == 0 ? LOGIN_ACCEPTED : LOGIN_WRONG,
	    span_text(code == 0 ? "sasl-outcome ok" : "sasl-outcome"));
}

static void
frame(struct amqp *a, enum side from, struct span head, struct facts *facts)
{
	int kind = span_at(head, 5);
	struct span fields;
	int performative = read_performative(head, &fields);

	facts_said(facts, span_text("frame"));
	if (kind == FRAME_AMQP && performative == TRANSFER)
		facts_payload(facts, span_text("transfer"), span_text("transfer"));
	if (kind != FRAME_SASL)
		return;
	if (from == SIDE_CLIENT && performative == SASL_INIT)
		sasl_init(a, fields, facts);
	else if (from == SIDE_CLIENT && performative == SASL_RESPONSE)
		amqp_sasl_response(a, facts);
	else if (from == SIDE_SERVER && performative == SASL_OUTCOME)
		sasl_outcome(fields, facts);
}

static void
answer(struct amqp *a, struct span header, struct facts *facts)
{
	bool tls = span_at(header, 4) == ID_TLS && version_of(header) == AMQP_1_0;

	a->asked = false;
	facts_answer(facts, tls ? ANSWER_GRANTED : ANSWER_PERMANENT,
	    span_text(tls ? "AMQP TLS header" : "AMQP header without TLS"));
}

static void
header(struct amqp *a, enum side from, struct span in, struct facts *facts)
{
	a->version = (uint8_t)version_of(in);
	facts_said(facts, span_text("AMQP header"));
	if (from == SIDE_SERVER && a->asked) {
		answer(a, in, facts);
	} else if (from == SIDE_CLIENT && span_at(in, 4) == ID_TLS && a->version == AMQP_1_0) {
		a->asked = true;
		facts_request(facts, span_text("AMQP TLS header"));
	}
}

/* Anything else instead of the header that answers the request. */
static void
no_header(struct amqp *a, enum side from, struct facts *facts)
{
	if (from != SIDE_SERVER || !a->asked)
		return;
	a->asked = false;
	facts_answer(facts, ANSWER_INVALID, span_text("no AMQP header"));
}

static long
amqp_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct amqp *a = state;
	struct pdu_reader *pdus = &a->pdus[from];
	struct span rest = in, head;
	uint32_t size;
	long used;

	if (from == SIDE_CLIENT) {
		a->asked = a->asked && !facts->request_expired;
		facts->request_expired = false;
	}
	if (pdus->skip > 0)
		return pdu_rest(pdus, in, facts);
	if (in.n < HEADER_BYTES)
		return 0;
	if (is_header(in)) {
		header(a, from, in, facts);
		return HEADER_BYTES;
	}
	if (a->version == AMQP_0_9)
		return amqp_0_9_unit(a, from, in, facts);
	if (a->version == AMQP_OTHER) {
		facts_secrets_unseen(facts);
		facts_done(facts);
		return (long)in.n;
	}
	if (!span_be32(&rest, &size) || size < FRAME_HEADER || size > FRAME_BYTES_MAX ||
	    span_at(in, 4) < 2 || span_at(in, 5) > FRAME_SASL) {
		no_header(a, from, facts);
		return pdu_lost(pdus, facts);
	}
	used = pdu_take(pdus, in, size, FRAME_KEEP, &head, facts);
	if (used > 0) {
		no_header(a, from, facts);
		frame(a, from, head, facts);
	}
	return used;
}

static void
amqp_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct amqp *a = state;

	if (!pdu_gap(&a->pdus[from], count, facts))
		a->asked = false;
}

static enum probe
amqp_probe(const struct opening *opening)
{
	struct span said = opening->said[SIDE_CLIENT];
	size_t n = said.n < 4 ? said.n : 4;

	if (n == 0 || !span_equals(span_head(said, n), span_of("AMQP", n)))
		return PROBE_NO;
	if (said.n < HEADER_BYTES)
		return PROBE_MORE;
	/* "AMQP" could begin a line of text, but no number of a protocol is printable */
	return span_at(said, 4) <= ID_SASL ? PROBE_YES : PROBE_NO;
}

const struct dialect dialect_amqp = {
	.name = "amqp",
	.rfcs = "",
	.ports = { 5672 },
	.implicit_ports = { 5671 },
	.alpn = "amqp",
	.traits = TRAIT_NO_LISTING | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct amqp),
	.request = "TLS header",
	.grant = "TLS header",
	.probe = amqp_probe,
	.feed = amqp_feed,
	.disclose = amqp_disclose,
	.gap = amqp_gap,
};
