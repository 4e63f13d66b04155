/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_STORE_H
#define JUDGE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "judge/baseline.h"

/*
 * A baseline in a file (SQLite, in WAL mode). It is read whole when it is
 * opened; what changes is written in batches, each of them one transaction, so
 * a crash loses the last batch at most. One process writes; any number read.
 */
struct store;

enum store_mode { STORE_READ, STORE_WRITE };

/*
 * Fill the baseline, which must be empty, from the file. STORE_WRITE makes the
 * file if there is none. NULL with *e set, and the file untouched, when it is
 * missing, damaged, somebody else's, of a newer version, or being written.
 */
struct store *store_open(const char *path, enum store_mode mode, struct baseline *baseline,
    struct err *e);

/* Write what has changed. 0, or -1 with *e set. */
int store_write(struct store *s, struct err *e);

/* The same when there is enough of it, or it has waited long enough. */
int store_write_if_due(struct store *s, struct err *e);

/* Forget servers of that address, at one port or (0) at all: how many, or -1 with *e set. */
int store_forget(struct store *s, const char *address, unsigned port, struct err *e);

/* Write everything, changed or not; for what was put into the baseline by hand. */
int store_write_all(struct store *s, struct err *e);

/* Changes that were not written are lost. */
void store_free(struct store **s);

#endif
