/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network block devices (the protocol's doc/proto.md): a newstyle server greets,
 * the client sends options, one of which is STARTTLS; then blocks go to and fro.
 */
#include <stdio.h>

#include "dialect/dialect.h"
#include "dialect/pdu.h"

enum {
	GREETING_BYTES = 18,	/* two magics and flags */
	CLIENT_FLAGS_BYTES = 4,
	OPTION_HEADER = 16,	/* magic, option, length */
	REPLY_HEADER = 20,	/* magic, option, kind, length */
	EXPORT_BYTES = 10,	/* size and flags; zeroes may follow */
	DATA_BYTES_MAX = 1 << 20,
};

enum option { OPTION_EXPORT_NAME = 1, OPTION_ABORT = 2, OPTION_STARTTLS = 5, OPTION_GO = 7 };

enum reply {
	REPLY_ACK = 1,
	REPLY_INFO = 3,
};

#define REPLY_ERROR UINT32_C(0x80000000)
#define REPLY_TLS_REQUIRED (REPLY_ERROR + 5)
#define REPLY_SHUTDOWN (REPLY_ERROR + 7)

static const char greeting_magic[] = "NBDMAGICIHAVEOPT";
static const char option_magic[] = "IHAVEOPT";
static const char reply_magic[] = "\x00\x03\xe8\x89\x04\x55\x65\xa9";

enum phase {
	PHASE_GREETING,
	PHASE_OPTIONS,
	PHASE_BLOCKS,		/* what is on the device */
};

struct nbd {
	struct pdu_reader pdus[2];
	uint8_t phase;		/* enum phase */
	bool flags_sent;
	bool asked;		/* and not answered yet */
};

static bool
has_magic(struct span in, const char *magic)
{
	return span_equals(span_head(in, 8), span_of(magic, 8));
}

static void
option(struct nbd *n, uint32_t code, struct facts *facts)
{
	switch (code) {
	case OPTION_STARTTLS:
		n->asked = true;
		facts_said(facts, span_text("NBD_OPT_STARTTLS"));
		facts_request(facts, span_text("NBD_OPT_STARTTLS"));
		break;
	case OPTION_ABORT:
		facts->unit = UNIT_QUIET;
		break;
	case OPTION_EXPORT_NAME:
		n->phase = PHASE_BLOCKS;	/* has no reply but the device */
		facts_said(facts, span_text("NBD_OPT_EXPORT_NAME"));
		break;
	default:
		facts_said(facts, span_text("option"));
		break;
	}
}

static long
client_unit(struct nbd *n, struct span in, struct facts *facts)
{
	struct pdu_reader *pdus = &n->pdus[SIDE_CLIENT];
	struct span head;
	uint32_t code, length;
	long used;

	if (n->phase == PHASE_BLOCKS) {
		facts_payload(facts, span_text("request"), span_text("request for blocks"));
		facts_done(facts);
		return (long)in.n;
	}
	if (!n->flags_sent) {
		used = pdu_take(pdus, in, CLIENT_FLAGS_BYTES, CLIENT_FLAGS_BYTES, &head, facts);
		n->flags_sent = used > 0;
		return used;
	}
	if (in.n < OPTION_HEADER)
		return 0;
	head = span_tail(in, 8);
	if (!has_magic(in, option_magic) || !span_be32(&head, &code) ||
	    !span_be32(&head, &length) || length > DATA_BYTES_MAX)
		return pdu_lost(pdus, facts);
	used = pdu_take(pdus, in, length + OPTION_HEADER, OPTION_HEADER, &head, facts);
	option(n, code, facts);
	return used;
}

static void
answer(struct nbd *n, uint32_t kind, struct facts *facts)
{
	char text[sizeof("reply=0xffffffff")];

	n->asked = false;
	snprintf(text, sizeof(text), "reply=0x%x", (unsigned)kind);
	if (kind == REPLY_ACK)
		facts_answer(facts, ANSWER_GRANTED, span_text("NBD_REP_ACK"));
	else if (kind == REPLY_SHUTDOWN)
		facts_answer(facts, ANSWER_CLOSING, span_text(text));
	else
		facts_answer(facts, kind >= REPLY_ERROR ? ANSWER_PERMANENT : ANSWER_INVALID,
		    span_text(text));
}

static void
reply(struct nbd *n, uint32_t code, uint32_t kind, struct facts *facts)
{
	if (kind == REPLY_TLS_REQUIRED)
		facts_demand(facts, OPERATION_OTHER, span_text("NBD_REP_ERR_TLS_REQD"));
	if (code == OPTION_STARTTLS && n->asked) {
		answer(n, kind, facts);
	} else if (code == OPTION_GO && kind == REPLY_ACK) {
		facts_accepted(facts, OPERATION_OTHER, span_text("NBD_REP_ACK"));
		n->phase = PHASE_BLOCKS;
	}
}

static long
server_unit(struct nbd *n, struct span in, struct facts *facts)
{
	struct pdu_reader *pdus = &n->pdus[SIDE_SERVER];
	uint32_t code, kind, length;
	struct span head;
	long used;

	if (n->phase == PHASE_GREETING) {
		if (in.n < GREETING_BYTES)
			return 0;
		if (!span_starts(in, greeting_magic))
			return -1;
		n->phase = PHASE_OPTIONS;
		facts_mark(facts, MARK_BANNER, span_text(greeting_magic));
		return GREETING_BYTES;
	}
	if (n->phase == PHASE_BLOCKS) {
		facts_accepted(facts, OPERATION_OTHER, span_text("an export"));
		return (long)in.n;
	}
	if (in.n < REPLY_HEADER)
		return 0;
	head = span_tail(in, 8);
	if (!has_magic(in, reply_magic) || !span_be32(&head, &code) || !span_be32(&head, &kind) ||
	    !span_be32(&head, &length) || length > DATA_BYTES_MAX)
		return pdu_lost(pdus, facts);
	used = pdu_take(pdus, in, length + REPLY_HEADER, REPLY_HEADER, &head, facts);
	reply(n, code, kind, facts);
	return used;
}

static long
nbd_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct nbd *n = state;

	if (n->pdus[from].skip > 0)
		return pdu_rest(&n->pdus[from], in, facts);
	if (from == SIDE_SERVER)
		return server_unit(n, in, facts);
	/* its answer is not waited for any more */
	n->asked = n->asked && !facts->request_expired;
	facts->request_expired = false;
	return client_unit(n, in, facts);
}

static void
nbd_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct nbd *n = state;

	if (!pdu_gap(&n->pdus[from], count, facts))
		n->asked = false;
}

static enum probe
nbd_probe(const struct opening *opening)
{
	struct span said = opening->said[SIDE_SERVER];
	size_t n = said.n < sizeof(greeting_magic) - 1 ? said.n : sizeof(greeting_magic) - 1;

	if (opening->first != SIDE_SERVER || n == 0)
		return PROBE_NO;
	if (!span_equals(span_head(said, n), span_of(greeting_magic, n)))
		return PROBE_NO;
	return n == sizeof(greeting_magic) - 1 ? PROBE_YES : PROBE_MORE;
}

const struct dialect dialect_nbd = {
	.name = "nbd",
	.rfcs = "",
	.ports = { 10809 },
	.traits = TRAIT_NO_LISTING | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct nbd),
	.request = "option 5",
	.grant = "NBD_REP_ACK",
	.tells = "required-violated",
	.probe = nbd_probe,
	.feed = nbd_feed,
	.gap = nbd_gap,
};
