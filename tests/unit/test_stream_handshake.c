/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a connection begins: whole handshakes, late ones, and none at all. */
#include "unit.h"

#include "packets.h"

static const struct packets_row rows[] = {
	/* The three packets, in whatever order and number the tap shows them. */
	{ "the handshake alone", "C:S S:SA C:A", "open end" },
	{ "data acknowledges as well", "C:S S:SA C:A=x", "open C=x end" },
	{ "repeated", "C:S C:S S:SA S:SA C:A C:A C:S S:SA C:A=x", "open C=x end" },
	{ "SYN-ACK before SYN", "S:SA C:S C:A C:A=x", "open C=x end" },
	{ "ACK before SYN-ACK", "C:S C:A S:SA C:A=x", "open C=x end" },
	{ "greeting before ACK", "C:S S:SA S:A=220 C:A C:A=x", "open S=220 C=x end" },
	{ "greeting, and its ACK is the first", "C:S S:SA S:A=220 C:A=x",
	    "open S=220 C=x end" },
	{ "ACK and greeting lost", "C:S S:SA C:A^3=x", "open Sgap3 C=x end" },
	{ "data before its SYN", "C:A@0=x C:S S:SA C:A C:A=y", "open C=xy end" },
	{ "data before its SYN, and the server's port says less",
	    "S:A@0=x C:S S:SA C:A S:A=y",
	    "open S=xy end" },
	{ "simultaneous open", "C:S S:S C:SA S:SA C:A=x S:A=y", "open C=x S=y end" },
	{ "simultaneous open, one SYN-ACK lost", "C:S S:S S:SA C:A=x S:A=y",
	    "open C=x S=y end" },

	/* Data on the SYN (RFC 7413) counts as far as the server acknowledges it. */
	{ "fast open taken", "C:S=EHLO S:SA^4 C:A@4 C:A@4=x", "open C=EHLOx end" },
	{ "fast open refused", "C:S=EHLO S:SA^0 C:A@0 C:A@0=EHLO", "open C=EHLO end" },
	{ "fast open refused, other data", "C:S=EHLO S:SA^0 C:A@0=QUIT",
	    "open C=QUIT end" },
	{ "fast open taken in part", "C:S=EHLO S:SA^2 C:A@2=LOx", "open C=EHLOx end" },

	/* Attempts that came to nothing. */
	{ "refused", "C:S S:RA", "refused attempt:rst" },
	{ "refused twice is told once", "C:S S:RA C:S S:RA C:S S:RA", "refused attempt:rst" },
	{ "refused, then tried anew", "C:S S:RA C:S@70 S:RA^70",
	    "refused attempt:rst refused attempt:rst" },
	{ "refused, then unanswered", "C:S S:RA C:S@70", "refused attempt:rst attempt:end" },
	{ "refused for a minute", "C:S S:RA +61000 C:A@999", "refused attempt:rst" },
	{ "a SYN from the server first, and refused", "S:S@777777 C:S S:RA",
	    "refused attempt:rst" },
	{ "a SYN from the server first, and unanswered", "S:S@777777 C:S +1000 C:S",
	    "unanswered attempt:end" },
	{ "unanswered", "C:S C:S", "attempt:end" },
	{ "unanswered, and asked again", "C:S +1000 C:S +2000 C:S",
	    "unanswered attempt:end" },
	{ "answered late", "C:S +1000 C:S S:SA C:A C:A=x", "unanswered open C=x end" },
	{ "answered, and the answer lost", "C:S S:SA +1000 C:S S:SA C:A",
	    "unanswered open end" },
	{ "unanswered for a minute", "C:S +61000 C:A@999", "attempt:idle" },
	{ "answered and left", "C:S S:SA", "attempt:end" },
	{ "half-open scan", "C:S S:SA C:R", "refused attempt:rst" },
	{ "blind reset does not refuse", "C:S S:RA^5 S:R@9 S:SA C:A C:A=x",
	    "open C=x end" },
	{ "stray packets are no connection", "C:A S:A C:FA S:RA C:R", "" },

	/* Without a handshake. */
	{ "under way", "C:A@0=EHLO S:A@0=250", "midstream C=EHLO S=250 end" },
	{ "under way, the server first", "S:A@0=220 C:A@0=EHLO",
	    "midstream S=220 C=EHLO end" },
	{ "under way, one packet", "C:A@0=EHLO", "midstream C=EHLO end" },
	{ "under way, swapped", "C:A@4=cd C:A@0=abcd C:A@6=e",
	    "midstream C=abcdcde end" },
	{ "under way, then lost", "S:A@0=220 C:A@0^3=EHLO +1 C:A@4^9 +300 C:A@4^9",
	    "midstream S=220 C=EHLO Sgap6 end" },
	{ "the client only", "C:S C:A C:A=EHLO C:A=MAIL +300 C:A=QUIT",
	    "midstream C=EHLOMAILQUIT end" },
	{ "the client only, not its SYN", "C:A@0^3=EHLO C:A^3=MAIL",
	    "midstream C=EHLOMAIL end" },
	{ "the server only", "S:SA S:A=220 +300 S:A=250", "midstream S=220250 end" },
	{ "the server only, not its SYN-ACK", "S:A@0^0=220 S:A=250",
	    "midstream S=220250 end" },
	{ "SYN, then silence from the tap, then data",
	    "C:S C:A=a S:A=b C:A=c S:A=d S:A=e C:A=f",
	    "midstream C=a S=b C=c S=de C=f end" },
	{ "a forged SYN, and no answer from the tap", "C:S C:S@777777 C:A=x +300 C:A=y",
	    "midstream C=xy end" },
	{ "a SYN from the server after a SYN-ACK", "S:SA S:S@50 C:A C:A=x",
	    "midstream C=x end" },
	{ "fast open, and no answer from the tap", "C:S=EHLO C:A@4=x +300 C:A@5=y",
	    "midstream C=EHLOxy end" },
	{ "data that waits too long", "C:S C:A=a +300 C:A=b S:SA C:A=c",
	    "midstream C=abc end" },
	{ "copies take no room",
	    "C:S C:A=a C:A@0=a C:A@0=a C:A@0=a C:A@0=a C:A@0=a S:SA C:A",
	    "open C=a end" },
	{ "another SYN before old data",
	    "C:A@7000000=old C:S S:SA C:A@0^0 C:A@0=new",
	    "midstream C=old reused open C=new end" },
	{ "another SYN behind old data",
	    "C:A@0=old C:S@7000000 S:SA^7000000 C:A@7000000=new",
	    "midstream C=old reused open C=new end" },
};

