/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker of "stripwatch watch": frames of one interface, or its share of them, to
 * observations. The only kind of process that sees wire bytes, and locked in before the
 * first of them.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/live.h"
#include "run/channel.h"
#include "run/pipeline.h"
#include "run/tally.h"
#include "sensor/clock_watch.h"
#include "sensor/evidence_sender.h"
#include "sensor/resident.h"
#include "sensor/sensor.h"
#include "sensor/shed_queue.h"
#include "sensor/signals.h"
#include "sensor/timer.h"
#include "words/observation_check.h"

enum {
	FRAMES_OF_A_TURN = 1024,	/* before others are looked at */
	TELL_MS = 1000,			/* between two reports of the counters */
	FAREWELL_MS = 3000,		/* how long the end waits for room */
	LAST_QUESTIONS_MS = 300,	/* ... and for what the judge may ask */
	/* the last blocks of the ring come so late */
	LAST_FRAMES_MS = 2 * LIVE_BLOCK_MS + 20,
	/* of memory: a connection that is read both ways, and everything that is not one */
	BYTES_OF_A_CONNECTION = 32 << 10,
	BYTES_BESIDE = 512 << 20,
};

/* The kernel may still hold a block of packets that came so long ago. */
#define KERNEL_HOLDS_NS CLOCK_SECOND_NS

struct worker {
	const struct sensor *sensor;
	size_t slot;
	int channel, signals, memory;
	struct live *live;
	struct pipeline *pipeline;
	struct shed_queue *queue;
	struct evidence_sender evidence;
	struct tally counters;
	struct clock_watch clock;
	uint64_t clock_jumps;
	bool ending, gone;
};

static void
take_observation(void *ctx, const struct observation *seen)
{
	struct worker *w = ctx;
	struct observation_packed packed;
	size_t bytes;

	if (shed_queue_count(w->queue) == 0) {
		bytes = observation_pack(seen, &packed);
		if (channel_send(w->channel, MESSAGE_OBSERVATION, span_of(&packed, bytes)) ==
		    CHANNEL_SENT)
			return;
	}
	shed_queue_add(w->queue, seen);
}

static void
send_queued(struct worker *w)
{
	struct span first;

	while ((first = shed_queue_first(w->queue)).n > 0) {
		if (channel_send(w->channel, MESSAGE_OBSERVATION, first) != CHANNEL_SENT)
			return;
		shed_queue_drop(w->queue);
	}
}

static struct live_settings
live_settings(const struct sensor *s, size_t slot)
{
	const struct settings *settings = s->settings;
	const size_t interface = sensor_interface(s, slot);

	return (struct live_settings){
		.interface = settings->interfaces.items[interface].name,
		.filter = s->filter,
		.snaplen = (int)settings->snaplen,
		.ring_bytes = settings->ring_mb << 20,
		.promiscuous = settings->promiscuous,
		.source = (uint32_t)interface,
		.tap = (uint8_t)interface,
		.shared = settings->workers > 1,
		.fanout_group = s->fanout_groups[interface],
	};
}

static int
lock_in(struct worker *w, enum sandbox *sandbox_r, struct err *e)
{
	const struct settings *s = w->sensor->settings;
	const struct sandbox_plan plan = { .duty = DUTY_PARSE,
		.channel = w->channel,
		.more_bytes = s->limits.connections * BYTES_OF_A_CONNECTION + BYTES_BESIDE +
		    s->limits.evidence_bytes };

	*sandbox_r = SANDBOX_OFF;
	return s->sandbox ? sandbox_enter(&plan, sandbox_r, e) : 0;
}

static enum sensor_exit
set_up(struct worker *w, struct err *e)
{
	static const int numbers[] = { SIGTERM, SIGUSR2, 0 };
	const struct sensor *s = w->sensor;
	const struct live_settings live = live_settings(s, w->slot);
	struct pipeline_limits limits = pipeline_limits_of(s->settings);
	struct sensor_note hello = { .slot = (uint32_t)w->slot };
	enum live_fault fault = LIVE_WRONG;
	enum sandbox sandbox;

	w->channel = s->worker[w->slot].down;
	w->memory = resident_open();
	w->signals = signals_open(numbers, e);
	if (w->signals < 0)
		return SENSOR_FAILED;
	w->queue = shed_queue_new(SHED_QUEUE_DEFAULT);
	if (w->queue == NULL) {
		err_set_errno(e, "worker");
		return SENSOR_FAILED;
	}
	if (settings_keep_evidence(s->settings))
		limits.evidence = (struct evidence_limits){
			.connection_bytes = s->settings->evidence.bytes,
			.all_bytes = s->settings->limits.evidence_bytes };
	w->pipeline = pipeline_new(&s->ports, &limits, take_observation, w, e);
	if (w->pipeline == NULL)
		return SENSOR_WRONG;
	w->evidence = (struct evidence_sender){ .evidence = pipeline_evidence(w->pipeline),
		.channel = w->channel };
	w->live = live_open(&live, &fault, e);
	if (w->live == NULL)
		return fault == LIVE_AWAY ? SENSOR_AWAY : SENSOR_WRONG;
	if (lock_in(w, &sandbox, e) < 0)
		return SENSOR_WRONG;
	hello.sandbox = sandbox;
	channel_send_patiently(w->channel, MESSAGE_HELLO, span_of(&hello, sizeof(hello)),
	    FAREWELL_MS);
	return SENSOR_DONE;
}

