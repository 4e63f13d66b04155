/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all conversations together may keep. */
#include "unit.h"

#include <stdio.h>

#include "session/session.h"
#include "tls_bytes.h"

enum { CLIENTS = 4, KEPT_MAX = 8192 };

struct told {
	struct observation last[CLIENTS];
	uint64_t given_up, kept_bytes, attempts, times;
};

static void
take(void *ctx, const struct observation *seen)
{
	struct told *told = ctx;

	told->last[seen->flow.id] = *seen;
	told->times++;
}

static void
read_counter(void *ctx, const char *name, uint64_t value)
{
	struct told *told = ctx;

	if (strcmp(name, "session.given_up") == 0)
		told->given_up = value;
	if (strcmp(name, "session.kept_bytes") == 0)
		told->kept_bytes = value;
	if (strcmp(name, "session.attempts") == 0)
		told->attempts = value;
}

static const struct frame_ref at = { .at_ns = 1, .number = 1 };

/* A greeting, and the beginning of a line that does not end. */
static void *
begin(const struct stream_listener *to, struct flow *flow, unsigned id)
{
	uint8_t half_a_line[2048];
	void *session;

	*flow = (struct flow){ .tuple.port = { (uint16_t)(40000 + id), 25 }, .id = id,
		.handshake = true, .packets = { 3, 3 }, .payload_bytes = { 2048, 30 } };
	memset(half_a_line, 'x', sizeof(half_a_line));
	session = to->open(to->ctx, flow);
	assert_non_null(session);
	(void)to->bytes(session, SIDE_SERVER, span_text("220 mail.example.org ESMTP\r\n"), &at);
	(void)to->bytes(session, SIDE_CLIENT, span_text("EHLO client.example.net\r\n"), &at);
	(void)to->bytes(session, SIDE_CLIENT, span_of(half_a_line, sizeof(half_a_line)), &at);
	return session;
}

static void
the_oldest_gives_up_what_is_too_much(void **state)
{
	struct told told = { 0 };
	struct err e = { "" };
	struct sessions *all = sessions_new(KEPT_MAX, take, &told, &e);
	struct stream_listener to = sessions_listener(all);
	struct flow flows[CLIENTS];
	void *session[CLIENTS];

	(void)state;
	for (unsigned i = 0; i < CLIENTS; i++)
		session[i] = begin(&to, &flows[i], i);
	sessions_counters(all, read_counter, &told);
	assert_int_equal(told.given_up, 0);
	assert_int_equal(told.kept_bytes, KEPT_MAX);
	(void)to.bytes(session[3], SIDE_CLIENT, span_text("y"), &at);
	sessions_counters(all, read_counter, &told);
	assert_int_equal(told.given_up, 1);
	assert_in_range(told.kept_bytes, 1, KEPT_MAX);
	for (unsigned i = 0; i < CLIENTS; i++) {
		flows[i].end = FLOW_FIN;
		to.close(session[i], &at);
		assert_string_equal(told.last[i].dialect, "smtp");
		assert_int_equal(told.last[i].lost_sync, i == 0);
	}
	sessions_counters(all, read_counter, &told);
	assert_int_equal(told.kept_bytes, 0);
	sessions_free(&all);
}

/* On port 20025, which is nobody's; the words of a client of IMAP, or of nobody. */
static unsigned
tell_unread(const char *client, struct observation *seen_r)
{
	struct told told = { 0 };
	struct err e = { "" };
	struct sessions *all = sessions_new(KEPT_MAX, take, &told, &e);
	struct stream_listener to = sessions_listener(all);
	struct flow flow = { .tuple.port = { 40000, 20025 }, .handshake = true,
		.packets = { 3, 3 }, .payload_bytes = { 20, 20 } };
	void *session = to.open(to.ctx, &flow);

	(void)to.bytes(session, SIDE_SERVER, span_text("who are you\r\n"), &at);
	(void)to.bytes(session, SIDE_CLIENT, span_text(client), &at);
	(void)to.bytes(session, SIDE_SERVER, span_text("go away\r\n"), &at);
	flow.end = FLOW_FIN;
	to.close(session, &at);
	*seen_r = told.last[0];
	sessions_free(&all);
	return told.last[0].serial;
}

