/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two versions of the same bytes: the trace of a man on the side. */
#include "unit.h"

#include "packets.h"

static const struct packets_row rows[] = {
	{ "other bytes", "hs S:A@0=500 S:A@0=220 S:A@3=x",
	    "open S=500 S!500|220 S=x end" },
	{ "told once for each copy", "hs S:A@0=500 S:A@0=220 S:A@0=500 S:A@0=220",
	    "open S=500 S!500|220 S!500|220 end" },
	{ "the second is longer", "hs S:A@0=500 S:A@0=250-x",
	    "open S=500 S!500|250 S=-x end" },
	{ "the second is shorter", "hs S:A@0=500-x S:A@0=25",
	    "open S=500-x S!50|25 end" },
	{ "in the middle", "hs S:A@0=abcdef S:A@2=cX", "open S=abcdef S!cd|cX end" },
	{ "over two segments", "hs S:A=abc S:A=def S:A@1=bcdXfg",
	    "open S=abcdef S!bcdef|bcdXf "
	    "S=g end" },
	{ "both sides", "hs C:A=EHLO S:A=250 C:A@0=QUIT S:A@0=500",
	    "open C=EHLO S=250 C!EHLO|QUIT S!250|500 end" },
	{ "the forged one came early", "hs S:A@2=XX S:A@0=abcd",
	    "open S=abXX S!abXX|abcd end" },
	{ "both came early", "hs S:A@2=XX S:A@2=cd S:A@0=ab", "open S=abXX S!XX|cd end" },
	{ "... and what was before them is lost",
	    "hs S:A=a S:A@3=XX S:A@3=cd C:A^5 +200 C:A^5", "open S=a Sgap2 S=XX S!XX|cd end" },
	{ "... and overlap", "hs S:A@2=XX S:A@1=bcde S:A@0=a", "open S=abXXe S!bXXe|bcde end" },
	{ "... and are alike", "hs S:A@2=cd S:A@2=cd S:A@1=bcd S:A@0=a", "open S=abcd end" },
	{ "... and they are in several pieces", "hs S:A@1=b S:A@3=d S:A@1=bcX S:A@0=a S:A@4=e",
	    "open S=abcd S!bcd|bcX S=e end" },
	{ "the same bytes", "hs S:A@0=220 S:A@0=220 S:A@1=2 S:A@1=20", "open S=220 end" },
	{ "a keep-alive is no evidence", "hs S:A=220 S:A@2=X S:A@2", "open S=220 end" },
	{ "... nor where bytes come one by one, seconds apart", "hs S:A=y +1000 S:A@0=X",
	    "open S=y end" },
	{ "an answer of one byte in two versions", "hs S:A=N +50 S:A@0=S S:A@1=x",
	    "open S=N S!N|S S=x end" },
	{ "one byte elsewhere is", "hs S:A=220 S:A@1=X", "open S=220 S!2|X end" },
	{ "bytes from before a gap are forgotten",
	    "hs S:A=a C:A^3 +200 C:A^3 S:A@3=d S:A@0=XXXX",
	    "open S=a Sgap2 S=d S!d|X end" },
	{ "fragments that differ", "hs S:A=220~ C:A=EHLO", "open S=220 S!220| C=EHLO end" },
	{ "fragments that differ, early", "hs S:A@2=cd~ S:A@0=ab",
	    "open S!cd| S=abcd end" },
	{ "a bad checksum is none", "hs S:A=220 S:A@0=500!", "open S=220 end" },
	{ "with the handshake's data", "C:S=EHLO S:SA^4 C:A@4 C:A@0=QUIT",
	    "open C=EHLO C!EHLO|QUIT end" },
	{ "under way", "S:A@0=220 S:A@0=500 S:A@3=x",
	    "midstream S=220 S!220|500 S=x end" },
};

