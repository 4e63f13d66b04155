/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_STORE_ROWS_H
#define JUDGE_STORE_ROWS_H

#include <sqlite3.h>
#include <stdbool.h>

#include "judge/memory.h"

/*
 * The rows of a baseline's file, one by one. Hashes are the baseline's own; SQLite
 * keeps them as signed numbers.
 */
struct store_rows {
	sqlite3 *db;
	sqlite3_stmt *get_server, *get_pair, *get_neighbourhood;
	/* NULL when nothing is written */
	sqlite3_stmt *put_server, *put_pair, *put_neighbourhood;
};

extern const char store_schema[];

/* SQLITE_OK, or what SQLite says. */
int store_rows_prepare(struct store_rows *rows, sqlite3 *db, bool writing);

/* SQLITE_ROW when there is one, SQLITE_DONE when there is none, SQLITE_CORRUPT for one that
 * cannot be read, or what SQLite says. */
int store_rows_server(struct store_rows *rows, uint64_t hash, struct server *server_r);
int store_rows_pair(struct store_rows *rows, uint64_t hash, struct pair *pair_r);
int store_rows_neighbourhood(struct store_rows *rows, uint64_t hash,
    struct neighbourhood *neighbourhood_r);

/* SQLITE_DONE, or what SQLite says. */
int store_rows_put_server(struct store_rows *rows, uint64_t hash, const struct server *server);
int store_rows_put_pair(struct store_rows *rows, uint64_t hash, const struct pair *pair);
int store_rows_put_neighbourhood(struct store_rows *rows, uint64_t hash,
    const struct neighbourhood *neighbourhood);

/* Visit all of them, the longest unseen first: SQLITE_DONE, or what is wrong, as above. */
int store_rows_each(const struct store_rows *rows, const struct memory_visitor *visitor);

/* The same for the servers of an address, at one port or (0) at all; no pairs. */
int store_rows_at(const struct store_rows *rows, const char *address, unsigned port,
    const struct memory_visitor *visitor);

void store_rows_finish(struct store_rows *rows);

#endif