static void
what_nobody_can_read_is_told_where_its_client_speaks_a_dialect(void **state)
{
	struct observation seen;

	(void)state;
	assert_int_equal(tell_unread("hello\r\n", &seen), 0);
	assert_int_equal(tell_unread("a1 LOGIN ann secret\r\n", &seen), 1);
	assert_true(seen.elsewhere);
	assert_true(observation_is_unread(&seen));
	assert_string_equal(seen.dialect_expected, "imap");
	assert_int_equal(seen.mark_count, 1);
	assert_string_equal(seen.marks[0].text, "who are you");
}

/* What a client may come back from is told while the connection is open, and not for judgement. */
static void
how_the_upgrade_stands_is_told_meanwhile(void **state)
{
	struct told told = { 0 };
	struct err e = { "" };
	struct sessions *all = sessions_new(KEPT_MAX, take, &told, &e);
	struct stream_listener to = sessions_listener(all);
	struct flow flow = { .tuple.port = { 40000, 25 }, .handshake = true, .packets = { 3, 3 } };
	struct buffer hello = { 0 };
	const struct { enum side from; const char *says; unsigned serial; } turns[] = {
		{ SIDE_SERVER, "220 mx.example ESMTP\r\n", 0 },
		{ SIDE_CLIENT, "EHLO client.example\r\n", 0 },
		{ SIDE_SERVER, "250-mx.example\r\n250 STARTTLS\r\n", 0 },
		{ SIDE_CLIENT, "STARTTLS\r\n", 0 },
		{ SIDE_SERVER, "454 not now\r\n", 1 },
		{ SIDE_CLIENT, "STARTTLS\r\n", 2 },
		{ SIDE_SERVER, "220 go\r\n", 2 },
	};
	void *session = to.open(to.ctx, &flow);

	(void)state;
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		(void)to.bytes(session, turns[i].from, span_text(turns[i].says), &at);
		assert_int_equal(told.last[0].serial, turns[i].serial);
	}
	assert_true(tls_bytes("ClientHello", &hello));
	(void)to.bytes(session, SIDE_CLIENT, buffer_span(&hello), &at);
	assert_int_equal(told.last[0].serial, 3);
	assert_true(told.last[0].provisional);
	assert_true(observation_has(&told.last[0], MARK_CLIENT_HELLO));
	/* who goes on under TLS has had an answer, though the tap has not */
	buffer_clear(&hello);
	assert_true(tls_bytes("record", &hello));
	(void)to.bytes(session, SIDE_CLIENT, buffer_span(&hello), &at);
	assert_int_equal(told.last[0].serial, 4);
	assert_true(observation_has(&told.last[0], MARK_TLS_PROTECTED));
	buffer_clear(&hello);
	assert_true(tls_bytes("ServerHello", &hello));
	(void)to.bytes(session, SIDE_SERVER, buffer_span(&hello), &at);
	assert_int_equal(told.last[0].serial, 5);
	assert_int_equal(told.last[0].established, FACT_TRUE);
	flow.end = FLOW_FIN;
	to.close(session, &at);
	assert_false(told.last[0].provisional);
	buffer_clear(&hello);
	sessions_free(&all);
}

