/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data connections of FTP: plays the rows of data_rows.h. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "court.h"
#include "data_rows.h"
#include "session/session.h"
#include "tls_bytes.h"

enum { LINES_MAX = 10, FILE_BYTES = 6000 };

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
close_line(struct play *p, struct line *line, enum flow_end end)
{
	const struct frame_ref at = now(p);

	line->flow.end = end;
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
		close_line(p, line, FLOW_FIN);
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
		close_line(p, &p->lines[i], FLOW_INPUT_END);
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

/* What there is no memory for is lost, and what comes behind it tells. */
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
