/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data connections of FTP: several connections at once, told step by step.
 *
 *	"1 192.0.2.1 49001 198.51.100.10 21"	connection 1 is opened, from and to
 *	"1S 220 ready"		its server says a line
 *	"1C <ClientHello>"	... or what tls_bytes.h knows by that name
 *	"1C raw \x16..."	... or these bytes
 *	"1C file"		... or a large file
 *	"1S gap 10"		so many bytes are lost
 *	"1 fin"			it ends; what is open at the end of a row does then
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "court.h"
#include "session/session.h"
#include "tls_bytes.h"

enum { STEPS_MAX = 40, LINES_MAX = 10, FILE_BYTES = 6000 };

/* Bits of expectations: connection 1 is the lowest. */
#define NUMBER(n) (1u << ((n) - 1))

struct row {
	const char *what;
	const char *steps[STEPS_MAX];
	unsigned clear, tls;		/* control connections with data like that */
	unsigned talks;			/* connections that are told of as SMTP */
	unsigned data;			/* how many were data */
	unsigned alerts;
};

#define CONTROL_1 "1 192.0.2.1 49001 198.51.100.10 21", "1S 220 ready FTP"
#define CONTROL_2 "2 192.0.2.1 49002 198.51.100.10 21", "2S 220 ready FTP"
#define TLS_1 "1C AUTH TLS", "1S 234 Go", "1C <ClientHello>", "1S <ServerHello>", \
	"1C <record>", "1S <record>"
#define TLS_2 "2C AUTH TLS", "2S 234 Go", "2C <ClientHello>", "2S <ServerHello>", \
	"2C <record>", "2S <record>"
#define MAIL_4 "4S 220 mx.example ESMTP", "4C EHLO client.example", "4S 250 mx.example", \
	"4C MAIL FROM:<>", "4S 250 Fine"

