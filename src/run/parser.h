/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PARSER_H
#define RUN_PARSER_H

#include "run/reader.h"
#include "run/sandbox.h"

/*
 * reader_run() in a process that is locked in before it reads the first byte: files are
 * opened here, one by one as it asks for them, and observations come back. What it says is
 * believed as little as what a file says.
 *
 * 0, or -1 with *e set: it could not begin, it was ended before its time, or it said what
 * cannot be. What came before that was taken all the same.
 */
int parser_run(const struct reader *r, struct reader_end *end_r, struct tally *counters,
    enum sandbox *sandbox_r, struct err *e);

#endif
