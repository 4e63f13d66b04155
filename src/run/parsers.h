/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PARSERS_H
#define RUN_PARSERS_H

#include "run/reader.h"
#include "run/sandbox.h"

/*
 * Reading in processes of their own (parser.h): settings->jobs of them at most, each with
 * a share of the files: stretches that follow each other. Their turn is in the order of
 * time: what is said in turn is taken at once, and what others say before theirs waits
 * (backlog.h). So observations come in the one order that they have, however many
 * processes there are.
 *
 * Where a stretch ends is known when it has been read. Until then a file that begins long
 * enough after the one before it may be the beginning of one: somebody begins with it, and
 * is ended unheard when those before did not stop there.
 *
 * 0, or -1 with *e set: one could not begin, it was ended before its time, or it said what
 * cannot be. What came before that was taken all the same.
 */
int parsers_run(const struct reader *r, struct reader_end *end_r, struct tally *counters,
    enum sandbox *sandbox_r, struct err *e);

#endif
