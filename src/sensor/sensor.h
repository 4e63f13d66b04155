/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_SENSOR_H
#define SENSOR_SENSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "event/origin.h"
#include "run/ports.h"
#include "run/read_outputs.h"
#include "run/sandbox.h"
#include "sensor/watch.h"
#include "words/event_line.h"

/*
 * What the processes of "stripwatch watch" have in common: made by the supervisor before
 * the first fork, and read only from then on.
 */
enum { SENSOR_HOST_SIZE = 256, SENSOR_SLOTS_MAX = 256 };

/* The two ends of a channel; both stay open in the supervisor. */
struct channel {
	int down;	/* nearer to the wire */
	int up;
};

struct sensor {
	const struct settings *settings;
	struct ports ports;
	char *filter;			/* for the kernel */
	struct read_outputs outputs;	/* with their formats; the writer opens a copy */
	unsigned formats;		/* bits of those that the judge is to render */
	char host[SENSOR_HOST_SIZE];
	const char *interface_names[SETTINGS_INTERFACES_MAX];
	const char *tap_names[SETTINGS_INTERFACES_MAX];
	struct origin origin;
	bool compare_taps;
	uint16_t fanout_groups[SETTINGS_INTERFACES_MAX];	/* where workers share one */

	size_t slots;			/* workers; worker s reads interface s / workers */
	struct channel worker[SENSOR_SLOTS_MAX];	/* worker (down) to judge (up) */
	struct channel writer;		/* judge (down) to writer (up) */
	struct channel supervisor;	/* judge (down) to supervisor (up) */
	struct channel metrics;		/* judge, supervisor (down) to metrics (up); or -1 */
	int listener;			/* for metrics; or -1 */
	int law;			/* law_text_open() */
};

/* How a process of the sensor ends; what else there is are accidents. */
enum sensor_exit {
	SENSOR_DONE = 0,	/* it was told to */
	SENSOR_FAILED = 1,
	SENSOR_WRONG = 2,	/* nothing that a second attempt could mend; a message was given */
	SENSOR_AWAY = 3,	/* its interface is not there, or down */
	SENSOR_LOST = 4,	/* it was told to, and said what it could not hand on */
};

static inline size_t
sensor_interface(const struct sensor *s, size_t slot)
{
	return slot / s->settings->workers;
}

enum { SENSOR_NAME_SIZE = 128 };

/* "worker 2 of eth0" */
static inline void
sensor_worker_name(const struct sensor *s, size_t slot, char name_r[SENSOR_NAME_SIZE])
{
	snprintf(name_r, SENSOR_NAME_SIZE, "worker %zu of %.64s", slot % s->settings->workers + 1,
	    s->settings->interfaces.items[sensor_interface(s, slot)].name);
}

/* Bodies of MESSAGE_HELLO and MESSAGE_REPLACE, and of what the supervisor says of workers. */
struct sensor_note {
	uint32_t slot;
	uint32_t sandbox;	/* enum sandbox */
	uint32_t down;		/* of the writer: number of an output that fails, from 1; or 0 */
};

/* Each runs in a process of its own until it is told to end; nothing is freed. */
enum sensor_exit worker_run(const struct sensor *s, size_t slot);
enum sensor_exit judge_process_run(const struct sensor *s, bool replaces);
enum sensor_exit writer_run(const struct sensor *s, bool replaces);
enum sensor_exit metrics_process_run(const struct sensor *s);

#endif
