/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tap lost is told as a gap, in its place, and never as bytes. */
#include "unit.h"

#include "packets.h"

static const struct packets_row rows[] = {
	/* The receiver acknowledges what was not seen: lost after 8 packets or 200 ms. */
	{ "lost, by time", "hs C:A@4=late S:A +200 S:A", "open Cgap4 C=late end" },
	{ "lost, by packets",
	    "hs C:A@4=late S:A S:A S:A S:A S:A S:A S:A S:A S:A C:A@0=seen",
	    "open Cgap4 C=late end" },
	{ "lost, by packets of the one who lost",
	    "hs C:A@4=late S:A +200 C:A=x C:A@0=seen", "open Cgap4 C=latex end" },
	{ "not yet lost, by one packet",
	    "hs C:A@4=late S:A S:A S:A S:A S:A S:A S:A S:A C:A@0=seen",
	    "open C=seenlate end" },
	{ "not yet lost", "hs C:A@4=late S:A S:A +190 S:A C:A@0=seen",
	    "open C=seenlate end" },
	{ "not acknowledged, not lost", "hs C:A@4=late S:A^0 +900 S:A^0 C:A@0=seen",
	    "open C=seenlate end" },
	{ "nothing behind it yet", "hs C:A@4 S:A^4 +200 S:A^4 C:A@4=more",
	    "open Cgap4 C=more end" },
	{ "two holes", "hs C:A@2=b C:A@5=e S:A^6 +200 S:A^6 C:A=f",
	    "open Cgap2 C=b Cgap2 C=ef end" },
	{ "the second hole is not acknowledged",
	    "hs C:A@2=b C:A@5=e S:A^3 +200 S:A^3 C:A@3=cd",
	    "open Cgap2 C=bcde end" },
	{ "lost, and comes after all", "hs C:A@4=late S:A +200 S:A C:A@0=seen C:A=x",
	    "open Cgap4 C=latex end" },
	{ "lost in the middle of a repeated segment", "hs C:A@4=late S:A +200 S:A "
	    "C:A@0=seenlatex", "open Cgap4 C=latex end" },
	{ "before the answer to it", "hs S:A@4=late C:A^8=next +200 C:A^8=more",
	    "open Sgap4 S=late C=nextmore end" },
	{ "acknowledged long before the tap shows it",
	    "hs S:A^9 S:A^9 C:A=a S:A^9 S:A^9 C:A=b S:A^9 S:A^9 C:A=c S:A^9 S:A^9 "
	    "C:A=d S:A^9 S:A^9 C:A=efghi", "open C=abcdefghi end" },
	{ "a forged ACK from beyond the window", "hs S:A^2000000 +200 S:A^2000000 C:A=x",
	    "open C=x end" },
	{ "a forged ACK of what is not said yet", "hs S:A=220 C:A^500000 +300 C:A^3=EHLO "
	    "+300 S:A@3=250", "open S=220 C=EHLO S=250 end" },
	{ "... before a pause of the other side", "hs S:A=220 C:A^500000 +300 S:A@3=250 +300 "
	    "C:A^6=EHLO +300 S:A@6=250", "open S=220250 C=EHLO S=250 end" },
	{ "... twice, and its side goes on", "hs S:A=220 C:A^500000 +300 C:A^500000 "
	    "C:A^3=EHLO S:A@3=250 C:A^6=x +300 S:A@6=y",
	    "open S=220 Sgap499997 C=EHLO S=250 C=x S=y end" },
	{ "... twice, and the other side goes on", "hs S:A=220 C:A^500000 +300 C:A^500000 "
	    "S:A@3=250 C:A^6=EHLO +300 S:A@6=y", "open S=220 Sgap499997 S=250 C=EHLO S=y end" },
	{ "of an old ACK nothing follows", "hs C:A@0=EHLO S:A^0=220 C:A@9=QUIT S:A^13 S:A@0^4=220 "
	    "+200 S:A^13=221", "open C=EHLO S=220 Cgap5 C=QUIT S=221 end" },
	{ "lost, and sent again before an answer", "hs S:A=220 C:A^9 +300 C:A^9 S:A@3=250-OK "
	    "C:A=EHLO", "open S=220 Sgap6 S=250-OK C=EHLO end" },
	{ "lost, and sent again behind the answer", "hs S:A=220 C:A^9=EHLO +300 C:A^9 S:A@3=250-OK "
	    "C:A^9=x", "open S=220 Sgap6 C=EHLOx end" },
	{ "a FIN is no byte", "hs C:FA S:A^1 +200 S:A^1 S:FA C:A", "open fin" },

	/* At the end. */
	{ "early bytes at the end", "hs C:A@4=late", "open Cgap4 C=late end" },
	{ "acknowledged bytes at the end", "hs S:A^7", "open Cgap7 end" },
	{ "both at the end", "hs C:A@2=b C:A@4=d S:A^9 S:A@1^9=y",
	    "open Cgap2 C=b Cgap1 C=d "
	    "Cgap4 Sgap1 S=y end" },
	{ "before a FIN", "hs C:A@2=b C:FA@3 S:FA^4 C:A", "open Cgap2 C=b fin" },
	{ "before a reset", "hs C:A@2=b S:A^3 S:R@0", "open Sreset Cgap2 C=b rst" },
	{ "at the silence", "hs C:A@2=b +3601000 C:A@9999999", "open Cgap2 C=b idle" },

	/* A snaplen cut them off. */
	{ "cut", "hs C:A=abc%5 C:A=def", "open C=abc Cgap5 C=def end" },
	{ "cut to nothing", "hs C:A%5 C:A=def", "open Cgap5 C=def end" },
	{ "cut and repeated", "hs C:A=abc%5 C:A@0=abc%5 C:A=def",
	    "open C=abc Cgap5 C=def end" },
	{ "cut and early", "hs C:A@3=d%2 C:A@0=abc C:A@6=g S:A +200 S:A",
	    "open C=abcd Cgap2 C=g end" },
	{ "cut before what is early", "hs C:A@6=g C:A@0=abc%4",
	    "open C=abc Cgap3 C=g end" },

	/* Larger losses than the window: three segments that the other side confirms. */
	{ "a leap",
	    "hs C:A=a S:A^9000001 C:A@9000001=b S:A^9000002 C:A@9000002=c S:A^9000003 "
	    "C:A@9000003=d", "open C=a Cgap9000002 C=d end" },
	{ "a leap back", "hs C:A=a S:A^3000001 C:A@3000001=b S:A^3000002 C:A@3000002=c "
	    "S:A^3000003 C:A@3000003=d S:A^1001 C:A@1001=e S:A^1002 C:A@1002=f S:A^1003 C:A@1003=g",
	    "open C=a Cgap3000002 C=d Cgap1 C=g end" },
	{ "a leap of one side only",
	    "C:A@0^0=a C:A^0=b C:A@9000000^0=c C:A^0=d C:A^0=e C:A^0=f "
	    "C:A^0=g C:A^0=h C:A^0=i C:A^0=j C:A^0=k",
	    "midstream C=ab Cgap9000005 C=jk end" },
	{ "a leap of both sides", "hs C:A@9000000^8000000=a S:A@8000000^9000001=b "
	    "C:A^8000001=c S:A^9000002=d C:A^8000002=e S:A^9000003=f",
	    "open Cgap9000002 C=e Sgap8000002 S=f end" },
	{ "strays are no leap",
	    "hs C:A@9000000=x C:A@0=a C:A@9000001=x C:A@1=b C:A@9000002=x "
	    "C:A@2=c C:A@9000003=x C:A@3=d", "open C=abcd end" },
	{ "forged strays of both sides are no leap",
	    "hs S:A^9000001 C:A@9000000=x C:A@0=a S:A^9000001 C:A@9000001=x C:A@1=b "
	    "S:A^9000001 C:A@9000002=x C:A@2=c C:A@9000003=x", "open C=abc end" },
	{ "an unconfirmed leap",
	    "hs C:A=a C:A@9000000=x C:A@9000001=x C:A@9000002=x C:A@9000003=x",
	    "open C=a end" },

	/* Checksums: held to those that a side shows. */
	{ "bad ones are not the receiver's", "hs C:A=a C:A@1=X! C:A@1=b",
	    "open C=ab end" },
	{ "a card that computes them", "C:S! S:SA C:A! C:A=a! S:A=b C:A=c!",
	    "open C=a S=b C=c end" },
	{ "a bad one first, then good ones", "C:S S:SA@77! S:SA C:A S:A@0=X! S:A@0=a",
	    "open S=a end" },
	{ "only the data have bad ones, and are taken",
	    "hs S:A=220! C:A C:A=ehlo! S:A S:A=250! C:A=mail! S:A",
	    "open S=220 C=ehlo S=250 C=mail end" },
	{ "each acknowledged by the answer alone", "hs S:A=220! C:A=ehlo! S:A",
	    "open S=220 C=ehlo end" },
	{ "several before the first acknowledgement", "hs C:A=a! C:A=b! C:A=c! S:A",
	    "open C=abc end" },
	{ "acknowledged in part", "hs C:A=a! C:A=b! S:A^1 S:A=x", "open C=ab S=x end" },
	{ "a bad one that is never acknowledged", "hs C:A=X! +200 C:A@0=a S:A^1 C:A@1=b",
	    "open C=ab end" },
	{ "good and bad ones, and the receiver takes all",
	    "hs C:A=a S:A C:A=b! S:A=250 C:A=c! S:A", "open C=ab S=250 C=c end" },
	{ "a card on both sides, but not for what is empty",
	    "hs C:A=EHLO! S:A=250! C:A=MAIL! S:A=250!",
	    "open C=EHLO S=250 C=MAIL S=250 end" },
	{ "a whole window of them",
	    "hs C:A=a! C:A=b! C:A=c! C:A=d! C:A=e! C:A=f! S:A C:A=g!",
	    "open C=abcdefg end" },
	{ "joined segments among others", "hs C:A=a C:A=bcd! C:A=e S:A=x",
	    "open C=abcde S=x end" },
	{ "damaged with a FIN, then sent again", "hs S:FA=abc! S:FA@0=abd C:FA^4 S:A@4",
	    "open S=abd fin" },
	{ "... and the FIN alone damaged", "hs S:A=abc C:A S:FA! S:FA@3 C:FA^4 S:A@4",
	    "open S=abc fin" },
	{ "... and taken", "hs S:A=abc C:A S:FA@3! C:FA^4 S:A@4^1", "open S=abc fin" },
	{ "damaged, then sent again", "hs C:A=a C:A=X! C:A@1=b S:A^2 C:A=c",
	    "open C=abc end" },
	{ "damaged, never acknowledged", "hs C:A=a C:A=X! S:A^1 +900 S:A^1",
	    "open C=a end" },
	{ "a bad FIN", "hs C:A=a C:FA! S:FA! C:A S:A", "open C=a left fin" },
	{ "a bad reset", "hs C:A=a C:R! C:A=b", "open C=ab end" },
	{ "two bad ones, one of each side, are nobody's word",
	    "hs S:A=220 C:A=EHLO S:A^4 S:A=evil! C:A^7=QUIT! C:A@4^3 S:A@3^4=250 C:A@4^6=MAIL",
	    "open S=220 C=EHLO S=250 C=MAIL end" },
	{ "... nor before the client has said a word",
	    "hs S:A=220 S:A=evil! C:A^7! S:A@3=-ok C:A^6=EHLO S:A", "open S=220-ok C=EHLO end" },
	{ "a good copy behind the ACK of a bad one",
	    "hs C:A=a S:A C:A=X! S:A^2 C:A@1=b S:A=x", "open C=ab S=x end" },
	{ "... which are early both", "hs C:A=a S:A C:A@2=X! C:A@2=c S:A^3 C:A@1=b S:A=x",
	    "open C=abc S=x end" },
	{ "... which never comes", "hs C:A=a S:A C:A=b! S:A^2 +200 S:A^2 S:A=x",
	    "open C=ab S=x end" },
	{ "a bad one in a part of a hole", "hs C:A=a S:A C:A@3=d! C:A@5=f S:A^6 +200 S:A^6",
	    "open C=a Cgap2 C=d Cgap1 C=f end" },
	{ "a bad one over a hole", "hs C:A=a S:A C:A@0=XbcXX! C:A@3=de S:A^5 +200 S:A^5",
	    "open C=abcde end" },
	{ "bad ones without a good one for long",
	    "hs C:A=a S:A C:A=b! C:A=c! C:A=d! S:A +200 S:A C:A=e! C:A=f",
	    "open C=abcdef end" },
	{ "offload stays", "C:S! S:SA C:A! C:A=a! C:A=b C:A=c!", "open C=abc end" },
};