static void
connections_begin(void **state)
{
	(void)state;
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

struct role {
	uint16_t sender, receiver;
	enum side is;
};

static const struct role roles[] = {
	{ 40000, 25, SIDE_CLIENT },
	{ 25, 40000, SIDE_SERVER },
	{ 5222, 1500, SIDE_SERVER },	/* a port that we know against a lower one */
	{ 1500, 5222, SIDE_CLIENT },
	{ 1023, 5222, SIDE_SERVER },	/* both are servers' */
	{ 21, 20, SIDE_CLIENT },
	{ 40000, 50000, SIDE_SERVER },	/* neither is */
	{ 2000, 2000, SIDE_CLIENT },
};

static void
ports_tell_the_server_when_the_handshake_cannot(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		struct recorder r = { 0 };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new(s);

		w.port[SIDE_CLIENT] = roles[i].sender;
		w.port[SIDE_SERVER] = roles[i].receiver;
		wire_play(&w, "C:A@0=x");
		stream_finish(s);
		assert_string_equal(r.log, roles[i].is == SIDE_CLIENT ?
		    "midstream C=x end" : "midstream S=x end");
		assert_int_equal(r.flow.tuple.port[roles[i].is], roles[i].sender);
		packets_free(&s);
	}
}

/* The guess from ports gives way to a SYN that is captured late. */
static void
a_late_syn_corrects_the_roles(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	w.port[SIDE_CLIENT] = 20;
	w.port[SIDE_SERVER] = 40000;
	wire_play(&w, "C:A@0=x C:S S:SA C:A S:A=y");
	stream_finish(s);
	assert_string_equal(r.log, "open C=x S=y end");
	assert_int_equal(r.flow.tuple.port[SIDE_CLIENT], 20);
	assert_int_equal(r.flow.packets[SIDE_CLIENT], 3);
	assert_int_equal(r.flow.packets[SIDE_SERVER], 2);
	assert_int_equal(r.flow.payload_bytes[SIDE_CLIENT], 1);
	assert_int_equal(r.flow.id,
	    flow_identifier(&r.flow.tuple, r.flow.first.at_ns));
	packets_free(&s);
}

/* A receiver throws such a FIN away, and goes on. */
static void
a_forged_farewell_is_none(void **state)
{
	static const char *const forged[] = {
		"hs C:A=abcd S:A=xyz C:A S:FA@1 C:A^3=e",
		"hs C:A=abcd S:A=xyz C:A S:FA@40 C:A^3=e",
	};
	struct recorder r = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		r = (struct recorder){ 0 };
		packets_run(forged[i], &r);
		assert_true(r.closed.fin_by[SIDE_SERVER]);
		assert_false(r.closed.left_by[SIDE_SERVER]);
	}
	r = (struct recorder){ 0 };
	packets_run("hs C:A=abcd S:A=xyz C:A S:FA C:A=e", &r);
	assert_true(r.closed.left_by[SIDE_SERVER]);
	/* nor is one that is acknowledged, if its side goes on */
	r = (struct recorder){ 0 };
	packets_run("hs C:A=abcd S:A=xyz C:A S:FA C:A=e S:A@3=more", &r);
	assert_false(r.closed.left_by[SIDE_SERVER] || r.closed.fin_by[SIDE_SERVER]);
}

