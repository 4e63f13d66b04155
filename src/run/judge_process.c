/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of "stripwatch watch": observations of all workers to events. It holds the
 * baseline, the rules and the policy, may open nothing beside their files, and believes
 * a worker nothing.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "event/excerpting.h"
#include "run/channel.h"
#include "run/judge_limits.h"
#include "run/judge_paths.h"
#include "run/law.h"
#include "run/render.h"
#include "run/sensor.h"
#include "run/sight.h"
#include "run/signals.h"
#include "run/tally.h"
#include "run/timer.h"
#include "words/observation_check.h"

enum {
	MESSAGES_OF_A_TURN = 64,	/* of one worker, before the others are heard */
	PATIENCE_MS = 10000,		/* with a writer that takes nothing */
	FAREWELL_MS = 5000,		/* for workers to send their open sessions */
	TICK_MS = 1000,
};

/* Packet time is the wall's, and observations come so late at most while all is well. */
#define LATE_NS INT64_C(2000000000)

/* One worker, and those before it in the same place. */
struct slot {
	bool silent;			/* has ended, or there is none */
	bool distrusted;		/* said what cannot be: nothing counts until replaced */
	int64_t heard_ns;		/* when it last said anything */
	struct tally now, past;
};

struct court {
	const struct sensor *sensor;
	int signals;
	struct law law;
	struct judge *judge;
	struct render *render;
	struct excerpting excerpting;
	struct slot slots[SENSOR_SLOTS_MAX];
	struct sight sights[SETTINGS_INTERFACES_MAX];
	struct tally own, writer, supervisor, sum;
	uint64_t events_dropped;
	bool writer_slow;
	uint32_t sandbox;		/* of the workers, as the supervisor knows it */
	bool ending;
	struct channel_room room;
};

/* Head and text of an event as one message; a writer that hangs is not waited for twice. */
static void
send_event(void *ctx, const struct event_line *line)
{
	struct court *c = ctx;
	uint8_t body[CHANNEL_BODY_MAX];
	const size_t n = sizeof(*line) + line->text.n;
	enum channel_sent sent = CHANNEL_TOO_LARGE;

	if (n <= sizeof(body)) {
		memcpy(body, line, sizeof(*line));
		memcpy(body + sizeof(*line), line->text.p, line->text.n);
		sent = channel_send_patiently(c->sensor->writer.down, MESSAGE_EVENT,
		    span_of(body, n), c->writer_slow ? 0 : PATIENCE_MS);
	}
	c->writer_slow = sent == CHANNEL_FULL;
	c->events_dropped += sent != CHANNEL_SENT;
}

static int
set_up(struct court *c, struct err *e)
{
	static const int numbers[] = { SIGTERM, SIGHUP, 0 };
	const struct sensor *s = c->sensor;
	const struct line_taker taker = { c, send_event };
	const struct judge_limits limits = judge_limits_of(s->settings);
	struct judge_listener listener;

	c->render = render_new(s->formats, &s->origin, &taker, e);
	if (c->render == NULL)
		return -1;
	c->signals = signals_open(numbers, e);
	if (c->signals < 0 || law_begin(&c->law, s, e) < 0)
		return -1;
	c->excerpting = (struct excerpting){ s->settings->excerpts,
		render_listener(c->render) };
	listener = excerpts_listener(&c->excerpting);
	c->judge = judge_new(c->law.rules, c->law.baseline, &limits, &listener, false, e);
	if (c->judge == NULL || judge_merge_repeats(c->judge, e) < 0 ||
	    (s->compare_taps && judge_compare_taps(c->judge, e) < 0))
		return -1;
	law_bind(&c->law, c->judge);
	return s->settings->sandbox ? judge_paths_lock(s->settings, e) : 0;
}

static void
tell_supervisor(const struct court *c, enum message_kind kind, size_t slot, uint32_t sandbox)
{
	const struct sensor_note note = { (uint32_t)slot, sandbox };

	channel_send_patiently(c->sensor->supervisor.down, kind, span_of(&note, sizeof(note)),
	    PATIENCE_MS);
}

/* The worker that was there before told no end: what it was following is lost. */
static void
begin_anew(struct slot *slot)
{
	tally_add(&slot->past, "sensor.sessions_lost", tally_value(&slot->now, "flow.active"));
	tally_drop_levels(&slot->now);
	tally_merge(&slot->past, &slot->now);
	memset(&slot->now, 0, sizeof(slot->now));
	slot->silent = slot->distrusted = false;
}

/* A worker sees one interface only, and cannot speak for another. */
static const char *
take_observation(struct court *c, size_t slot, struct span body)
{
	const size_t interface = sensor_interface(c->sensor, slot);
	struct observation seen;
	const char *wrong = observation_unpack(body, &seen);

	if (wrong == NULL && (seen.flow.tuple.tap != interface || seen.at.source != interface))
		wrong = "flow.tuple.tap";
	if (wrong == NULL) {
		sight_session(&c->sights[interface], &seen);
		judge_observe(c->judge, &seen);
	}
	return wrong;
}