static void
what_is_missing_is_told(void **state)
{
	(void)state;
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
gaps_are_counted(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A@4=late S:A@5=x S:A^8 +200 S:A^8 C:A=abc%2 C:A=!");
	stream_finish(s);
	assert_int_equal(r.flow.gap_bytes[SIDE_CLIENT], 6);
	assert_int_equal(r.flow.gap_bytes[SIDE_SERVER], 5);
	assert_true(r.flow.truncated);
	assert_false(flow_seen_whole(&r.flow));
	assert_int_equal(packets_counter(s, "stream.gaps"), 3);
	assert_int_equal(packets_counter(s, "stream.gap_bytes"), 11);
	assert_int_equal(packets_counter(s, "stream.truncated"), 1);
	assert_int_equal(packets_counter(s, "stream.bad_checksum"), 1);
	packets_free(&s);
}

/* Early segments from offset first on, each n bytes, until count of them were sent. */
static void
play_early(struct wire *w, const uint8_t *bytes, uint32_t first, uint32_t n,
    uint32_t step, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t offset = first + i * step;
		const struct segment segment = wire_segment(w, SIDE_CLIENT, TCP_ACK,
		    offset, span_of(bytes + offset, n));

		wire_send(w, &segment);
	}
}

/* Many single bytes ahead, in packets that never arrive, and then the true ones. */
static void
what_is_pushed_in_hides_nothing(void **state)
{
	static const uint8_t junk[1400];
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A=EHLO S:A=250");
	for (uint32_t i = 0; i < 300; i++) {
		struct segment segment = wire_segment(&w, SIDE_CLIENT, TCP_ACK, 500 + 3 * i,
		    span_of(junk, 1));

		segment.ttl = 3;
		wire_send(&w, &segment);
	}
	for (uint32_t i = 0; i < 60; i++) {
		struct segment segment = wire_segment(&w, SIDE_CLIENT, TCP_ACK,
		    3000 + 1400 * i, span_of(junk, sizeof(junk)));

		segment.ttl = 3;
		wire_send(&w, &segment);
	}
	wire_play(&w, "C:A@4=AUTH S:A^8=235 C:FA@8 S:FA^9 C:A");
	stream_finish(s);
	assert_string_equal(r.log, "open C=EHLO S=250 C=AUTH S=235 fin");
	assert_int_equal(packets_counter(s, "stream.gap_bytes"), 0);
	packets_free(&s);
}

