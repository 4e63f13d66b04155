/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams in pieces: whatever the order, the same segment comes out, and
 * whatever contradicts or never comes is noticed.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "decode_exactly.h"
#include "fragment_cutter.h"

/*
 * A script is words, one a fragment: START-END of the 53 bytes of payload.
 *	48-53		the last, as its end is the datagram's; others say more follow
 *	0-16$ 48-53+	the last all the same; more follow all the same
 *	0-16!		with other bytes
 *	0-16#7		of datagram 7; otherwise of datagram 1
 *	0-16%4		of which the snaplen cut 4 bytes off
 *	+250		250 ms pass
 * What each makes is a letter: "." nothing yet, "W" the segment, "c" the
 * segment, contested, "b" one with a bad checksum or otherwise wrong.
 */
struct row {
	const char *name, *script, *want4, *want6;
	struct {
		const char *name;
		unsigned count4, count6;
	} counter[3];
};

static const struct row rows[] = {
	{ "in order", "0-16 16-32 32-48 48-53", "...W", "...W",
	    { { "datagrams", 1, 1 }, { "whole", 1, 1 }, { "lost", 0, 0 } } },
	{ "the last first", "48-53 0-48", ".W", ".W", { { "whole", 1, 1 } } },
	{ "a first piece of 8 bytes, which splits the header", "0-8 8-53", ".W", ".W",
	    { { "whole", 1, 1 } } },
	{ "every piece as small as it can be",
	    "0-8 8-16 16-24 24-32 32-40 40-48 48-53", "......W", "......W",
	    { { "whole", 1, 1 } } },
	{ "a piece that never comes", "0-16 32-48 48-53", "...", "...",
	    { { "lost", 1, 1 }, { "whole", 0, 0 } } },
	{ "the last never comes", "0-16 16-32 32-48", "...", "...", { { "lost", 1, 1 } } },
	{ "only the last", "48-53", ".", ".", { { "lost", 1, 1 } } },
	{ "two datagrams take turns", "0-16 0-16#7 16-53#7 16-53", "..WW", "..WW",
	    { { "whole", 2, 2 } } },

	{ "each twice, as a mirror does", "0-16 0-16 16-53 16-53", "..W.", "..W.",
	    { { "datagrams", 1, 1 }, { "duplicate", 1, 1 }, { "late", 1, 1 } } },
	{ "the same identifier again, later", "0-16 16-53 +200 0-16 16-53", ".W.W", ".W.W",
	    { { "datagrams", 2, 2 }, { "whole", 2, 2 } } },
	{ "a piece that repeats parts of two", "0-16 16-32 8-24 32-53", "...W", "...W",
	    { { "duplicate", 1, 1 }, { "overlap", 0, 0 } } },

	/* RFC 5722: what overlaps ends an IPv6 datagram, and what still comes of it is late. */
	{ "an overlap that agrees", "0-24 16-53", ".W", "..",
	    { { "overlap", 1, 1 }, { "given_up", 0, 1 }, { "conflict", 0, 0 } } },
	{ "a piece around another", "16-24 0-48 48-53", "..W", "...", { { "overlap", 1, 1 } } },
	{ "after an overlap", "0-24 16-32 0-24 24-53", "...W", "....",
	    { { "late", 0, 2 }, { "lost", 0, 1 } } },
	{ "the first copy wins", "0-16 0-16! 16-53", "..c", "...",
	    { { "conflict", 1, 1 }, { "duplicate", 0, 0 }, { "given_up", 0, 1 } } },
	{ "a false one came first", "0-16! 0-16 16-53", "...", "...",
	    { { "conflict", 1, 1 }, { "spoiled", 1, 0 } } },
	{ "teardrop: an end inside another piece", "0-48 16-24$ 48-53", "..c", "...",
	    { { "conflict", 1, 1 } } },
	{ "two ends, the longer later", "0-16 32-40$ 48-53 16-32", "....", "....",
	    { { "conflict", 1, 1 }, { "spoiled", 1, 0 } } },
	{ "more behind the end", "48-53 48-56+ 0-48", "..c", "...", { { "conflict", 1, 1 } } },
	{ "an end that says that more follow", "0-16 48-53 32-48 16-53+", "....", "....",
	    { { "malformed", 1, 1 } } },

	{ "a length that is no multiple of eight", "0-15 0-16 16-53", "..W", "..W",
	    { { "malformed", 1, 1 } } },
	{ "nothing in it", "0-0 16-16$ 0-16 16-53", "...W", "...W", { { "malformed", 2, 2 } } },
	{ "cut by the snaplen", "0-16%4 16-53", "..", "..", { { "truncated", 1, 1 } } },
	{ "cut once and whole once", "0-16%4 16-53 0-16", "..W", "..W",
	    { { "truncated", 1, 1 } } },

	{ "30 seconds later", "0-16 +30000 16-53", ".W", ".W", { { "expired", 0, 0 } } },
	{ "too late", "0-16 +30001 16-53", "..", "..",
	    { { "expired", 1, 1 }, { "datagrams", 2, 2 } } },
	{ "others notice that it is too late", "0-16 +30001 0-16#7", "..", "..",
	    { { "expired", 1, 1 }, { "datagrams", 2, 2 } } },
};

