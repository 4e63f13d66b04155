/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/delivery.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sink/undelivered.h"
#include "sink/retry.h"
#include "sink/wire.h"

#define MILLISECOND_NS INT64_C(1000000)

#define OPENING_MAX_NS (10000 * MILLISECOND_NS)
#define STEADY_NS (10000 * MILLISECOND_NS)
#define SETTLE_FIRST_NS (2 * MILLISECOND_NS)
#define SETTLE_LAST_NS (250 * MILLISECOND_NS)
#define LOOKUP_NS (20 * MILLISECOND_NS)

enum { ROUNDS_MAX = 32 };	/* of writing, before the others get their turn */

enum stage { STAGE_CLOSED, STAGE_OPENING, STAGE_OPEN, STAGE_OVER };

struct delivery {
	const struct delivery_settings *set;
	struct frame_settings frame;
	struct sink *sink;
	struct undelivered undelivered;
	enum stage stage;
	bool gave_up;
	struct wire wire;
	struct retry retry;
	int64_t opening_since_ns, opened_at_ns, settle_ns;
	int64_t failing_since_ns;	/* 0: it is not */
	int64_t moved_at_ns;		/* when something was last taken or heard of */
	uint64_t written;
	struct err fault;		/* of the sink */
};

static int
open_spool(struct delivery *d, struct err *e)
{
	const struct delivery_settings *set = d->set;
	struct spool *spool;
	struct err news;

	if (set->spool == NULL || d->undelivered.spool != NULL)
		return 0;
	spool = spool_open(set->spool, set->spool_bytes, e);
	if (spool == NULL)
		return -1;
	if (spool_torn(spool) > 0) {
		d->undelivered.dropped++;
		err_set(&news, "%s: the last event was not whole and is lost", set->spool);
		undelivered_tell(&d->undelivered, &news);
	}
	undelivered_use(&d->undelivered, spool);
	return 0;
}

/* What must be there before the sink is opened: again, until it is. */
static int
get_ready(struct delivery *d, struct err *e)
{
	return sink_prepare(d->sink, e) < 0 || open_spool(d, e) < 0 ? -1 : 0;
}

/* Who used it before has left events to others: it must not keep them from theirs. */
static bool
begin(struct delivery *d, struct err *e)
{
	if (get_ready(d, &d->fault) == 0)
		return true;
	*e = d->fault;
	d->failing_since_ns = moment_now().steady_ns;
	undelivered_tell(&d->undelivered, &d->fault);
	return d->set->sink.resumed;
}

struct delivery *
delivery_new(const struct delivery_settings *settings, struct err *e)
{
	struct delivery *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		err_set_errno(e, "output");
		return NULL;
	}
	d->set = settings;
	d->frame = (struct frame_settings){
		.syslog = settings->sink.kind >= SINK_SYSLOG_LOCAL,
		.facility = settings->facility,
		.host = settings->host,
		.process_id = (long)getpid(),
	};
	d->undelivered.queue_bytes_max = settings->queue_bytes;
	d->sink = sink_new(&settings->sink, e);
	if (d->sink != NULL)
		d->undelivered.label = sink_label(d->sink);
	if (d->sink == NULL || !begin(d, e))
		delivery_free(&d);
	return d;
}

bool
delivery_is_full(const struct delivery *d, const struct event_line *line)
{
	return d->stage != STAGE_OVER && undelivered_is_full(&d->undelivered, line);
}

bool
delivery_put(struct delivery *d, const struct event_line *line)
{
	if (d->stage != STAGE_OVER || d->undelivered.spool != NULL)
		return undelivered_put(&d->undelivered, line, d->stage == STAGE_OPEN);
	d->undelivered.dropped++;
	return false;
}

/* --- Up and down --- */

static void
give_up(struct delivery *d)
{
	delivery_finish(d);
	d->gave_up = true;
}

/* The connection is gone, and with it all that was not known to have arrived. */
static void
forget_connection(struct delivery *d)
{
	d->stage = STAGE_CLOSED;
	wire_reset(&d->wire);
	line_queue_rewind(&d->undelivered.queue);
}

/* It works again: the next failure is a new one. */
static void
note_success(struct delivery *d)
{
	retry_reset(&d->retry);
	d->failing_since_ns = 0;
}

