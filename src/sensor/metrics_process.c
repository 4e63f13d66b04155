/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process of "stripwatch watch" that answers questions over HTTP. It is one of its own
 * because whoever may connect is a stranger: it holds a listening socket and the last figures,
 * and can open neither a file nor a connection.
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "run/channel.h"
#include "run/tally.h"
#include "sensor/child.h"
#include "sensor/metrics.h"
#include "sensor/resident.h"
#include "sensor/sensor.h"
#include "sensor/signals.h"
#include "sensor/timer.h"

enum { LOOK_MS = 1000, MORE_BYTES = 64 << 20 };

/* Both tell something every second. */
#define SILENCE_NS INT64_C(5000000000)

struct desk {
	const struct sensor *sensor;
	int signals;
	int memory;		/* resident_open() */
	struct metrics *metrics;
	int64_t judge_heard_ns, supervisor_heard_ns;
	char why[CHILD_WHY_SIZE];	/* the sensor is not ready, or "" */
	struct tally counters;
	struct channel_room room;
};

static void
give_counters(void *ctx, counter_visit *visit, void *visit_ctx)
{
	const struct desk *d = ctx;

	tally_each(&d->counters, visit, visit_ctx);
}

static const char *
not_ready(void *ctx)
{
	const struct desk *d = ctx;
	const int64_t now_ns = timer_now_ns();

	if (now_ns - d->supervisor_heard_ns > SILENCE_NS)
		return "the supervisor has not been heard of for too long\n";
	if (d->why[0] != '\0')
		return d->why;
	return now_ns - d->judge_heard_ns > SILENCE_NS ?
	    "the judge has not been heard of for too long\n" : NULL;
}

/* To the supervisor. */
static void
show_life(const struct desk *d)
{
	const uint64_t bytes = resident_bytes(d->memory);

	channel_send(d->sensor->metrics.up, MESSAGE_HELLO, span_of(&bytes, sizeof(bytes)));
}

static int
lock_in(const struct sensor *s, struct err *e)
{
	const struct sandbox_plan plan = { .duty = DUTY_SERVE, .more_bytes = MORE_BYTES };
	enum sandbox unused;

	return s->settings->sandbox ? sandbox_enter(&plan, &unused, e) :
	    sandbox_drop_privileges(DUTY_SERVE, e);
}

static int
set_up(struct desk *d, struct err *e)
{
	static const int numbers[] = { SIGTERM, 0 };
	const struct metrics_source source = { d, give_counters, not_ready };
	const struct sensor *s = d->sensor;

	d->memory = resident_open();
	d->signals = signals_open(numbers, e);
	if (d->signals < 0)
		return -1;
	d->metrics = metrics_open(s->listener, &source, PACKAGE_VERSION, e);
	if (d->metrics == NULL || lock_in(s, e) < 0)
		return -1;
	show_life(d);
	return 0;
}

static void
hear_others(struct desk *d)
{
	struct message m;

	while (channel_receive(d->sensor->metrics.up, &d->room, &m) == 1) {
		if (m.kind == MESSAGE_COUNTERS && tally_read(&d->counters, m.body, NULL)) {
			d->judge_heard_ns = timer_now_ns();
		} else if (m.kind == MESSAGE_READINESS && m.body.n < sizeof(d->why)) {
			memcpy(d->why, m.body.p, m.body.n);
			d->why[m.body.n] = '\0';
			d->supervisor_heard_ns = timer_now_ns();
		}
	}
}

static void
await(const struct desk *d)
{
	const int library_ms = metrics_timeout_ms(d->metrics);
	struct pollfd fds[] = {
		{ .fd = d->signals, .events = POLLIN },
		{ .fd = d->sensor->metrics.up, .events = POLLIN },
		{ .fd = metrics_descriptor(d->metrics), .events = POLLIN },
	};

	poll(fds, sizeof(fds) / sizeof(fds[0]),
	    library_ms >= 0 && library_ms < LOOK_MS ? library_ms : LOOK_MS);
}

enum sensor_exit
metrics_process_run(const struct sensor *s)
{
	struct desk *d = calloc(1, sizeof(*d));
	struct timer tell = timer_start(LOOK_MS);
	struct err e;

	if (d == NULL) {
		log_warn("metrics");
		return SENSOR_FAILED;
	}
	d->sensor = s;
	if (set_up(d, &e) < 0) {
		log_warnx("%s", e.text);
		return SENSOR_WRONG;
	}
	while (signals_next(d->signals) == 0) {
		await(d);
		hear_others(d);
		metrics_work(d->metrics);
		if (timer_is_due(&tell)) {
			timer_again(&tell);
			show_life(d);
		}
	}
	return SENSOR_DONE;
}
