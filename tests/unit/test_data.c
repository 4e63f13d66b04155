/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data connections of FTP: which connections are one, and what is told of them. */
#include "unit.h"

#include <stdio.h>

#include "court.h"
#include "session/session.h"
#include "tls_bytes.h"

enum { STEPS_MAX = 24, FLOWS_MAX = 8192 };

/* The last snapshot of the control connection, how many there were, and what else was told. */
struct taken {
	struct observation control;
	unsigned snapshots, others;
	uint64_t data, forgotten;
	struct court *court;		/* to which all of it goes, or NULL */
};

static void
take(void *ctx, const struct observation *seen)
{
	struct taken *told = ctx;

	if (told->court != NULL)
		see(told->court, *seen);
	if (strcmp(seen->dialect, "ftp") != 0 && strcmp(seen->dialect_expected, "ftp") != 0) {
		told->others++;
		return;
	}
	told->control = *seen;
	told->snapshots++;
}

static void
read_counter(void *ctx, const char *name, uint64_t value)
{
	struct taken *told = ctx;

	if (strcmp(name, "session.data_connections") == 0)
		told->data = value;
	if (strcmp(name, "session.data_forgotten") == 0)
		told->forgotten = value;
}

static struct frame_ref
at_second(int64_t second)
{
	return (struct frame_ref){ .at_ns = (1000 + second) * CLOCK_SECOND_NS, .number = 7 };
}

/* Client 192.0.2.1 and server 198.51.100.10, or the other way round. */
static struct flow
flow_of(bool by_server, uint16_t from_port, uint16_t to_port, int64_t second)
{
	static const struct address client = { 4, { 192, 0, 2, 1 } };
	static const struct address server = { 4, { 198, 51, 100, 10 } };
	struct flow f = { .handshake = true, .packets = { 3, 3 }, .payload_bytes = { 99, 99 } };

	f.tuple.addr[SIDE_CLIENT] = by_server ? server : client;
	f.tuple.addr[SIDE_SERVER] = by_server ? client : server;
	f.tuple.port[SIDE_CLIENT] = from_port;
	f.tuple.port[SIDE_SERVER] = to_port;
	f.first = f.last = at_second(second);
	f.id = flow_identifier(&f.tuple, f.first.at_ns);
	return f;
}

