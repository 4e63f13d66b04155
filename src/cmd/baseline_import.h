/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_BASELINE_IMPORT_H
#define CMD_BASELINE_IMPORT_H

#include <stdio.h>

#include "base/err.h"
#include "judge/baseline.h"
#include "judge/store.h"

/* What "stripwatch baseline export" writes, read again. */

enum { BASELINE_EXPORT_VERSION = 1 };

/* Copy all of it to lines; -1 with *e set where it is anything else, or cannot be copied. */
int baseline_import_read(FILE *in, FILE *lines, struct err *e);

/*
 * Put what was copied into the file behind a baseline, all or nothing; of clients only what
 * was made with its key. 0 with the number of servers, or -1 with *e set.
 */
int baseline_import_put(FILE *lines, const struct baseline *baseline, struct store *store,
    unsigned *servers_r, struct err *e);

#endif
