/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A conversation of whatever bytes, in whatever order, with holes and pauses:
 * what is seen of it stays within bounds, holds no secret, and does not depend
 * on how the bytes were cut.
 *
 * The input: a byte that chooses port and sight, then steps. A step is a byte
 * (the bits below), a length, and so many bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cuts.h"
#include "dialect/dialect.h"
#include "fuzz.h"
#include "session/conversation.h"
#include "../unit/seen.h"

enum {
	SAYS_SERVER = 1,	/* from the server, else from the client */
	SAYS_GAP = 2,		/* so many bytes are missing, and no others follow */
	SAYS_SECRET = 4,	/* the client sends a secret in front of the bytes */
	PAUSE_SHIFT = 4,	/* which of four pauses goes before it */
};

/* Its last byte is taken out of all inputs, so what holds it has it from us. */
#define SECRET "s3cr3t$"

/* The second one answers a challenge, or is no command at all. */
static const char *const secret_lines[] = {
	"\r\nAUTH PLAIN " SECRET "\r\n",
	"\r\n" SECRET "\r\n",
	"\r\nAUTH " SECRET " " SECRET "\r\n",
	"\r\nauth login " SECRET "\r\n",
};

/* The others are asked by fuzz_opening.c. */
extern const struct dialect dialect_lmtp, dialect_smtp;

const struct dialect *const dialect_table[] = { &dialect_lmtp, &dialect_smtp, NULL };

struct talk {
	struct conversation conversation;
	struct flow flow;
	struct frame_ref at;
	struct cuts cuts;
	bool more;		/* the conversation wants more */
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
begin(struct talk *t, uint8_t choice, struct cuts cuts)
{
	static const uint16_t ports[] = { 25, 24, 465, 9999 };

	memset(t, 0, sizeof(*t));
	t->cuts = cuts;
	t->more = true;
	t->flow.tuple.port[SIDE_SERVER] = ports[choice % 4];
	t->flow.handshake = (choice & 4) == 0;
	t->flow.phase = FLOW_ESTABLISHED;
	conversation_start(&t->conversation, &t->flow);
}

static void
look_at_news(struct talk *t)
{
	struct observation seen;

	if (!conversation_take_news(&t->conversation))
		return;
	conversation_snapshot(&t->conversation, &seen);
	must(!seen.final && seen.established != FACT_FALSE && seen.credentials != FACT_FALSE);
}

/* From memory of exactly that size. */
static void
say_piece(struct talk *t, enum side from, struct span piece)
{
	uint8_t *copy = malloc(piece.n);

	must(copy != NULL);
	memcpy(copy, piece.p, piece.n);
	t->at.number++;
	t->flow.payload_bytes[from] += piece.n;
	if (t->more)
		t->more = conversation_bytes(&t->conversation, from, span_of(copy, piece.n),
		    &t->at);
	free(copy);
	look_at_news(t);
}

static void
say(struct talk *t, enum side from, struct span bytes)
{
	t->flow.packets[from]++;
	while (bytes.n > 0) {
		struct span piece = span_head(bytes, cuts_next(&t->cuts));

		say_piece(t, from, piece);
		span_skip(&bytes, piece.n);
	}
}

static void
step(struct talk *t, uint8_t bits, uint8_t length, struct span bytes)
{
	static const int64_t pauses_ns[] = { 1000, 5000000, 1500000000, 31000000000 };
	enum side from = (bits & SAYS_SERVER) != 0 ? SIDE_SERVER : SIDE_CLIENT;

	t->at.at_ns += pauses_ns[bits >> PAUSE_SHIFT & 3];
	if ((bits & SAYS_GAP) != 0) {
		t->flow.gap_bytes[from] += length + 1u;
		if (t->more)
			t->more = conversation_gap(&t->conversation, from, length + 1u, &t->at);
		return;
	}
	if ((bits & SAYS_SECRET) != 0)
		say(t, SIDE_CLIENT, span_text(secret_lines[length % 4]));
	say(t, from, bytes);
}

static void
end(struct talk *t, bool reset, struct observation *seen_r)
{
	t->flow.phase = FLOW_CLOSED;
	t->flow.end = reset ? FLOW_RST : FLOW_FIN;
	conversation_end(&t->conversation, &t->at);
	conversation_snapshot(&t->conversation, seen_r);
	conversation_free(&t->conversation);
}

static void
play(struct span input, struct cuts cuts, struct observation *seen_r)
{
	static struct talk t;
	uint8_t choice = 0, bits, length;

	span_u8(&input, &choice);
	begin(&t, choice, cuts);
	while (span_u8(&input, &bits) && span_u8(&input, &length)) {
		struct span bytes = span_of(NULL, 0);

		if ((bits & SAYS_GAP) == 0) {
			bytes = span_head(input, length);
			span_skip(&input, bytes.n);
		}
		step(&t, bits, length, bytes);
	}
	end(&t, (choice & 8) != 0, seen_r);
}

/* It ends within its room, is UTF-8, and is nobody's password. */
static void
look_at_text(const char *text, size_t size)
{
	size_t n = strnlen(text, size);

	must(n < size && text_is_utf8(span_of(text, n)));
	must(strstr(text, SECRET) == NULL);
}

static void
look_at(const struct observation *o)
{
	must(o->final && o->mark_count <= OBSERVATION_MARKS_MAX);
	must(o->offered <= FACT_TRUE && o->requested <= FACT_TRUE && o->accepted <= FACT_TRUE);
	must(o->established <= FACT_TRUE && o->upgrade < UPGRADES);
	must(o->established != FACT_TRUE || observation_has(o, MARK_SERVER_HELLO));
	must(o->accepted == FACT_UNKNOWN || o->requested == FACT_TRUE);
	must(o->credentials != FACT_TRUE || o->mechanism[0] != '\0');
	look_at_text(o->dialect, sizeof(o->dialect));
	look_at_text(o->dialect_expected, sizeof(o->dialect_expected));
	look_at_text(o->reply, sizeof(o->reply));
	look_at_text(o->mechanism, sizeof(o->mechanism));
	look_at_text(o->command, sizeof(o->command));
	look_at_text(o->server_name, sizeof(o->server_name));
	for (unsigned i = 0; i < o->mark_count; i++) {
		must(o->marks[i].kind < MARK_KINDS && o->marks[i].from <= SIDE_SERVER);
		must(observation_has(o, (enum mark_kind)o->marks[i].kind));
		look_at_text(o->marks[i].text, sizeof(o->marks[i].text));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct observation whole, cut;
	uint8_t *input = malloc(size + 1);
	const char *differs;

	must(input != NULL);
	for (size_t i = 0; i < size; i++)
		input[i] = data[i] == '$' ? '#' : data[i];
	play(span_of(input, size), cuts_none(), &whole);
	play(span_of(input, size), cuts_of(span_of(input, size)), &cut);
	free(input);
	look_at(&whole);
	differs = seen_same(&whole, &cut, true);
	if (differs != NULL)
		fprintf(stderr, "cut into pieces, %s is another\n", differs);
	must(differs == NULL);
	return 0;
}
