/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_CONVERSATION_FUZZ_H
#define TESTS_CONVERSATION_FUZZ_H

/*
 * The body of a dialect's fuzz target: any bytes become what two sides say on
 * that dialect's port. Beside the sanitizers, everything is played twice, as it
 * came and in pieces (cuts.h), and must lead to the same facts.
 *
 * Most targets bring a dialect_table with that dialect alone. To ask all others
 * as well takes four times as long; fuzz_opening.c does it, for all of them.
 *
 * A record is three bytes and what they count: which side (bit 0), whether the
 * bytes are missing (bit 1), whether time passes first (bit 2); then how many
 * bytes follow, in two.
 *
 * And no secret may leave: "s3cr3t", said by anybody once the client has spoken,
 * must be in no text of what was seen.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cuts.h"
#include "dialect/dialect.h"
#include "fuzz.h"
#include "session/conversation.h"

enum { FUZZ_MASKED_MAX = 1 << 16 };

struct fuzz_talk {
	struct conversation talk;
	struct flow flow;
	struct frame_ref at;
	struct cuts cuts;
	bool more;
	struct masked masked[2];	/* what evidence would show */
	uint64_t delivered[2];	/* bytes and gaps */
	bool told;		/* the server said such a word before the client spoke */
};

static inline bool
fuzz_holds(struct span bytes, const char *word)
{
	while ((bytes = span_tail(bytes, span_find(bytes, word[0]))).n > 0) {
		if (span_starts(bytes, word))
			return true;
		span_skip(&bytes, 1);
	}
	return false;
}

static inline void
fuzz_keeps_secret(const struct fuzz_talk *t, const struct observation *seen)
{
	bool leaks = fuzz_holds(span_of(seen->reply, sizeof(seen->reply)), "s3cr3t") ||
	    fuzz_holds(span_of(seen->mechanism, sizeof(seen->mechanism)), "s3cr3t") ||
	    fuzz_holds(span_of(seen->command, sizeof(seen->command)), "s3cr3t") ||
	    fuzz_holds(span_of(seen->marks, sizeof(seen->marks)), "s3cr3t");

	if (!leaks || t->told)
		return;
	fprintf(stderr, "a secret is left in what was seen\n");
	abort();
}

/* Each byte is told of once, in its order: never more of them than there were. */
static inline void
fuzz_masks(struct fuzz_talk *t)
{
	for (int side = 0; side < 2; side++) {
		if (t->masked[side].n > t->delivered[side]) {
			fprintf(stderr, "more is shown than was said\n");
			abort();
		}
		masked_clear(&t->masked[side]);
	}
}

static inline void
fuzz_say(struct fuzz_talk *t, enum side from, struct span bytes)
{
	while (bytes.n > 0 && t->more) {
		struct span head = span_head(bytes, cuts_next(&t->cuts));
		uint8_t *copy = malloc(head.n);

		if (copy == NULL)
			abort();
		memcpy(copy, head.p, head.n);
		t->delivered[from] += head.n;
		t->more = conversation_bytes(&t->talk, from, span_of(copy, head.n), &t->at);
		free(copy);
		bytes = span_tail(bytes, head.n);
	}
}

static inline void
fuzz_record(struct fuzz_talk *t, uint8_t how, struct span bytes)
{
	enum side from = (how & 1) != 0 ? SIDE_SERVER : SIDE_CLIENT;

	t->told = t->told || (!t->talk.facts.guarded && fuzz_holds(bytes, "s3"));
	t->at.number++;
	t->at.at_ns += (how & 4) != 0 ? INT64_C(31000000000) : 1000000;
	t->flow.packets[from]++;
	t->flow.payload_bytes[from] += bytes.n;
	if ((how & 2) == 0) {
		fuzz_say(t, from, bytes);
	} else if (bytes.n > 0 && t->more) {
		t->flow.gap_bytes[from] += bytes.n;
		t->delivered[from] += bytes.n;
		t->more = conversation_gap(&t->talk, from, bytes.n, &t->at);
	}
}

static inline void
fuzz_play(uint16_t port, struct span in, struct cuts cuts, struct observation *seen_r)
{
	struct fuzz_talk *t = calloc(1, sizeof(*t));
	struct span bytes;
	uint8_t how;
	uint16_t n;

	if (t == NULL)
		abort();
	t->more = true;
	t->cuts = cuts;
	t->at.at_ns = 1;
	t->flow.handshake = true;
	t->flow.tuple.port[SIDE_SERVER] = port;
	conversation_start(&t->talk, &t->flow);
	t->masked[SIDE_CLIENT].max = t->masked[SIDE_SERVER].max = FUZZ_MASKED_MAX;
	t->talk.redaction.masked = t->masked;
	while (span_u8(&in, &how) && span_be16(&in, &n)) {
		bytes = span_head(in, n);
		fuzz_record(t, how, bytes);
		in = span_tail(in, n);
	}
	t->flow.end = FLOW_FIN;
	conversation_end(&t->talk, &t->at);
	conversation_snapshot(&t->talk, seen_r);
	fuzz_keeps_secret(t, seen_r);
	fuzz_masks(t);
	conversation_free(&t->talk);
	free(t);
}

static inline void
fuzz_same(bool same, const char *what)
{
	if (same)
		return;
	fprintf(stderr, "cut into pieces, %s is another\n", what);
	abort();
}

/* Marks, by name: what a person who has to find the reason wants to know first. */
static inline void
fuzz_same_marks(const struct observation *a, const struct observation *b)
{
	for (int kind = 0; kind < MARK_KINDS; kind++)
		fuzz_same(observation_has(a, (enum mark_kind)kind) ==
		    observation_has(b, (enum mark_kind)kind), mark_name((enum mark_kind)kind));
}

static inline void
fuzz_conversation(uint16_t port, const uint8_t *data, size_t size)
{
	static struct observation a, b;
	struct span in = span_of(data, size);

	fuzz_play(port, in, cuts_none(), &a);
	fuzz_play(port, in, cuts_of(in), &b);
	fuzz_same(strcmp(a.dialect, b.dialect) == 0, "dialect");
	fuzz_same_marks(&a, &b);
	fuzz_same(a.offered == b.offered, "offered");
	fuzz_same(a.requested == b.requested, "requested");
	fuzz_same(a.accepted == b.accepted, "accepted");
	fuzz_same(a.established == b.established, "established");
	fuzz_same(a.upgrade == b.upgrade && a.answer == b.answer, "upgrade");
	fuzz_same(strcmp(a.reply, b.reply) == 0, "reply");
	fuzz_same(a.credentials == b.credentials, "credentials");
	fuzz_same(strcmp(a.mechanism, b.mechanism) == 0, "mechanism");
	fuzz_same(a.payload == b.payload && strcmp(a.command, b.command) == 0, "payload");
	fuzz_same(memcmp(a.exposed, b.exposed, sizeof(a.exposed)) == 0, "exposed");
	fuzz_same(a.lost_sync == b.lost_sync, "lost_sync");
}

#endif
