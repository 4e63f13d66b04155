/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_EVIDENCE_CLERK_H
#define SENSOR_EVIDENCE_CLERK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "judge/judge.h"
#include "sensor/sensor.h"

/*
 * The judge's part in evidence: it asks workers for the packets of connections that an
 * alert was given of, and hands what they send on to the writer. It reads none of it. A
 * worker that sends what nobody asked it for is told apart by that.
 */
enum { EVIDENCE_ASKED_MAX = 256 };

struct evidence_clerk {
	const struct sensor *sensor;
	struct judge_listener next;
	struct asked {
		uint64_t flow_id;
		uint32_t interface;
	} asked[EVIDENCE_ASKED_MAX];	/* a ring */
	size_t asked_count;
	bool workers_gone;	/* at the end: nobody would answer */
	uint64_t not_asked, not_passed;
};

/* Stands before the listener of a judge, and hears of alerts; the clerk is borrowed. */
struct judge_listener evidence_clerk_listener(struct evidence_clerk *k,
    const struct sensor *sensor, const struct judge_listener *next);

/* A message of a worker of that interface. NULL, or what is wrong with it. */
const char *evidence_clerk_take(struct evidence_clerk *k, size_t interface, struct span body);

/* Visit "evidence.not_asked" and "evidence.not_passed". */
void evidence_clerk_counters(const struct evidence_clerk *k, counter_visit *visit, void *ctx);

#endif
