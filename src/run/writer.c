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
#include "run/sensor.h"
#include "run/signals.h"
#include "run/tally.h"
#include "run/timer.h"
#include "sink/sink.h"

enum {
	LINES_OF_A_TURN = 256,
	TELL_MS = 1000,
	FAREWELL_MS = 8000,	/* longer than the judge waits for its workers */
};

struct writer {
	const struct sensor *sensor;
	int signals;
	struct sink *sink;
	bool failed, ending, judge_ended;
	struct tally counters, before;	/* of sinks that were closed */
	struct channel_room room;
};

static int
open_outputs(struct writer *w, struct err *e)
{
	w->sink = sink_open(w->sensor->settings->output, e);
	return w->sink != NULL ? 0 : -1;
}

/* After a file was moved away: events that come now go to a new one of its name. */
static void
reopen_outputs(struct writer *w)
{
	struct sink *old = w->sink;
	struct err e;

	sink_flush(old, &e);
	if (open_outputs(w, &e) < 0) {
		log_warnx("%s; writing goes on in the file from before", e.text);
		w->sink = old;
		return;
	}
	sink_counters(old, tally_add, &w->before);
	sink_free(&old);
	w->failed = false;
}

/* Told once; what cannot be written is counted by the sink. */
static void
note_failure(struct writer *w, const struct err *e)
{
	if (!w->failed)
		log_warnx("%s", e->text);
	w->failed = true;
}

static void
write_event(struct writer *w, struct span body)
{
	struct event_line line;
	struct err e;

	if (body.n < sizeof(line))
		return;
	memcpy(&line, body.p, sizeof(line));
	line.text = span_tail(body, sizeof(line));
	if (sink_write(w->sink, (const char *)line.text.p, line.text.n, &e) < 0)
		note_failure(w, &e);
}

static unsigned
take_events(struct writer *w)
{
	struct message m;
	struct err e;
	unsigned n = 0;

	for (; n < LINES_OF_A_TURN &&
	    channel_receive(w->sensor->writer.up, &w->room, &m) == 1; n++) {
		if (m.kind == MESSAGE_EVENT)
			write_event(w, m.body);
		else if (m.kind == MESSAGE_END)
			w->judge_ended = true;
	}
	if (n > 0 && sink_flush(w->sink, &e) < 0)
		note_failure(w, &e);
	return n;
}

static void
tell_counters(struct writer *w)
{
	w->counters = w->before;
	sink_counters(w->sink, tally_add, &w->counters);
	channel_send(w->sensor->writer.up, MESSAGE_COUNTERS, tally_body(&w->counters));
}

static void
hear_signals(struct writer *w)
{
	int number;

	while ((number = signals_next(w->signals)) != 0) {
		if (number == SIGTERM)
			w->ending = true;
		else
			reopen_outputs(w);
	}
}

static void
await(struct writer *w, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = w->sensor->writer.up, .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN },
	};

	poll(fds, sizeof(fds) / sizeof(fds[0]), timeout_ms);
}

static int
set_up(struct writer *w, struct err *e)
{
	static const int numbers[] = { SIGTERM, SIGHUP, 0 };
	struct sensor_note hello = { .slot = (uint32_t)w->sensor->slots + 1 };

	w->signals = signals_open(numbers, e);
	if (w->signals < 0 || open_outputs(w, e) < 0 || sandbox_drop_privileges(DUTY_WRITE, e) < 0)
		return -1;
	if (w->sensor->settings->sandbox && syscalls_restrict(DUTY_WRITE, e) < 0)
		return -1;
	/* the supervisor hears of it from its own side of the judge's channel */
	channel_send_patiently(w->sensor->supervisor.down, MESSAGE_HELLO,
	    span_of(&hello, sizeof(hello)), TELL_MS);
	return 0;
}

enum sensor_exit
writer_run(const struct sensor *s)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct timer tell = timer_start(TELL_MS), patience = tell;
	struct err e;

	if (w == NULL) {
		log_warn("writer");
		return SENSOR_FAILED;
	}
	w->sensor = s;
	if (set_up(w, &e) < 0) {
		log_warnx("%s", e.text);
		return SENSOR_WRONG;
	}
	while (!w->judge_ended && !(w->ending && timer_is_due(&patience))) {
		if (take_events(w) == 0)
			await(w, timer_left_ms(&tell));
		if (!w->ending) {
			hear_signals(w);
			patience = timer_start(FAREWELL_MS);
		}
		if (timer_is_due(&tell)) {
			timer_again(&tell);
			tell_counters(w);
		}
	}
	take_events(w);
	return SENSOR_DONE;
}