struct flood {
	const char *name;
	uint32_t first, n, step, count;
	uint64_t lost;		/* before the end of input */
};

/* libnids drops its whole queue at 64 KB; nothing that was seen may go with it. */
static const struct flood floods[] = {
	{ "fits", 100, 1000, 1000, 50, 0 },
	{ "one hole, too much behind it", 100, 1000, 1000, 300, 100 },
	{ "large segments", 100, 30000, 30000, 9, 100 },
	{ "larger than a piece", 100, 60000, 60000, 5, 100 },
	{ "single bytes", 1, 1, 1, 300, 1 },
	{ "a hole before each", 1, 1, 2, 250, 0 },
	{ "holes without end", 1, 1, 2, 5000, 4745 },
};

static void
what_is_seen_survives_the_queue(void **state)
{
	static uint8_t bytes[400000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 253 + 1);
	for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
		const struct flood *f = &floods[i];
		struct recorder r = { .quiet = true, .said = { bytes } };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new(s);

		print_message("  %s\n", f->name);
		wire_play(&w, "hs");
		play_early(&w, bytes, f->first, f->n, f->step, f->count);
		if (f->lost < 4000)
			assert_int_equal(r.lost[SIDE_CLIENT], f->lost);
		else
			assert_in_range(r.lost[SIDE_CLIENT], f->lost, f->count);
		stream_finish(s);
		assert_int_equal(r.delivered[SIDE_CLIENT], (uint64_t)f->n * f->count);
		assert_int_equal(r.delivered[SIDE_CLIENT] + r.lost[SIDE_CLIENT],
		    f->first + (f->count - 1) * f->step + f->n);
		packets_free(&s);
	}
}

