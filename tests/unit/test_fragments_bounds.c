/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments in tunnels and on several wires, and floods of them. */
#include "unit.h"

#include "decode_exactly.h"
#include "fragment_cutter.h"

/* An IPv4 header in front: a tunnel without a header of its own. */
static void
put_into_tunnel(const struct packet *inner, struct packet *outer_r)
{
	static const uint8_t header[20] = { 0x45, [8] = 64, [12] = 203, 0, 113, 1,
		203, 0, 113, 2 };

	memcpy(outer_r->bytes, header, sizeof(header));
	outer_r->bytes[9] = inner->bytes[0] >> 4 == 4 ? 4 : 41;
	put_16(outer_r->bytes + 2, sizeof(header) + inner->n);
	memcpy(outer_r->bytes + sizeof(header), inner->bytes, inner->n);
	outer_r->n = sizeof(header) + inner->n;
}

/* Fragments of the inner packet, each in an outer one that was cut, too. */
static void
fragments_of_fragments_are_put_together(void **state)
{
	static const char *const recipes[] = { "ip4 tcp", "ip6 tcp" };
	static const struct cut cuts[2] = { { 0, 24, true, 1 }, { 24, PAYLOAD, false, 1 } };
	static struct packet whole, inner, outer, piece;

	(void)state;
	for (unsigned row = 0; row < 2; row++) {
		struct tap tap = tap_new((struct fragments_limits){ 0 });
		enum decode_result result = DECODE_FRAGMENT;

		packet_build(&whole, recipes[row]);
		for (unsigned i = 0; i < 2; i++) {
			cut_packet(&whole, cuts[i], &inner);
			put_into_tunnel(&inner, &outer);
			cut_packet(&outer, (struct cut){ 16, inner.n, false, i }, &piece);
			assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
			cut_packet(&outer, (struct cut){ 0, 16, true, i }, &piece);
			result = show(&tap, &piece, piece.n);
		}
		assert_int_equal(result, DECODE_SEGMENT);
		assert_true(is_built_segment(&tap.segment));
		assert_int_equal(tap.segment.addr[0].bytes[0], row == 0 ? 192 : 0x20);
		assert_int_equal(counter_of(&tap, "whole"), 3);
		fragments_free(&tap.fragments);
	}
}

/* The tunnels of other layers begin behind the datagram's end as well. */
static void
a_tunnel_in_pieces_is_opened(void **state)
{
	static const char *const recipes[] = { "ip4 gre ip6 tcp", "ip4 vxlan eth ip4 tcp",
		"ip6 geneve eth ip4 tcp", "ip6 gtpu ip4 tcp", "ip4 ah tcp" };
	static struct packet whole, piece;

	(void)state;
	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
		struct tap tap = tap_new((struct fragments_limits){ 0 });
		size_t header;

		packet_build(&whole, recipes[i]);
		header = whole.bytes[0] >> 4 == 4 ? 20 : 40;
		cut_packet(&whole, (struct cut){ 0, 8, true, 1 }, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
		cut_packet(&whole, (struct cut){ 8, whole.n - header, false, 1 }, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_SEGMENT);
		assert_true(is_built_segment(&tap.segment));
		fragments_free(&tap.fragments);
	}
}

/* Same addresses and identifier, but another wire. */
static void
taps_and_vlans_are_kept_apart(void **state)
{
	static struct packet whole, first, last;
	struct tap tap = tap_new((struct fragments_limits){ 0 });

	(void)state;
	packet_build(&whole, "ip4 tcp");
	cut_packet(&whole, (struct cut){ 0, 16, true, 1 }, &first);
	cut_packet(&whole, (struct cut){ 16, PAYLOAD, false, 1 }, &last);
	assert_int_equal(show(&tap, &first, first.n), DECODE_FRAGMENT);
	tap.index = 1;
	assert_int_equal(show(&tap, &last, last.n), DECODE_FRAGMENT);
	tap.index = 0;
	tap.vlan = 7;
	assert_int_equal(show(&tap, &last, last.n), DECODE_FRAGMENT);
	assert_int_equal(show(&tap, &first, first.n), DECODE_SEGMENT);
	assert_int_equal(tap.segment.vlan_count, 1);
	assert_int_equal(tap.segment.vlan[0], 7);
	tap.vlan = 0;
	assert_int_equal(show(&tap, &last, last.n), DECODE_SEGMENT);
	assert_int_equal(tap.segment.vlan_count, 0);
	fragments_free(&tap.fragments);
}

/* Where a tunnel's header lies, and the last byte of the number that tells it from others. */
struct tunnel_row {
	const char *recipe;
	size_t header_bytes, number_at;
	size_t length_at;	/* of what is inside, or 0 */
	bool udp;
};

static void
cut_in_tunnel(const struct tunnel_row *row, uint8_t number, struct cut cut,
    struct packet *piece_r)
{
	static struct packet whole, inner, piece;

	packet_build(&whole, row->recipe);
	inner.n = whole.n - row->header_bytes;
	memcpy(inner.bytes, whole.bytes + row->header_bytes, inner.n);
	cut_packet(&inner, cut, &piece);
	memcpy(piece_r->bytes, whole.bytes, row->header_bytes);
	memcpy(piece_r->bytes + row->header_bytes, piece.bytes, piece.n);
	piece_r->n = row->header_bytes + piece.n;
	piece_r->bytes[row->number_at] = number;
	put_16(piece_r->bytes + 2, piece_r->n);
	if (row->udp)
		put_16(piece_r->bytes + 24, piece_r->n - 20);
	if (row->length_at > 0)
		put_16(piece_r->bytes + row->length_at, piece.n);
}

