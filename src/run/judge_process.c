/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of "stripwatch watch": observations of all workers to events. It holds the
 * baseline, the rules and the policy, may open nothing beside their files, and believes
 * a worker nothing.
 */
#include "run/court.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "run/judge_limits.h"
#include "run/judge_paths.h"
#include "run/signals.h"
#include "run/timer.h"

enum {
	FAREWELL_MS = 5000,		/* for workers to send their open sessions */
	TICK_MS = 1000,
};

/* Packet time is the wall's, and observations come so late at most while all is well. */
#define LATE_NS INT64_C(2000000000)

/* A packet that is further ahead has a time of before the clock was set, or none to believe. */
#define AHEAD_NS INT64_C(5000000000)

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
		    span_of(body, n), c->writer_slow ? 0 : COURT_PATIENCE_MS);
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
	if (settings_keep_evidence(s->settings))
		listener = evidence_clerk_listener(&c->clerk, s, &listener);
	c->judge = judge_new(c->law.rules, c->law.baseline, &limits, &listener, false, e);
	if (c->judge == NULL || judge_merge_repeats(c->judge, e) < 0 ||
	    (s->compare_taps && judge_compare_taps(c->judge, e) < 0))
		return -1;
	law_bind(&c->law, c->judge);
	return s->settings->sandbox ? judge_paths_lock(s->settings, e) : 0;
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
	evidence_clerk_counters(&c->clerk, tally_add, &c->sum);
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
		n += court_hear_worker(c, i);
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
keep_time(struct judge *j)
{
	const int64_t now_ns = timer_wall_ns();

	judge_limit_time(j, now_ns + AHEAD_NS);
	judge_advance(j, now_ns - LATE_NS);
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
			keep_time(c->judge);
			law_keep(&c->law, store_write_if_due);
			court_look_for_hung(c);
			look_at_taps(c);
			tell_metrics(c);
			/* a sign of life */
			court_tell_supervisor(c, MESSAGE_HELLO, c->sensor->slots, 0);
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
	    COURT_PATIENCE_MS);
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
	court_tell_supervisor(c, MESSAGE_HELLO, s->slots, 0);
	sit(c);
	drain(c);
	return SENSOR_DONE;
}
