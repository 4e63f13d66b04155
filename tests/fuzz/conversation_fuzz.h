/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_CONVERSATION_FUZZ_H
#define TESTS_CONVERSATION_FUZZ_H

/*
 * The body of a dialect's fuzz target: any bytes become what two sides say on
 * that dialect's port. Beside the sanitizers, everything is played twice, as it
 * came and byte by byte, and must lead to the same facts.
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

#include "dialect/dialect.h"
#include "fuzz.h"
#include "session/conversation.h"

struct fuzz_talk {
	struct conversation talk;
	struct flow flow;
	struct frame_ref at;
	bool more;
	bool told;		/* the server said such a word before the client spoke */
};

static inline bool
fuzz_holds(struct span bytes, const char *word)
{
	for (; bytes.n > 0; span_skip(&bytes, 1)) {
		if (span_starts(bytes, word))
			return true;
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

static inline void
fuzz_say(struct fuzz_talk *t, enum side from, struct span bytes, size_t piece)
{
	while (bytes.n > 0 && t->more) {
		struct span head = span_head(bytes, piece);
		uint8_t *copy = malloc(head.n);

		if (copy == NULL)
			abort();
		memcpy(copy, head.p, head.n);
		t->more = conversation_bytes(&t->talk, from, span_of(copy, head.n), &t->at);
		free(copy);
		bytes = span_tail(bytes, head.n);
	}
}

static inline void
fuzz_record(struct fuzz_talk *t, uint8_t how, struct span bytes, size_t piece)
{
	enum side from = (how & 1) != 0 ? SIDE_SERVER : SIDE_CLIENT;

	t->told = t->told || (!t->talk.facts.guarded && fuzz_holds(bytes, "s3"));
	t->at.number++;
	t->at.at_ns += (how & 4) != 0 ? INT64_C(31000000000) : 1000000;
	t->flow.packets[from]++;
	t->flow.payload_bytes[from] += bytes.n;
	if ((how & 2) == 0) {
		fuzz_say(t, from, bytes, piece);
	} else if (bytes.n > 0 && t->more) {
		t->flow.gap_bytes[from] += bytes.n;
		t->more = conversation_gap(&t->talk, from, bytes.n, &t->at);
	}
}

static inline void
fuzz_play(const char *dialect, struct span in, size_t piece, struct observation *seen_r)
{
	struct fuzz_talk *t = calloc(1, sizeof(*t));
	struct span bytes;
	uint8_t how;
	uint16_t n;

	if (t == NULL)
		abort();
	t->more = true;
	t->at.at_ns = 1;
	t->flow.handshake = true;
	t->flow.tuple.port[SIDE_SERVER] = dialect_by_name(dialect)->ports[0];
	conversation_start(&t->talk, &t->flow);
	while (span_u8(&in, &how) && span_be16(&in, &n)) {
		bytes = span_head(in, n);
		fuzz_record(t, how, bytes, piece);
		in = span_tail(in, n);
	}
	t->flow.end = FLOW_FIN;
	conversation_end(&t->talk, &t->at);
	conversation_snapshot(&t->talk, seen_r);
	fuzz_keeps_secret(t, seen_r);
	conversation_free(&t->talk);
	free(t);
}

static inline void
fuzz_same(bool same, const char *what)
{
	if (same)
		return;
	fprintf(stderr, "byte by byte, %s is another\n", what);
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
fuzz_conversation(const char *dialect, const uint8_t *data, size_t size)
{
	static struct observation a, b;

	fuzz_play(dialect, span_of(data, size), SIZE_MAX, &a);
	fuzz_play(dialect, span_of(data, size), 1, &b);
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
