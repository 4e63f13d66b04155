/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_LAW_H
#define RUN_LAW_H

#include <stdbool.h>

#include "base/err.h"
#include "judge/judge.h"
#include "judge/store.h"
#include "sensor/sensor.h"

/* What the judge of a sensor goes by: rules, policy, and what was learnt, with its file. */
struct law {
	const struct sensor *sensor;
	struct rule_set *rules;
	struct policy *policy;		/* NULL: there is none */
	struct baseline *baseline;
	struct store *store;		/* NULL: kept in memory only */
	bool store_failed;
};

/* Read all of it; a baseline may be wrong. 0, or -1 with *e set. */
int law_begin(struct law *l, const struct sensor *sensor, struct err *e);

/* Give it to a judge. */
void law_bind(const struct law *l, struct judge *judge);

/* Rules and policy anew, as the supervisor found them. */
void law_reload(struct law *l, struct judge *judge);

/* Keep what was learnt, with store_write() or its like. Told once when it fails. */
void law_keep(struct law *l, int (*write)(struct store *s, struct err *e));

#endif
