/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_TAPS_H
#define SENSOR_TAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "capture/interface.h"
#include "sensor/watch.h"

/* The interfaces that are watched, as they look from outside. */
struct taps {
	const struct settings *settings;
	int looking;			/* interface_open() */
	struct interface_look look[SETTINGS_INTERFACES_MAX];	/* as it was told last */
	uint64_t dropped[SETTINGS_INTERFACES_MAX];			/* before we began */
};

/*
 * Look at all of them for the first time; those that are not up are told. 0, or -1 with *e
 * set.
 */
int taps_begin(struct taps *t, const struct settings *settings, struct err *e);

bool taps_is_up(const struct taps *t, size_t interface);

/*
 * Look at one again. What changed is told, once. True when what was there is gone:
 * whoever holds on to it sees nothing any more.
 */
bool taps_look(struct taps *t, size_t interface);

/* Visit "capture.if_dropped" and "capture.interfaces_down". */
void taps_counters(const struct taps *t, counter_visit *visit, void *ctx);

#endif