/* "C: line", "S: line", "C <ClientHello>" ... */
static void
say(const struct stream_listener *to, void *session, const char *step)
{
	const enum side from = step[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
	const struct frame_ref at = at_second(1);
	struct buffer bytes = { 0 };
	char text[200];

	if (step[2] == '<') {
		snprintf(text, sizeof(text), "%.*s", (int)strlen(step) - 4, step + 3);
		assert_true(tls_bytes(text, &bytes));
	} else {
		snprintf(text, sizeof(text), "%s\r\n", step + 3);
		assert_true(buffer_add(&bytes, span_text(text), sizeof(text)));
	}
	(void)to->bytes(session, from, buffer_span(&bytes), &at);
	buffer_clear(&bytes);
}

#define TLS_UP "S: 220 ftp.example FTP ready", "C: AUTH TLS", "S: 234 Go", "C <ClientHello>", \
	"S <ServerHello>", "C <record>", "S <record>"

struct row {
	const char *what;
	const char *control[STEPS_MAX];
	uint16_t control_port;		/* 0: 21 */
	bool by_server;			/* who opens the data connection, from where and to where */
	uint16_t from_port, to_port;
	int64_t second;
	const char *first;		/* what it begins with, "<ClientHello>" for that */
	enum mark_kind mark;		/* of the control connection; MARK_KINDS: none */
};

static const struct row rows[] = {
	{ "passive", { "S: 220 FTP", "C: PASV",
		"S: 227 Entering Passive Mode (198,51,100,10,156,65)." },
		0, false, 50000, 40001, 2, "-rw-r--r-- 1", MARK_DATA_CLEAR },
	{ "passive, without parentheses", { "S: 220 FTP", "C: PASV",
		"S: 227 =198,51,100,10,156,65" }, 0, false, 50000, 40001, 2, "x", MARK_DATA_CLEAR },
	{ "passive, and another address is said", { "S: 220 FTP", "C: PASV",
		"S: 227 Passive (10,0,0,1,156,65)" },
		0, false, 50000, 40001, 2, "x", MARK_DATA_CLEAR },
	{ "passive, under TLS", { "S: 220 FTP", "C: PASV",
		"S: 227 Entering Passive Mode (198,51,100,10,156,65)." },
		0, false, 50000, 40001, 2, "<ClientHello>", MARK_DATA_TLS },
	{ "extended passive", { "S: 220 FTP", "C: EPSV",
		"S: 229 Entering Extended Passive Mode (|||40001|)" },
		0, false, 50000, 40001, 2, "x", MARK_DATA_CLEAR },
	{ "active", { "S: 220 FTP", "C: PORT 192,0,2,1,195,80", "S: 200 Fine" },
		0, true, 20, 50000, 2, "x", MARK_DATA_CLEAR },
	{ "active, from any port", { "S: 220 FTP", "C: PORT 192,0,2,1,195,80", "S: 200 Fine" },
		0, true, 33333, 50000, 2, "x", MARK_DATA_CLEAR },
	{ "active, and extended", { "S: 220 FTP", "C: EPRT |1|192.0.2.1|50000|", "S: 200 Fine" },
		0, true, 20, 50000, 2, "x", MARK_DATA_CLEAR },
	{ "the client's TLS comes from who was called", { "S: 220 FTP",
		"C: PORT 192,0,2,1,195,80", "S: 200 Fine" },
		0, true, 20, 50000, 2, "<ClientHello>", MARK_DATA_TLS },
	{ "the latest address counts", { "S: 220 FTP", "C: EPSV", "S: 229 So (|||40001|)",
		"C: EPSV", "S: 229 So (|||40002|)" }, 0, false, 50000, 40001, 2, "x", MARK_KINDS },
	{ "another port", { "S: 220 FTP", "C: EPSV", "S: 229 So (|||40001|)" },
		0, false, 50000, 40002, 2, "x", MARK_KINDS },
	{ "the other way round", { "S: 220 FTP", "C: EPSV", "S: 229 So (|||40001|)" },
		0, true, 50000, 40001, 2, "x", MARK_KINDS },
	{ "too late", { "S: 220 FTP", "C: EPSV", "S: 229 So (|||40001|)" },
		0, false, 50000, 40001, 100, "x", MARK_KINDS },
	{ "a port of a dialect hides nobody", { "S: 220 FTP", "C: EPSV", "S: 229 So (|||5432|)" },
		0, false, 50000, 5432, 2, "x", MARK_KINDS },
	{ "no numbers", { "S: 220 FTP", "C: PASV", "S: 227 (198,51,100,10,156)" },
		0, false, 50000, 40001, 2, "x", MARK_KINDS },
	{ "numbers that are none", { "S: 220 FTP", "C: PASV", "S: 227 (198,51,100,10,156,321)" },
		0, false, 50000, 40001, 2, "x", MARK_KINDS },
	{ "a port that is none", { "S: 220 FTP", "C: EPSV", "S: 229 So (|||105537|)" },
		0, false, 50000, 40001, 2, "x", MARK_KINDS },
	{ "under TLS, from the server's data port", { TLS_UP },
		0, true, 20, 50000, 2, "x", MARK_DATA_CLEAR },
	{ "under TLS, and under TLS", { TLS_UP },
		0, true, 20, 50000, 2, "<ClientHello>", MARK_DATA_TLS },
	{ "under TLS, from another port", { TLS_UP }, 0, true, 2020, 50000, 2, "x", MARK_KINDS },
	{ "in clear, from the server's data port", { "S: 220 FTP", "C: NOOP", "S: 200 Yes" },
		0, true, 20, 50000, 2, "x", MARK_KINDS },
	{ "TLS from the first byte", { "C <ClientHello>", "S <ServerHello>", "C <record>",
		"S <record>" }, 990, true, 989, 50000, 2, "x", MARK_DATA_CLEAR },
	{ "clear again behind TLS", { TLS_UP, "C: PASV",
		"S: 227 Entering passive mode (198,51,100,10,156,65)" },
		0, false, 50000, 40001, 2, "x", MARK_DATA_CLEAR },
};

/* What is open of one row. */
struct play {
	struct sessions *all;
	struct stream_listener to;
	struct flow control, data;
	void *session;
};

static void
open_control(struct play *p, const struct row *row, struct taken *told)
{
	struct err e = { "" };

	p->all = sessions_new(0, take, told, &e);
	assert_non_null(p->all);
	p->to = sessions_listener(p->all);
	p->control = flow_of(false, 49999, row->control_port != 0 ? row->control_port : 21, 0);
	p->session = p->to.open(p->to.ctx, &p->control);
	for (unsigned i = 0; i < STEPS_MAX && row->control[i] != NULL; i++)
		say(&p->to, p->session, row->control[i]);
}

static void
open_data(struct play *p, const struct row *row)
{
	const struct frame_ref at = at_second(row->second);
	struct buffer bytes = { 0 };
	enum stream_want want = STREAM_MORE;
	void *data;

	p->data = flow_of(row->by_server, row->from_port, row->to_port, row->second);
	data = p->to.open(p->to.ctx, &p->data);
	if (row->first[0] == '<')
		assert_true(tls_bytes("ClientHello", &bytes));
	else
		assert_true(buffer_add(&bytes, span_text(row->first), 200));
	/* byte by byte; who called or who was called, it is all the same */
	for (size_t i = 0; i < bytes.n && want == STREAM_MORE; i++)
		want = p->to.bytes(data, SIDE_SERVER,
		    span_head(span_tail(buffer_span(&bytes), i), 1), &at);
	buffer_clear(&bytes);
	if (want != STREAM_FORGET)
		p->to.close(data, &at);
}

static void
close_control(struct play *p, struct taken *told)
{
	const struct frame_ref at = at_second(9);

	p->control.end = FLOW_FIN;
	p->to.close(p->session, &at);
	sessions_counters(p->all, read_counter, told);
	sessions_free(&p->all);
}

static void
rows_are_as_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct taken told = { 0 };
		struct play p;
		bool clear, tls;

		open_control(&p, row, &told);
		open_data(&p, row);
		close_control(&p, &told);
		clear = observation_has(&told.control, MARK_DATA_CLEAR);
		tls = observation_has(&told.control, MARK_DATA_TLS);
		if (clear != (row->mark == MARK_DATA_CLEAR) ||
		    tls != (row->mark == MARK_DATA_TLS) ||
		    (clear && told.control.established == FACT_TRUE) !=
		    (told.control.data_flow_id == p.data.id) ||
		    told.data != (row->mark != MARK_KINDS))
			fail_msg("%s", row->what);
	}
}

