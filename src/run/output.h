/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_OUTPUT_H
#define RUN_OUTPUT_H

#include <stdbool.h>

#include "base/counter.h"
#include "base/err.h"
#include "event/origin.h"
#include "judge/judge.h"
#include "words/event_line.h"

/* Events on their way out: one format, one sink. */
struct output;

struct output_settings {
	const char *path;	/* NULL: standard output */
	enum format format;	/* the default: text on a terminal, eve otherwise */
	bool flush_each;	/* do not hold events back: input is live, or a person watches */
};

/* The format of that name; NULL is the default. 0, or -1 with *e set. */
int output_parse_format(const char *name, enum format *format_r, struct err *e);

/* NULL with *e set when the path cannot be written. origin is borrowed. */
struct output *output_new(const struct output_settings *settings,
    const struct origin *origin, struct err *e);

/* What the judge is to be given; valid as long as the output. */
struct judge_listener output_listener(struct output *o);

/* Take one counter for the statistics at the end: a counter_visit. */
void output_counter(void *output, const char *name, uint64_t value);

/* Something else that the statistics say: "sandbox", "full". */
void output_word(struct output *o, const char *name, const char *word);

/* Write statistics or summary, and everything that is still held back. */
void output_finish(struct output *o, int64_t at_ns);

/* Did writing fail? Then *e says how; nothing more is written. */
bool output_failed(const struct output *o, struct err *e_r);

/* The failure was a reader that went away, which needs no message. */
bool output_reader_gone(const struct output *o);

/* The gravest severity (1-4) of all alerts so far, 0 without any. */
unsigned output_gravest(const struct output *o);

void output_free(struct output **o);

#endif
