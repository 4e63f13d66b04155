/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_METRICS_H
#define SENSOR_METRICS_H

#include <stdbool.h>

#include "base/counter.h"
#include "base/err.h"

/*
 * A small HTTP server for whoever watches the watcher: /metrics (Prometheus' text format),
 * /healthz (the program turns its loop) and /readyz (it does its work). It has no thread, and
 * is driven by the caller's loop: poll metrics_descriptor() for POLLIN, at most
 * metrics_timeout_ms(), and call metrics_work().
 */
struct metrics;

/* Where the answers come from; called from metrics_work() alone. */
struct metrics_source {
	void *ctx;
	void (*counters)(void *ctx, counter_visit *visit, void *visit_ctx);
	const char *(*not_ready)(void *ctx);	/* why it is not ready, in words; NULL: it is */
};

/* Takes the listening socket over; version is borrowed. NULL with *e set. */
struct metrics *metrics_open(int listener, const struct metrics_source *source,
    const char *version, struct err *e);

int metrics_descriptor(const struct metrics *m);

/* -1: none. */
int metrics_timeout_ms(const struct metrics *m);

void metrics_work(struct metrics *m);

/* The port that it listens on, where 0 was asked for; 0 for a Unix socket. */
unsigned metrics_port(const struct metrics *m);

void metrics_free(struct metrics **m);

#endif
