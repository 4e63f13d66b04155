/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_OUTPUT_SPEC_H
#define RUN_OUTPUT_SPEC_H

#include <stdbool.h>

#include "base/err.h"
#include "sink/delivery.h"
#include "words/event_line.h"

enum { OUTPUT_NAME_SIZE = 32 };

/*
 * What one output is to be, as an operator writes it: "-", a path, or KIND:WHERE?KEY=VALUE&...
 * docs/outputs.md has all kinds and keys. The parts point into the text, which is a copy.
 */
struct output_spec {
	char *text;
	char name[OUTPUT_NAME_SIZE];	/* "": to be given one */
	enum format format;
	unsigned types;			/* bits by enum event_type; 0: all */
	unsigned severity;		/* alerts less grave are left out; 0: none is */
	int64_t patience_s;		/* how long somebody who can wait waits for a peer */
	struct delivery_settings delivery;
};

/*
 * What there is when nobody says anything: standard output. text may be NULL for that. -1 with
 * *e set to what is wrong with it.
 */
int output_spec_parse(struct output_spec *spec_r, const char *text, struct err *e);

/* One key. The value is borrowed. -1 with *e set. */
int output_spec_set(struct output_spec *spec, const char *key, char *value, struct err *e);

/* After the last key: do they go together? -1 with *e set. */
int output_spec_check(const struct output_spec *spec, struct err *e);

/* Does an event go that way? */
bool output_spec_takes(const struct output_spec *spec, const struct event_line *line);

void output_spec_release(struct output_spec *spec);

/* "eve", "ecs" or "text". -1 with *e set. */
int output_spec_format(const char *name, enum format *format_r, struct err *e);

/* 1 to 4, or their words, "high" to "informational". -1 with *e set. */
int output_spec_severity(const char *word, unsigned *severity_r, struct err *e);

#endif
