/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_TRANSCRIPTS_H
#define TESTS_TRANSCRIPTS_H

#include "transcript.h"

/* A file of rows, which may be changed: it was read for this, and is gone afterwards. */
typedef void visit_transcript(void *ctx, const char *name, struct transcript *t);

/* Shows every file, in the order of their names; the test fails when there is none. */
void transcripts_each(visit_transcript *visit, void *ctx);

/* How many complaints there are about a row. */
typedef unsigned check_row(const struct row *row);

/* Asks it of every row that is played, in every file; the test fails when there is a complaint. */
void transcripts_check(check_row *check);

#endif
