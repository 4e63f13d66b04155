/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections of which the listener wants to hear less, or nothing. */
#include "unit.h"

#include "packets.h"

/* A shunted connection tells no bytes, but its packets and its end. */
static void
shunted_until_the_end(void **state)
{
	static const struct packets_row ends[] = {
		{ "reset", "C:R", "open C=STARTTLS rst" },
		{ "reset by the server", "S:R", "open C=STARTTLS rst" },
		{ "blind reset", "C:R@3", "open C=STARTTLS end" },
		{ "both FINs", "C:FA S:FA C:A", "open C=STARTTLS fin" },
		{ "gaps are not told", "C:A@900=x S:A@900 +300 C:A S:A",
		    "open C=STARTTLS end" },
		{ "ports again",
		    "C:S@9000 S:SA@9000^9000 C:A@9000^9000 C:A@9000=DONE.DONE",
		    "open C=STARTTLS reused open C=DONE.DONE end" },
		{ "conflicts are not told", "C:A@0=XXXXXXXX", "open C=STARTTLS end" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct recorder r = { .stop_after = 8 };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new(s);

		print_message("  %s\n", ends[i].name);
		wire_play(&w, "hs C:A@8=early C:A@0=STARTTLS S:A=secret C:A=secret");
		assert_string_equal(r.log, "open C=STARTTLS");
		wire_play(&w, ends[i].script);
		stream_finish(s);
		assert_string_equal(r.log, ends[i].log);
		assert_int_equal(r.opens, r.closes);
		packets_free(&s);
	}
}

/* One that is forgotten is told of no more, but its packets begin no other connection. */
static void
forgotten_and_known(void **state)
{
	static const struct {
		struct packets_row row;
		uint64_t active, late;
	} cases[] = {
		{ { "it goes on", "S:A=x C:A=y S:A", "open C=GET" }, 1, 0 },
		{ { "reset", "C:R S:A=x C:R", "open C=GET" }, 0, 2 },
		{ { "blind reset", "C:R@3 C:A", "open C=GET" }, 1, 0 },
		{ { "both FINs", "C:FA S:FA C:A C:A", "open C=GET" }, 0, 1 },
		{ { "forged FIN", "C:FA@500 C:FA S:A", "open C=GET" }, 1, 0 },
		{ { "silence", "+3601000 C:A", "open C=GET" }, 0, 0 },
		{ { "jumps", "C:A@9000000=abc S:A^9000003 C:A=b C:A=c C:A=d C:FA S:FA C:A C:A",
		    "open C=GET" }, 0, 1 },
		{ { "its SYN again", "C:S S:SA", "open C=GET" }, 1, 0 },
		{ { "ports again",
		    "C:S@9000 S:SA@9000^9000 C:A@9000^9000 C:A@9000=PUT", "open C=GET open C=PUT" },
		    1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recorder r = { .stop_after = 3, .forgets = true };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new(s);

		print_message("  %s\n", cases[i].row.name);
		wire_play(&w, "hs C:A@3=early C:A@0=GET S:A=secret C:A=secret");
		assert_string_equal(r.log, "open C=GET");
		assert_int_equal(packets_counter(s, "flow.active"), 1);
		wire_play(&w, cases[i].row.script);
		assert_int_equal(packets_counter(s, "flow.active"), cases[i].active);
		assert_int_equal(packets_counter(s, "stream.late"), cases[i].late);
		stream_lose_sight(s);
		stream_finish(s);
		assert_string_equal(r.log, cases[i].row.log);
		packets_free(&s);
	}
}

/* A listener may have enough in the midst of what one packet makes known. */
static void
enough_is_enough(void **state)
{
	static const struct {
		uint64_t after;
		const char *script, *log;
	} cases[] = {
		{ 7, "S:A=abc C:A@4=late S:A^8 +200 S:A@0^8=XYZ",
		    "open S=abc Cgap4 end" },
		{ 4, "C:A@4=late S:A^8 +200 S:A^8", "open Cgap4 end" },
		{ 1, "C:A@1=b C:A@2=c C:A@0=a", "open C=a end" },
		{ 2, "C:A@2=c C:A@0=abcd S:A^4", "open C=ab end" },
		{ 3, "C:A=abc%9 C:A=x", "open C=abc end" },
		{ 9, "C:A@4=late S:A@9=late", "open Cgap4 C=late Sgap9 end" },
		{ 900, "C:A@9000000=a S:A^9000001 C:A=b C:A=c C:A=d",
		    "open Cgap9000002 end" },
		{ 2, "C:R S:A=ab S:A=c C:A=d C:FA S:FA C:A", "open Creset S=ab fin" },
		{ 900, "C:R C:A@9000000=a S:A^9000001 C:A=b C:A=c C:A=d C:A=e C:A=f C:A=g",
		    "open Creset Cgap9000006 end" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recorder r = { .stop_after = cases[i].after };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new(s);

		wire_play(&w, "hs");
		wire_play(&w, cases[i].script);
		stream_finish(s);
		assert_string_equal(r.log, cases[i].log);
		packets_free(&s);
	}
}

/* The same of who then wants to hear of no end either: it is not told, whatever it would be. */
static void
enough_even_of_the_end(void **state)
{
	static const struct {
		uint64_t after;
		const char *script, *log;
	} cases[] = {
		{ 7, "S:A=abc C:A@4=late S:A^8 +200 S:A@0^8=XYZ", "open S=abc Cgap4" },
		{ 3, "C:A=abc%9 C:A=x", "open C=abc" },
		{ 4, "C:A@4=late S:A@9=late", "open Cgap4" },	/* both at the end */
		{ 2, "C:R S:A=ab S:A=c C:A=d", "open Creset S=ab" },
		{ 900, "C:R C:A@9000000=a S:A^9000001 C:A=b C:A=c C:A=d C:A=e C:A=f C:A=g",
		    "open Creset Cgap9000006" },
		{ 1, "C:A=x C:A=y S:R C:R", "open C=x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recorder r = { .stop_after = cases[i].after, .forgets = true };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new(s);

		wire_play(&w, "hs");
		wire_play(&w, cases[i].script);
		stream_finish(s);
		assert_string_equal(r.log, cases[i].log);
		assert_int_equal(r.closes, 0);
		packets_free(&s);
	}
}

static void
shunted_packets_are_counted(void **state)
{
	struct recorder r = { .stop_after = 1 };

	(void)state;
	packets_run("hs C:A=x S:A=abcdef C:A S:A=ghi", &r);
	assert_string_equal(r.log, "open C=x end");
	assert_int_equal(r.flow.packets[SIDE_CLIENT], 4);
	assert_int_equal(r.flow.packets[SIDE_SERVER], 3);
	assert_int_equal(r.flow.payload_bytes[SIDE_SERVER], 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shunted_until_the_end),
		cmocka_unit_test(forgotten_and_known),
		cmocka_unit_test(enough_is_enough),
		cmocka_unit_test(enough_even_of_the_end),
		cmocka_unit_test(shunted_packets_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