/* What a file looks like means nothing: it may be a conversation. */
static void
what_data_looks_like_means_nothing(void **state)
{
	struct row row = rows[0];
	struct taken told = { 0 };
	struct play p;

	(void)state;
	row.first = "220 mx.example ESMTP\r\nEHLO client.example\r\n250-mx.example\r\n250 SIZE\r\n";
	open_control(&p, &row, &told);
	open_data(&p, &row);
	close_control(&p, &told);
	assert_int_equal(told.others, 0);
	assert_true(observation_has(&told.control, MARK_DATA_CLEAR));
	/* nobody announced it: it is a conversation */
	told = (struct taken){ 0 };
	row.to_port++;
	open_control(&p, &row, &told);
	open_data(&p, &row);
	close_control(&p, &told);
	assert_int_equal(told.others, 1);
}

/* In either order, and many of them: nobody is told of what is gone. */
static void
control_may_end_before_data_does(void **state)
{
	static struct flow flows[FLOWS_MAX];
	static void *sessions[FLOWS_MAX];
	const struct frame_ref at = at_second(2);
	struct taken told = { 0 };
	struct play p;
	void *data;

	(void)state;
	open_control(&p, &rows[0], &told);
	p.data = flow_of(false, 50000, 40001, 2);
	data = p.to.open(p.to.ctx, &p.data);
	p.to.close(p.session, &at);
	assert_int_equal(p.to.bytes(data, SIDE_SERVER, span_text("x"), &at), STREAM_MORE);
	p.to.close(data, &at);
	for (unsigned i = 0; i < FLOWS_MAX; i++) {
		flows[i] = flow_of(false, (uint16_t)(1024 + i), 21, 0);
		sessions[i] = p.to.open(p.to.ctx, &flows[i]);
		say(&p.to, sessions[i], "S: 220 FTP");
		say(&p.to, sessions[i], "C: EPSV");
	}
	for (unsigned i = 0; i < FLOWS_MAX; i++) {
		char reply[40];

		snprintf(reply, sizeof(reply), "S: 229 So (|||%u|)", 10000 + i);
		say(&p.to, sessions[i], reply);
	}
	sessions_counters(p.all, read_counter, &told);
	assert_true(told.forgotten > 0);
	for (unsigned i = 0; i < FLOWS_MAX; i++)
		p.to.close(sessions[i], &at);
	sessions_free(&p.all);
}

/* Told once for a server and day; a note where the client or the public wanted it so. */
static void
files_beside_tls_are_told(void **state)
{
	static const struct row chosen = { "PROT C", { TLS_UP, "C: PROT C", "S: 200 Clear",
		"C: PASV", "S: 227 Entering passive mode (198,51,100,10,156,65)" },
		0, false, 50000, 40001, 2, "x", MARK_DATA_CLEAR };
	static const struct row active = { "active", { TLS_UP }, 0, true, 20, 50000, 2, "x",
		MARK_DATA_CLEAR };
	static const struct row implicit = { "implicit", { "C <ClientHello>", "S <ServerHello>",
		"C <record>", "S <record>" }, 990, true, 989, 50000, 2, "x", MARK_DATA_CLEAR };
	const struct row *const told_of[] = { &chosen, &active, &active, &implicit };
	/* the last one is two: its hello, made up, has been seen in an upgrade (opossum) */
	static const unsigned told_times[] = { 0, 1, 1, 2 }, alerts[] = { 0, 0, 0, 1 };
	struct court *c = *state;

	for (size_t i = 0; i < sizeof(told_of) / sizeof(told_of[0]); i++) {
		struct taken told = { .court = c };
		struct play p;

		open_control(&p, told_of[i], &told);
		open_data(&p, told_of[i]);
		close_control(&p, &told);
		assert_int_equal(c->heard.exposures, told_times[i]);
		assert_int_equal(c->heard.alerts, alerts[i]);
		if (i == 1) {
			assert_int_equal(c->heard.last.verdict.related, p.data.id);
			assert_int_equal(c->heard.last.verdict.proof, PROOF_CORRELATION);
			assert_int_equal(c->heard.last.verdict.confidence, 30);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_as_they_say),
		cmocka_unit_test(what_data_looks_like_means_nothing),
		cmocka_unit_test(control_may_end_before_data_does),
		IN_COURT(files_beside_tls_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