static const struct row rows[] = {
	/* --- two control connections of one client to one server -------------------- */
	{ "each has the place that it named", { CONTROL_1, CONTROL_2, "1C PASV",
		"1S 227 (198,51,100,10,156,65)", "2C PASV", "2S 227 (198,51,100,10,156,66)",
		"4 192.0.2.1 50001 198.51.100.10 40002", "4C <ClientHello>", "4 fin",
		"3 192.0.2.1 50002 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), NUMBER(2), 0, 2, 0 },
	{ "... also in extended form, and over IPv6", {
		"1 2001:db8:1::1 49001 2001:db8:2::10 21", "1S 220 ready FTP",
		"2 2001:db8:1::1 49002 2001:db8:2::10 21", "2S 220 ready FTP",
		"1C EPSV", "1S 229 (|||40001|)", "2C EPRT |2|2001:db8:1::1|50002|", "2S 200 Fine",
		"3 2001:db8:1::1 50001 2001:db8:2::10 40001", "3S x", "3 fin",
		"4 2001:db8:2::10 20 2001:db8:1::1 50002", "4C <ClientHello>", "4 fin" },
		NUMBER(1), NUMBER(2), 0, 2, 0 },
	{ "both named the same place: the first is the first", { CONTROL_1, CONTROL_2, "1C PASV",
		"1S 227 (198,51,100,10,156,65)", "2C PASV", "2S 227 (198,51,100,10,156,65)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin",
		"4 192.0.2.1 50002 198.51.100.10 40001", "4C <ClientHello>", "4 fin" },
		NUMBER(1), NUMBER(2), 0, 2, 0 },
	{ "... and one of them is over by then", { CONTROL_1, CONTROL_2, "1C PASV",
		"1S 227 (198,51,100,10,156,65)", "2C PASV", "2S 227 (198,51,100,10,156,65)",
		"2 fin", "3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), 0, 0, 1, 0 },
	{ "under TLS who spoke last is meant", { CONTROL_1, TLS_1, CONTROL_2, TLS_2,
		"1C <record>", "1S <record>",
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "... or who is still there", { CONTROL_1, TLS_1, CONTROL_2, TLS_2, "2 fin",
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "... but not in place of one that named the place", { CONTROL_1, TLS_1, CONTROL_2,
		"2C PORT 192,0,2,1,195,81", "2S 200 Fine",
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "3 fin" }, NUMBER(2), 0, 0, 1, 0 },

	/* --- several data connections of one control connection ---------------------- */
	{ "the second opens before the first says anything", { CONTROL_1,
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50001 198.51.100.10 40001",
		"1C EPSV", "1S 229 (|||40002|)", "4 192.0.2.1 50002 198.51.100.10 40002",
		"3S x", "3 fin", "4C <ClientHello>", "4 fin" }, NUMBER(1), NUMBER(1), 0, 2, 0 },
	{ "... under TLS", { CONTROL_1, TLS_1, "3 198.51.100.10 20 192.0.2.1 50001",
		"4 198.51.100.10 20 192.0.2.1 50002", "3C x", "4C <ClientHello>", "4 fin",
		"3 fin" }, NUMBER(1), NUMBER(1), 0, 2, 1 },
	{ "one was in clear before TLS: it is not the evidence", { CONTROL_1,
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50001 198.51.100.10 40001", "3S x",
		"3 fin", TLS_1, "4 198.51.100.10 20 192.0.2.1 50002", "4C y", "4 fin" },
		NUMBER(1), 0, 0, 2, 1 },
	{ "it ends behind its control connection", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "1 fin", "3C x", "3 fin" },
		NUMBER(1), 0, 0, 1, 1 },
	{ "... and both before they say a word", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "4 198.51.100.10 20 192.0.2.1 50002",
		"1 fin", "3C x", "3 fin", "4S y", "4 fin" }, 0, 0, 0, 2, 0 },

	/* --- PROT (RFC 4217 §9) ------------------------------------------------------ */
	{ "clear was chosen, where it can be read", { CONTROL_1, TLS_1, "1C PROT C", "1S 200 Fine",
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50001 198.51.100.10 40001", "3S x",
		"3 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "... and refused", { CONTROL_1, TLS_1, "1C PROT C", "1S 534 No",
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50001 198.51.100.10 40001", "3S x",
		"3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "... before TLS: that is void", { CONTROL_1, "1C PROT C", "1S 200 Fine", TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "... and protected data later", { CONTROL_1, TLS_1, "1C PROT C", "1S 200 Fine",
		"1C PROT P", "1S 200 Fine", "1C EPSV", "1S 229 (|||40001|)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), 0, 0, 1, 1 },
	{ "... later, and refused", { CONTROL_1, TLS_1, "1C PROT C", "1S 200 Fine",
		"1C PROT P", "1S 536 No", "1C EPSV", "1S 229 (|||40001|)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), 0, 0, 1, 0 },
	{ "one file as chosen, and one that was to be protected", { CONTROL_1, TLS_1,
		"1C PROT C", "1S 200 Fine", "1C EPSV", "1S 229 (|||40001|)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin",
		"1C PROT P", "1S 200 Fine", "1C EPSV", "1S 229 (|||40002|)",
		"4 192.0.2.1 50002 198.51.100.10 40002", "4S y", "4 fin" },
		NUMBER(1), 0, 0, 2, 1 },
	{ "a hole may hide what was chosen since", { CONTROL_1, TLS_1, "1C PROT C", "1S 200 Fine",
		"1C gap 20", "1C EPSV", "1S 229 (|||40001|)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), 0, 0, 1, 1 },

	/* --- what it begins with ------------------------------------------------------ */
	{ "a server that refuses TLS at once sends no data", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3C raw \x15\x03\x03",
		"3C raw \x7f\x02\x02\x28", "3 fin" }, 0, 0, 0, 1, 0 },
	{ "... in passive mode", { CONTROL_1, "1C EPSV", "1S 229 (|||40001|)", TLS_1,
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S raw \x15\x03\x01",
		"3S raw \x7f\x02\x02\x28", "3 fin" }, 0, 0, 0, 1, 0 },
	{ "... and its client had sent a file", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3S x", "3C raw \x15\x03\x03",
		"3C raw \x7f\x02\x02\x28", "3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "the beginnings of both sides are not one", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3S raw \x16\x03\x01", "3C raw \x15",
		"3S raw \x01\x7f\x01", "3 fin" }, 0, NUMBER(1), 0, 1, 0 },
	{ "a large file is told of before it ends", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3C file", "1 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "its beginning is missing", { CONTROL_1, TLS_1, "3 198.51.100.10 20 192.0.2.1 50001",
		"3C gap 10", "3C x" }, 0, 0, 0, 1, 0 },
	{ "what follows is missing", { CONTROL_1, TLS_1, "3 198.51.100.10 20 192.0.2.1 50001",
		"3C x", "3C gap 10" }, NUMBER(1), 0, 0, 1, 1 },

	/* --- who announces hides nothing ------------------------------------------------ */
	{ "a conversation at the server itself", { CONTROL_1, TLS_1, "1C EPSV",
		"1S 229 (|||2526|)", "4 192.0.2.1 50001 198.51.100.10 2526", MAIL_4 },
		0, 0, NUMBER(4), 0, 0 },
	{ "... and one that is lost in part", { CONTROL_1, TLS_1, "1C EPSV",
		"1S 229 (|||2526|)", "4 192.0.2.1 50001 198.51.100.10 2526",
		"4S 220 mx.example ESMTP", "4C gap 20", "4S 250 STARTTLS", "4C MAIL FROM:<>",
		"4S 250 Fine" }, 0, 0, NUMBER(4), 0, 0 },
	{ "a conversation elsewhere", { CONTROL_1, TLS_1, "1C PASV",
		"1S 227 (203,0,113,7,156,65)", "4 192.0.2.1 50001 203.0.113.7 40001", MAIL_4 },
		0, 0, NUMBER(4), 0, 0 },
	{ "a file elsewhere is none", { CONTROL_1, "1C PASV",
		"1S 227 (203,0,113,7,156,65)", "4 192.0.2.1 50001 203.0.113.7 40001",
		"4S 220 mx.example ESMTP", "4S 250 mx.example", "4 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "... when the server sends it to where its client said", { CONTROL_1,
		"1C PORT 203,0,113,7,156,65", "1S 200 Fine",
		"4 198.51.100.10 20 203.0.113.7 40001", "4C EHLO client.example",
		"4C MAIL FROM:<>", "4 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "... over IPv6", { "1 2001:db8:1::1 49001 2001:db8:2::10 21", "1S 220 ready FTP",
		"1C EPRT |2|2001:db8:3::7|40001|", "1S 200 Fine",
		"4 2001:db8:2::10 20 2001:db8:3::7 40001", "4C EHLO client.example",
		"4C MAIL FROM:<>", "4 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "... and a server that is made to speak to another one", { CONTROL_1,
		"1C PORT 203,0,113,7,9,222", "1S 200 Fine",
		"4 198.51.100.10 20 203.0.113.7 2526", MAIL_4 }, 0, 0, NUMBER(4), 0, 0 },
	{ "an address that is no address is the server's own", { CONTROL_1,
		"1C EPSV", "1S 229 (|9|nowhere|40001|)", "3 192.0.2.1 50001 198.51.100.10 40001",
		"3S x", "3 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "the server's own address holds beside the one it said", { CONTROL_1,
		"1C PASV", "1S 227 (10,0,0,1,156,65)", "3 192.0.2.1 50001 198.51.100.10 40001",
		"3S x", "3 fin", "4 192.0.2.1 50002 10.0.0.1 40001", "4S x", "4 fin" },
		NUMBER(1), 0, 0, 1, 0 },
	{ "services of another machine are no data", { CONTROL_1, "1C PASV",
		"1S 227 (203,0,113,7,3,133)", "4 192.0.2.1 50001 203.0.113.7 901",
		"4S 220 mx.example ESMTP", "4C EHLO client.example", "4 fin" },
		0, 0, NUMBER(4), 0, 0 },
	{ "TLS elsewhere is TLS elsewhere", { CONTROL_1, TLS_1, "1C PASV",
		"1S 227 (203,0,113,7,156,65)", "4 192.0.2.1 50001 203.0.113.7 40001",
		"4C <ClientHello>", "4S <ServerHello>", "4 fin" }, 0, NUMBER(1), 0, 1, 0 },
};

struct play {
	struct court *court;
	struct sessions *all;
	struct stream_listener to;
	struct line {
		struct flow flow;
		void *session;
		struct observation seen;	/* the last that was told of it */
	} lines[LINES_MAX];
	uint64_t data;
	int64_t second;
	size_t kept_max;
};

static struct frame_ref
now(struct play *p)
{
	return (struct frame_ref){ .at_ns = (1000 + p->second) * CLOCK_SECOND_NS, .number = 7 };
}

static void
take(void *ctx, const struct observation *seen)
{
	struct play *p = ctx;

	see(p->court, *seen);
	for (int i = 0; i < LINES_MAX; i++) {
		if (p->lines[i].flow.id == seen->flow.id)
			p->lines[i].seen = *seen;
	}
}

static void
read_counter(void *ctx, const char *name, uint64_t value)
{
	struct play *p = ctx;

	if (strcmp(name, "session.data_connections") == 0)
		p->data = value;
}

/* An address, a blank, a port; what follows behind another blank. */
static const char *
take_end(const char *text, struct address *address_r, uint16_t *port_r)
{
	const size_t n = strcspn(text, " ");
	char address[ADDRESS_TEXT_SIZE], *rest;

	snprintf(address, sizeof(address), "%.*s", (int)n, text);
	assert_true(address_parse(address, address_r));
	*port_r = (uint16_t)strtoul(text + n, &rest, 10);
	return *rest != '\0' ? rest + 1 : rest;
}

static void
open_line(struct play *p, struct line *line, const char *between)
{
	struct flow *f = &line->flow;

	*f = (struct flow){ .handshake = true, .packets = { 3, 3 }, .payload_bytes = { 99, 99 } };
	between = take_end(between, &f->tuple.addr[SIDE_CLIENT], &f->tuple.port[SIDE_CLIENT]);
	take_end(between, &f->tuple.addr[SIDE_SERVER], &f->tuple.port[SIDE_SERVER]);
	f->first = f->last = now(p);
	f->id = flow_identifier(&f->tuple, f->first.at_ns);
	line->session = p->to.open(p->to.ctx, f);
}

static void
fill(struct buffer *bytes, const char *what)
{
	static uint8_t file[FILE_BYTES];
	char text[200];

	if (what[0] == '<') {
		snprintf(text, sizeof(text), "%.*s", (int)strlen(what) - 2, what + 1);
		assert_true(tls_bytes(text, bytes));
	} else if (strncmp(what, "raw ", 4) == 0) {
		/* 0x7f stands for a zero */
		snprintf(text, sizeof(text), "%s", what + 4);
		for (size_t i = 0; text[i] != '\0'; i++)
			text[i] = text[i] == '\x7f' ? '\0' : text[i];
		assert_true(buffer_add(bytes, span_of(text, strlen(what + 4)), sizeof(text)));
	} else if (strcmp(what, "file") == 0) {
		assert_true(buffer_add(bytes, span_of(file, sizeof(file)), sizeof(file)));
	} else {
		snprintf(text, sizeof(text), "%s\r\n", what);
		assert_true(buffer_add(bytes, span_text(text), sizeof(text)));
	}
}

/* One piece, or byte by byte; nobody is told of a connection that wants no more. */
static void
say(struct play *p, struct line *line, enum side from, const char *what, bool in_pieces)
{
	const struct frame_ref at = now(p);
	struct buffer bytes = { 0 };
	enum stream_want want = STREAM_MORE;
	struct span rest;

	fill(&bytes, what);
	rest = buffer_span(&bytes);
	while (rest.n > 0 && line->session != NULL && want == STREAM_MORE) {
		struct span piece = span_head(rest, in_pieces ? 1 : rest.n);

		want = p->to.bytes(line->session, from, piece, &at);
		rest = span_tail(rest, piece.n);
		if (want == STREAM_FORGET)
			line->session = NULL;
	}
	buffer_clear(&bytes);
}

static void
lose(struct play *p, struct line *line, enum side from, const char *count)
{
	const struct frame_ref at = now(p);

	line->flow.gap_bytes[from] += strtoul(count, NULL, 10);
	if (line->session != NULL && p->to.gap(line->session, from, strtoul(count, NULL, 10),
	    &at) == STREAM_FORGET)
		line->session = NULL;
}

static void
close_line(struct play *p, struct line *line)
{
	const struct frame_ref at = now(p);

	line->flow.end = FLOW_FIN;
	if (line->session != NULL)
		p->to.close(line->session, &at);
	line->session = NULL;
}

static void
do_step(struct play *p, const char *step, bool in_pieces)
{
	struct line *line = &p->lines[step[0] - '0'];
	const enum side from = step[1] == 'C' ? SIDE_CLIENT : SIDE_SERVER;

	p->second++;
	line->flow.last = now(p);
	if (strcmp(step + 1, " fin") == 0)
		close_line(p, line);
	else if (step[1] == ' ')
		open_line(p, line, step + 2);
	else if (strncmp(step + 3, "gap ", 4) == 0)
		lose(p, line, from, step + 7);
	else
		say(p, line, from, step + 3, in_pieces);
}

static void
play(struct play *p, const struct row *row, bool in_pieces)
{
	struct err e = { "" };

	assert_non_null(p->all = sessions_new(p->kept_max, take, p, &e));
	p->to = sessions_listener(p->all);
	for (int i = 0; i < STEPS_MAX && row->steps[i] != NULL; i++)
		do_step(p, row->steps[i], in_pieces);
	for (int i = 0; i < LINES_MAX; i++)
		close_line(p, &p->lines[i]);
	sessions_counters(p->all, read_counter, p);
	sessions_free(&p->all);
}

/* Which connections were told of with that mark. */
static unsigned
marked(const struct play *p, enum mark_kind kind)
{
	unsigned found = 0;

	for (int i = 1; i < LINES_MAX; i++) {
		if (observation_has(&p->lines[i].seen, kind))
			found |= NUMBER(i);
	}
	return found;
}

static unsigned
talking(const struct play *p)
{
	unsigned found = 0;

	for (int i = 1; i < LINES_MAX; i++) {
		if (strcmp(p->lines[i].seen.dialect, "smtp") == 0)
			found |= NUMBER(i);
	}
	return found;
}

/* The evidence is of the connection that it names. */
static bool
evidence_fits(const struct observation *o, const struct play *p)
{
	const struct mark *mark = observation_mark(o, MARK_DATA_CLEAR);
	char text[MARK_TEXT_SIZE];

	for (int i = 1; i < LINES_MAX && o->data_flow_id != 0; i++) {
		const struct flow *f = &p->lines[i].flow;

		if (f->id != o->data_flow_id)
			continue;
		snprintf(text, sizeof(text),
		    "data connection from port %u to port %u begins without TLS",
		    (unsigned)f->tuple.port[SIDE_CLIENT], (unsigned)f->tuple.port[SIDE_SERVER]);
		return mark != NULL && strcmp(mark->text, text) == 0;
	}
	return o->data_flow_id == 0;
}

static void
rows_are_met(struct court *c, bool in_pieces, size_t kept_max)
{
	static struct play p;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const unsigned alerts = c->heard.exposures;

		/* a server and a day for each row */
		p = (struct play){ .court = c, .second = (int64_t)i * 200000,
			.kept_max = kept_max };
		play(&p, row, in_pieces);
		if (marked(&p, MARK_DATA_CLEAR) != row->clear ||
		    marked(&p, MARK_DATA_TLS) != row->tls || talking(&p) != row->talks ||
		    p.data != row->data || !evidence_fits(&p.lines[1].seen, &p) ||
		    c->heard.exposures - alerts != row->alerts)
			fail_msg("%s: clear %x, TLS %x, talks %x, data %u, alerts %u", row->what,
			    marked(&p, MARK_DATA_CLEAR), marked(&p, MARK_DATA_TLS), talking(&p),
			    (unsigned)p.data, c->heard.exposures - alerts);
	}
}

static void
rows_are_met_whole(void **state)
{
	rows_are_met(*state, false, 0);
}

static void
rows_are_met_byte_by_byte(void **state)
{
	rows_are_met(*state, true, 0);
}

/* What there is no memory for to find out whether it is a conversation is data. */
static void
memory_may_be_short(void **state)
{
	rows_are_met(*state, true, FILE_BYTES / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_COURT(rows_are_met_whole),
		IN_COURT(rows_are_met_byte_by_byte),
		IN_COURT(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
