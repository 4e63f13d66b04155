/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conversation_fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cuts.h"
#include "records.h"
#include "session/conversation.h"
#include "../unit/seen.h"

#define SECRET "s3cr3t"

enum { MASKED_MAX = 1 << 16 };

struct talk {
	struct conversation conversation;
	struct flow flow;
	struct frame_ref at;
	struct cuts cuts;
	bool more;		/* the conversation wants more */
	struct masked masked[2];	/* what evidence would show */
	uint64_t delivered[2];	/* bytes and gaps */
	bool told;		/* the server said such a word before the client spoke */
};

static void
must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static bool
holds_word(struct span bytes, const char *word)
{
	while ((bytes = span_tail(bytes, span_find(bytes, word[0]))).n > 0) {
		if (span_starts(bytes, word))
			return true;
		span_skip(&bytes, 1);
	}
	return false;
}

/* It ends within its room, is UTF-8, and is nobody's password. */
static void
look_at_text(const struct talk *t, const char *text, size_t size)
{
	size_t n = strnlen(text, size);

	must(n < size && text_is_utf8(span_of(text, n)), "a text that can be shown");
	must(t->told || strstr(text, SECRET) == NULL, "a text without a secret");
}

static void
look_at_texts(const struct talk *t, const struct observation *o)
{
	look_at_text(t, o->dialect, sizeof(o->dialect));
	look_at_text(t, o->dialect_expected, sizeof(o->dialect_expected));
	look_at_text(t, o->reply, sizeof(o->reply));
	look_at_text(t, o->mechanism, sizeof(o->mechanism));
	look_at_text(t, o->command, sizeof(o->command));
	for (unsigned i = 0; i < o->mark_count; i++)
		look_at_text(t, o->marks[i].text, sizeof(o->marks[i].text));
}

/* What holds of any conversation. */
static void
look_at(const struct talk *t, const struct observation *o)
{
	must(o->final && o->mark_count <= OBSERVATION_MARKS_MAX, "an end, and marks in bounds");
	must(o->offered <= FACT_TRUE && o->requested <= FACT_TRUE && o->accepted <= FACT_TRUE &&
	    o->established <= FACT_TRUE && o->upgrade < UPGRADES, "facts in bounds");
	must(o->established != FACT_TRUE || observation_has(o, MARK_SERVER_HELLO),
	    "no TLS without a ServerHello");
	must(o->credentials != FACT_TRUE || o->mechanism[0] != '\0', "credentials have a name");
	for (unsigned i = 0; i < o->mark_count; i++) {
		must(o->marks[i].kind < MARK_KINDS && o->marks[i].from <= SIDE_SERVER &&
		    observation_has(o, (enum mark_kind)o->marks[i].kind), "marks that are marked");
	}
	look_at_texts(t, o);
}

static void
look_at_news(struct talk *t)
{
	struct observation seen;

	if (!conversation_take_news(&t->conversation))
		return;
	conversation_snapshot(&t->conversation, &seen);
	must(!seen.final && seen.established != FACT_FALSE && seen.credentials != FACT_FALSE,
	    "nothing is denied before the end");
}

/* Each byte is told of once, in its order: never more of them than there were. */
static void
look_at_masked(struct talk *t)
{
	for (int side = 0; side < 2; side++) {
		must(t->masked[side].n <= t->delivered[side], "no more is shown than was said");
		masked_clear(&t->masked[side]);
	}
}

/* From memory of exactly that size. */
static void
say_piece(struct talk *t, enum side from, struct span piece)
{
	uint8_t *copy = malloc(piece.n);

	must(copy != NULL, "memory");
	memcpy(copy, piece.p, piece.n);
	t->delivered[from] += piece.n;
	t->more = conversation_bytes(&t->conversation, from, span_of(copy, piece.n), &t->at);
	free(copy);
	look_at_news(t);
}

static void
say(struct talk *t, enum side from, struct span bytes)
{
	while (bytes.n > 0 && t->more) {
		struct span piece = span_head(bytes, cuts_next(&t->cuts));

		say_piece(t, from, piece);
		span_skip(&bytes, piece.n);
	}
}

