/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "sensor/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "sensor/law_text.h"
#include "sensor/resident.h"
#include "sensor/signals.h"
#include "sensor/supervisor_parts.h"
#include "sensor/timer.h"

enum {
	TICK_MS = 1000,
	STEP_MS = 100,		/* within which a process that has ended is replaced */
	FAREWELL_MS = 12000,	/* longer than the writer waits for the judge */
};

/* A new judge does not know what was counted, nor who is not there and cannot be waited for. */
static void
brief(struct supervisor *s)
{
	supervisor_tell_counters(s, MESSAGE_COUNTERS);
	for (size_t i = 0; i < s->sensor->slots; i++) {
		if (s->children[i].pid == 0)
			supervisor_tell_judge(s, MESSAGE_END, (uint32_t)i);
	}
}

static void
start(struct supervisor *s, struct child *c)
{
	/* shared, a child could have us wait where we do not */
	const int ours[] = { s->signals, s->memory, s->taps.looking, s->notify.fd };
	struct err e;

	if (c->role == CHILD_JUDGE)
		brief(s);
	if (child_start(c, s->sensor, ours, sizeof(ours) / sizeof(ours[0]), &e) == 0)
		return;
	log_warnx("%s", e.text);
	child_ended(c, false);
	s->lost |= s->ending;
}

static void
stop(struct supervisor *s, enum exit_status status)
{
	if (s->ending)
		return;
	s->ending = true;
	s->status = status;
	notify_say(&s->notify, "STOPPING=1");
	supervisor_tell_counters(s, MESSAGE_COUNTERS);
	/* what waits has to be judged and written, whatever pause they were in */
	for (int i = JUDGE; i <= WRITER && s->begun; i++) {
		if (s->children[i].pid == 0)
			start(s, &s->children[i]);
	}
	for (struct child *c = supervisor_next(s, NULL); c != NULL; c = supervisor_next(s, c)) {
		if (c->pid > 0)
			kill(c->pid, SIGTERM);
	}
}

/* The writer waits for the judge's last word, which will not come. */
static void
end_for_judge(const struct supervisor *s, const struct child *c)
{
	if (c->role == CHILD_JUDGE)
		channel_send(s->sensor->writer.down, MESSAGE_END, span_of(NULL, 0));
}

/* Without the process nothing works, and a message has said why. */
static void
fail(struct supervisor *s, const struct child *c)
{
	end_for_judge(s, c);
	stop(s, c->role == CHILD_WORKER ? EXIT_INTERNAL : EXIT_USAGE);
}

static void
start_those_due(struct supervisor *s)
{
	const int64_t now_ns = timer_now_ns();

	for (struct child *c = supervisor_next(s, NULL); c != NULL && !s->ending;
	    c = supervisor_next(s, c)) {
		if (c->away && supervisor_tap_is_up(s, c)) {
			c->away = false;
			c->due_ns = now_ns;
		}
		if (child_is_due(c, now_ns))
			start(s, c);
	}
}

static void
keep_counters(struct supervisor *s)
{
	tally_drop_levels(&s->judge);
	tally_merge(&s->past_judges, &s->judge);
	memset(&s->judge, 0, sizeof(s->judge));
}

/* At the end nobody comes after it, and what it had is lost. */
static void
note_accident(struct supervisor *s, struct child *c, int status)
{
	if (!s->ending) {
		child_tell_accident(c, s->sensor, status);
	} else if (c->role != CHILD_METRICS) {
		child_tell_loss(c, s->sensor, status);
		s->lost = true;
		s->writer_died |= c->role == CHILD_WRITER &&
		    (!WIFEXITED(status) || WEXITSTATUS(status) != SENSOR_LOST);
		end_for_judge(s, c);
	}
}

