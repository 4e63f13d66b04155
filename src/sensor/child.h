/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_CHILD_H
#define SENSOR_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "sensor/sensor.h"

/*
 * A process that the supervisor keeps alive. One that ends by accident is started again: at
 * once, and then after pauses that double, up to half a minute, until it has lived for a while.
 */
enum child_role { CHILD_WRITER, CHILD_JUDGE, CHILD_WORKER, CHILD_METRICS };

struct child {
	enum child_role role;
	size_t slot;		/* of a worker */
	pid_t pid;		/* 0 while there is none */
	bool ready;		/* it has said so */
	enum sandbox sandbox;
	bool away;		/* waits for its interface instead of for the time */
	int64_t started_ns, heard_ns, due_ns, pause_ns;
	uint64_t restarts;
	uint32_t down;		/* of the writer, as sensor_note has it */
};

/*
 * Fork; the child closes those descriptors of its parent's own (-1: none), runs its role and
 * never returns. 0, or -1 with *e set.
 */
int child_start(struct child *c, const struct sensor *sensor, const int *parents, size_t count,
    struct err *e);

/* It has ended: plan when to start it again. */
void child_ended(struct child *c, bool away);

/* Count it and say so: it ended otherwise than it was told to, with that wait(2) status. */
void child_tell_accident(struct child *c, const struct sensor *sensor, int status);

/* Say how it ended, where nobody comes after it; nothing when it has said so itself. */
void child_tell_loss(const struct child *c, const struct sensor *sensor, int status);

/* Is it to be started now? */
bool child_is_due(const struct child *c, int64_t now_ns);

/*
 * One that gives a sign of life every second (heard_ns), and has given none for too long, is
 * caught in something: kill it, and say so. Was there anything to do?
 */
bool child_end_if_hung(struct child *c, const struct sensor *sensor);

/* "worker 2 of eth0", "judge" */
void child_name(const struct child *c, const struct sensor *sensor,
    char name_r[SENSOR_NAME_SIZE]);

enum { CHILD_WHY_SIZE = SENSOR_NAME_SIZE + 64 };

/* Why all is not well: "worker 1 of eth0 waits for its interface"; or "". */
void child_why(const struct child *c, bool tap_is_up, const struct sensor *sensor,
    char why_r[CHILD_WHY_SIZE]);

#endif
