/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer of "stripwatch watch": owns what events leave by, and never sees anything
 * but finished lines.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "run/channel.h"
#include "run/outputs.h"
#include "run/tally.h"
#include "sensor/courier.h"
#include "sensor/evidence_store.h"
#include "sensor/resident.h"
#include "sensor/sensor.h"
#include "sensor/signals.h"
#include "sensor/timer.h"
#include "sensor/writer_paths.h"
#include "sink/line_queue.h"

enum {
	LINES_OF_A_TURN = 256,
	TELL_MS = 1000,
	RECEIPT_MS = 10,
	FAREWELL_MS = 8000,	/* longer than the judge waits for its workers */
	DELIVER_MS = 2000,	/* for what is under way at the end */
	TIDY_MS = 600000,	/* between two looks for evidence that is too old */
	DAY_S = 86400,
};

struct writer {
	const struct sensor *sensor;
	bool replaces;		/* one that died */
	int signals;
	int memory;	/* resident_open() */
	struct outputs *outputs;
	struct evidence_store *evidence;	/* NULL: none is kept */
	bool ending, judge_ended;
	uint64_t id;		/* no other writer's */
	bool greeted;		/* the judge knows that there is a new writer */
	bool resumed;		/* the judge has sent all that the writer before us had */
	struct line_queue held;	/* until then: what has come since */
	uint64_t taken;		/* number of the last event */
	uint64_t orphaned_to;	/* nobody has what came up to here any more: a new judge came */
	struct courier_receipt receipt;
	struct timer receipt_due;
	struct timer tidy;
	struct tally counters;
	struct channel_room room;
};

static void
say(void *ctx, const struct err *e)
{
	(void)ctx;
	log_warnx("%s", e->text);
}

/* A copy of what was read before the fork: the outputs take it over. */
static int
open_outputs(struct writer *w, struct err *e)
{
	const struct sensor *s = w->sensor;
	struct read_outputs copy = s->outputs;
	const struct outputs_settings settings = { .host = s->host, .fitted = true, .live = true,
		.resumed = w->replaces, .say = say };

	w->outputs = outputs_open(copy.specs, copy.count, &settings, e);
	return w->outputs != NULL ? 0 : -1;
}

static int
open_evidence(struct writer *w, struct err *e)
{
	const struct settings *s = w->sensor->settings;
	const struct evidence_store_limits limits = {
		.bytes_max = (uint64_t)s->evidence.total_mb << 20,
		.age_max_s = (int64_t)s->evidence.age_days * DAY_S,
	};

	if (!settings_keep_evidence(s))
		return 0;
	w->evidence = evidence_store_open(s->evidence.directory, &limits, w->replaces, e);
	return w->evidence != NULL ? 0 : -1;
}

static void
write_event(struct writer *w, const struct event_line *line)
{
	w->taken = line->number;
	outputs_take(w->outputs, line);
}

/* All is there now, or will not come any more. */
static void
resume(struct writer *w)
{
	w->resumed = true;
	for (; w->held.first != NULL; line_queue_drop_first(&w->held))
		write_event(w, &w->held.first->line);
}

/*
 * That nothing more is left for a writer: for us, or for one before us, who may have taken what we
 * lack. A new judge says it to whoever is there: what came before is with nobody else any more.
 */
static void
hear_resumption(struct writer *w, struct span body)
{
	uint64_t whom;

	if (body.n != sizeof(whom))
		return;
	memcpy(&whom, body.p, sizeof(whom));
	if (whom != 0 && whom != w->id)
		return;
	resume(w);
	if (whom != 0)
		return;
	w->orphaned_to = w->taken;
	/* it has heard of nothing yet */
	memset(&w->receipt, 0, sizeof(w->receipt));
}

/* In the order of their numbers, also where a writer before us left some. */
static void
take_event(struct writer *w, struct span body)
{
	struct event_line line;

	if (body.n < sizeof(line))
		return;
	memcpy(&line, body.p, sizeof(line));
	line.text = span_tail(body, sizeof(line));
	if (line.number <= w->taken)
		return;
	if (w->resumed || (w->held.first != NULL && line.number < w->held.first->line.number))
		write_event(w, &line);
	else if (w->held.last == NULL || line.number > w->held.last->line.number)
		line_queue_add(&w->held, &line);
}

static unsigned
take_events(struct writer *w)
{
	struct message m;
	unsigned n = 0;

	for (; n < LINES_OF_A_TURN &&
	    channel_receive(w->sensor->writer.up, &w->room, &m) == 1; n++) {
		if (m.kind == MESSAGE_EVENT)
			take_event(w, m.body);
		else if (m.kind == MESSAGE_HELLO)
			hear_resumption(w, m.body);
		else if (m.kind == MESSAGE_EVIDENCE && w->evidence != NULL)
			evidence_store_take(w->evidence, m.body);
		else if (m.kind == MESSAGE_END)
			w->judge_ended = true;
	}
	return n;
}

static void
tell_counters(struct writer *w)
{
	memset(&w->counters, 0, sizeof(w->counters));
	outputs_counters(w->outputs, tally_add, &w->counters);
	tally_add(&w->counters, "memory.rss", resident_bytes(w->memory));
	tally_add(&w->counters, "sensor.messages_dropped", log_dropped());
	if (w->evidence != NULL)
		evidence_store_counters(w->evidence, tally_add, &w->counters);
	channel_send(w->sensor->writer.up, MESSAGE_COUNTERS, tally_body(&w->counters));
}

