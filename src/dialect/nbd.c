/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network block devices (the protocol's doc/proto.md): a newstyle server greets,
 * the client sends options, one of which is STARTTLS; then blocks go to and fro.
 * An oldstyle server knows no options: its greeting rules TLS out.
 */
#include <stdio.h>

#include "dialect/binary_disclosure.h"
#include "dialect/dialect.h"
#include "dialect/pdu.h"

enum {
	MAGIC_BYTES = 8,
	GREETING_BYTES = 18,	/* two magics and flags */
	OLDSTYLE_BYTES = 152,	/* two magics, size, flags and zeroes */
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

static const char greeting_magic[] = "NBDMAGIC";
static const char oldstyle_magic[] = "\x00\x00\x42\x02\x81\x86\x12\x53";
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
	return span_equals(span_head(in, MAGIC_BYTES), span_of(magic, MAGIC_BYTES));
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
greeting(struct nbd *n, struct span in, struct facts *facts)
{
	if (in.n < GREETING_BYTES)
		return 0;
	if (has_magic(span_tail(in, MAGIC_BYTES), oldstyle_magic)) {
		if (in.n < OLDSTYLE_BYTES)
			return 0;
		n->phase = PHASE_BLOCKS;
		facts_mark(facts, MARK_BANNER, span_text("NBDMAGIC, oldstyle"));
		facts_listing(facts, false, span_text("oldstyle greeting, without options"));
		return OLDSTYLE_BYTES;
	}
	n->phase = PHASE_OPTIONS;
	if (!has_magic(in, greeting_magic))
		return pdu_lost(&n->pdus[SIDE_SERVER], facts);
	facts_mark(facts, MARK_BANNER, span_text("NBDMAGICIHAVEOPT"));
	return GREETING_BYTES;
}

static long
server_unit(struct nbd *n, struct span in, struct facts *facts)
{
	struct pdu_reader *pdus = &n->pdus[SIDE_SERVER];
	uint32_t code, kind, length;
	struct span head;
	long used;

	if (n->phase == PHASE_GREETING)
		return greeting(n, in, facts);
	if (n->phase == PHASE_BLOCKS) {
		facts_accepted(facts, OPERATION_OTHER, span_text("an export"));
		facts->unit = UNIT_CONTENT;
		facts->goes_on = true;
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

/* How far do the bytes agree with the magic? */
static enum probe
probe_magic(struct span said, const char *magic)
{
	struct span have = span_head(said, MAGIC_BYTES);

	if (!span_equals(have, span_of(magic, have.n)))
		return PROBE_NO;
	return have.n == MAGIC_BYTES ? PROBE_YES : PROBE_MORE;
}

/* Flags and an option; or, of an oldstyle client, a request for blocks. */
static enum probe
probe_client(struct span said)
{
	static const char request[] = "\x25\x60\x95\x13";
	struct span have = span_head(said, sizeof(request) - 1);

	if (span_equals(have, span_of(request, have.n)))
		return have.n < sizeof(request) - 1 ? PROBE_MORE : PROBE_LIKELY;
	if (span_at(said, 0) != 0 || span_at(said, 1) > 0)
		return PROBE_NO;
	if (said.n <= CLIENT_FLAGS_BYTES)
		return PROBE_MORE;
	return probe_magic(span_tail(said, CLIENT_FLAGS_BYTES), option_magic);
}

static enum probe
nbd_probe(const struct opening *opening)
{
	struct span said = opening->said[SIDE_SERVER];
	enum probe greets;

	if (said.n == 0)
		return probe_client(opening->said[SIDE_CLIENT]);
	greets = probe_magic(said, greeting_magic);
	if (greets != PROBE_YES || said.n == MAGIC_BYTES)
		return greets == PROBE_NO ? PROBE_NO : PROBE_MORE;
	said = span_tail(said, MAGIC_BYTES);
	greets = probe_magic(said, option_magic);
	return greets != PROBE_NO ? greets : probe_magic(said, oldstyle_magic);
}

const struct dialect dialect_nbd = {
	.name = "nbd",
	.rfcs = "",
	.ports = { 10809 },
	.traits = TRAIT_OWN_WORDS,
	.state_size = sizeof(struct nbd),
	.offer = "options (an oldstyle greeting has none)",
	.request = "option 5",
	.grant = "NBD_REP_ACK",
	.tells = "required-violated",
	.probe = nbd_probe,
	.feed = nbd_feed,
	.disclose = nbd_disclose,
	.gap = nbd_gap,
};
