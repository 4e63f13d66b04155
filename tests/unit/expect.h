/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

#include <stdbool.h>

#include "transcript.h"
#include "words/observation.h"

/* Holds a row against what was seen; tells on standard error what differs. */
bool expect_met(const struct row *row, const struct observation *seen);

/*
 * Do two observations of one row say the same, whatever TCP did? Returns NULL,
 * or what differs. The texts of marks count only where texts is true.
 */
const char *expect_same(const struct observation *a, const struct observation *b, bool texts);

/* Does a secret of the rows stand in any text of the observation, or one that is not UTF-8? */
const char *expect_clean(const struct observation *seen);

#endif
