/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_OUTPUT_H
#define RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "event/origin.h"
#include "judge/judge.h"
#include "run/outputs.h"

/*
 * Events on their way out of a process that judges and writes: what run/render.h makes
 * of them goes straight to run/outputs.h, which is patient.
 */
struct output;

struct output_settings {
	struct output_spec *specs;	/* taken over */
	size_t spec_count;		/* 0: standard output */
	enum format format;		/* of those that say none */
	bool live;			/* do not hold events back: input is live */
	void *say_ctx;
	/* an output fails, while others may go on */
	void (*say)(void *ctx, const struct err *e);
};

/* NULL with *e set when one of them cannot be had. origin is borrowed. */
struct output *output_new(const struct output_settings *settings,
    const struct origin *origin, struct err *e);

/* What the judge is to be given; valid as long as the output. */
struct judge_listener output_listener(struct output *o);

/* Take one counter for the statistics at the end: a counter_visit. */
void output_counter(void *output, const char *name, uint64_t value);

/* Something else that the statistics say: "sandbox", "full". */
void output_word(struct output *o, const char *name, const char *word);

/* Write statistics or summary, and wait until everything has arrived or was given up. */
void output_finish(struct output *o, int64_t at_ns);

enum { OUTPUT_WAITS_FOR_MAX = 64 };

/* Wait until one of these can be read, at most so long, and send meanwhile what still waits. */
void output_wait(struct output *o, const int *inputs, size_t count, int limit_ms);

/* Nobody takes anything any more. */
bool output_failed(const struct output *o);

/* Something was lost, and not because a reader went away. It has been said. */
bool output_lost_some(const struct output *o);

/* The gravest severity (1-4) of all alerts so far, 0 without any. */
unsigned output_gravest(const struct output *o);

void output_free(struct output **o);

#endif
