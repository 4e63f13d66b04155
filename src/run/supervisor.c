/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "run/channel.h"
#include "run/child.h"
#include "run/law_text.h"
#include "run/notify.h"
#include "run/signals.h"
#include "run/tally.h"
#include "run/taps.h"
#include "run/timer.h"

enum {
	TICK_MS = 1000,
	STEP_MS = 100,		/* within which a process that has ended is replaced */
	FAREWELL_MS = 12000,	/* longer than the writer waits for the judge */
};

/* The others come behind the workers. */
enum { JUDGE = SENSOR_SLOTS_MAX, WRITER, METRICS, CHILDREN };

struct supervisor {
	const struct sensor *sensor;
	int signals;
	struct child children[CHILDREN];
	struct taps taps;
	int64_t started_ns;
	struct notify notify;
	uint64_t hung;
	bool begun;		/* everything was ready once */
	bool ending;
	char why[CHILD_WHY_SIZE];	/* it is not ready; as metrics were told */
	enum exit_status status;
	struct tally counters;
	struct channel_room room;
};

/* The next process that there is to be. NULL behind the last. */
static struct child *
next_child(struct supervisor *s, const struct child *before)
{
	size_t i = before != NULL ? (size_t)(before - s->children) + 1 : 0;

	if (i >= s->sensor->slots && i < JUDGE)
		i = JUDGE;
	if (i == METRICS && s->sensor->metrics.down < 0)
		return NULL;
	return i < CHILDREN ? &s->children[i] : NULL;
}

static bool
tap_is_up(const struct supervisor *s, const struct child *c)
{
	return c->role != CHILD_WORKER ||
	    taps_is_up(&s->taps, sensor_interface(s->sensor, c->slot));
}

/* The kernel gives their connections to others now, or takes some from them. */
static void
tell_sharers(struct supervisor *s, const struct child *changed)
{
	const size_t interface = sensor_interface(s->sensor, changed->slot);

	for (size_t i = 0; i < s->sensor->slots; i++) {
		const struct child *c = &s->children[i];

		if (c != changed && c->pid > 0 && sensor_interface(s->sensor, i) == interface)
			kill(c->pid, SIGUSR2);
	}
}

static void
tell_judge(struct supervisor *s, enum message_kind kind, uint32_t slot)
{
	uint8_t body[CHANNEL_BODY_MAX];
	struct sensor_note note = { .slot = slot };
	struct span counters = tally_body(&s->counters);

	note.sandbox = s->sensor->settings->sandbox ? SANDBOX_FULL : SANDBOX_OFF;
	for (size_t i = 0; i < s->sensor->slots; i++) {
		if (s->children[i].ready && s->children[i].sandbox < (enum sandbox)note.sandbox)
			note.sandbox = s->children[i].sandbox;
	}
	memcpy(body, &note, sizeof(note));
	memcpy(body + sizeof(note), counters.p, counters.n);
	channel_send(s->sensor->supervisor.up, kind, span_of(body, sizeof(note) + counters.n));
}

/* What only the parent of all can know. */
static void
tell_counters(struct supervisor *s, enum message_kind kind)
{
	static const char *const restarts[] = { "sensor.restarts_writer",
		"sensor.restarts_judge", "sensor.restarts_worker", "sensor.restarts_metrics" };
	uint64_t memory = child_memory(getpid());

	memset(&s->counters, 0, sizeof(s->counters));
	for (struct child *c = next_child(s, NULL); c != NULL; c = next_child(s, c)) {
		tally_add(&s->counters, restarts[c->role], c->restarts);
		if (c->pid > 0)
			memory += child_memory(c->pid);
	}
	tally_add(&s->counters, "sensor.hung", s->hung);
	tally_add(&s->counters, "sensor.messages_dropped", log_dropped());
	taps_counters(&s->taps, tally_add, &s->counters);
	tally_add(&s->counters, "memory.rss", memory);
	tally_add(&s->counters, "uptime",
	    (uint64_t)((timer_now_ns() - s->started_ns) / INT64_C(1000000000)));
	tell_judge(s, kind, 0);
}

static void
stop(struct supervisor *s, enum exit_status status)
{
	if (s->ending)
		return;
	s->ending = true;
	s->status = status;
	notify_say(&s->notify, "STOPPING=1");
	tell_counters(s, MESSAGE_COUNTERS);
	for (struct child *c = next_child(s, NULL); c != NULL; c = next_child(s, c)) {
		if (c->pid > 0)
			kill(c->pid, SIGTERM);
	}
}

/* Without the process nothing works, and a message has said why. */
static void
fail(struct supervisor *s, const struct child *c)
{
	/* the writer waits for the judge's last word */
	if (c->role == CHILD_JUDGE)
		channel_send(s->sensor->writer.down, MESSAGE_END, span_of(NULL, 0));
	stop(s, c->role == CHILD_JUDGE ? EXIT_USAGE : EXIT_INTERNAL);
}

static void
start(struct supervisor *s, struct child *c)
{
	struct err e;

	if (child_start(c, s->sensor, &e) == 0)
		return;
	log_warnx("%s", e.text);
	child_ended(c, false);
}

