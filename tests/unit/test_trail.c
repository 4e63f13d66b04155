/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evidence: of packets nothing is written but what is shown of their connection's bytes,
 * whichever packet holds them; and what is kept is bounded.
 */
#include "unit.h"

#include <stdlib.h>

#include "decode/checksum.h"
#include "decode/decode.h"
#include "evidence/evidence.h"
#include "evidence/trail.h"
#include "frame_builder.h"

enum { FILE_HEADER = 24, PACKET_HEADER = 16, PADDING = 6 };

static const char payload[] = BUILT_PAYLOAD;

/* One frame with the builder's payload, and padding behind it. */
struct packet {
	uint8_t bytes[IMAGE_SIZE + PADDING];
	struct frame frame;
	struct segment segment;
};

static void
build(struct packet *p, const char *recipe)
{
	struct fragment fragment;
	struct image image;
	size_t n;

	image_build(&image, recipe);
	n = image_size(&image);
	memcpy(p->bytes, image_bytes(&image), n);
	memcpy(p->bytes + n, "secret", PADDING);
	p->frame = (struct frame){ .link_type = 1, .bytes = span_of(p->bytes, n + PADDING),
		.wire_bytes = (uint32_t)n + PADDING,
		.ref = { .at_ns = INT64_C(1700000000123456789), .number = 1 } };
	assert_int_equal(decode_frame(&p->frame, &p->segment, &fragment), DECODE_SEGMENT);
}

/* A trail in which "EHLO " is shown, the rest hidden. */
static struct trail
verb_is_shown(void)
{
	struct trail t = { .max = 65536, .begun = { true, true },
		.first = { BUILT_SEQ, BUILT_SEQ } };

	t.masked[SIDE_CLIENT].max = t.masked[SIDE_SERVER].max = 65536;
	masked_show(&t.masked[SIDE_CLIENT], span_text("EHLO "));
	masked_hide(&t.masked[SIDE_CLIENT], 14);
	masked_show(&t.masked[SIDE_CLIENT], span_text("\r\n"));
	return t;
}

/* The bytes of the n-th packet of the file. */
static struct span
packet_of(struct span file, unsigned n)
{
	struct span rest = span_tail(file, FILE_HEADER), header = { 0 }, bytes = { 0 };
	uint32_t captured = 0;

	for (unsigned i = 0; i <= n; i++) {
		assert_true(span_take(&rest, PACKET_HEADER, &header));
		memcpy(&captured, header.p + 8, sizeof(captured));
		assert_true(span_take(&rest, captured, &bytes));
	}
	return bytes;
}

static void
check_payload(struct span file, unsigned n, const char *wanted)
{
	struct span bytes = packet_of(file, n);
	struct frame frame = { .link_type = 1, .bytes = bytes, .wire_bytes = (uint32_t)bytes.n };
	struct fragment fragment;
	struct segment segment;

	assert_int_equal(decode_frame(&frame, &segment, &fragment), DECODE_SEGMENT);
	assert_true(span_equals(segment.payload, span_text(wanted)));
	/* nothing stands behind it */
	assert_ptr_equal(segment.payload.p + segment.payload.n, bytes.p + bytes.n);
	assert_int_equal(segment_checksum(&segment), CHECKSUM_GOOD);
}

static void
whatever_packet_repeats_it(void **state)
{
	static const char *const recipes[] = { "eth ip4 tcp", "eth vlan7 ip6 tcp",
		"eth ip4 gre ip6 tcp" };
	struct packet p;
	struct span file;

	(void)state;
	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
		struct trail t = verb_is_shown();

		build(&p, recipes[i]);
		trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
		/* a retransmission */
		trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
		/* the same bytes elsewhere: one of them happens to be a filler */
		p.segment.seq += 5;
		trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
		/* beyond all that was read, before it, and from the other side */
		p.segment.seq = BUILT_SEQ + 100000;
		trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
		p.segment.seq = BUILT_SEQ - 3;
		trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
		p.segment.seq = BUILT_SEQ;
		trail_add(&t, &p.frame, SIDE_SERVER, &p.segment);
		file = trail_write(&t);
		check_payload(file, 0, "EHLO oooooooooooooo\r\n");
		check_payload(file, 1, "EHLO oooooooooooooo\r\n");
		for (unsigned n = 2; n < 6; n++)
			check_payload(file, n, "ooooooooooooooooooooo");
		free((void *)(uintptr_t)file.p);
		trail_clear(&t);
	}
}

