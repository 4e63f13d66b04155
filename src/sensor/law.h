/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_LAW_H
#define SENSOR_LAW_H

#include <stdbool.h>

#include "base/err.h"
#include "judge/judge.h"
#include "judge/store.h"
#include "sensor/sensor.h"
#include "sensor/timer.h"

/* What the judge of a sensor goes by: rules, policy, and what was learnt, with its file. */
struct law {
	const struct sensor *sensor;
	struct rule_set *rules;
	struct policy *policy;		/* NULL: there is none */
	struct baseline *baseline;
	struct store *store;		/* NULL: kept in memory only */
	bool store_failed;
	struct timer retry;		/* then: when to try again */
};

/*
 * Read all of it; a baseline may be wrong: who replaces another says so and goes on
 * without. 0, or -1 with *e set.
 */
int law_begin(struct law *l, const struct sensor *sensor, bool replaces, struct err *e);

/* Give it to a judge. */
void law_bind(const struct law *l, struct judge *judge);

/* Rules and policy anew, as the supervisor found them. */
void law_reload(struct law *l, struct judge *judge);

/* Keep what was learnt, when it is due. Told when that fails, and when it works again. */
void law_keep(struct law *l);

/* The last time: all of it, now. False, and told, when it cannot be kept. */
bool law_finish(struct law *l);

#endif
