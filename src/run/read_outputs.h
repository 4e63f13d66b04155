/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_READ_OUTPUTS_H
#define RUN_READ_OUTPUTS_H

#include "run/output.h"
#include "run/read.h"

/* What "stripwatch read" was told about its outputs, read and checked. */
struct read_outputs {
	struct output_spec specs[OUTPUTS_MAX];
	size_t count;		/* 0: standard output */
	enum format format;	/* of those that say none */
};

/*
 * Read formats and outputs, and see to it that none of them writes into something that is
 * to be read. Opens nothing. -1 with *e set; what was read so far is to be released.
 */
int read_outputs_take(struct read_outputs *o, const struct read_settings *settings,
    struct err *e);

/* Nothing happens to those that output_new() took over, of which count is then 0. */
void read_outputs_release(struct read_outputs *o);

#endif