static void
nothing_is_shown_before_it_is_known(void **state)
{
	struct trail t = verb_is_shown();
	struct packet p;
	struct span file;

	(void)state;
	t.begun[SIDE_CLIENT] = false;
	build(&p, "eth ip4 tcp");
	trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
	file = trail_write(&t);
	check_payload(file, 0, "ooooooooooooooooooooo");
	free((void *)(uintptr_t)file.p);
	trail_clear(&t);
}

static void
beginnings_and_ends_find_room(void **state)
{
	struct trail t = verb_is_shown();
	struct packet p;
	size_t before;

	(void)state;
	t.max = 300;
	build(&p, "eth ip4 tcp");
	for (int i = 0; i < 10; i++)
		trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
	before = t.n;
	assert_in_range(before, 1, 300);
	p.segment.flags |= TCP_FIN;
	trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
	assert_true(t.n > before);
	for (int i = 0; i < 1000; i++)
		trail_add(&t, &p.frame, SIDE_CLIENT, &p.segment);
	assert_in_range(t.n, before, 300 + 2048);
	trail_clear(&t);
	assert_int_equal(trail_bytes(&t), 0);
}

/* What was put together from fragments is no frame's. */
static void
what_lies_in_no_frame_is_left_out(void **state)
{
	struct trail t = verb_is_shown();
	struct packet p, other;

	(void)state;
	build(&p, "eth ip4 tcp");
	build(&other, "eth ip4 tcp");
	trail_add(&t, &p.frame, SIDE_CLIENT, &other.segment);
	assert_int_equal(t.n, 0);
	assert_int_equal(trail_write(&t).n, 0);
	trail_clear(&t);
}

static void
a_direction_is_bounded(void **state)
{
	struct masked m = { .max = 1000 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		masked_show(&m, span_text(payload));
		masked_hide(&m, UINT64_MAX);
	}
	assert_int_equal(m.n, 1000);
	assert_int_equal(masked_byte(&m, 0, 'E'), 'E');
	assert_int_equal(masked_byte(&m, 0, 'F'), MASKED_FILLER);
	assert_int_equal(masked_byte(&m, UINT64_MAX, 'E'), MASKED_FILLER);
	masked_clear(&m);
	masked_show(&m, span_text(payload));
	assert_int_equal(m.n, 0);
}

/* --- All connections --------------------------------------------------------- */

enum { CONNECTIONS = 100 };

static struct {
	struct evidence *kept;
	struct packet packet;
	struct flow flow[CONNECTIONS];
	void *place[CONNECTIONS];
} all;

static int
begin(void **state)
{
	const struct evidence_limits limits = { .connection_bytes = 65536, .all_bytes = 20000 };
	struct err e;

	(void)state;
	memset(&all, 0, sizeof(all));
	all.kept = evidence_new(&limits, &e);
	build(&all.packet, "eth ip4 tcp");
	evidence_frame(all.kept, &all.packet.frame, &all.packet.segment);
	return all.kept == NULL;
}

static int
end(void **state)
{
	(void)state;
	for (int i = 0; i < CONNECTIONS; i++)
		evidence_drop(all.kept, &all.place[i]);
	evidence_free(&all.kept);
	return 0;
}

static void
packet(int i)
{
	all.flow[i].id = (uint64_t)i + 1;
	evidence_segment(all.kept, &all.place[i], &all.flow[i], SIDE_CLIENT, &all.packet.segment);
	all.flow[i].packets[SIDE_CLIENT]++;
}

static bool
is_kept(int i)
{
	struct span file = evidence_write(all.kept, (uint64_t)i + 1);
	const bool kept = file.n > 0;

	free((void *)(uintptr_t)file.p);
	return kept;
}

static void
note_kept(void *ctx, const char *name, uint64_t value)
{
	if (strcmp(name, "evidence.kept_bytes") == 0)
		*(uint64_t *)ctx = value;
}

