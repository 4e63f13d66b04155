/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handshakes with which somebody else meddles: answers, SYNs, resets, bad checksums. */
#include "unit.h"

#include "packets.h"

static const struct packets_row rows[] = {
	/* Forged answers: the client's ACK decides. */
	{ "forged SYN-ACK first", "C:S S:SA@777777 S:SA C:A S:A=220", "open S=220 end" },
	{ "forged SYN-ACK last", "C:S S:SA S:SA@777777 C:A S:A=220", "open S=220 end" },
	{ "SYN-ACK of something else", "C:S S:SA^99 S:SA C:A S:A=220", "open S=220 end" },
	{ "forged SYN", "C:S C:S@777777 S:SA C:A S:A=220", "open S=220 end" },
	{ "four forged SYN-ACKs keep the true one when it is among them",
	    "C:S S:SA@100 S:SA@90000000 S:SA@80000000 S:SA C:A S:A=220",
	    "open S=220 end" },

	/* Who is the client may be forged as well: whose handshake is completed. */
	{ "a SYN in the server's name first", "S:S@777777 C:S S:SA C:A S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "... with data", "S:S@777777=evil C:S S:SA C:A S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "... two of them", "S:S@777777 S:S@888888 C:S S:SA C:A S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "... behind the SYN", "C:S S:S@777777 S:SA C:A S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "... and the greeting before the ACK", "S:S@777777 C:S S:SA S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "... and the ACK before the answer", "S:S@777777 C:S C:A S:SA C:A=x",
	    "open C=x end" },
	{ "... and data on the SYN", "S:S@777777 C:S=EHLO S:SA^4 C:A@4 C:A@4=x",
	    "open C=EHLOx end" },
	{ "... and the ports know better, where the answer is lost",
	    "S:S@777777 C:S C:A=x S:A=220 C:A=y +300 C:A=z", "midstream C=x S=220 C=yz end" },
	{ "... and only the server is heard", "S:S@777777 S:SA S:A=220 +300 S:A=250",
	    "midstream S=220250 end" },
	{ "a SYN-ACK in the client's name first", "C:SA@777777 C:S S:SA C:A S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "... behind the SYN", "C:S C:SA@777777 S:SA C:A S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "... with the number of the SYN", "C:S C:SA^777777 S:SA C:A S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "data on a SYN of another number", "C:S C:S@9=evil S:SA C:A C:A=EHLO-STARTTLS",
	    "open C=EHLO-STARTTLS end" },

	{ "SYNs around the true one",
	    "C:S@9 C:S@99 C:S C:S@777777 S:SA C:S@888888 C:S@999 C:A S:A=220",
	    "open S=220 end" },
	{ "a SYN-ACK in the client's name that fits what the server says",
	    "C:S S:A@900000000^0=x C:SA^899999999 S:SA C:A^0 S:A@0=220", "open S=220 end" },
	{ "a simultaneous open in the server's name", "S:S@7 C:S S:SA@7 S:SA C:A S:A=220",
	    "open S=220 end" },
	{ "a SYN that could be the server's, and its greeting",
	    "S:S@4294960000 C:S S:SA S:A=220 C:A C:A=x", "open S=220 C=x end" },

	/* Who is said to have reset it goes on: it was forged. */
	{ "a reset in the client's name", "C:S C:R S:SA C:A S:A=220 C:A=x",
	    "refused open Creset S=220 Clives C=x end" },
	{ "... behind the answer", "C:S S:SA C:R C:A S:A=220 C:A=x",
	    "refused open Creset S=220 Clives C=x end" },
	{ "... and the data is the ACK", "C:S S:SA C:R C:A=x",
	    "refused open Creset Clives C=x end" },
	{ "a refusal in the server's name", "C:S S:RA@4294962295 S:SA C:A C:A=x S:A=220",
	    "refused open Sreset C=x Slives S=220 end" },
	{ "... behind the answer", "C:S S:SA S:RA@4294962295 C:A S:A=220",
	    "refused open Sreset Slives S=220 end" },
	{ "... with the server's number", "C:S S:SA S:R C:A S:A=220",
	    "refused open Sreset Slives S=220 end" },
	{ "resets of both sides", "C:S S:RA C:R S:SA C:A S:A=220 C:A=x",
	    "refused open Creset S=220 Clives C=x end" },
	{ "a reset and a SYN", "C:S S:RA C:S@777777 S:SA C:A S:A=220",
	    "refused attempt:rst open Sreset Slives S=220 end" },
	{ "a reset and a SYN of the server", "S:S@777777 C:S S:RA C:S S:SA C:A S:A=220",
	    "refused open Sreset Slives S=220 end" },
	{ "a reset, data and a SYN", "C:S S:RA C:A=x C:S@777777 S:SA S:A=220 C:A@1=y",
	    "refused open Sreset C=x Slives S=220 C=y end" },
	{ "nobody goes on behind it", "C:S S:SA C:R C:A S:A=220 S:A=250",
	    "refused open Creset S=220250 rst" },
	{ "data on the SYN is not behind it", "C:S=EHLO S:SA^4 C:R@4 C:A@4",
	    "refused open C=EHLO Creset rst" },
	{ "under way", "S:A@0=220 S:R S:A=250", "midstream S=220 Sreset Slives S=250 end" },

	/* ... or it was not, and they are tried again. */
	{ "refused, asked again, answered", "C:S S:RA +1000 C:S S:SA C:A C:A=x",
	    "refused open C=x end" },
	{ "refused, tried anew, answered", "C:S S:RA C:S@70 S:SA^70 C:A@70 C:A@70=x",
	    "refused attempt:rst open C=x end" },

	/* A bad checksum is believed of a side that has shown no good one. */
	{ "bad data before the ACK", "C:S S:SA C:A@0=evil! C:A@0 S:A^0=220 C:A@0=EHLO",
	    "open S=220 C=EHLO end" },
	{ "a bad greeting before the ACK", "C:S S:SA S:A@0=454! C:A^0 S:A@0=220 C:A=EHLO",
	    "open S=220 C=EHLO end" },
	{ "a bad ACK does not choose an answer", "C:S S:SA@777777 C:A^777777! S:SA C:A S:A=220",
	    "open S=220 end" },
	{ "a bad reset", "C:S S:SA S:R! C:R! C:A S:A=220", "open S=220 end" },
	{ "a bad SYN-ACK may be the true one", "C:S S:SA@777777 S:SA! C:A S:A=220",
	    "open S=220 end" },
	{ "all bad", "C:S! S:SA! C:A! S:A=220! C:A=EHLO!", "open S=220 C=EHLO end" },
	{ "all bad of one side", "C:S S:SA! C:A S:A=220! C:A=EHLO", "open S=220 C=EHLO end" },
	{ "all bad but a SYN, and its data is acknowledged",
	    "C:S S:SA C:A! C:A=EHLO! S:A=220 C:A! C:A=x! +300 S:A=250 S:A",
	    "midstream C=EHLO S=220 C=x S=250 end" },
	{ "all bad, one-way", "C:S! C:A! C:A=EHLO! +300 C:A=x!", "midstream C=EHLOx end" },
	{ "all bad, under way", "C:A@0=EHLO! S:A@0=250! C:A=x!",
	    "midstream C=EHLO S=250 C=x end" },
};