static void
note_end(struct supervisor *s, struct child *c, int status)
{
	const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	const bool away = c->role == CHILD_WORKER &&
	    (code == SENSOR_AWAY || !supervisor_tap_is_up(s, c));

	if (c->role == CHILD_WORKER) {
		supervisor_tell_judge(s, MESSAGE_END, (uint32_t)c->slot);
		supervisor_tell_sharers(s, c);
	}
	if (!s->ending && code == SENSOR_WRONG && !s->begun) {
		c->pid = 0;
		fail(s, c);
		return;
	}
	if (c->role == CHILD_JUDGE)
		keep_counters(s);
	if (!away && code != SENSOR_DONE)
		note_accident(s, c, status);
	child_ended(c, away);
}

static void
reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (struct child *c = supervisor_next(s, NULL); c != NULL;
		    c = supervisor_next(s, c)) {
			if (c->pid == pid)
				note_end(s, c, status);
		}
	}
}

/* Rules and policy are read here, where no sandbox is in the way; outputs are opened anew. */
static void
reload(struct supervisor *s)
{
	struct err e;

	if (law_text_renew(s->sensor->law, s->sensor->settings, &e) < 0)
		log_warnx("%s; the rules and the policy from before stay in force", e.text);
	else if (s->children[JUDGE].pid > 0)
		kill(s->children[JUDGE].pid, SIGHUP);
	if (s->children[WRITER].pid > 0)
		kill(s->children[WRITER].pid, SIGHUP);
}

static void
hear_signals(struct supervisor *s)
{
	int number;

	while ((number = signals_next(s->signals)) != 0) {
		switch (number) {
		case SIGCHLD:
			reap(s);
			break;
		case SIGHUP:
			reload(s);
			break;
		case SIGUSR1:
			supervisor_tell_counters(s, MESSAGE_STATS);
			break;
		default:
			/* who has just died is replaced, to hand on what waits */
			reap(s);
			stop(s, EXIT_ALL_READ);
		}
	}
}

/* As a note names it: workers, and behind them the judge and the writer. */
static struct child *
child_of(struct supervisor *s, const struct sensor_note *note)
{
	const size_t i = note->slot < s->sensor->slots ? note->slot :
	    JUDGE + (note->slot - s->sensor->slots);

	return i < METRICS ? &s->children[i] : NULL;
}

static void
note_ready(struct supervisor *s, struct child *c, const struct sensor_note *note)
{
	c->ready = true;
	c->sandbox = (enum sandbox)note->sandbox;
	if (c->role != CHILD_WORKER)
		return;
	supervisor_tell_sharers(s, c);
	if (s->sensor->settings->sandbox && c->sandbox != SANDBOX_FULL && !s->begun)
		log_warnx("this kernel has no Landlock or no seccomp: the sandbox is not whole");
}

/* The writer for itself, and the judge for everybody else. */
static void
hear_children(struct supervisor *s)
{
	struct sensor_note note;
	struct message m;

	while (channel_receive(s->sensor->supervisor.up, &s->room, &m) == 1) {
		struct child *c;

		if (m.kind == MESSAGE_COUNTERS)
			tally_read(&s->judge, m.body, NULL);
		if (m.kind == MESSAGE_END && m.body.n == sizeof(s->handed))
			memcpy(&s->handed, m.body.p, sizeof(s->handed));
		if (m.kind == MESSAGE_COUNTERS || m.kind == MESSAGE_END || m.body.n != sizeof(note))
			continue;
		memcpy(&note, m.body.p, sizeof(note));
		c = child_of(s, &note);
		if (c == NULL)
			continue;
		s->children[c->role == CHILD_WRITER ? WRITER : JUDGE].heard_ns = timer_now_ns();
		c->down = note.down;
		if (m.kind == MESSAGE_HELLO)
			note_ready(s, c, &note);
		else if (m.kind == MESSAGE_REPLACE && c->role == CHILD_WORKER && c->pid > 0)
			kill(c->pid, SIGKILL);
	}
}

static void
tell_begin(struct supervisor *s)
{
	size_t up = 0;

	if (s->begun)
		return;
	for (struct child *c = supervisor_next(s, NULL); c != NULL; c = supervisor_next(s, c)) {
		if (!c->ready && !c->away)
			return;
		up += c->role == CHILD_WORKER && c->ready;
	}
	s->begun = true;
	notify_say(&s->notify, "READY=1");
	log_warnx("watching, with %zu of %zu workers", up, s->sensor->slots);
}

