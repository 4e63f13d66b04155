/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telnet (RFC 854, RFC 855) with the START_TLS option of an expired draft: DO
 * and WILL of option 46, then FOLLOWS from both, then TLS.
 */
#include "dialect/binary_disclosure.h"
#include "dialect/dialect.h"

enum {
	IAC = 255,
	DONT = 254,
	DO = 253,
	WONT = 252,
	WILL = 251,
	SB = 250,		/* what stands until IAC SE is about one option */
	SE = 240,
	OPTION_START_TLS = 46,
	OPTION_LAST = 49,	/* of those that a server begins with */
	FOLLOWS = 1,
	NEGOTIATION_BYTES = 3,
	SUBNEGOTIATION_BYTES_MAX = 4096,
};

struct telnet {
	bool asked;		/* and not answered yet */
	bool offered;
};

static void
client_option(struct telnet *t, uint8_t verb, struct facts *facts)
{
	if ((verb != WILL && verb != DO) || t->asked)
		return;
	t->asked = true;
	facts_request(facts, span_text("WILL START_TLS"));
}

static void
server_option(struct telnet *t, uint8_t verb, struct facts *facts)
{
	if (verb == DO || verb == WILL) {
		if (!t->asked && !t->offered)
			facts_listing(facts, true, span_text("DO START_TLS"));
		t->offered = true;
	} else if (t->asked) {
		t->asked = false;
		facts_answer(facts, ANSWER_PERMANENT, span_text("DONT START_TLS"));
	}
}

static void
subnegotiation(struct telnet *t, enum side from, struct span content, struct facts *facts)
{
	if (from != SIDE_SERVER || !t->asked || span_at(content, 0) != OPTION_START_TLS ||
	    span_at(content, 1) != FOLLOWS)
		return;
	t->asked = false;
	facts_answer(facts, ANSWER_GRANTED, span_text("START_TLS FOLLOWS"));
}

/* Bytes up to IAC SE; inside, IAC IAC is one byte. 0 for more, -1 when it is too long. */
static long
subnegotiation_bytes(struct span in)
{
	for (size_t i = 2; i + 1 < in.n; i++) {
		if (span_at(in, i) != IAC)
			continue;
		if (span_at(in, i + 1) == SE)
			return (long)i + 2;
		i++;
	}
	return in.n < SUBNEGOTIATION_BYTES_MAX ? 0 : -1;
}

static long
negotiation(struct telnet *t, enum side from, struct span in, struct facts *facts)
{
	uint8_t verb = (uint8_t)span_at(in, 1);

	if (in.n < NEGOTIATION_BYTES)
		return 0;
	if (span_at(in, 2) == OPTION_START_TLS) {
		if (from == SIDE_CLIENT)
			client_option(t, verb, facts);
		else
			server_option(t, verb, facts);
	}
	return NEGOTIATION_BYTES;
}

static long
command(struct telnet *t, enum side from, struct span in, struct facts *facts)
{
	int verb = span_at(in, 1);
	long used;

	if (verb < 0)
		return 0;
	/* options are settled before TLS and around it: none of them goes on in clear */
	facts->unit = UNIT_QUIET;
	if (verb >= WILL && verb <= DONT)
		return negotiation(t, from, in, facts);
	if (verb != SB)
		return 2;
	used = subnegotiation_bytes(in);
	if (used < 0)
		return 2;
	if (used > 0)
		subnegotiation(t, from, span_head(span_tail(in, 2), (size_t)used - 4), facts);
	return used;
}

/*
 * What a person types, and what is shown, is content, and never quoted. A server
 * that has START_TLS begins with it: now it is too late.
 */
static void
typed(const struct telnet *t, struct facts *facts)
{
	bool asked = facts->seen->requested == FACT_TRUE;

	if (!t->offered && !asked && !facts_may_be_text(facts))
		facts_mark(facts, MARK_LISTING_REFUSED, span_text("no START_TLS"));
	facts_payload(facts, span_text("input"), span_text("input"));
	facts_secrets_unseen(facts);
}

static long
telnet_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct telnet *t = state;

	if (from == SIDE_CLIENT) {
		t->asked = t->asked && !facts->request_expired;
		facts->request_expired = false;
	}
	if (span_at(in, 0) == IAC)
		return command(t, from, in, facts);
	if (from == SIDE_CLIENT)
		typed(t, facts);
	/* once TLS was asked for it may begin at any byte */
	return facts->seen->requested == FACT_TRUE ? 1 : (long)span_find(in, IAC);
}

static void
telnet_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct telnet *t = state;

	(void)from, (void)count, (void)facts;
	t->asked = false;
}

/* Whoever speaks first negotiates an option that exists. */
static enum probe
telnet_probe(const struct opening *opening)
{
	enum side other = side_other(opening->first);
	struct span said = opening->said[opening->first], answer = opening->said[other];
	int verb = span_at(said, 1), option = span_at(said, 2);

	if (span_at(said, 0) != IAC || (verb >= 0 && (verb < WILL || verb > DONT)))
		return PROBE_NO;
	if (option < 0)
		return PROBE_MORE;
	/* negotiation stands in front of other protocols, too */
	if (answer.n < 5 && opening->more[other] && span_at(answer, 0) != IAC)
		return PROBE_MORE;
	if (span_starts_nocase(answer, "EHLO ") || span_starts_nocase(answer, "HELO "))
		return PROBE_NO;
	return option <= OPTION_LAST || option == IAC ? PROBE_YES : PROBE_NO;
}

const struct dialect dialect_telnet = {
	.name = "telnet",
	.rfcs = "854 855",
	.ports = { 23 },
	.implicit_ports = { 992 },
	.traits = TRAIT_OWN_WORDS,
	.state_size = sizeof(struct telnet),
	.offer = "DO or WILL 46",
	.request = "WILL or DO 46",
	.grant = "FOLLOWS",
	.tells = "cap-cmd-refused",
	.probe = telnet_probe,
	.feed = telnet_feed,
	.disclose = telnet_disclose,
	.gap = telnet_gap,
};
