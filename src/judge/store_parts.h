/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_STORE_PARTS_H
#define JUDGE_STORE_PARTS_H

#include <sqlite3.h>

#include "judge/store.h"
#include "judge/store_rows.h"

/* What the files of the store share. */

enum { STORE_PATH_SIZE = 4096 };

struct store {
	struct baseline *baseline;
	sqlite3 *db;
	struct store_rows rows;
	char path[STORE_PATH_SIZE];
	int lock;		/* held open by the one that writes; -1 otherwise */
	bool asking;
	int64_t written_ns;	/* of a clock that is never set */
	int status;		/* first error inside a batch, or SQLITE_OK */
	int accepted;
	bool failed;
	struct err why;
};

/* Run SQL that gives no rows. 0, or -1 with *e set. */
int store_run(const struct store *s, const char *sql, struct err *e);

/* Write what has changed, and nothing else. 0, or -1 with *e set. */
int store_write_changes(struct store *s, struct err *e);

/* Say what SQLite said last, or with this status of a row; always -1. */
int store_complain(const struct store *s, struct err *e);
int store_explain(const struct store *s, int status, struct err *e);

#endif