/* Workers that hold on to what is gone end, and are started again when there is another. */
static void
look_at_taps(struct supervisor *s)
{
	for (size_t tap = 0; tap < s->sensor->settings->interfaces.count; tap++) {
		if (!taps_look(&s->taps, tap))
			continue;
		for (size_t i = 0; i < s->sensor->slots; i++) {
			if (sensor_interface(s->sensor, i) == tap && s->children[i].pid > 0)
				kill(s->children[i].pid, SIGTERM);
		}
	}
}

static int
set_up(struct supervisor *s, struct err *e)
{
	for (size_t i = 0; i < CHILDREN; i++) {
		struct child *c = &s->children[i];

		c->role = i == JUDGE ? CHILD_JUDGE : i == WRITER ? CHILD_WRITER :
		    i == METRICS ? CHILD_METRICS : CHILD_WORKER;
		c->slot = i;
	}
	if (taps_begin(&s->taps, s->sensor->settings, e) < 0)
		return -1;
	for (size_t i = 0; i < s->sensor->slots; i++)
		s->children[i].away = !supervisor_tap_is_up(s, &s->children[i]);
	return 0;
}

static void
await(struct supervisor *s)
{
	struct pollfd fds[] = {
		{ .fd = s->signals, .events = POLLIN },
		{ .fd = s->sensor->supervisor.up, .events = POLLIN },
	};

	poll(fds, sizeof(fds) / sizeof(fds[0]), STEP_MS);
	hear_signals(s);
}

static void
supervise(struct supervisor *s)
{
	struct timer tick = timer_start(TICK_MS);
	struct timer stats = timer_start((int64_t)s->sensor->settings->stats_interval_s * 1000);

	while (!s->ending) {
		start_those_due(s);
		await(s);
		hear_children(s);
		supervisor_tend_metrics(s, timer_is_due(&tick));
		tell_begin(s);
		if (timer_is_due(&tick)) {
			timer_again(&tick);
			look_at_taps(s);
			for (int i = JUDGE; i <= METRICS; i++)
				s->hung += child_end_if_hung(&s->children[i], s->sensor);
			supervisor_show_life(s);
		}
		if (timer_is_due(&stats)) {
			timer_again(&stats);
			supervisor_tell_counters(s, MESSAGE_STATS);
		}
	}
}

static bool
any_left(struct supervisor *s)
{
	for (struct child *c = supervisor_next(s, NULL); c != NULL; c = supervisor_next(s, c)) {
		if (c->pid > 0)
			return true;
	}
	return false;
}

static void
see_off(struct supervisor *s)
{
	struct timer patience = timer_start(FAREWELL_MS);

	while (any_left(s)) {
		await(s);
		hear_children(s);
		for (struct child *c = supervisor_next(s, NULL);
		    c != NULL && timer_is_due(&patience); c = supervisor_next(s, c)) {
			if (c->pid > 0)
				kill(c->pid, SIGKILL);
		}
	}
	hear_children(s);
	supervisor_tell_handed(s);
}

enum exit_status
supervisor_run(const struct sensor *sensor, struct err *e)
{
	static const int numbers[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, 0 };
	struct supervisor *s = calloc(1, sizeof(*s));
	enum exit_status status = EXIT_INTERNAL;

	e->text[0] = '\0';
	if (s == NULL) {
		err_set_errno(e, "supervisor");
		return EXIT_INTERNAL;
	}
	s->sensor = sensor;
	s->started_ns = timer_now_ns();
	s->memory = resident_open();
	notify_open(&s->notify);
	s->signals = signals_open(numbers, e);
	if (s->signals >= 0 && set_up(s, e) == 0) {
		supervise(s);
		see_off(s);
		status = s->status == EXIT_ALL_READ && s->lost ? EXIT_INTERNAL : s->status;
	}
	free(s);
	return status;
}