static void
two_versions_are_told(void **state)
{
	(void)state;
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* The receiver may have read the other version, so nothing follows from absence. */
static void
after_contradicting_fragments_little_is_sure(void **state)
{
	struct recorder r = { 0 };

	(void)state;
	packets_run("hs S:A=220 C:A=EHLO", &r);
	assert_true(flow_seen_whole(&r.closed));
	packets_run("hs S:A=220~ C:A=EHLO", &r);
	assert_false(flow_seen_whole(&r.closed));
}

/* Only the last 2 KB are kept, also where the ring wraps. */
static void
the_last_two_kilobytes_are_known(void **state)
{
	static uint8_t bytes[10000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 13 + i / 250 + 1);
	for (uint32_t n = 1; n < 3000; n += 97) {
		for (uint32_t back = 2; back < 2100; back += 41) {
			struct recorder r = { .quiet = true };
			struct stream *s = packets_stream(NULL, &r);
			struct wire w = wire_new(s);
			uint32_t at = 0;
			struct segment forged;

			wire_play(&w, "hs");
			for (; at < 6000; at += n) {
				const struct segment data = wire_segment(&w, SIDE_SERVER,
				    TCP_ACK, at, span_of(bytes + at, n));

				wire_send(&w, &data);
			}
			forged = wire_segment(&w, SIDE_SERVER, TCP_ACK, at - back,
			    span_of(bytes + at - back, 2));
			wire_send(&w, &forged);
			assert_int_equal(packets_counter(s, "stream.conflicts"), 0);
			forged.payload = span_text("??");
			forged.ip_id++;
			wire_send(&w, &forged);
			assert_int_equal(packets_counter(s, "stream.conflicts"),
			    back <= 2049);
			packets_free(&s);
		}
	}
}

/* A port that mirrors both of its sides shows every packet twice. */
static void
copies_of_packets_are_no_evidence(void **state)
{
	struct recorder r = { 0 };
	struct stream *s = packets_stream(NULL, &r);
	struct wire w = wire_new(s);

	(void)state;
	wire_play(&w, "C:S#1 C:S#1 S:SA#1 S:SA#1 C:A#2 C:A#2 S:A=220#2 S:A@0=220#2 "
	    "C:A#3 C:A#3 C:A=x#4 C:A@0=x#4 C:FA#5 C:FA@1#5 S:FA#3 S:FA@3#3 C:A#6 C:A#6");
	assert_string_equal(r.log, "open S=220 C=x fin");
	assert_int_equal(r.flow.duplicates, 8);
	assert_int_equal(r.flow.packets[SIDE_CLIENT], 6);
	assert_int_equal(r.flow.packets[SIDE_SERVER], 3);
	assert_int_equal(r.flow.payload_bytes[SIDE_SERVER], 3);
	assert_int_equal(packets_counter(s, "stream.duplicate_packets"), 8);
	assert_int_equal(packets_counter(s, "stream.late"), 1);
	packets_free(&s);
}

/* Looking like a copy excuses nothing when the bytes differ. */
static void
a_copy_with_other_bytes_is_a_conflict(void **state)
{
	struct recorder r = { 0 };

	(void)state;
	packets_run("hs S:A=220#9 S:A@0=500#9", &r);
	assert_string_equal(r.log, "open S=220 S!220|500 end");
}

static void
retransmissions_are_no_copies(void **state)
{
	struct recorder r = { 0 };

	(void)state;
	packets_run("hs S:A=220#9 +50 S:A@0=220#9 S:A@0=220#10 C:A#0 C:A#0 C:A#0", &r);
	assert_string_equal(r.log, "open S=220 end");
	assert_int_equal(r.flow.duplicates, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_versions_are_told),
		cmocka_unit_test(after_contradicting_fragments_little_is_sure),
		cmocka_unit_test(the_last_two_kilobytes_are_known),
		cmocka_unit_test(copies_of_packets_are_no_evidence),
		cmocka_unit_test(a_copy_with_other_bytes_is_a_conflict),
		cmocka_unit_test(retransmissions_are_no_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
