/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whoever acknowledges bytes has read them: what he says then is told behind them. */
#include "unit.h"

#include "packets.h"

static const struct packets_row rows[] = {
	/* The other one's bytes were captured late. */
	{ "an answer before its question", "hs S:A@0^4=250 C:A^0=EHLO C:A^3",
	    "open C=EHLO S=250 end" },
	{ "a question before the answer that it follows",
	    "hs C:A=TLS C:A^3=MAIL S:A@0^3=454 S:A^7=250", "open C=TLS S=454 C=MAIL S=250 end" },
	{ "a question that waits for nothing", "hs C:A=TLS C:A=MAIL S:A^3=220 S:A^7=250",
	    "open C=TLSMAIL S=220250 end" },
	{ "both sides, twice",
	    "hs S:A^1=b C:A@0^0=a S:A@1^2=d C:A@1^1=c C:A^2", "open C=a S=b C=c S=d end" },
	{ "an answer in three segments", "hs S:A^1=b S:A^1=c S:A^1=d C:A@0^0=a C:A^3",
	    "open C=a S=bcd end" },
	{ "three segments, the first is the last",
	    "hs S:A@1^1=c S:A@2^1=d S:A@0^1=b C:A@0^0=a C:A^3", "open C=a S=bcd end" },
	{ "part of the answer is enough for what asks in part",
	    "hs S:A=220-2 C:A^5=X S:A=20 C:A^7=Y", "open S=220-2 C=X S=20 C=Y end" },
	{ "it asks behind the answer to come",
	    "hs S:A=220-2 C:A^7=X S:A@5^0=20 C:A^7=Y", "open S=220-220 C=XY end" },
	{ "twice, once with other bytes", "hs S:A^1=bc S:A@0^1=BC C:A@0^0=a",
	    "open C=a S=bc S!bc|BC end" },
	{ "twice the same", "hs S:A^1=b S:A@0^1=b C:A@0^0=a", "open C=a S=b end" },
	{ "what is told already waits for nothing", "hs C:A=a C:A@0^1=a S:A=b",
	    "open C=a S=b end" },
	{ "a FIN is acknowledged, and is no byte", "hs S:FA C:A^1=bye C:FA^1 S:A^4",
	    "open C=bye fin" },
	{ "a FIN behind what waits", "hs S:A^1=b S:FA^1 C:A@0^0=a C:FA^2 S:A^2",
	    "open C=a S=b fin" },

	/* They were never captured. */
	{ "an answer to what was lost", "hs S:A^4=250 +200 S:A^4 C:A@4^3=MAIL",
	    "open Cgap4 S=250 C=MAIL end" },
	{ "what follows a lost answer", "hs C:A=TLS C:A^3=MAIL +200 S:A@3^7=250",
	    "open C=TLS Sgap3 C=MAIL S=250 end" },
	{ "lost on both sides", "hs S:A^4=250 C:A@4^9=MAIL +200 S:A@9^8=250 +200 C:A^12=x",
	    "open Cgap4 S=250 Sgap6 C=MAIL S=250 C=x end" },
	{ "the question was lost, others wait behind it",
	    "hs S:A^4=250 C:A@4^3=TLS S:A^7=454 C:A^6=MAIL S:A^11=250 +200 C:A^9",
	    "open Cgap4 S=250 C=TLS S=454 C=MAIL S=250 end" },
	{ "at the end", "hs C:A=TLS C:A^3=MAIL", "open C=TLS Sgap3 C=MAIL end" },
	{ "at the end, the question", "hs S:A^4=250 C:A@4^3=TLS S:A^7=454",
	    "open Cgap4 S=250 C=TLS S=454 end" },
	{ "at a reset", "hs C:A=TLS C:A^3=MAIL S:R@3^7", "open C=TLS Sreset Sgap3 C=MAIL rst" },
	{ "before a leap", "hs C:A=a C:A^3=b C:A@9000001=c S:A@3^9000002 C:A@9000002=d "
	    "S:A@3^9000003 C:A@9000003=e", "open C=a Sgap3 C=b Cgap9000001 C=e end" },

	{ "a reset tells of what was lost", "hs S:A=250 C:A^3 S:RA^8",
	    "open S=250 Sreset Cgap8 rst" },
	/* A bad checksum, until its receiver acknowledges it. */
	{ "in doubt, and behind a lost answer",
	    "hs C:A=TLS! C:A^3=MAIL! S:A@3^7=250 +200 C:A^6 S:A",
	    "open C=TLS Sgap3 C=MAIL S=250 end" },

	/* A tap that hears one side has nothing to wait for. */
	{ "only the client", "C:A@0^5=a C:A^5=b C:A^9=c C:A^9=d",
	    "midstream C=ab Sgap4 C=cd end" },

	/* What cannot be. */
	{ "each waits for the other", "hs C:A@0^1=a S:A@0^1=b +1200 C:A^1", "open C=a S=b end" },
	{ "a number from nowhere", "hs C:A^2000000=a S:A=b", "open C=a S=b end" },
};

static void
causes_come_before_effects(void **state)
{
	(void)state;
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* A flood of what waits for nothing that will come. */
static void
no_more_than_so_many_wait(void **state)
{
	struct recorder r = { .quiet = true };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs");
	for (int i = 0; i < 1000; i++) {
		w.now_ns -= 1000000;
		wire_play(&w, "C:A^4=ab");
	}
	assert_in_range(r.delivered[SIDE_CLIENT], 2000 - 2 * 32, 2000);
	stream_finish(s);
	assert_int_equal(r.delivered[SIDE_CLIENT], 2000);
	assert_int_equal(r.lost[SIDE_SERVER], 4);
	packets_free(&s);
}

static void
what_waited_is_counted(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs S:A^4=250 C:A^0=EHLO C:A^3");
	assert_int_equal(packets_counter(s, "stream.out_of_order"), 1);
	assert_int_equal(packets_counter(s, "stream.order_forced"), 0);
	stream_finish(s);
	packets_free(&s);
}

/* It is told with the frame that carried it. */
static void
the_frame_is_its_own(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs S:A^4=250 C:A^0=EHLO");
	assert_string_equal(r.log, "open C=EHLO S=250");
	assert_int_equal(r.last_frame, 4);
	packets_free(&s);
}

/* A listener that has enough is told nothing more of what waits. */
static void
enough_is_enough(void **state)
{
	struct recorder r = { .stop_after = 4 };

	(void)state;
	packets_run("hs S:A^4=250 C:A^0=EHLO C:A^3", &r);
	assert_string_equal(r.log, "open C=EHLO end");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(causes_come_before_effects),
		cmocka_unit_test(no_more_than_so_many_wait),
		cmocka_unit_test(what_waited_is_counted),
		cmocka_unit_test(the_frame_is_its_own),
		cmocka_unit_test(enough_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
