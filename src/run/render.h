/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_RENDER_H
#define RUN_RENDER_H

#include "event/origin.h"
#include "judge/judge.h"
#include "run/tally.h"
#include "words/event_line.h"

/* Takes an event's text; it is the callee's only during the call. */
typedef void render_take(void *ctx, const struct event_line *line);

/* One way to write events: FORMAT_EVE, FORMAT_TEXT or FORMAT_COLOUR. All borrowed. */
struct render {
	enum format format;
	const struct origin *origin;
	render_take *take;
	void *ctx;
};

void render_session(const struct render *r, const struct record *record);
void render_alert(const struct render *r, const struct alert *alert);

/* Counters, and what else statistics say in a word ("stats.sandbox"). Not in text. */
void render_stats(const struct render *r, int64_t at_ns, const struct tally *counters,
    const char *sandbox);

#endif
