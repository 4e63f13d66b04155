/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/parser.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/merge.h"
#include "capture/source.h"
#include "run/channel.h"
#include "run/descriptor_pass.h"
#include "run/interrupt.h"
#include "run/timer.h"
#include "words/observation_check.h"

enum {
	PATIENT_MS = 1 << 30,	/* the judge may take its time: nothing is lost in a file */
	/* of memory, as for a worker: run/worker.c */
	BYTES_OF_A_CONNECTION = 32 << 10,
	BYTES_BESIDE = 1 << 30,
};

/* Before each observation of a batch. */
struct batch_head {
	int64_t now_ns;		/* packet time until which the judge is to go before it */
	uint32_t bytes;
};

/* What the last message of the process says. */
struct farewell {
	struct reader_end end;
	uint32_t failed;	/* it could not begin; the text says why */
	char why[sizeof(((struct err *)NULL)->text)];
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
	const struct batch_head head = { .now_ns = c->now_ns, .bytes = (uint32_t)bytes };

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

static int
ask_for_file(void *ctx, uint32_t index)
{
	struct child *c = ctx;

	send_batch(c);
	send_up(c, MESSAGE_OPEN, span_of(&index, sizeof(index)));
	return descriptor_receive(c->channel);
}

/* Everything from here on is in a process of its own, which never returns. */
static void
be_the_parser(const struct reader *r, int channel)
{
	const size_t connections = r->settings->common->limits.connections;
	const struct sandbox_plan plan = { .duty = DUTY_PARSE,
		.more_bytes = connections * BYTES_OF_A_CONNECTION + BYTES_BESIDE };
	static struct child child;
	const struct opener opener = { &child, ask_for_file };
	struct reader own = *r;
	static struct tally counters;
	struct farewell farewell = { .failed = 0 };
	enum sandbox sandbox = SANDBOX_OFF;
	uint32_t hello;
	struct err e = { "" };

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	interrupt_catch_parent();
	child.channel = channel;
	child.at_once = read_is_live(r->settings);
	own.opener = &opener;
	own.take = send_observation;
	own.advance = note_time;
	own.go_on = is_heard;
	own.keep = send_evidence;
	own.ctx = &child;
	if (sandbox_enter(&plan, &sandbox, &e) < 0) {
		farewell.failed = 1;
	} else {
		hello = sandbox;
		send_up(&child, MESSAGE_HELLO, span_of(&hello, sizeof(hello)));
		if (reader_run(&own, &farewell.end, &counters, &e) < 0)
			farewell.failed = 1;
	}
	memcpy(farewell.why, e.text, sizeof(farewell.why));
	send_batch(&child);
	send_up(&child, MESSAGE_COUNTERS, tally_body(&counters));
	send_up(&child, MESSAGE_END, span_of(&farewell, sizeof(farewell)));
	_exit(0);
}

/* --- In its parent --- */

struct parent {
	const struct reader *reader;
	int channel;
	pid_t pid;
	bool told;		/* that it is to end */
	bool ended;
	enum sandbox *sandbox;
	struct reader_end *end;
	struct tally *counters;
	struct err *e;
	struct channel_room room;
};

static const char *
open_for(struct parent *p, struct span body)
{
	const struct read_settings *s = p->reader->settings;
	uint32_t index;
	int fd;

	if (body.n != sizeof(index))
		return "a question";
	memcpy(&index, body.p, sizeof(index));
	if (index >= s->file_count)
		return "a file";
	fd = source_descriptor(s->files[index]);
	descriptor_send(p->channel, fd);
	if (fd >= 0)
		close(fd);
	return NULL;
}

static const char *
take_observation(struct parent *p, struct span body)
{
	const struct read_settings *s = p->reader->settings;
	struct observation seen;
	const char *wrong = observation_unpack(body, &seen);

	if (wrong == NULL && seen.flow.tuple.tap > 0 && seen.flow.tuple.tap >= s->file_count)
		wrong = "flow.tuple.tap";
	if (wrong == NULL)
		p->reader->take(p->reader->ctx, &seen);
	return wrong;
}

static const char *
take_batch(struct parent *p, struct span body)
{
	const char *wrong = NULL;
	struct span bytes, packed;
	struct batch_head head;

	while (wrong == NULL && body.n > 0) {
		if (!span_take(&body, sizeof(head), &bytes))
			return "batch";
		memcpy(&head, bytes.p, sizeof(head));
		if (!span_take(&body, head.bytes, &packed) || head.now_ns < 0)
			return "batch";
		p->reader->advance(p->reader->ctx, head.now_ns);
		wrong = take_observation(p, packed);
	}
	return wrong;
}

static const char *
take_farewell(struct parent *p, struct span body)
{
	struct farewell farewell;

	if (body.n != sizeof(farewell))
		return "farewell";
	memcpy(&farewell, body.p, sizeof(farewell));
	if (farewell.end.last_ns < 0 || farewell.end.files_unread > p->reader->settings->file_count)
		return "farewell";
	*p->end = farewell.end;
	p->ended = true;
	farewell.why[sizeof(farewell.why) - 1] = '\0';
	if (farewell.failed != 0)
		err_set(p->e, "%s", farewell.why);
	return NULL;
}

/* NULL, or what is wrong with the message. */
static const char *
take_message(struct parent *p, const struct message *m)
{
	static const char *const rooms[] = { "capture.", "decode.", "flow.", "stream.",
		"session.", "evidence.", NULL };
	uint32_t sandbox;

	switch (m->kind) {
	case MESSAGE_OBSERVATION:
		return take_batch(p, m->body);
	case MESSAGE_OPEN:
		return open_for(p, m->body);
	case MESSAGE_EVIDENCE:
		if (p->reader->evidence == NULL)
			return "evidence";
		p->reader->keep(p->reader->ctx, m->body);
		return NULL;
	case MESSAGE_COUNTERS:
		return tally_read(p->counters, m->body, rooms) ? NULL : "counters";
	case MESSAGE_HELLO:
		if (m->body.n != sizeof(sandbox))
			return "hello";
		memcpy(&sandbox, m->body.p, sizeof(sandbox));
		*p->sandbox = sandbox == SANDBOX_FULL ? SANDBOX_FULL : SANDBOX_PARTIAL;
		return NULL;
	case MESSAGE_END:
		return take_farewell(p, m->body);
	default:
		return "kind";
	}
}

/* Handed on once: what came to us did not come to it. */
static void
hand_on_interrupt(struct parent *p)
{
	if (!interrupt_came() || p->told)
		return;
	kill(p->pid, SIGUSR1);
	p->told = true;
}

static const char *
hear(struct parent *p)
{
	const char *wrong = NULL;
	struct message m;
	int got;

	while (wrong == NULL && !p->ended && p->reader->go_on(p->reader->ctx)) {
		hand_on_interrupt(p);
		got = channel_receive(p->channel, &p->room, &m);
		if (got == CHANNEL_EMPTY)
			p->reader->wait(p->reader->ctx, p->channel);
		else if (got == CHANNEL_CLOSED)
			break;
		else
			wrong = got == 1 ? take_message(p, &m) : "frame";
	}
	return wrong;
}

static int
see_off(struct parent *p, const char *wrong)
{
	int status = 0;

	close(p->channel);
	if (wrong != NULL)
		kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (wrong != NULL)
		return err_set(p->e, "the process that reads captures said what cannot be (%s); "
		    "what came before is judged", wrong);
	if (p->ended)
		return p->e->text[0] != '\0' ? -1 : 0;
	/* nobody listened to it any more */
	if (!p->reader->go_on(p->reader->ctx))
		return 0;
	if (WIFSIGNALED(status))
		return err_set(p->e, "the process that reads captures was ended by signal %d (%s); "
		    "what came before is judged", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return err_set(p->e, "the process that reads captures ended; what came before is judged");
}

int
parser_run(const struct reader *r, struct reader_end *end_r, struct tally *counters,
    enum sandbox *sandbox_r, struct err *e)
{
	struct parent *p = calloc(1, sizeof(*p));
	int ends[2], result;

	*end_r = (struct reader_end){ .last_ns = 0 };
	*sandbox_r = SANDBOX_OFF;
	e->text[0] = '\0';
	if (p == NULL)
		return err_set_errno(e, "read");
	if (channel_pair(ends, e) < 0) {
		free(p);
		return -1;
	}
	merge_allow_descriptors(r->settings->file_count);
	*p = (struct parent){ .reader = r, .channel = ends[0], .sandbox = sandbox_r, .end = end_r,
		.counters = counters, .e = e };
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0) {
		close(ends[0]);
		be_the_parser(r, ends[1]);
	}
	close(ends[1]);
	result = p->pid < 0 ? err_set_errno(e, "a process cannot be started") :
	    see_off(p, hear(p));
	free(p);
	return result;
}
