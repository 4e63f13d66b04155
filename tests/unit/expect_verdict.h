/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_EXPECT_VERDICT_H
#define TESTS_EXPECT_VERDICT_H

#include <stdbool.h>

#include "transcript.h"
#include "words/observation.h"

/*
 * Holds a row's technique, alert and outcome against what is decided of that
 * observation, by a stranger and by one who knows that this server does TLS
 * and that this client has used it; tells on standard error what differs.
 */
bool expect_verdict_met(const struct row *row, const struct observation *seen);

#endif