static void
go_down(struct delivery *d, const struct moment *now)
{
	/* a connection that had held is no attempt that failed like the one before */
	if (d->stage == STAGE_OPEN && now->steady_ns - d->opened_at_ns > STEADY_NS)
		note_success(d);
	if (d->failing_since_ns == 0) {
		undelivered_tell(&d->undelivered, &d->fault);
		d->failing_since_ns = now->steady_ns;
	}
	forget_connection(d);
	undelivered_save(&d->undelivered);
	if (now->steady_ns - d->failing_since_ns >= d->set->give_up_ns) {
		give_up(d);
		return;
	}
	retry_later(&d->retry, now->steady_ns);
}

static void
go_on_opening(struct delivery *d, const struct moment *now)
{
	if (d->stage == STAGE_CLOSED) {
		if (now->steady_ns < d->retry.at_ns)
			return;
		d->stage = STAGE_OPENING;
		d->opening_since_ns = now->steady_ns;
	}
	switch (get_ready(d, &d->fault) < 0 ? SINK_FAILED : sink_open(d->sink, &d->fault)) {
	case SINK_READY:
		d->stage = STAGE_OPEN;
		d->settle_ns = SETTLE_FIRST_NS;
		d->opened_at_ns = d->moved_at_ns = now->steady_ns;
		if (sink_ends_within_line(d->sink))
			wire_end_line(&d->wire);
		return;
	case SINK_WAITS:
		if (now->steady_ns - d->opening_since_ns < OPENING_MAX_NS)
			return;
		err_set(&d->fault, "%s: no answer", sink_label(d->sink));
		sink_close(d->sink);
		break;
	case SINK_FAILED:
		break;
	}
	go_down(d, now);
}

/* --- Sending --- */

static enum framing
framing_of(const struct delivery *d)
{
	if (sink_is_datagram(d->sink))
		return FRAMING_BARE;
	return d->set->sink.kind >= SINK_SYSLOG_TCP ? FRAMING_COUNTED : FRAMING_LINE;
}

/* A datagram that is too large for its socket: it will never leave. */
static void
drop_datagram(struct delivery *d)
{
	struct err e;

	err_set(&e, "%s: an event of %zu bytes is too long for a datagram and was dropped",
	    sink_label(d->sink), wire_span(&d->wire).n);
	undelivered_tell(&d->undelivered, &e);
	undelivered_drop_first(&d->undelivered);
	wire_reset(&d->wire);
}

/* What was written has arrived: let go of it. */
static void
note_arrival(struct delivery *d)
{
	d->written += undelivered_arrived(&d->undelivered, d->wire.taken);
	d->wire.arrived = d->wire.taken;
	note_success(d);
}

/* False when nothing more can be done now. */
static bool
write_wire(struct delivery *d, const struct moment *now)
{
	size_t taken;

	switch (sink_write(d->sink, wire_span(&d->wire), now, &taken, &d->fault)) {
	case SINK_FAILED:
		go_down(d, now);
		return false;
	case SINK_WAITS:
		return false;
	case SINK_READY:
		break;
	}
	if (taken == 0) {
		drop_datagram(d);
		return true;
	}
	wire_took(&d->wire, taken);
	d->moved_at_ns = now->steady_ns;
	return true;
}

static void
ask_for_arrival(struct delivery *d, const struct moment *now)
{
	switch (sink_settled(d->sink, &d->fault)) {
	case SINK_FAILED:
		go_down(d, now);
		break;
	case SINK_READY:
		if (d->wire.taken > d->wire.arrived)
			note_arrival(d);
		d->settle_ns = SETTLE_FIRST_NS;
		break;
	case SINK_WAITS:
		d->settle_ns = d->settle_ns * 2 < SETTLE_LAST_NS ? d->settle_ns * 2 :
		    SETTLE_LAST_NS;
		break;
	}
}

void
delivery_work(struct delivery *d, const struct moment *now)
{
	if (d->stage == STAGE_CLOSED || d->stage == STAGE_OPENING)
		go_on_opening(d, now);
	for (int round = 0; round < ROUNDS_MAX && d->stage == STAGE_OPEN; round++) {
		bool more;

		undelivered_load(&d->undelivered);
		wire_fill(&d->wire, &d->undelivered.queue, framing_of(d), sink_is_datagram(d->sink),
		    &d->frame);
		more = !wire_is_empty(&d->wire) && write_wire(d, now);
		if (d->stage == STAGE_OPEN)
			ask_for_arrival(d, now);
		if (!more)
			break;
	}
}

