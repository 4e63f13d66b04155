/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole dialect, as small as one can be: the example of docs/dialects.md.
 *
 *	S: TOY house			the server greets, with its name
 *	C: WHAT			what is there?
 *	S: CAN TLS			or CAN NOTHING
 *	C: TLS				let us have TLS
 *	S: YES				or NO; behind YES it begins
 *	C: SAY words			content
 */
#include "dialect/dialect.h"
#include "dialect/line.h"

struct toy {
	struct line_reader lines[2];	/* by enum side */
	bool asked;			/* TLS waits for its answer */
};

static enum probe
toy_probe(const struct opening *opening)
{
	struct span said = opening->said[SIDE_SERVER], hello = span_text("TOY ");

	if (opening->first != SIDE_SERVER)
		return PROBE_NO;
	if (said.n < hello.n)
		return span_equals(said, span_head(hello, said.n)) ? PROBE_MORE : PROBE_NO;
	return span_starts(said, "TOY ") ? PROBE_YES : PROBE_NO;
}

static void
client_line(struct toy *t, struct span text, struct facts *facts)
{
	struct span rest, verb = line_word(text, &rest);

	if (span_is(verb, "TLS")) {
		t->asked = true;
		facts_request(facts, text);
	} else if (span_is(verb, "SAY")) {
		facts_payload(facts, verb, verb);
	}
}

static void
server_line(struct toy *t, struct span text, struct facts *facts)
{
	struct span rest, word = line_word(text, &rest);

	if (span_is(word, "TOY")) {
		facts_mark(facts, MARK_BANNER, text);
		facts_server_name(facts, rest);
	} else if (span_is(word, "CAN")) {
		facts_listing(facts, span_is(rest, "TLS"), text);
	} else if (t->asked) {
		t->asked = false;
		facts_answer(facts, span_is(word, "YES") ? ANSWER_GRANTED :
		    span_is(word, "NO") ? ANSWER_PERMANENT : ANSWER_INVALID, text);
	}
}

static long
toy_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct toy *t = state;
	struct line line;
	long used = line_read(&t->lines[from], in, &line);

	if (used > 0 && line.kind == LINE_WHOLE)
		(from == SIDE_CLIENT ? client_line : server_line)(t, line.text, facts);
	return used;
}

static void
toy_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct toy *t = state;

	(void)count;
	line_gap(&t->lines[from]);
	facts_lost_sync(facts);
}

extern const struct dialect dialect_toy;

const struct dialect dialect_toy = {
	.name = "toy",
	.rfcs = "9999",
	.ports = { 7777 },
	.traits = TRAIT_OFFER_STANDS,
	.state_size = sizeof(struct toy),
	.offer = "TLS in the answer to WHAT",
	.request = "TLS",
	.grant = "YES",
	.probe = toy_probe,
	.feed = toy_feed,
	.gap = toy_gap,
};
