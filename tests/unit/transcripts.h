/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_TRANSCRIPTS_H
#define TESTS_TRANSCRIPTS_H

#include "transcript.h"

/* How many complaints there are about a row. */
typedef unsigned check_row(const struct row *row);

/* Asks it of every row that is played, in every file; the test fails when there is a complaint. */
void transcripts_check(check_row *check);

#endif