static void
the_true_handshake_is_followed(void **state)
{
	(void)state;
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Addresses, counts and who reset it are those of the client that it turned out to be. */
static void
the_sides_are_exchanged_as_a_whole(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "S:S@777777 C:S C:R S:SA C:A C:A=EHLO");
	stream_finish(s);
	assert_string_equal(r.log, "refused open Creset Clives C=EHLO end");
	assert_int_equal(r.closed.tuple.port[SIDE_CLIENT], 40000);
	assert_int_equal(r.closed.packets[SIDE_CLIENT], 4);
	assert_int_equal(r.closed.packets[SIDE_SERVER], 2);
	assert_int_equal(r.closed.payload_bytes[SIDE_CLIENT], 4);
	assert_int_equal(r.closed.initial_seq[SIDE_CLIENT], 1000);
	assert_int_equal(r.closed.initial_seq[SIDE_SERVER], 5000);
	assert_int_equal(r.closed.id, flow_identifier(&r.closed.tuple, r.closed.first.at_ns));
	assert_true(flow_seen_whole(&r.closed));
	assert_false(r.closed.reset_by[SIDE_CLIENT] || r.closed.reset_by[SIDE_SERVER]);
	assert_int_equal(packets_counter(s, "stream.resets_outlived"), 1);
	assert_int_equal(packets_counter(s, "flow.attempts"), 0);
	packets_free(&s);
}

/* A new connection on the ports of one that was refused has a beginning of its own. */
static void
what_is_tried_anew_is_another_connection(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "C:S S:RA +500 C:S@70 S:SA^70 C:A@70");
	assert_string_equal(r.log, "refused attempt:rst open");
	assert_int_equal(r.flow.first.number, 3);
	stream_finish(s);
	assert_int_equal(r.closed.packets[SIDE_CLIENT], 2);
	assert_int_equal(r.closed.packets[SIDE_SERVER], 1);
	assert_int_equal(r.closed.id, flow_identifier(&r.closed.tuple, r.closed.first.at_ns));
	assert_int_equal(packets_counter(s, "flow.attempts"), 1);
	packets_free(&s);
}

/* What was held may be all that its listener wants to hear. */
static void
no_reset_is_told_of_what_nobody_wants(void **state)
{
	static const struct {
		struct packets_row row;
		bool forgets;
	} cases[] = {
		{ { "", "C:S S:SA S:A=220 C:R C:A", "midstream S=220 rst" }, false },
		{ { "", "C:S S:SA S:A=220 C:R C:A C:A=x", "midstream S=220 rst" }, false },
		{ { "", "C:S S:SA S:A=220 C:R C:A", "midstream S=220" }, true },
		{ { "", "S:A@0=220 S:R", "midstream S=220 rst" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recorder r = { .stop_after = 3, .forgets = cases[i].forgets };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new(s);

		wire_play(&w, cases[i].row.script);
		stream_finish(s);
		assert_string_equal(r.log, cases[i].row.log);
		packets_free(&s);
	}
}

/* Of what a full table forgets it is told that it was refused. */
static void
a_refusal_is_told_when_room_is_short(void **state)
{
	const struct stream_limits limits = { .half_open_max = 2 };
	struct recorder r = { 0 };
	struct stream *s = packets_stream(&limits, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "C:S S:RA");
	w.port[SIDE_CLIENT]++;
	wire_play(&w, "C:S");
	w.port[SIDE_CLIENT]++;
	wire_play(&w, "C:S");
	assert_string_equal(r.log, "refused attempt:rst");
	w.port[SIDE_CLIENT]++;
	wire_play(&w, "C:S");
	assert_int_equal(packets_counter(s, "flow.attempts"), 1);
	assert_int_equal(packets_counter(s, "flow.evicted_half_open"), 1);
	packets_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_true_handshake_is_followed),
		cmocka_unit_test(the_sides_are_exchanged_as_a_whole),
		cmocka_unit_test(what_is_tried_anew_is_another_connection),
		cmocka_unit_test(no_reset_is_told_of_what_nobody_wants),
		cmocka_unit_test(a_refusal_is_told_when_room_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
