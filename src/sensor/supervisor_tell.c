/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the supervisor tells the others of its processes, and the service manager. */
#include "sensor/supervisor_parts.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "sensor/resident.h"
#include "sensor/timer.h"

struct child *
supervisor_next(struct supervisor *s, const struct child *before)
{
	size_t i = before != NULL ? (size_t)(before - s->children) + 1 : 0;

	if (i >= s->sensor->slots && i < JUDGE)
		i = JUDGE;
	if (i == METRICS && s->sensor->metrics.down < 0)
		return NULL;
	return i < CHILDREN ? &s->children[i] : NULL;
}

bool
supervisor_tap_is_up(const struct supervisor *s, const struct child *c)
{
	return c->role != CHILD_WORKER ||
	    taps_is_up(&s->taps, sensor_interface(s->sensor, c->slot));
}

void
supervisor_tell_sharers(struct supervisor *s, const struct child *changed)
{
	const size_t interface = sensor_interface(s->sensor, changed->slot);

	for (size_t i = 0; i < s->sensor->slots; i++) {
		const struct child *c = &s->children[i];

		if (c != changed && c->pid > 0 && sensor_interface(s->sensor, i) == interface)
			kill(c->pid, SIGUSR2);
	}
}

void
supervisor_tell_judge(struct supervisor *s, enum message_kind kind, uint32_t slot)
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

void
supervisor_tell_counters(struct supervisor *s, enum message_kind kind)
{
	static const char *const restarts[] = { "sensor.restarts_writer",
		"sensor.restarts_judge", "sensor.restarts_worker", "sensor.restarts_metrics" };

	memset(&s->counters, 0, sizeof(s->counters));
	for (struct child *c = supervisor_next(s, NULL); c != NULL; c = supervisor_next(s, c))
		tally_add(&s->counters, restarts[c->role], c->restarts);
	tally_add(&s->counters, "sensor.hung", s->hung);
	tally_merge(&s->counters, &s->past_judges);
	taps_counters(&s->taps, tally_add, &s->counters);
	tally_add(&s->counters, "sensor.messages_dropped", log_dropped());
	tally_add(&s->counters, "memory.rss", resident_bytes(s->memory) + s->metrics_bytes);
	tally_add(&s->counters, "uptime",
	    (uint64_t)((timer_now_ns() - s->started_ns) / INT64_C(1000000000)));
	supervisor_tell_judge(s, kind, 0);
}

/* Strangers talk to it: of what it says a number is taken, and that it lives. */
static void
hear_metrics(struct supervisor *s)
{
	struct child *c = &s->children[METRICS];
	struct message m;

	while (channel_receive(s->sensor->metrics.down, &s->room, &m) == 1) {
		if (m.kind != MESSAGE_HELLO || m.body.n != sizeof(s->metrics_bytes))
			continue;
		memcpy(&s->metrics_bytes, m.body.p, sizeof(s->metrics_bytes));
		c->ready = true;
		c->heard_ns = timer_now_ns();
	}
}

void
supervisor_tend_metrics(struct supervisor *s, bool due)
{
	const int fd = s->sensor->metrics.down;
	char why[CHILD_WHY_SIZE] = "";

	if (fd < 0)
		return;
	hear_metrics(s);
	for (struct child *c = supervisor_next(s, NULL); c != NULL && why[0] == '\0';
	    c = supervisor_next(s, c))
		child_why(c, supervisor_tap_is_up(s, c), s->sensor, why);
	if (due)
		supervisor_tell_counters(s, MESSAGE_COUNTERS);
	if (due || strcmp(why, s->why) != 0)
		channel_send(fd, MESSAGE_READINESS, span_text(why));
	memcpy(s->why, why, sizeof(why));
}

void
supervisor_show_life(const struct supervisor *s)
{
	const int64_t since_ns = timer_now_ns() - s->notify.patience_ns / 2;

	if (s->notify.patience_ns > 0 && s->children[JUDGE].heard_ns > since_ns &&
	    s->children[WRITER].heard_ns > since_ns)
		notify_say(&s->notify, "WATCHDOG=1");
}

void
supervisor_tell_handed(const struct supervisor *s)
{
	if (s->writer_died && s->handed > 0)
		log_warnx("%" PRIu64 " events that the writer was given are not known to have "
		    "arrived: what did not is lost", s->handed);
}
