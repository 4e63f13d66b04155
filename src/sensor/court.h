/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_COURT_H
#define SENSOR_COURT_H

#include <stdbool.h>
#include <stdint.h>

#include "event/excerpting.h"
#include "run/channel.h"
#include "run/render.h"
#include "run/tally.h"
#include "sensor/courier.h"
#include "sensor/evidence_clerk.h"
#include "sensor/law.h"
#include "sensor/sensor.h"
#include "sensor/sight.h"

/* The judge's process (judge_process.c), for the files that it is made of. */

enum { COURT_PATIENCE_MS = 10000 };	/* with a supervisor that takes nothing */

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
	int memory;			/* resident_open() */
	struct law law;
	struct judge *judge;
	struct render *render;
	struct excerpting excerpting;
	struct courier courier;
	struct evidence_clerk clerk;	/* idle where no evidence is kept */
	struct slot slots[SENSOR_SLOTS_MAX];
	struct sight sights[SETTINGS_INTERFACES_MAX];
	struct tally own, writer, supervisor, sum;
	uint32_t sandbox;		/* of the workers, as the supervisor knows it */
	bool ending;
	struct channel_room room;
};

void court_tell_supervisor(const struct court *c, enum message_kind kind, size_t slot,
    uint32_t sandbox);

/* Up to a turn of messages from one worker, which is believed nothing; how many there were. */
unsigned court_hear_worker(struct court *c, size_t slot);

/*
 * The end does not wait any longer for workers that have not sent what they were following: tell
 * of them and of their sessions. How many there were.
 */
unsigned court_give_up_workers(struct court *c);

/* Have those replaced that were not heard of for too long. */
void court_look_for_hung(struct court *c);

#endif