static void
start_those_due(struct supervisor *s)
{
	const int64_t now_ns = timer_now_ns();

	for (struct child *c = next_child(s, NULL); c != NULL && !s->ending; c = next_child(s, c)) {
		if (c->away && tap_is_up(s, c)) {
			c->away = false;
			c->due_ns = now_ns;
		}
		if (child_is_due(c, now_ns))
			start(s, c);
	}
}

static void
note_end(struct supervisor *s, struct child *c, int status)
{
	const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	const bool away = c->role == CHILD_WORKER && (code == SENSOR_AWAY || !tap_is_up(s, c));

	if (c->role == CHILD_WORKER) {
		tell_judge(s, MESSAGE_END, (uint32_t)c->slot);
		tell_sharers(s, c);
	}
	if (!s->ending && code == SENSOR_WRONG && !s->begun) {
		c->pid = 0;
		fail(s, c);
		return;
	}
	if (!s->ending && !away && code != SENSOR_DONE)
		child_tell_accident(c, s->sensor, status);
	child_ended(c, away);
}

static void
reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (struct child *c = next_child(s, NULL); c != NULL; c = next_child(s, c)) {
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
			tell_counters(s, MESSAGE_STATS);
			break;
		default:
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
	tell_sharers(s, c);
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

		if (m.body.n != sizeof(note))
			continue;
		memcpy(&note, m.body.p, sizeof(note));
		c = child_of(s, &note);
		if (c == NULL)
			continue;
		s->children[c->role == CHILD_WRITER ? WRITER : JUDGE].heard_ns = timer_now_ns();
		if (m.kind == MESSAGE_HELLO)
			note_ready(s, c, &note);
		else if (m.kind == MESSAGE_REPLACE && c->role == CHILD_WORKER && c->pid > 0)
			kill(c->pid, SIGKILL);
	}
}

/* Figures, once a second, and at once why the sensor is not ready. */
static void
tend_metrics(struct supervisor *s, bool due)
{
	const int fd = s->sensor->metrics.down;
	char why[CHILD_WHY_SIZE] = "";
	struct message m;

	if (fd < 0)
		return;
	while (channel_receive(fd, &s->room, &m) == 1)
		s->children[METRICS].ready |= m.kind == MESSAGE_HELLO;
	for (struct child *c = next_child(s, NULL); c != NULL && why[0] == '\0';
	    c = next_child(s, c))
		child_why(c, tap_is_up(s, c), s->sensor, why);
	if (due)
		tell_counters(s, MESSAGE_COUNTERS);
	if (due || strcmp(why, s->why) != 0)
		channel_send(fd, MESSAGE_READINESS, span_text(why));
	memcpy(s->why, why, sizeof(why));
}

static void
tell_begin(struct supervisor *s)
{
	size_t up = 0;

	if (s->begun)
		return;
	for (struct child *c = next_child(s, NULL); c != NULL; c = next_child(s, c)) {
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

static void
set_up(struct supervisor *s)
{
	for (size_t i = 0; i < CHILDREN; i++) {
		struct child *c = &s->children[i];

		c->role = i == JUDGE ? CHILD_JUDGE : i == WRITER ? CHILD_WRITER :
		    i == METRICS ? CHILD_METRICS : CHILD_WORKER;
		c->slot = i;
	}
	taps_begin(&s->taps, s->sensor->settings);
	for (size_t i = 0; i < s->sensor->slots; i++)
		s->children[i].away = !tap_is_up(s, &s->children[i]);
	for (size_t i = 0; i < s->sensor->slots; i++) {
		if (s->children[i].away)
			tell_judge(s, MESSAGE_END, (uint32_t)i);
	}
}

/* A sign of life for the service manager: of ours, of the judge and of the writer. */
static void
show_life(const struct supervisor *s)
{
	const int64_t since_ns = timer_now_ns() - s->notify.patience_ns / 2;

	if (s->notify.patience_ns > 0 && s->children[JUDGE].heard_ns > since_ns &&
	    s->children[WRITER].heard_ns > since_ns)
		notify_say(&s->notify, "WATCHDOG=1");
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
		tend_metrics(s, timer_is_due(&tick));
		tell_begin(s);
		if (timer_is_due(&tick)) {
			timer_again(&tick);
			look_at_taps(s);
			for (int i = JUDGE; i <= WRITER; i++)
				s->hung += child_end_if_hung(&s->children[i], s->sensor);
			show_life(s);
		}
		if (timer_is_due(&stats)) {
			timer_again(&stats);
			tell_counters(s, MESSAGE_STATS);
		}
	}
}

static bool
any_left(struct supervisor *s)
{
	for (struct child *c = next_child(s, NULL); c != NULL; c = next_child(s, c)) {
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
		for (struct child *c = next_child(s, NULL);
		    c != NULL && timer_is_due(&patience); c = next_child(s, c)) {
			if (c->pid > 0)
				kill(c->pid, SIGKILL);
		}
	}
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
	notify_open(&s->notify);
	s->signals = signals_open(numbers, e);
	if (s->signals >= 0) {
		set_up(s);
		supervise(s);
		see_off(s);
		status = s->status;
	}
	free(s);
	return status;
}
