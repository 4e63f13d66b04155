/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_STORE_H
#define JUDGE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "judge/baseline.h"

/*
 * A baseline in a file (SQLite, in WAL mode). The baseline in memory stands in front of
 * it: what it does not hold is read when it is asked for, and what has changed is written
 * in batches, each of them one transaction, so a crash loses the last batch at most. One
 * process writes; any number read.
 */
struct store;

enum store_mode {
	STORE_READ,
	STORE_WRITE,
	STORE_WRITE_MANY,	/* ... all over the file: 64 MB of it stay in memory meanwhile */
	STORE_WRITE_OR_ASK,	/* ... or, while another process writes, ask that one */
};

/*
 * Put the file behind the baseline, which must be empty. Who writes makes the file if
 * there is none. NULL with *e set, and the file untouched, when it is missing, damaged,
 * somebody else's, of another version, or being written.
 */
struct store *store_open(const char *path, enum store_mode mode, struct baseline *baseline,
    struct err *e);

/* Write what has changed, and do what others asked. 0, or -1 with *e set. */
int store_write(struct store *s, struct err *e);

/* The same when there is enough of it, or it has waited long enough. */
int store_write_if_due(struct store *s, struct err *e);

/* Has reading or writing failed since it was opened? Then *e_r says how it first did. */
bool store_failed(const struct store *s, struct err *e_r);

/* Whatever it was may be over, as a full disk is: ask and write as if it had not failed. */
void store_try_again(struct store *s);

/* Visit all that is in the file, the servers first. 0, or -1 with *e set. */
int store_each(const struct store *s, const struct memory_visitor *visitor, struct err *e);

/*
 * Put servers and pairs into the file between a begin and an end, all of them or, with
 * keep false, none. Each 0, or -1 with *e set.
 */
int store_begin(struct store *s, struct err *e);
int store_put_server(struct store *s, const struct server *server, struct err *e);
int store_put_pair(struct store *s, uint64_t hash, const struct pair *pair, struct err *e);
int store_end(struct store *s, bool keep, struct err *e);

/*
 * Servers of that address, at one port or (0) at all: forget them, or take them as they
 * are (server_accept()). How many, or -1 with *e set.
 */
int store_forget(struct store *s, const char *address, unsigned port, struct err *e);
int store_accept(struct store *s, const char *address, unsigned port, struct err *e);

/* Does another process write, which has been asked and will accept in a few seconds? */
bool store_is_asking(const struct store *s);

/* Changes that were not written are lost. */
void store_free(struct store **s);

#endif
