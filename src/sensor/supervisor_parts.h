/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_SUPERVISOR_PARTS_H
#define SENSOR_SUPERVISOR_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "run/channel.h"
#include "run/tally.h"
#include "sensor/child.h"
#include "sensor/notify.h"
#include "sensor/taps.h"

/* The supervisor (supervisor.c), for the files that it is made of. */

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
	int memory;			/* resident_open() */
	uint64_t metrics_bytes;		/* ... as that process said last */
	uint64_t handed;		/* events that the judge had given the writer, at the end */
	bool writer_died;		/* then, without a word of what it had */
	bool lost;			/* not all that was seen was written at the end */
	struct tally judge, past_judges;	/* what dies with it; what those before it had */
	struct tally counters;
	struct channel_room room;
};

/* The next process that there is to be: the first behind NULL, NULL behind the last. */
struct child *supervisor_next(struct supervisor *s, const struct child *before);

bool supervisor_tap_is_up(const struct supervisor *s, const struct child *c);

/* The kernel gives their connections to others now, or takes some from them. */
void supervisor_tell_sharers(struct supervisor *s, const struct child *changed);

/* Of that worker, with the counters as they are. */
void supervisor_tell_judge(struct supervisor *s, enum message_kind kind, uint32_t slot);

/* What only the parent of all can know. */
void supervisor_tell_counters(struct supervisor *s, enum message_kind kind);

/* Figures, when they are due, and at once why the sensor is not ready. */
void supervisor_tend_metrics(struct supervisor *s, bool due);

/* At the end: how much was lost with the writer, if it was. */
void supervisor_tell_handed(const struct supervisor *s);

/* A sign of life for the service manager: of ours, of the judge and of the writer. */
void supervisor_show_life(const struct supervisor *s);

#endif
