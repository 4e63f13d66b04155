/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_DELIVERY_H
#define SINK_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "base/moment.h"
#include "sink/frame.h"
#include "sink/sink.h"
#include "words/event_line.h"

/*
 * One output: a sink, the events that wait for it, in memory and where configured in
 * a spool on disk, and the attempts to reach it again. Events leave in the order in
 * which they came. Over a stream each leaves at least once: what a connection took and
 * its other end did not acknowledge is sent again over the next one, from its first
 * byte on. Datagrams leave at most once.
 */
struct delivery;

struct delivery_settings {
	const char *name;		/* of its counters */
	struct sink_settings sink;
	unsigned facility;		/* of syslog */
	const char *host;		/* the sensor's name, for the header of syslog */
	size_t queue_bytes;		/* of memory */
	const char *spool;		/* path, or NULL */
	uint64_t spool_bytes;
	int64_t give_up_ns;		/* a failure that lasts longer ends it; INT64_MAX: never */
};

/*
 * settings and its texts are borrowed. Opens the spool, reads certificates; the sink is
 * opened by delivery_work(). NULL with *e set when one of them cannot be had. One that is
 * resumed is down then, like any other that cannot be reached, and tries it again.
 */
struct delivery *delivery_new(const struct delivery_settings *settings, struct err *e);

/* Take an event. False when there is no room for it: it is counted as dropped. */
bool delivery_put(struct delivery *d, const struct event_line *line);

/* Would delivery_put() have to drop this one? */
bool delivery_is_full(const struct delivery *d, const struct event_line *line);

/* Do what can be done without waiting: connect, write, hear what arrived, try again. */
void delivery_work(struct delivery *d, const struct moment *now);

/* The descriptor to poll, or -1, for what, and when to call delivery_work() at the latest. */
int delivery_poll(const struct delivery *d, const struct moment *now, short *events_r,
    int64_t *until_ns_r);

/* Nothing waits, and everything that was written has arrived. */
bool delivery_is_idle(const struct delivery *d);

/* Bytes of events in memory. */
size_t delivery_queued_bytes(const struct delivery *d);

/* Has it given up? Then *e says why; it takes nothing any more. */
bool delivery_gave_up(const struct delivery *d, struct err *e_r);

/*
 * The last failure that nobody has been told yet: true once for each time that the
 * output goes down, and once when a spool or an event cannot be taken.
 */
bool delivery_tell(struct delivery *d, struct err *e_r);

/* Has it failed, and nothing arrived since? */
bool delivery_is_down(const struct delivery *d);

/* Give up one that is open and took nothing since then. Was it so? */
bool delivery_abandon(struct delivery *d, int64_t since_ns);

/* Events that arrived as far as can be told; that were dropped; that wait. */
uint64_t delivery_written(const struct delivery *d);
uint64_t delivery_dropped(const struct delivery *d);
uint64_t delivery_waiting(const struct delivery *d);

/* The number of the first event that only memory holds, or next_number. */
uint64_t delivery_oldest(const struct delivery *d, uint64_t next_number);

/* How many only memory holds, up to that number. */
uint64_t delivery_count_to(const struct delivery *d, uint64_t number);

/* A file is closed and opened again under its name. Nothing happens to a socket or a pipe. */
void delivery_reopen(struct delivery *d);

/* The end: what still waits goes to the spool, or is counted as dropped. */
void delivery_finish(struct delivery *d);

/* Visit "sink.NAME.written", ".dropped" and ".queued". */
void delivery_counters(const struct delivery *d, counter_visit *visit, void *ctx);

const struct sink *delivery_sink(const struct delivery *d);

void delivery_free(struct delivery **d);

#endif
