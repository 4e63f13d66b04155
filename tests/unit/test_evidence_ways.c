/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How packets come from a worker to the writer: asked for, in pieces, and by nobody else. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "decode/decode.h"
#include "frame_builder.h"
#include "judge/alerts.h"
#include "run/channel.h"
#include "run/evidence_piece.h"
#include "sensor/evidence_clerk.h"
#include "sensor/evidence_sender.h"

enum { WORKERS = 3 };		/* two of the first interface, one of the second */

static struct settings settings = {
	.interfaces = { { { "eth0", NULL }, { "eth1", NULL } }, 2, false }, .workers = 2,
};
static struct sensor sensor;
static struct evidence_clerk clerk;
static struct judge_listener listener;
static struct channel_room room;
static unsigned alerts, sessions;

static void
note_session(void *ctx, const struct record *record)
{
	(void)ctx;
	(void)record;
	sessions++;
}

static void
note_alert(void *ctx, const struct alert *alert)
{
	(void)ctx;
	(void)alert;
	alerts++;
}

static void
open_channel(struct channel *c)
{
	int ends[2];
	struct err e;

	assert_int_equal(channel_pair(ends, &e), 0);
	*c = (struct channel){ ends[0], ends[1] };
}

static int
begin(void **state)
{
	const struct judge_listener next = { NULL, note_session, note_alert };

	(void)state;
	memset(&sensor, 0, sizeof(sensor));
	memset(&clerk, 0, sizeof(clerk));
	sensor.settings = &settings;
	sensor.slots = WORKERS;
	for (int i = 0; i < WORKERS; i++)
		open_channel(&sensor.worker[i]);
	open_channel(&sensor.writer);
	alerts = sessions = 0;
	listener = evidence_clerk_listener(&clerk, &sensor, &next);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	for (int i = 0; i < WORKERS; i++) {
		close(sensor.worker[i].up);
		close(sensor.worker[i].down);
	}
	close(sensor.writer.up);
	close(sensor.writer.down);
	return 0;
}

static void
give_alerts(uint64_t count, uint64_t flow_id, uint32_t interface, uint64_t related)
{
	static struct record record;
	const struct alert alert = { .record = &record, .count = count };

	record.seen.flow.id = flow_id;
	record.seen.at.source = interface;
	record.verdict.related = related;
	listener.alert(listener.ctx, &alert);
}

static void
give_alert(uint64_t flow_id, uint32_t interface, uint64_t related)
{
	give_alerts(1, flow_id, interface, related);
}

/* What a worker is asked for next, or 0. */
static uint64_t
question(int slot)
{
	struct evidence_question q;
	struct message m;

	if (channel_receive(sensor.worker[slot].down, &room, &m) != 1)
		return 0;
	assert_int_equal(m.kind, MESSAGE_ASK);
	assert_int_equal(m.body.n, sizeof(q));
	memcpy(&q, m.body.p, sizeof(q));
	return q.flow_id;
}

static const char *
give_piece(size_t interface, uint64_t flow_id, uint32_t offset, uint32_t total, size_t bytes)
{
	const struct evidence_piece piece = { flow_id, offset, total };
	static uint8_t body[sizeof(piece) + 2 * EVIDENCE_PIECE_BYTES];

	memcpy(body, &piece, sizeof(piece));
	return evidence_clerk_take(&clerk, interface, span_of(body, sizeof(piece) + bytes));
}

/* Was a piece handed on? */
static bool
is_passed(void)
{
	struct message m;

	return channel_receive(sensor.writer.up, &room, &m) == 1 && m.kind == MESSAGE_EVIDENCE;
}

static void
workers_of_the_interface_are_asked_once(void **state)
{
	(void)state;
	give_alert(7, 0, 0);
	give_alert(7, 0, 0);
	assert_int_equal(alerts, 2);
	for (int slot = 0; slot < 2; slot++) {
		assert_int_equal(question(slot), 7);
		assert_int_equal(question(slot), 0);
	}
	assert_int_equal(question(2), 0);
	give_alert(8, 1, 9);
	assert_int_equal(question(2), 8);
	assert_int_equal(question(2), 9);
	assert_int_equal(question(0), 0);
	listener.session(listener.ctx, NULL);
	assert_int_equal(sessions, 1);
}

static void
note_not_asked(void *count, const char *name, uint64_t value)
{
	if (strcmp(name, "evidence.not_asked") == 0)
		*(uint64_t *)count = value;
}

/* The one that closes a window names no file; and at the end nobody would answer. */
static void
nobody_is_asked_in_vain(void **state)
{
	uint64_t not_asked = 0;

	(void)state;
	give_alerts(70, 7, 0, 8);
	assert_int_equal(alerts, 1);
	assert_int_equal(question(0), 0);
	clerk.workers_gone = true;
	give_alert(7, 0, 0);
	assert_int_equal(question(0), 0);
	evidence_clerk_counters(&clerk, note_not_asked, &not_asked);
	assert_int_equal(not_asked, 1);
}

static void
only_what_was_asked_for_is_passed_on(void **state)
{
	(void)state;
	assert_null(give_piece(0, 7, 0, 100, 100));
	assert_false(is_passed());
	give_alert(7, 0, 0);
	assert_null(give_piece(0, 7, 0, 100, 100));
	assert_true(is_passed());
	/* another interface's, and another connection's */
	assert_null(give_piece(1, 7, 0, 100, 100));
	assert_null(give_piece(0, 8, 0, 100, 100));
	assert_false(is_passed());
}

