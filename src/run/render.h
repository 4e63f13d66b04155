/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_RENDER_H
#define RUN_RENDER_H

#include "base/err.h"
#include "event/origin.h"
#include "event/tap_alert.h"
#include "judge/judge.h"
#include "words/event_line.h"

/* Whoever takes the lines: outputs of this process, or the way to another one. */
struct line_taker {
	void *ctx;
	void (*take)(void *ctx, const struct event_line *line);
};

/*
 * What the judge says becomes lines: each event once in each format that somebody
 * wants, and statistics when asked for.
 */
struct render;

/* formats: bits by enum format. origin is borrowed. NULL with *e set when memory is short. */
struct render *render_new(unsigned formats, const struct origin *origin,
    const struct line_taker *taker, struct err *e);

/* What the judge is to be given; valid as long as the render. */
struct judge_listener render_listener(struct render *r);

/* Something that is to be told of a tap. */
void render_tap(struct render *r, const struct tap_alert *alert);

/* One counter of the next statistics: a counter_visit. */
void render_counter(void *render, const char *name, uint64_t value);

/* Something else that the next statistics say in a word: "sandbox", "full". */
void render_word(struct render *r, const char *name, const char *word);

/* The statistics, of the counters since the last ones. In text: the summary, with the last. */
void render_stats(struct render *r, int64_t at_ns, bool last);

/* The gravest severity (1-4) of all alerts so far, 0 without any. */
unsigned render_gravest(const struct render *r);

void render_free(struct render **r);

#endif