/* The next word becomes a packet; false when it is only time that passes. */
static bool
read_word(struct tap *tap, const struct packet *whole, const char *word, struct packet *piece_r,
    size_t *captured_r)
{
	char *end;
	struct cut cut = { .id = 1 };
	size_t cut_off = 0;
	bool other = false;

	if (word[0] == '+') {
		tap->now_ns += strtol(word + 1, NULL, 10) * MS;
		return false;
	}
	cut.start = strtoul(word, &end, 10);
	cut.end = strtoul(end + 1, &end, 10);
	cut.more = cut.end != PAYLOAD;
	for (; *end != ' ' && *end != '\0'; end++) {
		switch (*end) {
		case '$':
			cut.more = false;
			break;
		case '+':
			cut.more = true;
			break;
		case '!':
			other = true;
			break;
		case '#':
			cut.id = (unsigned)strtoul(end + 1, NULL, 10);
			break;
		case '%':
			cut_off = strtoul(end + 1, NULL, 10);
			break;
		default:
			assert_in_range(*end, '0', '9');
		}
	}
	cut_packet(whole, cut, piece_r);
	if (other)
		piece_r->bytes[piece_r->n - 1] ^= 0xff;
	*captured_r = piece_r->n - cut_off;
	return true;
}

static char
letter_of(enum decode_result result, const struct segment *s)
{
	if (result == DECODE_FRAGMENT)
		return '.';
	if (result != DECODE_SEGMENT || !is_built_segment(s))
		return 'b';
	return s->contested ? 'c' : 'W';
}

static void
run_row(const struct row *row, const char *recipe, const char *want, bool is_v6)
{
	static struct packet whole, piece;
	struct tap tap = tap_new((struct fragments_limits){ 0 });
	char got[32] = "";
	size_t n = 0, captured;

	packet_build(&whole, recipe);
	for (const char *word = row->script; word != NULL; word = strchr(word, ' ')) {
		word += *word == ' ';
		if (read_word(&tap, &whole, word, &piece, &captured))
			got[n++] = letter_of(show(&tap, &piece, captured), &tap.segment);
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s, %s: %s, not %s", recipe, row->name, got, want);
	for (size_t i = 0; i < 3 && row->counter[i].name != NULL; i++) {
		unsigned count = is_v6 ? row->counter[i].count6 : row->counter[i].count4;

		if (counter_of(&tap, row->counter[i].name) != count)
			fail_msg("%s, %s: %s is %llu, not %u", recipe, row->name,
			    row->counter[i].name,
			    (unsigned long long)counter_of(&tap, row->counter[i].name),
			    count);
	}
	fragments_free(&tap.fragments);
}

static void
every_row_comes_out_as_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run_row(&rows[i], "ip4 tcp", rows[i].want4, false);
		run_row(&rows[i], "ip6 tcp", rows[i].want6, true);
	}
}

/* Which of four pieces comes next, for each of the 24 orders. */
static void
choose_order(unsigned number, unsigned order_r[4])
{
	unsigned left[4] = { 0, 1, 2, 3 };

	for (unsigned n = 4; n > 0; n--) {
		unsigned i = number % n;

		number /= n;
		order_r[4 - n] = left[i];
		for (; i + 1 < n; i++)
			left[i] = left[i + 1];
	}
}

static void
every_order_of_four_pieces_gives_the_segment(void **state)
{
	static const struct cut cuts[4] = { { 0, 16, true, 1 }, { 16, 32, true, 1 },
		{ 32, 48, true, 1 }, { 48, PAYLOAD, false, 1 } };
	static const char *const recipes[] = { "ip4 tcp", "ip6 tcp" };
	static struct packet whole, piece;
	unsigned order[4];

	(void)state;
	for (unsigned row = 0; row < 2 * 24; row++) {
		struct tap tap = tap_new((struct fragments_limits){ 0 });

		tap.now_ns = 99;
		packet_build(&whole, recipes[row % 2]);
		choose_order(row / 2, order);
		for (int i = 0; i < 4; i++) {
			cut_packet(&whole, cuts[order[i]], &piece);
			assert_int_equal(show(&tap, &piece, piece.n),
			    i < 3 ? DECODE_FRAGMENT : DECODE_SEGMENT);
		}
		assert_true(is_built_segment(&tap.segment));
		assert_built_payload(&tap.segment);
		assert_int_equal(tap.segment.ttl, BUILT_TTL);
		assert_int_equal(tap.segment.ref.at_ns, 99);
		assert_int_equal(tap.segment.ip_bytes, whole.n + (row % 2 == 0 ? 0 : 8));
		fragments_free(&tap.fragments);
	}
}

/* Random pieces that agree with each other, until all is there. */
static void
agreeing_overlaps_change_nothing(void **state)
{
	static struct packet whole, piece;
	uint32_t random = 1;

	(void)state;
	packet_build(&whole, "ip4 tcp");
	for (unsigned round = 1; round <= 500; round++) {
		struct tap tap = tap_new((struct fragments_limits){ 0 });
		enum decode_result result = DECODE_FRAGMENT;

		for (int i = 0; i < 1000 && result == DECODE_FRAGMENT; i++) {
			struct cut cut = { .id = round };

			random = random * 1664525 + 1013904223;
			cut.start = (random >> 24) % 7 * 8;
			cut.end = cut.start + 8 + (random >> 16) % 7 * 8;
			cut.more = cut.end < PAYLOAD;
			if (!cut.more)
				cut.end = PAYLOAD;
			cut_packet(&whole, cut, &piece);
			result = show(&tap, &piece, piece.n);
		}
		assert_int_equal(result, DECODE_SEGMENT);
		assert_true(is_built_segment(&tap.segment));
		assert_false(tap.segment.contested);
		fragments_free(&tap.fragments);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_comes_out_as_it_says),
		cmocka_unit_test(every_order_of_four_pieces_gives_the_segment),
		cmocka_unit_test(agreeing_overlaps_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
