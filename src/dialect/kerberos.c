/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kerberos over TCP (RFC 4120 §7.2.2): messages behind a length of four bytes,
 * whose highest bit asks for an extension (RFC 5021), of which one is STARTTLS
 * (RFC 6251).
 */
#include "dialect/binary_disclosure.h"
#include "dialect/dialect.h"
#include "dialect/pdu.h"

enum {
	LENGTH_BYTES = 4,
	HEAD_BYTES = LENGTH_BYTES + 1,
	MESSAGE_BYTES_MAX = 1 << 20,
	AS_REQ = 0x6a,		/* [APPLICATION 10] and [12] */
	TGS_REQ = 0x6c,
	KRB_ERROR = 0x7e,
};

#define EXTENSION UINT32_C(0x80000000)
#define EXTENSION_STARTTLS UINT32_C(0x80000001)

struct kerberos {
	struct pdu_reader pdus[2];
	bool begun;
	bool asked;		/* and not answered yet */
};

static long
client_unit(struct kerberos *k, struct span in, struct facts *facts)
{
	struct pdu_reader *pdus = &k->pdus[SIDE_CLIENT];
	struct span rest = in, head;
	uint32_t length;

	if (!span_be32(&rest, &length))
		return 0;
	if (length == EXTENSION_STARTTLS) {
		k->begun = k->asked = true;
		facts_said(facts, span_text("STARTTLS"));
		facts_request(facts, span_text("STARTTLS"));
		return LENGTH_BYTES;
	}
	if (length > MESSAGE_BYTES_MAX)
		return k->begun ? pdu_lost(pdus, facts) : -1;
	k->begun = true;
	facts_said(facts, span_text("request"));
	return pdu_take(pdus, in, length + LENGTH_BYTES, LENGTH_BYTES, &head, facts);
}

/* RFC 6251 §2.1: four zero bytes; RFC 5021 §3: the extensions that there are, or an error. */
static long
answer(struct kerberos *k, struct span in, struct facts *facts)
{
	struct pdu_reader *pdus = &k->pdus[SIDE_SERVER];
	struct span rest = in, head;
	uint32_t length;
	long used;

	if (!span_be32(&rest, &length))
		return 0;
	if (length == 0 || length >= EXTENSION) {
		k->asked = false;
		facts_answer(facts, length == 0 ? ANSWER_GRANTED : ANSWER_PERMANENT,
		    span_text(length == 0 ? "granted" : "other extensions"));
		return LENGTH_BYTES;
	}
	if (length > MESSAGE_BYTES_MAX) {
		k->asked = false;
		facts_answer(facts, ANSWER_INVALID, span_text("no message"));
		return pdu_lost(pdus, facts);
	}
	used = pdu_take(pdus, in, length + LENGTH_BYTES, HEAD_BYTES, &head, facts);
	if (used > 0) {
		bool error = span_at(head, LENGTH_BYTES) == KRB_ERROR;

		k->asked = false;
		facts_answer(facts, error ? ANSWER_PERMANENT : ANSWER_INVALID,
		    span_text(error ? "KRB-ERROR" : "another message"));
	}
	return used;
}

static long
server_unit(struct kerberos *k, struct span in, struct facts *facts)
{
	struct pdu_reader *pdus = &k->pdus[SIDE_SERVER];
	struct span rest = in, head;
	uint32_t length;

	if (!span_be32(&rest, &length))
		return 0;
	if (length > MESSAGE_BYTES_MAX)
		return pdu_lost(pdus, facts);
	return pdu_take(pdus, in, length + LENGTH_BYTES, LENGTH_BYTES, &head, facts);
}

static long
kerberos_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct kerberos *k = state;

	if (k->pdus[from].skip > 0)
		return pdu_rest(&k->pdus[from], in, facts);
	if (k->pdus[from].is_lost)
		return pdu_lost(&k->pdus[from], facts);
	if (from == SIDE_CLIENT) {
		k->asked = k->asked && !facts->request_expired;
		facts->request_expired = false;
		return client_unit(k, in, facts);
	}
	return k->asked ? answer(k, in, facts) : server_unit(k, in, facts);
}

static void
kerberos_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct kerberos *k = state;

	if (!pdu_gap(&k->pdus[from], count, facts))
		k->asked = false;
}

/* A request says its length twice: in front, and in BER. */
static enum probe
kerberos_probe(const struct opening *opening)
{
	struct span said = opening->said[SIDE_CLIENT];
	uint32_t length;
	uint8_t tag;

	if (!span_be32(&said, &length))
		return span_at(said, 0) == 0x80 || span_at(said, 0) == 0 ? PROBE_MORE : PROBE_NO;
	if (length == EXTENSION_STARTTLS)
		return PROBE_YES;
	if (length < 16 || length > MESSAGE_BYTES_MAX)
		return PROBE_NO;
	if (!span_u8(&said, &tag))
		return PROBE_MORE;
	return tag == AS_REQ || tag == TGS_REQ ? PROBE_WEAK : PROBE_NO;
}

const struct dialect dialect_kerberos = {
	.name = "kerberos",
	.rfcs = "4120 5021 6251",
	.ports = { 88 },
	.traits = TRAIT_NO_LISTING | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct kerberos),
	.request = "80 00 00 01",
	.grant = "00 00 00 00",
	.probe = kerberos_probe,
	.feed = kerberos_feed,
	.disclose = kerberos_disclose,
	.gap = kerberos_gap,
};
