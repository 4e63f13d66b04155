/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_UNDELIVERED_H
#define SINK_UNDELIVERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sink/line_queue.h"
#include "sink/spool.h"

/*
 * The events that one output has yet to deliver, oldest first: in memory, and behind
 * or beneath that in the spool, if there is one. While the output is up and keeps up the
 * spool stays empty. From the moment when it does not, everything that comes goes to
 * the spool, and into memory only to be sent, until the spool is empty again. A spool
 * that takes nothing from the start is as good as none.
 */
struct undelivered {
	struct line_queue queue;
	size_t queue_bytes_max;
	const char *label;		/* of the output, for messages */
	struct spool *spool;		/* NULL: only memory */
	uint64_t dropped;
	bool failure_told, drops_told;	/* of the spool; that some are dropped */
	bool untold;
	struct err news;		/* what went wrong, while untold */
};

/*
 * There is a spool from now on, which is taken over. What it holds is older than what is in
 * memory, and goes first.
 */
void undelivered_use(struct undelivered *b, struct spool *spool);

/* Take one; up: can it be sent at once? False when it had to be dropped, which is counted. */
bool undelivered_put(struct undelivered *b, const struct event_line *line, bool up);

/* Would one have to be dropped now, and only for the moment: there is no spool? */
bool undelivered_is_full(const struct undelivered *b, const struct event_line *line);

/* Take from the spool into memory what is to be sent next. */
void undelivered_load(struct undelivered *b);

/* What is only in memory goes to the spool as well, so that it survives the program. */
void undelivered_save(struct undelivered *b);

/*
 * What was sent has arrived, up to so many bytes of the connection: let go of it.
 * Returns the number of events.
 */
uint64_t undelivered_arrived(struct undelivered *b, uint64_t sent_to);

/* The oldest can never be sent: drop it, and count it. */
void undelivered_drop_first(struct undelivered *b);

/* The end: what is nowhere but in memory is dropped, and counted. */
void undelivered_finish(struct undelivered *b);

/* Events that wait. */
uint64_t undelivered_count(const struct undelivered *b);

/* Say something once to whoever asks next. */
void undelivered_tell(struct undelivered *b, const struct err *e);

void undelivered_release(struct undelivered *b);

#endif