static uint64_t
kept_bytes(void)
{
	uint64_t bytes = 0;

	evidence_counters(all.kept, note_kept, &bytes);
	return bytes;
}

static void
handshakes_give_way_to_connections(void **state)
{
	(void)state;
	packet(0);
	evidence_established(all.kept, all.place[0], &all.flow[0]);
	for (int i = 1; i < CONNECTIONS; i++)
		packet(i);
	assert_true(is_kept(0));
	assert_true(kept_bytes() <= 20000);
	assert_null(all.place[1]);
}

static void
what_ended_gives_way_to_what_goes_on(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		packet(i);
		evidence_established(all.kept, all.place[i], &all.flow[i]);
	}
	evidence_close(all.kept, &all.place[1]);
	assert_null(all.place[1]);
	assert_true(is_kept(1));
	for (int i = 2; i < CONNECTIONS; i++) {
		packet(i);
		evidence_established(all.kept, all.place[i], &all.flow[i]);
	}
	assert_false(is_kept(0) || is_kept(1));
	assert_true(is_kept(CONNECTIONS - 1));
	assert_true(kept_bytes() <= 20000);
	/* whoever reads the first one says in vain what may be shown */
	masked_show(evidence_masked(all.place[0]), span_text(payload));
	packet(0);
	assert_false(is_kept(0));
}

static void
whoever_asks_is_told_now_and_at_the_end(void **state)
{
	(void)state;
	packet(0);
	evidence_established(all.kept, all.place[0], &all.flow[0]);
	evidence_ask(all.kept, 77);
	assert_int_equal(evidence_due(all.kept), 0);
	evidence_ask(all.kept, 1);
	evidence_ask(all.kept, 1);
	assert_int_equal(evidence_due(all.kept), 1);
	assert_int_equal(evidence_due(all.kept), 0);
	evidence_close(all.kept, &all.place[0]);
	assert_int_equal(evidence_due(all.kept), 1);
	assert_int_equal(evidence_due(all.kept), 0);
}

/* Ports that are used again: the SYN is told when the connection on them has ended. */
static void
a_syn_is_remembered(void **state)
{
	struct packet later = all.packet;

	(void)state;
	all.packet.segment.flags = TCP_SYN;
	evidence_frame(all.kept, &all.packet.frame, &all.packet.segment);
	later.frame.bytes.p = later.bytes;
	later.frame.ref.number = 2;
	evidence_frame(all.kept, &later.frame, &later.segment);
	packet(0);
	evidence_established(all.kept, all.place[0], &all.flow[0]);
	assert_true(is_kept(0));
	/* another than a SYN is not */
	all.packet.segment.flags = TCP_ACK;
	packet(1);
	evidence_established(all.kept, all.place[1], &all.flow[1]);
	assert_false(is_kept(1));
}

/* Who is the client may turn out late, and with it the identifier. */
static void
a_connection_has_the_identifier_that_it_is_established_with(void **state)
{
	(void)state;
	packet(0);
	all.flow[0].id = 50;
	evidence_established(all.kept, all.place[0], &all.flow[0]);
	assert_false(is_kept(0));
	assert_true(is_kept(49));
}

/* A connection that nobody cares for begins no second time. */
static void
what_was_dropped_stays_dropped(void **state)
{
	(void)state;
	packet(0);
	evidence_drop(all.kept, &all.place[0]);
	packet(0);
	assert_null(all.place[0]);
	assert_int_equal(kept_bytes(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_packet_repeats_it),
		cmocka_unit_test(nothing_is_shown_before_it_is_known),
		cmocka_unit_test(beginnings_and_ends_find_room),
		cmocka_unit_test(what_lies_in_no_frame_is_left_out),
		cmocka_unit_test(a_direction_is_bounded),
		cmocka_unit_test_setup_teardown(handshakes_give_way_to_connections, begin, end),
		cmocka_unit_test_setup_teardown(what_ended_gives_way_to_what_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(whoever_asks_is_told_now_and_at_the_end, begin,
		    end),
		cmocka_unit_test_setup_teardown(a_syn_is_remembered, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_connection_has_the_identifier_that_it_is_established_with, begin, end),
		cmocka_unit_test_setup_teardown(what_was_dropped_stays_dropped, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