/* Two networks behind one pair of tunnel ends may use the same addresses. */
static void
networks_in_tunnels_are_kept_apart(void **state)
{
	static const struct tunnel_row rows[] = {
		{ "ip4 greall ip4 tcp", 36, 31, 0, false },
		{ "ip4 vxlan eth ip4 tcp", 50, 34, 0, true },
		{ "ip4 geneve eth ip4 tcp", 50, 34, 0, true },
		{ "ip4 gtpu ip4 tcp", 36, 35, 30, true },
	};
	static const struct cut first = { 0, 16, true, 1 }, last = { 16, PAYLOAD, false, 1 };
	static struct packet piece;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tap tap = tap_new((struct fragments_limits){ 0 });

		cut_in_tunnel(&rows[i], 1, first, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
		cut_in_tunnel(&rows[i], 2, last, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
		cut_in_tunnel(&rows[i], 1, last, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_SEGMENT);
		assert_true(is_built_segment(&tap.segment));
		assert_int_equal(counter_of(&tap, "lost"), 1);
		fragments_free(&tap.fragments);
	}
}

/* The "ping of death": beyond 65535 bytes there is no datagram. */
static void
nothing_lies_behind_the_largest_datagram(void **state)
{
	static const char *const recipes[] = { "ip4 tcp", "ip6 tcp" };
	static const size_t room[] = { 65535 - 20, 65535 };
	static struct packet whole, piece;

	(void)state;
	for (int row = 0; row < 2; row++) {
		struct tap tap = tap_new((struct fragments_limits){ 0 });
		const size_t header = row == 0 ? 20 : 40, last = 65528 - 24;

		packet_build(&whole, recipes[row]);
		whole.n = header + room[row] + 8;
		cut_packet(&whole, (struct cut){ last, room[row] + 1, false, 1 }, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
		assert_int_equal(counter_of(&tap, "malformed"), 1);
		cut_packet(&whole, (struct cut){ last, room[row], false, 1 }, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
		for (size_t at = 0; at < last; at += 1400 - at % 1400 % 8) {
			size_t end = at + 1400 < last ? at + 1400 : last;

			cut_packet(&whole, (struct cut){ at, end, true, 1 }, &piece);
			assert_int_equal(show(&tap, &piece, piece.n),
			    end < last ? DECODE_FRAGMENT : DECODE_SEGMENT);
		}
		assert_int_equal(tap.segment.payload_bytes, room[row] - 32);
		assert_memory_equal(tap.segment.payload.p, BUILT_PAYLOAD,
		    strlen(BUILT_PAYLOAD));
		fragments_free(&tap.fragments);
	}
}

static void
a_datagram_of_too_many_pieces_is_given_up(void **state)
{
	static struct packet whole, piece;
	struct tap tap = tap_new((struct fragments_limits){ 0 });

	(void)state;
	packet_build(&whole, "ip4 tcp");
	for (size_t i = 0; i < 200; i++) {
		cut_packet(&whole, (struct cut){ i * 8, i * 8 + 8, true, 1 }, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
	}
	assert_int_equal(counter_of(&tap, "no_room"), 1);
	assert_int_equal(counter_of(&tap, "given_up"), 1);
	assert_int_equal(counter_of(&tap, "late"), 200 - 128 - 1);
	assert_int_equal(counter_of(&tap, "datagrams"), 1);
	fragments_free(&tap.fragments);
}

/* A flood of first fragments pushes out what is oldest, and no more than it must. */
static void
a_flood_is_bounded(void **state)
{
	static struct packet whole, piece;
	struct tap tap = tap_new((struct fragments_limits){ .datagrams_max = 100 });

	(void)state;
	packet_build(&whole, "ip4 tcp");
	for (unsigned id = 1; id <= 1000; id++) {
		cut_packet(&whole, (struct cut){ 0, 48, true, id }, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
	}
	assert_int_equal(counter_of(&tap, "evicted"), 900);
	for (unsigned id = 1000; id > 900; id--) {
		cut_packet(&whole, (struct cut){ 48, PAYLOAD, false, id }, &piece);
		assert_int_equal(show(&tap, &piece, piece.n),
		    id > 901 ? DECODE_SEGMENT : DECODE_FRAGMENT);
	}
	fragments_free(&tap.fragments);
}

static void
memory_is_bounded(void **state)
{
	static struct packet whole, piece;
	struct tap tap = tap_new((struct fragments_limits){ .bytes_max = 1 });

	(void)state;
	packet_build(&whole, "ip6 tcp");
	for (unsigned id = 1; id <= 1000; id++) {
		cut_packet(&whole, (struct cut){ 0, 16, true, id }, &piece);
		assert_int_equal(show(&tap, &piece, piece.n), DECODE_FRAGMENT);
	}
	/* the least that is possible: 256 pieces, of which 128 stay free for the next */
	assert_int_equal(counter_of(&tap, "evicted"), 1000 - 129);
	fragments_free(&tap.fragments);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fragments_of_fragments_are_put_together),
		cmocka_unit_test(a_tunnel_in_pieces_is_opened),
		cmocka_unit_test(taps_and_vlans_are_kept_apart),
		cmocka_unit_test(networks_in_tunnels_are_kept_apart),
		cmocka_unit_test(nothing_lies_behind_the_largest_datagram),
		cmocka_unit_test(a_datagram_of_too_many_pieces_is_given_up),
		cmocka_unit_test(a_flood_is_bounded),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