/* NULL, or what is wrong with the message. */
static const char *
take_message(struct court *c, size_t slot, const struct message *m)
{
	static const char *const rooms[] = { "capture.", "decode.", "flow.", "stream.",
		"session.", "queue.", "evidence.", NULL };
	struct sensor_note note;

	switch (m->kind) {
	case MESSAGE_OBSERVATION:
		return take_observation(c, slot, m->body);
	case MESSAGE_COUNTERS:
		return tally_read(&c->slots[slot].now, m->body, rooms) ? NULL : "counters";
	case MESSAGE_HELLO:
		if (m->body.n != sizeof(note))
			return "hello";
		memcpy(&note, m->body.p, sizeof(note));
		begin_anew(&c->slots[slot]);
		sight_joined(&c->sights[sensor_interface(c->sensor, slot)], timer_wall_ns());
		tell_supervisor(c, MESSAGE_HELLO, slot, note.sandbox);
		return NULL;
	case MESSAGE_END:
		tally_drop_levels(&c->slots[slot].now);
		c->slots[slot].silent = true;
		return NULL;
	default:
		return "kind";
	}
}

static void
replace(struct court *c, size_t slot, const char *why, const char *counter)
{
	char name[SENSOR_NAME_SIZE];

	c->slots[slot].distrusted = true;
	tally_add(&c->own, counter, 1);
	sensor_worker_name(c->sensor, slot, name);
	log_warnx("%s: %s; it is replaced", name, why);
	tell_supervisor(c, MESSAGE_REPLACE, slot, 0);
}

static void
distrust(struct court *c, size_t slot, const char *wrong)
{
	char why[80];

	snprintf(why, sizeof(why), "what it sends cannot be (%s)", wrong);
	replace(c, slot, why, "sensor.refused");
}

/* It reports every second: one that does not is caught in something. */
static void
look_for_hung(struct court *c)
{
	const int64_t now_ns = timer_now_ns();
	const int64_t silence_ns = (int64_t)c->sensor->settings->silence_s * INT64_C(1000000000);

	for (size_t i = 0; i < c->sensor->slots; i++) {
		struct slot *slot = &c->slots[i];

		if (slot->heard_ns == 0)
			slot->heard_ns = now_ns;
		if (!slot->silent && !slot->distrusted && now_ns - slot->heard_ns > silence_ns)
			replace(c, i, "it has not been heard of for too long", "sensor.hung");
	}
}

/* Up to a turn of messages from one worker; how many there were. */
static unsigned
hear_worker(struct court *c, size_t slot)
{
	const int fd = c->sensor->worker[slot].up;
	struct message m;
	unsigned n = 0;
	int got = 0;

	while (n < MESSAGES_OF_A_TURN && (got = channel_receive(fd, &c->room, &m)) > 0) {
		const char *wrong = NULL;

		n++;
		if (!c->slots[slot].distrusted || m.kind == MESSAGE_HELLO)
			wrong = take_message(c, slot, &m);
		if (wrong != NULL)
			distrust(c, slot, wrong);
	}
	if (n > 0)
		c->slots[slot].heard_ns = timer_now_ns();
	if (got == CHANNEL_NONSENSE && !c->slots[slot].distrusted)
		distrust(c, slot, "frame");
	/* the supervisor and the worker are no more */
	if (got == CHANNEL_CLOSED)
		c->slots[slot].silent = true;
	return got == CHANNEL_NONSENSE ? n + 1 : n;
}

static void
sum_up(struct court *c)
{
	memset(&c->sum, 0, sizeof(c->sum));
	for (size_t i = 0; i < c->sensor->slots; i++) {
		tally_merge(&c->sum, &c->slots[i].past);
		tally_merge(&c->sum, &c->slots[i].now);
	}
	tally_merge(&c->sum, &c->own);
	tally_merge(&c->sum, &c->supervisor);
	tally_merge(&c->sum, &c->writer);
	judge_counters(c->judge, tally_add, &c->sum);
	tally_add(&c->sum, "sensor.events_dropped", c->events_dropped);
}

static void
write_stats(struct court *c, bool last)
{
	sum_up(c);
	tally_each(&c->sum, render_counter, c->render);
	render_word(c->render, "sandbox", sandbox_name((enum sandbox)c->sandbox));
	render_stats(c->render, timer_wall_ns(), last);
}

/* Blindness is told: nobody else would notice it. */
static void
look_at_taps(struct court *c)
{
	const struct settings *settings = c->sensor->settings;
	struct tap_alert alerts[TAP_FAULTS];

	for (size_t tap = 0; tap < settings->interfaces.count; tap++) {
		struct sight *sight = &c->sights[tap];
		unsigned n;

		sight_clear(sight);
		for (size_t i = tap * settings->workers; i < (tap + 1) * settings->workers; i++) {
			sight_add(sight, &c->slots[i].past);
			sight_add(sight, &c->slots[i].now);
		}
		n = sight_look(sight, timer_now_ns(), settings->quiet_s, alerts);
		for (unsigned i = 0; i < n; i++) {
			alerts[i].source = (uint32_t)tap;
			alerts[i].at_ns = timer_wall_ns();
			render_tap(c->render, &alerts[i]);
			tally_add(&c->own, "alerts.policy", 1);
		}
	}
}

