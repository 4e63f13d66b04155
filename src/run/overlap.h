/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_OVERLAP_H
#define RUN_OVERLAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Would events be appended to one of these files, under whatever name? output is a
 * path; NULL or "-" is standard output. Opens nothing. 0 when not, -1 with *e set
 * when it would.
 */
int overlap_check(const char *output, const char *const *files, size_t count,
    struct err *e);

/* Are these the same file, or would they be once they are made? */
bool overlap_same(const char *path, const char *other);

#endif
