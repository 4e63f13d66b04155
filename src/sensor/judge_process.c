/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of "stripwatch watch": observations of all workers to events. It holds the
 * baseline, the rules and the policy, may open nothing beside the file of the first, and
 * believes a worker nothing.
 */
#include "sensor/court.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "run/judge_limits.h"
#include "sensor/judge_paths.h"
#include "sensor/resident.h"
#include "sensor/signals.h"
#include "sensor/timer.h"

enum {
	FAREWELL_MS = 5000,		/* for workers to send their open sessions */
	TICK_MS = 1000,
};

/* Packet time is the wall's, and observations come so late at most while all is well. */
#define LATE_NS INT64_C(2000000000)

/* A packet that is further ahead has a time of before the clock was set, or none to believe. */
#define AHEAD_NS INT64_C(5000000000)

static int
set_up(struct court *c, bool replaces, struct err *e)
{
	static const int numbers[] = { SIGTERM, SIGHUP, 0 };
	const struct sensor *s = c->sensor;
	const struct line_taker taker = { &c->courier, courier_take };
	const struct judge_limits limits = judge_limits_of(s->settings);
	struct judge_listener listener;

	c->memory = resident_open();
	courier_begin(&c->courier, s);
	c->render = render_new(s->formats, &s->origin, &taker, e);
	if (c->render == NULL)
		return -1;
	c->signals = signals_open(numbers, e);
	if (c->signals < 0 || law_begin(&c->law, s, replaces, e) < 0)
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

/* What dies with us: those who live tell theirs to the next judge again. */
static void
sum_up_own(struct court *c)
{
	memset(&c->sum, 0, sizeof(c->sum));
	for (size_t i = 0; i < c->sensor->slots; i++)
		tally_merge(&c->sum, &c->slots[i].past);
	tally_merge(&c->sum, &c->own);
	judge_counters(c->judge, tally_add, &c->sum);
	evidence_clerk_counters(&c->clerk, tally_add, &c->sum);
	tally_add(&c->sum, "sensor.events_dropped", c->courier.dropped);
	tally_add(&c->sum, "sensor.messages_dropped", log_dropped());
}

static void
sum_up(struct court *c)
{
	sum_up_own(c);
	for (size_t i = 0; i < c->sensor->slots; i++)
		tally_merge(&c->sum, &c->slots[i].now);
	tally_merge(&c->sum, &c->supervisor);
	tally_merge(&c->sum, &c->writer);
	tally_add(&c->sum, "memory.rss", resident_bytes(c->memory));
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

/* What the one before had counted stays. */
static void
welcome_writer(struct court *c, struct span hello)
{
	tally_drop_levels(&c->writer);
	tally_merge(&c->own, &c->writer);
	memset(&c->writer, 0, sizeof(c->writer));
	courier_hello(&c->courier, hello);
}

static void
hear_writer(struct court *c)
{
	struct message m;

	while (channel_receive(c->sensor->writer.down, &c->room, &m) == 1) {
		if (m.kind == MESSAGE_COUNTERS)
			tally_read(&c->writer, m.body, NULL);
		else if (m.kind == MESSAGE_RECEIPT)
			courier_confirm(&c->courier, m.body);
		else if (m.kind == MESSAGE_HELLO)
			welcome_writer(c, m.body);
	}
	courier_work(&c->courier, 0);
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
	fds[n++] = (struct pollfd){ .fd = s->writer.down,
		.events = courier_waits(&c->courier) ? POLLIN | POLLOUT : POLLIN };
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
	for (size_t i = 0; i < c->sensor->slots; i++) {
		hear_writer(c);
		n += court_hear_worker(c, i);
	}
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

/* The supervisor keeps our counters for the judge after us. */
static void
show_life(struct court *c)
{
	sum_up_own(c);
	channel_send(c->sensor->supervisor.down, MESSAGE_COUNTERS, tally_body(&c->sum));
	court_tell_supervisor(c, MESSAGE_HELLO, c->sensor->slots, 0);
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
			law_keep(&c->law);
			court_look_for_hung(c);
			look_at_taps(c);
			tell_metrics(c);
			show_life(c);
		}
	}
}

static void
add_lost(void *lost, const char *name, uint64_t value)
{
	static const char of_output[] = ".dropped";
	const size_t n = strlen(name), end = sizeof(of_output) - 1;

	if (strcmp(name, "sensor.events_dropped") == 0 || (strncmp(name, "sink.", 5) == 0 &&
	    n > end && strcmp(name + n - end, of_output) == 0))
		*(uint64_t *)lost += value;
}

/* Was every event written since the start, as the last statistics say? */
static bool
tell_lost(const struct court *c)
{
	uint64_t lost = 0;

	tally_each(&c->sum, add_lost, &lost);
	if (lost > 0)
		log_warnx("%" PRIu64 " events were lost since the start: statistics say where "
		    "(sensor.events_dropped, sink.*.dropped)", lost);
	return lost == 0;
}

/* The writer may still end otherwise than it should: then somebody must know what it had. */
static void
tell_handed(const struct court *c)
{
	const uint64_t handed = courier_handed(&c->courier);

	channel_send_patiently(c->sensor->supervisor.down, MESSAGE_END,
	    span_of(&handed, sizeof(handed)), COURT_PATIENCE_MS);
}

/* Was everything written? What was not has been told. */
static bool
drain(struct court *c)
{
	struct timer patience = timer_start(FAREWELL_MS);
	struct err e;
	bool complete;

	/* who has ended may have left something in its channel */
	while (!timer_is_due(&patience) && (hear_everybody(c) > 0 || !all_silent(c)))
		await(c, all_silent(c) ? 0 : timer_left_ms(&patience));
	complete = court_give_up_workers(c) == 0;
	c->clerk.workers_gone = true;
	/* without hindsight nothing can go wrong in it */
	judge_finish(c->judge, &e);
	complete &= law_finish(&c->law);
	write_stats(c, true);
	complete &= tell_lost(c);
	/* one that is new wants all again, and of others some of it has arrived */
	hear_writer(c);
	complete &= courier_finish(&c->courier, COURT_PATIENCE_MS);
	tell_handed(c);
	channel_send_patiently(c->sensor->writer.down, MESSAGE_END, span_of(NULL, 0),
	    COURT_PATIENCE_MS);
	return complete;
}

enum sensor_exit
judge_process_run(const struct sensor *s, bool replaces)
{
	struct court *c = calloc(1, sizeof(*c));
	struct err e;

	if (c == NULL) {
		log_warn("judge");
		return SENSOR_FAILED;
	}
	c->sensor = s;
	if (set_up(c, replaces, &e) < 0) {
		log_warnx("%s", e.text);
		return SENSOR_WRONG;
	}
	court_tell_supervisor(c, MESSAGE_HELLO, s->slots, 0);
	sit(c);
	return drain(c) ? SENSOR_DONE : SENSOR_LOST;
}