static void
flows_are_counted(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "hs C:A=abcd S:A=xyz C:A C:FA S:FA C:A");
	assert_string_equal(r.log, "open C=abcd S=xyz fin");
	assert_int_equal(r.flow.packets[SIDE_CLIENT], 6);
	assert_int_equal(r.flow.packets[SIDE_SERVER], 3);
	assert_int_equal(r.flow.wire_bytes[SIDE_CLIENT], 6 * 40 + 4);
	assert_int_equal(r.flow.wire_bytes[SIDE_SERVER], 3 * 40 + 3);
	assert_int_equal(r.flow.payload_bytes[SIDE_CLIENT], 4);
	assert_int_equal(r.flow.payload_bytes[SIDE_SERVER], 3);
	assert_int_equal(r.flow.first.number, 1);
	assert_int_equal(r.flow.last.number, 9);
	assert_true(r.flow.fin_by[SIDE_CLIENT] && r.flow.fin_by[SIDE_SERVER]);
	assert_false(r.flow.reset_by[SIDE_CLIENT] || r.flow.reset_by[SIDE_SERVER]);
	assert_true(flow_seen_whole(&r.flow));
	assert_true(r.flow.id != 0 && r.flow.id >> 53 == 0);
	assert_int_equal(packets_counter(s, "flow.opened"), 1);
	assert_int_equal(packets_counter(s, "flow.active"), 0);
	packets_free(&s);
}

/* Taps and VLANs with the same addresses inside are different networks. */
static void
taps_and_vlans_are_apart(void **state)
{
	struct recorder r = { .quiet = true };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	for (int i = 0; i < 6; i++) {
		const struct span none = span_of(NULL, 0);
		struct segment syn = wire_segment(&w, SIDE_CLIENT, TCP_SYN, 0, none);
		struct segment syn_ack = wire_segment(&w, SIDE_SERVER, TCP_SYN | TCP_ACK,
		    0, none);
		struct segment ack = wire_segment(&w, SIDE_CLIENT, TCP_ACK, 0, none);
		struct segment *packets[] = { &syn, &syn_ack, &ack };

		for (int k = 0; k < 3; k++) {
			packets[k]->tap = (uint8_t)(i & 1);
			packets[k]->vlan_count = (uint8_t)(i / 2);
			packets[k]->vlan[0] = i / 2 > 0 ? 7 : 0;
			wire_send(&w, packets[k]);
		}
	}
	assert_int_equal(r.opens, 6);
	stream_finish(s);
	assert_int_equal(r.closes, 6);
	packets_free(&s);
}

static void
who_talks_to_itself_is_counted_only(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	w.addr[SIDE_SERVER] = w.addr[SIDE_CLIENT];
	w.port[SIDE_SERVER] = w.port[SIDE_CLIENT];
	wire_play(&w, "hs C:A=x");
	stream_finish(s);
	assert_string_equal(r.log, "");
	assert_int_equal(packets_counter(s, "stream.self"), 4);
	packets_free(&s);
}

/* Mirrors often tag each direction in its own way. */
static void
vlans_may_differ_by_direction(void **state)
{
	static const char *const logs[] = { "attempt:end midstream S=220 end", "open S=220 end" };

	(void)state;
	for (int any = 0; any < 2; any++) {
		const struct stream_limits limits = { .any_vlan = any };
		struct recorder r = { 0 };
		struct stream *s = packets_stream(&limits, &r);
		struct wire w = wire_new(s);
		static const struct { enum side from; uint8_t flags; const char *text; } said[] = {
			{ SIDE_CLIENT, TCP_SYN, "" }, { SIDE_SERVER, TCP_SYN | TCP_ACK, "" },
			{ SIDE_CLIENT, TCP_ACK, "" }, { SIDE_SERVER, TCP_ACK, "220" },
		};

		for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
			struct segment segment = wire_segment(&w, said[i].from, said[i].flags, 0,
			    span_text(said[i].text));

			segment.vlan_count = 1;
			segment.vlan[0] = said[i].from == SIDE_CLIENT ? 10 : 20;
			wire_send(&w, &segment);
		}
		stream_finish(s);
		assert_string_equal(r.log, logs[any]);
		assert_int_equal(r.flow.tuple.vlan[0], any ? 10 : 20);
		packets_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vlans_may_differ_by_direction),
		cmocka_unit_test(connections_begin),
		cmocka_unit_test(ports_tell_the_server_when_the_handshake_cannot),
		cmocka_unit_test(a_late_syn_corrects_the_roles),
		cmocka_unit_test(a_forged_farewell_is_none),
		cmocka_unit_test(flows_are_counted),
		cmocka_unit_test(taps_and_vlans_are_apart),
		cmocka_unit_test(who_talks_to_itself_is_counted_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
