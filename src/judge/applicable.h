/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_APPLICABLE_H
#define JUDGE_APPLICABLE_H

#include <stdbool.h>

#include "dialect/dialect.h"
#include "words/technique.h"

/*
 * Can one connection of that dialect, or two of one client, lead to that
 * technique? False also for all that need more taps or memory of another kind.
 */
bool technique_applies(enum technique technique, const struct dialect *dialect);

#endif