/* 5 GB of which hardly anything is seen: only arithmetic is left. */
static void
five_gigabytes_with_holes(void **state)
{
	const uint32_t step = 900000;
	const uint32_t steps = 6000;
	struct recorder r = { .quiet = true };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs");
	for (uint32_t i = 1; i <= steps; i++) {
		struct segment data = wire_segment(&w, SIDE_CLIENT, TCP_ACK, i * step - 1,
		    span_text("x"));
		struct segment ack = wire_segment(&w, SIDE_SERVER, TCP_ACK, 0,
		    span_of(NULL, 0));

		wire_send(&w, &data);
		ack.ack = data.seq + 1;
		wire_send(&w, &ack);
		ack.ref.at_ns = w.now_ns += 200 * INT64_C(1000000);
		wire_send(&w, &ack);
	}
	stream_finish(s);
	assert_int_equal(r.delivered[SIDE_CLIENT], steps);
	assert_int_equal(r.delivered[SIDE_CLIENT] + r.lost[SIDE_CLIENT],
	    (uint64_t)step * steps);
	assert_int_equal(r.flow.gap_bytes[SIDE_CLIENT], (uint64_t)(step - 1) * steps);
	packets_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_told),
		cmocka_unit_test(gaps_are_counted),
		cmocka_unit_test(what_is_pushed_in_hides_nothing),
		cmocka_unit_test(what_is_seen_survives_the_queue),
		cmocka_unit_test(five_gigabytes_with_holes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