static void
tell_counters(struct worker *w)
{
	memset(&w->counters, 0, sizeof(w->counters));
	pipeline_counters(w->pipeline, tally_add, &w->counters);
	live_counters(w->live, tally_add, &w->counters);
	shed_queue_counters(w->queue, tally_add, &w->counters);
	tally_add(&w->counters, "capture.clock_jumps", w->clock_jumps);
	tally_add(&w->counters, "memory.rss", resident_bytes(w->memory));
	channel_send(w->channel, MESSAGE_COUNTERS, tally_body(&w->counters));
}

static void
hear_signals(struct worker *w)
{
	int number;

	while ((number = signals_next(w->signals)) != 0) {
		if (number == SIGTERM)
			w->ending = true;
		else
			pipeline_lose_sight(w->pipeline);
	}
}

/* Observations go before: an alert rests on them. */
static void
send_evidence(struct worker *w)
{
	evidence_sender_hear(&w->evidence);
	if (shed_queue_count(w->queue) == 0)
		evidence_sender_work(&w->evidence);
}

static short
channel_events(const struct worker *w)
{
	const bool full = shed_queue_count(w->queue) > 0 || evidence_sender_waits(&w->evidence);

	return (short)((w->evidence.evidence != NULL ? POLLIN : 0) | (full ? POLLOUT : 0));
}

static void
await(struct worker *w, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = live_descriptor(w->live), .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN },
		{ .fd = channel_events(w) != 0 ? w->channel : -1, .events = channel_events(w) },
	};

	poll(fds, sizeof(fds) / sizeof(fds[0]), timeout_ms);
}

/* As many frames as there are, up to a turn; how many there were. */
static unsigned
read_frames(struct worker *w)
{
	struct frame frame;
	struct err e;
	unsigned n = 0;
	int got = 0;

	while (n < FRAMES_OF_A_TURN && (got = live_next(w->live, &frame, &e)) == 1) {
		pipeline_frame(w->pipeline, &frame);
		n++;
	}
	if (got < 0)
		w->gone = true;
	if (live_was_down(w->live))
		pipeline_lose_sight(w->pipeline);
	return n;
}

/* Before frames or the time are told that came since: silence that never was says nothing. */
static void
look_at_clock(struct worker *w, int64_t wall_ns)
{
	if (!clock_jumped(&w->clock, wall_ns, timer_now_ns()))
		return;
	w->clock_jumps++;
	pipeline_lose_sight(w->pipeline);
}

static void
pass_time(struct worker *w)
{
	const int64_t wall_ns = timer_wall_ns();

	look_at_clock(w, wall_ns);
	pipeline_pass_time(w->pipeline, wall_ns - KERNEL_HOLDS_NS);
}

static void
watch_frames(struct worker *w)
{
	struct timer tell = timer_start(TELL_MS);

	tell_counters(w);
	while (!w->ending && !w->gone) {
		look_at_clock(w, timer_wall_ns());
		if (read_frames(w) < FRAMES_OF_A_TURN)
			await(w, timer_left_ms(&tell));
		hear_signals(w);
		send_queued(w);
		send_evidence(w);
		if (timer_is_due(&tell)) {
			timer_again(&tell);
			pass_time(w);
			tell_counters(w);
		}
	}
}

/* The last sessions may have been worth an alert; whoever is asked nothing any more ends. */
static void
answer_last(struct worker *w)
{
	struct timer quiet = timer_start(LAST_QUESTIONS_MS), patience = timer_start(FAREWELL_MS);

	while (w->evidence.evidence != NULL && !timer_is_due(&quiet) && !timer_is_due(&patience)) {
		timer_await(w->channel, evidence_sender_waits(&w->evidence) ?
		    POLLIN | POLLOUT : POLLIN, &quiet);
		if (evidence_sender_hear(&w->evidence) || evidence_sender_waits(&w->evidence))
			quiet = timer_start(LAST_QUESTIONS_MS);
		evidence_sender_work(&w->evidence);
	}
}

/*
 * What was on the wire before, every open session, and the last counters. False, and told, when
 * the judge did not take all of it.
 */
static bool
drain(struct worker *w)
{
	struct timer last = timer_start(LAST_FRAMES_MS), patience = timer_start(FAREWELL_MS);

	while (!w->gone && !timer_is_due(&last)) {
		if (read_frames(w) == 0)
			await(w, timer_left_ms(&last));
	}
	pipeline_finish(w->pipeline);
	while (shed_queue_count(w->queue) > 0 && !timer_is_due(&patience)) {
		send_queued(w);
		if (shed_queue_count(w->queue) > 0)
			timer_await(w->channel, POLLOUT, &patience);
	}
	answer_last(w);
	tell_counters(w);
	channel_send_patiently(w->channel, MESSAGE_END, span_of(NULL, 0), FAREWELL_MS);
	if (shed_queue_count(w->queue) > 0)
		log_warnx("the judge does not take the last %zu sessions: they are lost",
		    shed_queue_count(w->queue));
	return shed_queue_count(w->queue) == 0;
}

enum sensor_exit
worker_run(const struct sensor *s, size_t slot)
{
	struct worker *w = calloc(1, sizeof(*w));
	enum sensor_exit status;
	struct err e = { "" };

	if (w == NULL) {
		log_warn("worker");
		return SENSOR_FAILED;
	}
	w->sensor = s;
	w->slot = slot;
	status = set_up(w, &e);
	if (status == SENSOR_DONE) {
		watch_frames(w);
		if (!drain(w))
			return SENSOR_LOST;
		return w->gone ? SENSOR_AWAY : SENSOR_DONE;
	}
	/* of an interface that is not there the supervisor tells, once */
	if (status != SENSOR_AWAY)
		log_warnx("%s", e.text);
	return status;
}