static void
count_orphans(const struct writer *w, struct courier_receipt *r)
{
	for (size_t i = 0; i < outputs_count(w->outputs); i++)
		r->orphans[i] = r->first[i] == w->receipt.first[i] ? w->receipt.orphans[i] :
		    delivery_count_to(outputs_at(w->outputs, i), w->orphaned_to);
}

/* The judge may forget what no output can lose any more. */
static void
confirm(struct writer *w)
{
	struct courier_receipt receipt = { .first = { 0 } };

	w->receipt_due = timer_start(RECEIPT_MS);
	outputs_oldest(w->outputs, w->taken + 1, receipt.first);
	count_orphans(w, &receipt);
	if (memcmp(&receipt, &w->receipt, sizeof(receipt)) != 0 &&
	    channel_send(w->sensor->writer.up, MESSAGE_RECEIPT,
	    span_of(&receipt, sizeof(receipt))) == CHANNEL_SENT)
		w->receipt = receipt;
}

static void
greet(struct writer *w)
{
	if (!w->greeted)
		w->greeted = channel_send(w->sensor->writer.up, MESSAGE_HELLO,
		    span_of(&w->id, sizeof(w->id))) == CHANNEL_SENT;
}

/* The supervisor hears of it from its own side of the judge's channel. */
static void
show_life(const struct writer *w, int patience_ms)
{
	const size_t down = outputs_first_down(w->outputs);
	const struct sensor_note hello = { .slot = (uint32_t)w->sensor->slots + 1,
		.down = down < outputs_count(w->outputs) ? (uint32_t)down + 1 : 0 };

	channel_send_patiently(w->sensor->supervisor.down, MESSAGE_HELLO,
	    span_of(&hello, sizeof(hello)), patience_ms);
}

static void
hear_signals(struct writer *w)
{
	int number;

	while ((number = signals_next(w->signals)) != 0) {
		if (number == SIGTERM)
			w->ending = true;
		else
			outputs_reopen(w->outputs);
	}
}

/* For an event, a signal, an output that can go on, or a time. */
static void
await(struct writer *w, int timeout_ms)
{
	struct moment now = moment_now();
	struct pollfd fds[OUTPUTS_MAX + 2];
	int due_ms;
	size_t n = outputs_poll(w->outputs, &now, fds, &due_ms);

	fds[n++] = (struct pollfd){ .fd = w->sensor->writer.up, .events = POLLIN };
	fds[n++] = (struct pollfd){ .fd = w->signals, .events = POLLIN };
	if (due_ms >= 0 && due_ms < timeout_ms)
		timeout_ms = due_ms;
	if (!timer_is_due(&w->receipt_due) && timer_left_ms(&w->receipt_due) < timeout_ms)
		timeout_ms = timer_left_ms(&w->receipt_due);
	poll(fds, n, timeout_ms);
}

static int
set_up(struct writer *w, struct err *e)
{
	static const int numbers[] = { SIGTERM, SIGHUP, 0 };

	w->memory = resident_open();
	w->signals = signals_open(numbers, e);
	if (w->signals < 0 || open_outputs(w, e) < 0 || open_evidence(w, e) < 0)
		return -1;
	if (w->sensor->settings->sandbox ? writer_paths_lock(w->sensor, w->outputs, e) < 0 :
	    sandbox_drop_privileges(DUTY_WRITE, e) < 0)
		return -1;
	greet(w);
	show_life(w, TELL_MS);
	return 0;
}

static void
turn(struct writer *w, struct timer *tell)
{
	struct moment now;

	if (take_events(w) == 0)
		await(w, timer_left_ms(tell));
	now = moment_now();
	outputs_work(w->outputs, &now);
	if (timer_is_due(&w->receipt_due))
		confirm(w);
	if (timer_is_due(tell)) {
		timer_again(tell);
		greet(w);
		tell_counters(w);
		show_life(w, 0);
	}
	if (w->evidence != NULL && timer_is_due(&w->tidy)) {
		w->tidy = timer_start(TIDY_MS);
		evidence_store_tidy(w->evidence);
	}
}

enum sensor_exit
writer_run(const struct sensor *s, bool replaces)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct timer tell = timer_start(TELL_MS), patience = tell;
	struct err e;

	if (w == NULL) {
		log_warn("writer");
		return SENSOR_FAILED;
	}
	w->sensor = s;
	w->replaces = replaces;
	w->id = (uint64_t)timer_now_ns();
	w->tidy = timer_start(TIDY_MS);
	w->receipt_due = timer_start(0);
	if (set_up(w, &e) < 0) {
		log_warnx("%s", e.text);
		return SENSOR_WRONG;
	}
	while (!w->judge_ended && !(w->ending && timer_is_due(&patience))) {
		turn(w, &tell);
		if (!w->ending) {
			hear_signals(w);
			patience = timer_start(FAREWELL_MS);
		}
	}
	take_events(w);
	resume(w);
	outputs_wait(w->outputs, DELIVER_MS);
	return outputs_finish(w->outputs) == 0 ? SENSOR_DONE : SENSOR_LOST;
}
