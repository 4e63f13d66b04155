/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_COURIER_H
#define SENSOR_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "run/outputs.h"
#include "sensor/sensor.h"

/*
 * Events from the judge to the writer, none of which is lost when the writer is. Each has a
 * number, and is kept here until every output that wants it has let go of it: it arrived, or
 * lies in a spool, or was dropped and counted. A writer that is new says hello, is sent what
 * is kept, and is told when that was all. A new judge has nothing to send again, and says so
 * unasked. Of each output no more is kept than it may hold itself.
 */
struct parcel {
	struct list_link link;
	unsigned outputs;	/* bits of those that may still lose it */
	struct event_line line;	/* its text lies behind this struct */
	char text[];
};

struct courier {
	const struct sensor *sensor;
	struct list parcels;		/* in the order of their numbers */
	struct parcel *unsent;		/* the first that the channel has not taken; or NULL */
	/* for each output the first parcel that no receipt has gone past; or NULL */
	struct parcel *unconfirmed[OUTPUTS_MAX];
	size_t bytes[OUTPUTS_MAX];	/* kept for each */
	uint64_t number;		/* of the last one */
	uint64_t resume_to;		/* a new writer is told when all to here was sent; or 0 */
	uint64_t resumer;		/* which one; 0: whoever is there, of a new judge */
	uint64_t orphans;		/* that the writer holds, and nobody else any more */
	uint64_t orphans_lost;
	bool slow;			/* the writer takes nothing, and was waited for once */
	uint64_t dropped;
	bool drops_told;
};

/* Body of MESSAGE_RECEIPT, for each output. */
struct courier_receipt {
	uint64_t first[OUTPUTS_MAX];	/* number of the first event that it may still lose */
	uint64_t orphans[OUTPUTS_MAX];	/* so many of those came from judges before */
};

void courier_begin(struct courier *c, const struct sensor *sensor);

/* Send an event: a line_taker's function. A writer that hangs is not waited for twice. */
void courier_take(void *courier, const struct event_line *line);

/* A new writer has said hello; the body is a number of its own, which it is answered with. */
void courier_hello(struct courier *c, struct span body);

/* The body of a receipt. */
void courier_confirm(struct courier *c, struct span body);

/* Does something wait for room in the channel? */
bool courier_waits(const struct courier *c);

/* Send what there is room for, waiting for it so long at most. False when something is left. */
bool courier_work(struct courier *c, int patience_ms);

/* The same at the end. False, and told, when something is left. */
bool courier_finish(struct courier *c, int patience_ms);

/* Events that were sent, and are not known to be safe: they are lost if the writer is. */
uint64_t courier_handed(const struct courier *c);

#endif