static void
play_record(struct talk *t, const struct record *r)
{
	enum side from = (r->how & RECORD_SERVER) != 0 ? SIDE_SERVER : SIDE_CLIENT;

	t->told = t->told || (!t->conversation.facts.guarded && holds_word(r->bytes, "s3"));
	t->at.number++;
	t->at.at_ns += (r->how & RECORD_LATE) != 0 ? INT64_C(31000000000) : 1000000;
	t->flow.packets[from]++;
	t->flow.payload_bytes[from] += r->bytes.n;
	if ((r->how & RECORD_RESET) != 0)
		t->flow.end = FLOW_RST;
	if ((r->how & RECORD_MISSING) == 0) {
		say(t, from, r->bytes);
	} else if (r->bytes.n > 0 && t->more) {
		t->flow.gap_bytes[from] += r->bytes.n;
		t->delivered[from] += r->bytes.n;
		t->more = conversation_gap(&t->conversation, from, r->bytes.n, &t->at);
	}
}

/* What the first record says of the connection; true if it says nothing else. */
static bool
begin(struct talk *t, uint16_t port, const struct record *first)
{
	struct span bytes = first->bytes;
	const bool names_port = (first->how & RECORD_PORT) != 0 && span_be16(&bytes, &port);

	t->more = true;
	t->at.at_ns = 1;
	t->flow.handshake = (first->how & RECORD_UNDER_WAY) == 0;
	t->flow.phase = FLOW_ESTABLISHED;
	t->flow.end = FLOW_FIN;
	t->flow.tuple.port[SIDE_SERVER] = port;
	conversation_start(&t->conversation, &t->flow);
	t->masked[SIDE_CLIENT].max = t->masked[SIDE_SERVER].max = MASKED_MAX;
	t->conversation.redaction.masked = t->masked;
	return names_port;
}

static void
play(uint16_t port, struct span in, struct cuts cuts, struct observation *seen_r)
{
	struct talk *t = calloc(1, sizeof(*t));
	struct record record = { 0 };
	bool more = record_next(&in, &record);

	must(t != NULL, "memory");
	t->cuts = cuts;
	if (begin(t, port, &record))
		more = record_next(&in, &record);
	for (; more; more = record_next(&in, &record))
		play_record(t, &record);
	t->flow.phase = FLOW_CLOSED;
	conversation_end(&t->conversation, &t->at);
	conversation_snapshot(&t->conversation, seen_r);
	look_at(t, seen_r);
	look_at_masked(t);
	conversation_free(&t->conversation);
	free(t);
}

/* For a person who looks for the reason. */
static void
tell(const struct observation *o)
{
	fprintf(stderr, "%s, expected %s, reply %s\n", o->dialect, o->dialect_expected, o->reply);
	for (unsigned i = 0; i < o->mark_count; i++) {
		fprintf(stderr, "    %s from %s: %s\n", mark_name((enum mark_kind)o->marks[i].kind),
		    o->marks[i].from == SIDE_SERVER ? "server" : "client", o->marks[i].text);
	}
}

/* When it was clear that it is decides how much of the banner and the client was looked at. */
static bool
is_nobodys(const struct observation *o)
{
	return o->dialect[0] == '\0' && !o->implicit;
}

void
fuzz_conversation(uint16_t port, const uint8_t *data, size_t size)
{
	static struct observation whole, cut;
	struct span in = span_of(data, size);
	const char *other;

	play(port, in, cuts_none(), &whole);
	play(port, in, cuts_of(in), &cut);
	other = is_nobodys(&whole) && is_nobodys(&cut) ? NULL : seen_same(&whole, &cut, true);
	if (other != NULL && getenv("FUZZ_TELL") != NULL) {
		tell(&whole);
		tell(&cut);
	}
	must(whole.lost_sync == cut.lost_sync, "lost_sync, cut into pieces");
	if (other != NULL)
		fprintf(stderr, "cut into pieces another: ");
	must(other == NULL, other);
}