int
delivery_poll(const struct delivery *d, const struct moment *now, short *events_r,
    int64_t *until_ns_r)
{
	int fd = sink_poll(d->sink, events_r);

	*until_ns_r = INT64_MAX;
	if (d->stage == STAGE_CLOSED)
		*until_ns_r = d->retry.at_ns;
	else if (d->stage == STAGE_OPENING)
		*until_ns_r = fd < 0 ? now->steady_ns + LOOKUP_NS :
		    d->opening_since_ns + OPENING_MAX_NS;
	else if (d->stage == STAGE_OPEN && d->wire.taken > d->wire.arrived)
		*until_ns_r = now->steady_ns + d->settle_ns;
	else if (d->stage == STAGE_OPEN && d->undelivered.queue.unsent != NULL &&
	    (*events_r & POLLOUT) == 0)
		*until_ns_r = now->steady_ns;
	return *events_r != 0 ? fd : -1;
}

bool
delivery_is_idle(const struct delivery *d)
{
	return d->stage == STAGE_OVER || undelivered_count(&d->undelivered) == 0;
}

size_t
delivery_queued_bytes(const struct delivery *d)
{
	return d->undelivered.queue.bytes;
}

bool
delivery_gave_up(const struct delivery *d, struct err *e_r)
{
	if (d->gave_up)
		*e_r = d->fault;
	return d->gave_up;
}

bool
delivery_is_down(const struct delivery *d)
{
	return d->failing_since_ns != 0;
}

bool
delivery_tell(struct delivery *d, struct err *e_r)
{
	bool untold = d->undelivered.untold;

	*e_r = d->undelivered.news;
	d->undelivered.untold = false;
	return untold;
}

bool
delivery_abandon(struct delivery *d, int64_t since_ns)
{
	if (d->stage != STAGE_OPEN || d->moved_at_ns > since_ns)
		return false;
	err_set(&d->fault, "%s: its reader takes nothing any more", sink_label(d->sink));
	undelivered_tell(&d->undelivered, &d->fault);
	give_up(d);
	return true;
}

uint64_t
delivery_written(const struct delivery *d)
{
	return d->written;
}

uint64_t
delivery_dropped(const struct delivery *d)
{
	return d->undelivered.dropped;
}

uint64_t
delivery_waiting(const struct delivery *d)
{
	return undelivered_count(&d->undelivered);
}

uint64_t
delivery_oldest(const struct delivery *d, uint64_t next_number)
{
	const struct queued_line *one = d->undelivered.queue.first;

	while (one != NULL && one->spooled_to > 0)
		one = one->next;
	return one != NULL ? one->line.number : next_number;
}

uint64_t
delivery_count_to(const struct delivery *d, uint64_t number)
{
	const struct queued_line *one = d->undelivered.queue.first;
	uint64_t count = 0;

	for (; one != NULL && one->line.number <= number; one = one->next)
		count += one->spooled_to == 0;
	return count;
}

void
delivery_reopen(struct delivery *d)
{
	if (d->set->sink.kind != SINK_FILE || d->stage == STAGE_OVER ||
	    (d->stage == STAGE_OPEN && !sink_may_be_renamed(d->sink)))
		return;
	sink_close(d->sink);
	forget_connection(d);
	retry_reset(&d->retry);
}

void
delivery_finish(struct delivery *d)
{
	undelivered_finish(&d->undelivered);
	wire_reset(&d->wire);
	sink_close(d->sink);
	d->stage = STAGE_OVER;
}

void
delivery_counters(const struct delivery *d, counter_visit *visit, void *ctx)
{
	char name[64];

	snprintf(name, sizeof(name), "sink.%.40s.written", d->set->name);
	visit(ctx, name, d->written);
	snprintf(name, sizeof(name), "sink.%.40s.dropped", d->set->name);
	visit(ctx, name, d->undelivered.dropped);
	snprintf(name, sizeof(name), "sink.%.40s.queued", d->set->name);
	visit(ctx, name, undelivered_count(&d->undelivered));
}

const struct sink *
delivery_sink(const struct delivery *d)
{
	return d->sink;
}

void
delivery_free(struct delivery **d)
{
	if (*d == NULL)
		return;
	undelivered_release(&(*d)->undelivered);
	sink_free(&(*d)->sink);
	wire_release(&(*d)->wire);
	free(*d);
	*d = NULL;
}