/* Of TLS from the first byte the hello is the evidence: where it stands has to be told. */
static void
the_first_hello_has_its_place(void **state)
{
	struct told told = { 0 };
	struct err e = { "" };
	struct sessions *all = sessions_new(KEPT_MAX, take, &told, &e);
	struct stream_listener to = sessions_listener(all);
	struct flow flow = { .tuple.port = { 40000, 465 }, .handshake = true, .packets = { 3, 3 } };
	struct buffer hello = { 0 };
	void *session = to.open(to.ctx, &flow);

	(void)state;
	assert_true(tls_bytes("ClientHello", &hello));
	(void)to.bytes(session, SIDE_CLIENT, buffer_span(&hello), &at);
	flow.end = FLOW_FIN;
	to.close(session, &at);
	assert_true(told.last[0].implicit);
	assert_int_equal(told.last[0].marks[0].kind, MARK_CLIENT_HELLO);
	assert_int_equal(told.last[0].marks[0].ref.number, at.number);
	assert_int_equal(told.last[0].marks[0].ref.at_ns, at.at_ns);
	buffer_clear(&hello);
	sessions_free(&all);
}

/* A reset at the hello of a port with TLS: its client may come back in clear at once. */
static void
a_reset_on_a_port_with_tls_is_told_meanwhile(void **state)
{
	struct told told = { 0 };
	struct err e = { "" };
	struct sessions *all = sessions_new(KEPT_MAX, take, &told, &e);
	struct stream_listener to = sessions_listener(all);
	struct flow flow = { .tuple.port = { 40000, 465 }, .handshake = true, .packets = { 3, 3 } };
	struct buffer hello = { 0 };
	void *session = to.open(to.ctx, &flow);

	(void)state;
	assert_true(tls_bytes("ClientHello", &hello));
	(void)to.bytes(session, SIDE_CLIENT, buffer_span(&hello), &at);
	assert_int_equal(told.times, 0);
	flow.end = FLOW_RST;
	flow.reset_by[SIDE_SERVER] = true;
	(void)to.reset(session, SIDE_SERVER, false, &at);
	assert_int_equal(told.times, 1);
	assert_true(told.last[0].implicit && told.last[0].provisional && !told.last[0].final);
	assert_true(told.last[0].established != FACT_TRUE);
	to.close(session, &at);
	assert_true(told.times == 2 && told.last[0].final && !told.last[0].provisional);
	buffer_clear(&hello);
	sessions_free(&all);
}

/* At once, for its client goes elsewhere soon; and if that was forged, that it was not. */
static void
a_refusal_is_told_when_it_comes_and_counted_when_it_stands(void **state)
{
	struct told told = { 0 };
	struct err e = { "" };
	struct sessions *all = sessions_new(KEPT_MAX, take, &told, &e);
	struct stream_listener to = sessions_listener(all);
	struct flow flow = { .tuple.port = { 40000, 465 }, .end = FLOW_RST };
	void *session;

	(void)state;
	to.attempt(to.ctx, &flow);
	assert_true(told.last[0].attempt && told.last[0].final && told.times == 1);
	flow.phase = FLOW_CLOSED;
	to.attempt(to.ctx, &flow);
	sessions_counters(all, read_counter, &told);
	assert_true(told.times == 1 && told.attempts == 1);

	flow.phase = FLOW_NEW;
	to.attempt(to.ctx, &flow);
	flow.phase = FLOW_ESTABLISHED;
	session = to.open(to.ctx, &flow);
	(void)to.reset(session, SIDE_SERVER, false, &at);
	assert_int_equal(told.times, 2);
	flow.end = FLOW_OPEN;
	(void)to.reset(session, SIDE_SERVER, true, &at);
	assert_true(told.last[0].attempt && !told.last[0].final && told.times == 3);
	assert_int_equal(told.last[0].flow.phase, FLOW_ESTABLISHED);
	flow.end = FLOW_FIN;
	to.close(session, &at);
	sessions_counters(all, read_counter, &told);
	assert_int_equal(told.attempts, 1);
	sessions_free(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_gives_up_what_is_too_much),
		cmocka_unit_test(what_nobody_can_read_is_told_where_its_client_speaks_a_dialect),
		cmocka_unit_test(how_the_upgrade_stands_is_told_meanwhile),
		cmocka_unit_test(the_first_hello_has_its_place),
		cmocka_unit_test(a_reset_on_a_port_with_tls_is_told_meanwhile),
		cmocka_unit_test(a_refusal_is_told_when_it_comes_and_counted_when_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
