/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/parser.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "run/channel.h"
#include "run/descriptor_pass.h"
#include "run/interrupt.h"
#include "run/sandbox.h"
#include "words/observation_check.h"

enum {
	PATIENT_MS = 1 << 30,	/* the judge may take its time: nothing is lost in a file */
	/* of memory, as for a worker: sensor/worker.c */
	BYTES_OF_A_CONNECTION = 32 << 10,
	BYTES_BESIDE = 1 << 30,
};

/* --- In the process --- */

struct child {
	int channel;
	bool gone;		/* nobody takes what is sent */
	bool at_once;		/* input comes as it happens: so do observations */
	int64_t now_ns;		/* packet time */
	size_t used;
	uint8_t batch[CHANNEL_BODY_MAX];
};

static void
send_up(struct child *c, enum message_kind kind, struct span body)
{
	if (!c->gone && channel_send_patiently(c->channel, kind, body, PATIENT_MS) != CHANNEL_SENT)
		c->gone = true;
}

static void
send_batch(struct child *c)
{
	if (c->used > 0)
		send_up(c, MESSAGE_OBSERVATION, span_of(c->batch, c->used));
	c->used = 0;
}

/* Each behind its head; one message for many, which halves what they cost. */
static void
send_observation(void *ctx, const struct observation *seen)
{
	struct child *c = ctx;
	struct observation_packed packed;
	const size_t bytes = observation_pack(seen, &packed);
	const struct parser_batch_head head = { .now_ns = c->now_ns, .bytes = (uint32_t)bytes };

	if (c->used + sizeof(head) + bytes > sizeof(c->batch))
		send_batch(c);
	memcpy(c->batch + c->used, &head, sizeof(head));
	memcpy(c->batch + c->used + sizeof(head), &packed, bytes);
	c->used += sizeof(head) + bytes;
	if (c->at_once)
		send_batch(c);
}

static void
send_evidence(void *ctx, struct span file)
{
	struct child *c = ctx;

	send_batch(c);
	for (; file.n > 0; file = span_tail(file, CHANNEL_BODY_MAX))
		send_up(c, MESSAGE_EVIDENCE, span_head(file, CHANNEL_BODY_MAX));
}

/* Told with the next observation: what waits is of no interest before. */
static void
note_time(void *ctx, int64_t now_ns)
{
	struct child *c = ctx;

	c->now_ns = now_ns;
}

static bool
is_heard(void *ctx)
{
	const struct child *c = ctx;

	return !c->gone;
}

static void
send_fault(void *ctx, const struct err *e)
{
	struct child *c = ctx;

	send_batch(c);
	send_up(c, MESSAGE_FAULT, span_text(e->text));
}

/* Of no importance: nobody waits for it. */
static void
send_progress(void *ctx, const struct reader_progress *so_far)
{
	const struct child *c = ctx;

	channel_send(c->channel, MESSAGE_PROGRESS, span_of(so_far, sizeof(*so_far)));
}

static void
send_beginnings(void *ctx, const struct merge_beginning *due, size_t count)
{
	enum { IN_A_MESSAGE = CHANNEL_BODY_MAX / sizeof(*due) };
	size_t n;

	for (; count > 0; count -= n, due += n) {
		n = count < IN_A_MESSAGE ? count : IN_A_MESSAGE;
		send_up(ctx, MESSAGE_BEGINNINGS, span_of(due, n * sizeof(*due)));
	}
	/* an empty one is the end of them */
	send_up(ctx, MESSAGE_BEGINNINGS, span_of(NULL, 0));
}

static int
ask_for_file(void *ctx, uint32_t index)
{
	struct child *c = ctx;

	send_batch(c);
	send_up(c, MESSAGE_OPEN, span_of(&index, sizeof(index)));
	return descriptor_receive(c->channel);
}

/* What reads here, as the process is told by r, tells the channel. */
static struct reader
reader_for(struct child *c, const struct reader *r, const struct opener *opener)
{
	return (struct reader){ .settings = r->settings, .ports = r->ports, .opener = opener,
		.take = send_observation, .advance = note_time, .go_on = is_heard,
		.fault = send_fault, .progress = send_progress, .ctx = c,
		.evidence = r->evidence, .keep = send_evidence };
}

static int
lock_in(struct child *c, const struct reader *r, struct err *e)
{
	const size_t connections = r->settings->common->limits.connections;
	const struct sandbox_plan plan = { .duty = DUTY_PARSE,
		.channel = c->channel,
		.more_bytes = connections * BYTES_OF_A_CONNECTION + BYTES_BESIDE };
	enum sandbox sandbox = SANDBOX_OFF;
	uint32_t hello;

	if (sandbox_enter(&plan, &sandbox, e) < 0)
		return -1;
	hello = sandbox;
	send_up(c, MESSAGE_HELLO, span_of(&hello, sizeof(hello)));
	return 0;
}

/* Everything from here on is in a process of its own, which never returns. */
static void
be_the_parser(const struct reader *r, const struct reader_share *asked, int channel)
{
	static struct child child;
	static struct tally counters;
	const struct opener opener = { &child, ask_for_file };
	const struct reader own = reader_for(&child, r, &opener);
	const struct reader_share first = { .learn = send_beginnings };
	const struct reader_share *share = asked != NULL && asked->count == 0 ? &first : asked;
	struct parser_farewell farewell = { .failed = 0 };
	struct err e = { "" };

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	interrupt_catch_parent();
	descriptor_keep_only(channel);
	child.channel = channel;
	child.at_once = read_is_live(r->settings);
	if (lock_in(&child, r, &e) < 0 || reader_run(&own, share, &farewell.end, &counters, &e) < 0)
		farewell.failed = 1;
	memcpy(farewell.why, e.text, sizeof(farewell.why));
	send_batch(&child);
	send_up(&child, MESSAGE_COUNTERS, tally_body(&counters));
	send_up(&child, MESSAGE_END, span_of(&farewell, sizeof(farewell)));
	_exit(0);
}

/* --- In its parent --- */

int
parser_start(struct parser *p, const struct reader *r, const struct reader_share *share,
    struct err *e)
{
	int ends[2];

	if (channel_pair(ends, e) < 0)
		return -1;
	*p = (struct parser){ .channel = ends[0] };
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0)
		be_the_parser(r, share, ends[1]);
	close(ends[1]);
	if (p->pid > 0)
		return 0;
	close(ends[0]);
	return err_set_errno(e, "a process cannot be started");
}

int
parser_see_off(struct parser *p, bool now)
{
	int status = 0;

	close(p->channel);
	if (now)
		kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}
