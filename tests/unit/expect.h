/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

#include <stdbool.h>

#include "transcript.h"
#include "words/observation.h"

/* Holds a row against what was seen; tells on standard error what differs. */
bool expect_met(const struct row *row, const struct observation *seen);

#endif