static void
what_cannot_be_is_told(void **state)
{
	(void)state;
	give_alert(7, 0, 0);
	assert_non_null(give_piece(0, 7, 0, 100, 0));
	assert_non_null(give_piece(0, 7, 0, 100, 101));
	assert_non_null(give_piece(0, 7, 1, 100, 100));
	assert_non_null(give_piece(0, 7, UINT32_MAX, 100, 1));
	assert_non_null(give_piece(0, 7, 0, UINT32_MAX, 100));
	assert_non_null(give_piece(0, 7, 0, 65536, EVIDENCE_PIECE_BYTES + 1));
	assert_non_null(evidence_clerk_take(&clerk, 0, span_text("short")));
	assert_false(is_passed());
	/* ... and so is anything where none is kept */
	memset(&clerk, 0, sizeof(clerk));
	assert_non_null(give_piece(0, 7, 0, 100, 100));
}

/* --- The worker's side --------------------------------------------------------- */

static struct evidence *
some_evidence(void *places[2])
{
	const struct evidence_limits limits = { .connection_bytes = 65536, .all_bytes = 1 << 20 };
	static struct flow flows[2];
	struct fragment fragment;
	struct segment segment;
	struct image image;
	struct evidence *v;
	struct frame frame;
	struct err e;

	memset(flows, 0, sizeof(flows));
	v = evidence_new(&limits, &e);
	assert_non_null(v);
	image_build(&image, "eth ip4 tcp");
	frame = (struct frame){ .link_type = 1, .ref.number = 1,
		.bytes = span_of(image_bytes(&image), image_size(&image)),
		.wire_bytes = (uint32_t)image_size(&image) };
	assert_int_equal(decode_frame(&frame, &segment, &fragment), DECODE_SEGMENT);
	evidence_frame(v, &frame, &segment);
	for (unsigned i = 0; i < 2; i++) {
		flows[i].id = i + 1;
		for (int n = 0; n < 400; n++) {
			evidence_segment(v, &places[i], &flows[i], SIDE_CLIENT, &segment);
			flows[i].packets[SIDE_CLIENT]++;
		}
		evidence_established(v, places[i], &flows[i]);
	}
	return v;
}

static void
an_answer_comes_in_pieces(void **state)
{
	const struct evidence_question q = { 2 }, unknown = { 3 };
	void *places[2] = { NULL, NULL };
	struct evidence_sender sender = { .channel = sensor.worker[0].down,
		.evidence = some_evidence(places) };
	struct evidence_piece piece = { 0, 0, 1 };
	uint32_t until = 0;
	struct message m;

	(void)state;
	assert_false(evidence_sender_hear(&sender));
	channel_send(sensor.worker[0].up, MESSAGE_ASK, span_of(&unknown, sizeof(unknown)));
	channel_send(sensor.worker[0].up, MESSAGE_ASK, span_of(&q, sizeof(q)));
	assert_true(evidence_sender_hear(&sender));
	while (until < piece.total) {
		evidence_sender_work(&sender);
		assert_int_equal(channel_receive(sensor.worker[0].up, &room, &m), 1);
		assert_int_equal(m.kind, MESSAGE_EVIDENCE);
		memcpy(&piece, m.body.p, sizeof(piece));
		assert_int_equal(piece.flow_id, 2);
		assert_int_equal(piece.offset, until);
		until += (uint32_t)(m.body.n - sizeof(piece));
	}
	assert_int_equal(until, piece.total);
	assert_true(piece.total > EVIDENCE_PIECE_BYTES);
	assert_false(evidence_sender_waits(&sender));
	evidence_drop(sender.evidence, &places[0]);
	evidence_drop(sender.evidence, &places[1]);
	evidence_free(&sender.evidence);
}

/* Nobody takes them: nothing is lost, and nobody waits. */
static void
where_there_is_no_room_it_waits(void **state)
{
	void *places[2] = { NULL, NULL };
	struct evidence_sender sender = { .channel = sensor.worker[0].down,
		.evidence = some_evidence(places) };
	uint8_t filler[EVIDENCE_PIECE_BYTES] = { 0 };

	(void)state;
	while (channel_send(sensor.worker[0].down, MESSAGE_COUNTERS,
	    span_of(filler, sizeof(filler))) == CHANNEL_SENT)
		;
	evidence_ask(sender.evidence, 1);
	evidence_sender_work(&sender);
	assert_true(evidence_sender_waits(&sender));
	assert_int_equal(sender.sent, 0);
	free((void *)(uintptr_t)sender.file.p);
	evidence_drop(sender.evidence, &places[0]);
	evidence_drop(sender.evidence, &places[1]);
	evidence_free(&sender.evidence);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(workers_of_the_interface_are_asked_once, begin,
		    end),
		cmocka_unit_test_setup_teardown(nobody_is_asked_in_vain, begin, end),
		cmocka_unit_test_setup_teardown(only_what_was_asked_for_is_passed_on, begin, end),
		cmocka_unit_test_setup_teardown(what_cannot_be_is_told, begin, end),
		cmocka_unit_test_setup_teardown(an_answer_comes_in_pieces, begin, end),
		cmocka_unit_test_setup_teardown(where_there_is_no_room_it_waits, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
