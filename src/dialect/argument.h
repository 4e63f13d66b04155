/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_ARGUMENT_H
#define DIALECT_ARGUMENT_H

#include <stdbool.h>

#include "base/span.h"

/*
 * Arguments of text commands that are nobody's secret where they stand: names of mechanisms,
 * sub-commands, lengths. All others may be.
 */

/* May the index-th word (from 1) behind that verb be shown? before is the one in front of it. */
bool argument_is_public(struct span verb, unsigned index, struct span before, struct span word);

#endif