/* Whoever serves them may be slow: the next ones are as good. */
static void
tell_metrics(struct court *c)
{
	if (c->sensor->metrics.down < 0)
		return;
	sum_up(c);
	channel_send(c->sensor->metrics.down, MESSAGE_COUNTERS, tally_body(&c->sum));
}

/* Our own parent: it is believed. */
static void
hear_supervisor(struct court *c)
{
	struct message m;
	struct sensor_note note;

	while (channel_receive(c->sensor->supervisor.down, &c->room, &m) == 1) {
		if (m.body.n < sizeof(note))
			continue;
		memcpy(&note, m.body.p, sizeof(note));
		if (m.kind == MESSAGE_END && note.slot < c->sensor->slots) {
			c->slots[note.slot].silent = true;
			continue;
		}
		c->sandbox = note.sandbox;
		tally_read(&c->supervisor, span_tail(m.body, sizeof(note)), NULL);
		if (m.kind == MESSAGE_STATS)
			write_stats(c, false);
	}
}

static void
hear_writer(struct court *c)
{
	struct message m;

	while (channel_receive(c->sensor->writer.down, &c->room, &m) == 1) {
		if (m.kind == MESSAGE_COUNTERS)
			tally_read(&c->writer, m.body, NULL);
	}
}

static void
hear_signals(struct court *c)
{
	int number;

	while ((number = signals_next(c->signals)) != 0) {
		if (number == SIGTERM)
			c->ending = true;
		else
			law_reload(&c->law, c->judge);
	}
}

static void
await(struct court *c, int timeout_ms)
{
	const struct sensor *s = c->sensor;
	struct pollfd fds[SENSOR_SLOTS_MAX + 3];
	nfds_t n = 0;

	fds[n++] = (struct pollfd){ .fd = c->signals, .events = POLLIN };
	fds[n++] = (struct pollfd){ .fd = s->supervisor.down, .events = POLLIN };
	fds[n++] = (struct pollfd){ .fd = s->writer.down, .events = POLLIN };
	for (size_t i = 0; i < s->slots; i++)
		fds[n++] = (struct pollfd){ .fd = s->worker[i].up, .events = POLLIN };
	poll(fds, n, timeout_ms);
}

static unsigned
hear_everybody(struct court *c)
{
	unsigned n = 0;

	hear_signals(c);
	hear_supervisor(c);
	hear_writer(c);
	for (size_t i = 0; i < c->sensor->slots; i++)
		n += hear_worker(c, i);
	return n;
}

static bool
all_silent(const struct court *c)
{
	for (size_t i = 0; i < c->sensor->slots; i++) {
		if (!c->slots[i].silent)
			return false;
	}
	return true;
}

static void
sit(struct court *c)
{
	struct timer tick = timer_start(TICK_MS);

	while (!c->ending) {
		if (hear_everybody(c) == 0)
			await(c, timer_left_ms(&tick));
		if (timer_is_due(&tick)) {
			timer_again(&tick);
			judge_advance(c->judge, timer_wall_ns() - LATE_NS);
			law_keep(&c->law, store_write_if_due);
			look_for_hung(c);
			look_at_taps(c);
			tell_metrics(c);
			/* a sign of life */
			tell_supervisor(c, MESSAGE_HELLO, c->sensor->slots, 0);
		}
	}
}

static void
drain(struct court *c)
{
	struct timer patience = timer_start(FAREWELL_MS);
	struct err e;

	while (!all_silent(c) && !timer_is_due(&patience)) {
		if (hear_everybody(c) == 0)
			await(c, timer_left_ms(&patience));
	}
	/* without hindsight nothing can go wrong in it */
	judge_finish(c->judge, &e);
	law_keep(&c->law, store_write);
	write_stats(c, true);
	store_free(&c->law.store);
	channel_send_patiently(c->sensor->writer.down, MESSAGE_END, span_of(NULL, 0),
	    PATIENCE_MS);
}

enum sensor_exit
judge_process_run(const struct sensor *s)
{
	struct court *c = calloc(1, sizeof(*c));
	struct err e;

	if (c == NULL) {
		log_warn("judge");
		return SENSOR_FAILED;
	}
	c->sensor = s;
	if (set_up(c, &e) < 0) {
		log_warnx("%s", e.text);
		return SENSOR_WRONG;
	}
	tell_supervisor(c, MESSAGE_HELLO, s->slots, 0);
	sit(c);
	drain(c);
	return SENSOR_DONE;
}
