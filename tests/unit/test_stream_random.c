/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two peers that talk, seen through a bad tap: packets are lost, doubled, cut
 * anew and reordered at random. Whatever comes, every byte that is delivered is
 * the right one for its place, and bytes and gaps add up to what was said.
 */
#include "unit.h"

#include "packets.h"

enum {
	RUNS = 400,
	SAID_MAX = 20000,
	FLIGHT_MAX = 24,	/* packets that may overtake each other */
};

static uint8_t said[2][SAID_MAX];

struct tap {
	uint64_t random;
	unsigned lost, doubled, reordered, damaged;	/* of 100 packets */
	struct segment flight[FLIGHT_MAX];
	unsigned in_flight;
};

static bool
happens(struct tap *t, unsigned of_100)
{
	return packets_random(&t->random, 100) < of_100;
}

/* Let packets through, in whatever order the tap likes, until that many are left. */
static void
let_through(struct wire *w, struct tap *t, unsigned left)
{
	while (t->in_flight > left) {
		const unsigned i = happens(t, t->reordered) ?
		    packets_random(&t->random, t->in_flight) : 0;
		struct segment segment = t->flight[i];

		t->in_flight--;
		for (unsigned k = i; k < t->in_flight; k++)
			t->flight[k] = t->flight[k + 1];
		segment.ref.at_ns = w->now_ns += 100000;
		wire_send(w, &segment);
	}
}

/* A copy that its receiver dropped, since its checksum does not fit. */
static void
show_damaged(struct wire *w, struct tap *t, const struct segment *segment)
{
	static const uint8_t garbage[700];
	struct segment damaged = *segment;

	damaged.payload = span_of(garbage, segment->payload.n);
	damaged.checksum = CHECKSUM_BAD;
	damaged.ref.at_ns = w->now_ns;
	let_through(w, t, 0);
	wire_send(w, &damaged);
}

static void
show(struct wire *w, struct tap *t, const struct segment *segment)
{
	const unsigned copies = happens(t, t->lost) ? 0 : happens(t, t->doubled) ? 2 : 1;

	if (segment->payload.n > 0 && happens(t, t->damaged))
		show_damaged(w, t, segment);
	for (unsigned i = 0; i < copies; i++) {
		if (t->in_flight == FLIGHT_MAX)
			let_through(w, t, FLIGHT_MAX - 1);
		t->flight[t->in_flight++] = *segment;
	}
	if (happens(t, 60))
		let_through(w, t, t->in_flight / 2);
}

/* The side says some more, or again, and the other one acknowledges now and then. */
static void
talk(struct wire *w, struct tap *t, enum side from, uint32_t until)
{
	struct peer *peer = &w->peer[from];

	while (peer->sent < until) {
		uint32_t n = 1 + packets_random(&t->random, 700);
		const uint32_t back = happens(t, 10) ?
		    packets_random(&t->random, 300) : 0;
		const uint32_t at = peer->sent > back ? peer->sent - back : 0;
		struct segment segment;

		if (n > until - at)
			n = until - at;
		segment = wire_segment(w, from, TCP_ACK, at, span_of(said[from] + at, n));
		if (at + n > peer->sent)
			peer->sent = at + n;
		show(w, t, &segment);
		if (happens(t, 50)) {
			segment = wire_segment(w, side_other(from), TCP_ACK,
			    w->peer[side_other(from)].sent, span_of(NULL, 0));
			show(w, t, &segment);
		}
	}
}

static void
converse(struct wire *w, struct tap *t)
{
	while (w->peer[0].sent < SAID_MAX || w->peer[1].sent < SAID_MAX) {
		const enum side from = happens(t, 50) ? SIDE_CLIENT : SIDE_SERVER;
		const uint32_t until = w->peer[from].sent + 1 +
		    packets_random(&t->random, 3000);

		talk(w, t, from, until < SAID_MAX ? until : SAID_MAX);
	}
}

static void
run(uint64_t seed, struct tap tap)
{
	struct recorder r = { .quiet = true, .said = { said[0], said[1] } };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = seed % 2 != 0 ? wire_new(s) : wire_new_ipv6(s);

	w.peer[0].isn = packets_random(&tap.random, UINT32_MAX);
	w.peer[1].isn = UINT32_MAX - packets_random(&tap.random, SAID_MAX);
	wire_play(&w, "hs");
	converse(&w, &tap);
	let_through(&w, &tap, 0);
	/* Two last words say where both sides are. */
	wire_play(&w, "C:A S:A");
	stream_finish(s);
	assert_int_equal(r.opens, 1);
	assert_int_equal(r.closes, 1);
	for (int side = 0; side < 2; side++) {
		assert_int_equal(r.delivered[side] + r.lost[side], SAID_MAX);
		assert_int_equal(r.flow.gap_bytes[side], r.lost[side]);
		if (tap.lost == 0 && tap.reordered == 0)
			assert_int_equal(r.lost[side], 0);
	}
	assert_int_equal(packets_counter(s, "stream.conflicts"), 0);
	assert_int_equal(packets_counter(s, "stream.out_of_window"), 0);
	packets_free(&s);
}

static void
bytes_and_gaps_add_up(void **state)
{
	static const struct tap taps[] = {
		{ .lost = 0 },
		{ .doubled = 20 },
		{ .lost = 5 },
		{ .reordered = 30 },
		{ .damaged = 20 },
		{ .lost = 5, .doubled = 10, .reordered = 30 },
		{ .lost = 40, .reordered = 10 },
		{ .lost = 2, .doubled = 50, .reordered = 80 },
	};

	(void)state;
	for (size_t side = 0; side < 2; side++) {
		for (size_t i = 0; i < SAID_MAX; i++)
			said[side][i] = (uint8_t)(i * 17 + i / 255 + side * 101);
	}
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		struct tap tap = taps[seed % (sizeof(taps) / sizeof(taps[0]))];

		tap.random = seed;
		run(seed, tap);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_and_gaps_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
