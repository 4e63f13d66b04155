/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_OUTPUTS_H
#define RUN_OUTPUTS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/counter.h"
#include "base/err.h"
#include "base/moment.h"
#include "run/output_spec.h"
#include "words/event_line.h"

/*
 * All outputs of one process. Nothing here waits, except outputs_wait() and a patient
 * outputs_take(). A loop of its own drives it so:
 *
 *	n = outputs_poll(o, &now, fds, room, &timeout_ms);
 *	poll(fds, n, timeout_ms);	(with whatever else brings events)
 *	outputs_take(o, line);		(for each event that came)
 *	outputs_work(o, &now);
 */
struct outputs;

struct outputs_settings {
	const char *host;		/* the sensor's name */
	enum format format;		/* of outputs that say none; FORMAT_DEFAULT: as fits */
	bool fitted;			/* by outputs_fit(), before this process was forked */
	bool resumed;			/* another process wrote to them before */
	bool live;			/* pass on each event at once, instead of many together */
	/*
	 * Reading files, and nobody else is kept waiting: wait for room rather than drop;
	 * a file that fails is given up at once, a socket when its patience ends.
	 */
	bool patient;
	void *say_ctx;
	void (*say)(void *ctx, const struct err *e);	/* an output went down, or drops events */
};

enum { OUTPUTS_MAX = 16 };

/*
 * Take the specs over (they are released with the outputs). Files and standard output
 * are opened at once, sockets later. NULL with *e set when an output cannot be had;
 * the specs are released then, too.
 */
struct outputs *outputs_open(struct output_spec *specs, size_t count,
    const struct outputs_settings *settings, struct err *e);

/*
 * The format of an output of that description, chosen before it is opened: what fits when
 * nobody said any. So another process can render what this one will write.
 */
enum format outputs_fit(const struct output_spec *spec, enum format format, bool terminal);

/*
 * Names stand in counters: what was not named is "output", "output2" and so on. -1 with *e set
 * when two have the same.
 */
int outputs_name(struct output_spec *specs, size_t count, struct err *e);

/* Bits of the formats that somebody wants. */
unsigned outputs_formats(const struct outputs *o);

/* Give an event to all outputs that want it: a line_taker's function. */
void outputs_take(void *outputs, const struct event_line *line);

/* Give it to the one of that number, whatever its filter says. */
void outputs_take_one(struct outputs *o, size_t index, const struct event_line *line);

/* What to poll for, at most OUTPUTS_MAX; *timeout_ms_r as poll(2) takes it. Returns how many. */
size_t outputs_poll(const struct outputs *o, const struct moment *now,
    struct pollfd fds_r[OUTPUTS_MAX], int *timeout_ms_r);

/* Do what can be done without waiting. */
void outputs_work(struct outputs *o, const struct moment *now);

/* Wait until everything has arrived or was given up, at most so long; -1: as long as it takes. */
void outputs_wait(struct outputs *o, int limit_ms);

/*
 * For each the number of the first event that only memory holds, or next_number where there
 * is none.
 */
void outputs_oldest(const struct outputs *o, uint64_t next_number,
    uint64_t numbers_r[OUTPUTS_MAX]);

/* Close files and open them again under their names (SIGHUP). */
void outputs_reopen(struct outputs *o);

/*
 * The end: what still waits goes to its spool, or is counted as dropped, which is told where
 * somebody went on in spite of it. How many events that were.
 */
uint64_t outputs_finish(struct outputs *o);

/* The first that cannot be written now, or outputs_count(). */
size_t outputs_first_down(const struct outputs *o);

/* Visit "sink.NAME.written", ".dropped" and ".queued" of each. */
void outputs_counters(const struct outputs *o, counter_visit *visit, void *ctx);

/* None is left that takes anything. */
bool outputs_all_failed(const struct outputs *o);

/* Something was lost, and not because a reader went away, which is its own business. */
bool outputs_lost_some(const struct outputs *o);

size_t outputs_count(const struct outputs *o);
const struct delivery *outputs_at(const struct outputs *o, size_t index);
const struct output_spec *outputs_spec(const struct outputs *o, size_t index);

void outputs_free(struct outputs **o);

#endif
