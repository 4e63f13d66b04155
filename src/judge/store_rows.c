/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/store_rows.h"

#include <string.h>

#include "base/text.h"
#include "judge/server_pack.h"

const char store_schema[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE server (hash INTEGER PRIMARY KEY, address TEXT NOT NULL,"
    " port INTEGER NOT NULL, dialect TEXT NOT NULL, name TEXT NOT NULL,"
    " last_seen_ns INTEGER NOT NULL, memory BLOB NOT NULL);"
    "CREATE TABLE pair (hash INTEGER PRIMARY KEY, first_ns INTEGER NOT NULL,"
    " last_ns INTEGER NOT NULL, hello INTEGER NOT NULL, hello_ns INTEGER NOT NULL);"
    "CREATE TABLE neighbourhood (hash INTEGER PRIMARY KEY, memory BLOB NOT NULL);"
    "CREATE TABLE request (address TEXT NOT NULL, port INTEGER NOT NULL,"
    " PRIMARY KEY (address, port));";

#define SERVER_COLUMNS "hash, address, port, dialect, name, memory FROM server "
#define PAIR_COLUMNS "hash, first_ns, last_ns, hello, hello_ns FROM pair "
#define NEIGHBOURHOOD_COLUMNS "hash, memory FROM neighbourhood "

enum { HASH, ADDRESS, PORT, DIALECT, NAME, MEMORY };

static int
prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement_r)
{
	return sqlite3_prepare_v2(db, sql, -1, statement_r, NULL);
}

int
store_rows_prepare(struct store_rows *rows, sqlite3 *db, bool writing)
{
	const struct {
		const char *sql;
		sqlite3_stmt **statement;
		bool writes;
	} all[] = {
		{ "SELECT " SERVER_COLUMNS "WHERE hash = ?", &rows->get_server, false },
		{ "SELECT " PAIR_COLUMNS "WHERE hash = ?", &rows->get_pair, false },
		{ "SELECT " NEIGHBOURHOOD_COLUMNS "WHERE hash = ?", &rows->get_neighbourhood,
		    false },
		{ "INSERT OR REPLACE INTO server VALUES (?, ?, ?, ?, ?, ?, ?)",
		    &rows->put_server, true },
		{ "INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?, ?)", &rows->put_pair, true },
		{ "INSERT OR REPLACE INTO neighbourhood VALUES (?, ?)",
		    &rows->put_neighbourhood, true },
	};
	int status = SQLITE_OK;

	*rows = (struct store_rows){ .db = db };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && status == SQLITE_OK; i++) {
		if (writing || !all[i].writes)
			status = prepare(db, all[i].sql, all[i].statement);
	}
	return status;
}

static bool
copy_text(sqlite3_stmt *q, int column, char *text_r, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(q, column);
	size_t n = (size_t)sqlite3_column_bytes(q, column);

	if (text == NULL || n >= size || strlen(text) != n)
		return false;
	text_copy(text_r, size, text);
	return true;
}

static bool
read_server(sqlite3_stmt *q, struct server *server_r)
{
	struct server_key *key = &server_r->key;
	char address[ADDRESS_TEXT_SIZE];
	int port = sqlite3_column_int(q, PORT);
	const void *memory = sqlite3_column_blob(q, MEMORY);

	memset(server_r, 0, sizeof(*server_r));
	if (!copy_text(q, ADDRESS, address, sizeof(address)) ||
	    !address_parse(address, &key->address) || port < 0 || port > UINT16_MAX ||
	    !copy_text(q, DIALECT, key->dialect, sizeof(key->dialect)) ||
	    !copy_text(q, NAME, key->name, sizeof(key->name)))
		return false;
	key->port = (uint16_t)port;
	return server_unpack(span_of(memory, (size_t)sqlite3_column_bytes(q, MEMORY)), server_r);
}

int
store_rows_server(struct store_rows *rows, uint64_t hash, struct server *server_r)
{
	int status;

	sqlite3_bind_int64(rows->get_server, 1, (sqlite3_int64)hash);
	status = sqlite3_step(rows->get_server);
	if (status == SQLITE_ROW && !read_server(rows->get_server, server_r))
		status = SQLITE_CORRUPT;
	sqlite3_reset(rows->get_server);
	return status;
}

static struct pair
read_pair(sqlite3_stmt *q)
{
	return (struct pair){ .first_ns = sqlite3_column_int64(q, 1),
		.last_ns = sqlite3_column_int64(q, 2),
		.hello = (uint32_t)sqlite3_column_int64(q, 3),
		.hello_ns = sqlite3_column_int64(q, 4) };
}

int
store_rows_pair(struct store_rows *rows, uint64_t hash, struct pair *pair_r)
{
	int status;

	sqlite3_bind_int64(rows->get_pair, 1, (sqlite3_int64)hash);
	status = sqlite3_step(rows->get_pair);
	if (status == SQLITE_ROW)
		*pair_r = read_pair(rows->get_pair);
	sqlite3_reset(rows->get_pair);
	return status;
}

static bool
read_neighbourhood(sqlite3_stmt *q, struct neighbourhood *n_r)
{
	const void *memory = sqlite3_column_blob(q, 1);

	return neighbourhood_unpack(span_of(memory, (size_t)sqlite3_column_bytes(q, 1)), n_r);
}

int
store_rows_neighbourhood(struct store_rows *rows, uint64_t hash,
    struct neighbourhood *neighbourhood_r)
{
	sqlite3_stmt *q = rows->get_neighbourhood;
	int status;

	sqlite3_bind_int64(q, 1, (sqlite3_int64)hash);
	status = sqlite3_step(q);
	if (status == SQLITE_ROW && !read_neighbourhood(q, neighbourhood_r))
		status = SQLITE_CORRUPT;
	sqlite3_reset(q);
	return status;
}

static int
step(sqlite3_stmt *statement)
{
	int status = sqlite3_step(statement);

	sqlite3_reset(statement);
	return status;
}

int
store_rows_put_server(struct store_rows *rows, uint64_t hash, const struct server *server)
{
	const struct server_key *key = &server->key;
	sqlite3_stmt *put = rows->put_server;
	uint8_t packed[SERVER_PACK_MAX];
	char address[ADDRESS_TEXT_SIZE];
	size_t n = server_pack(server, packed);

	address_format(&key->address, address);
	sqlite3_bind_int64(put, 1, (sqlite3_int64)hash);
	sqlite3_bind_text(put, 2, address, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(put, 3, key->port);
	sqlite3_bind_text(put, 4, key->dialect, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(put, 5, key->name, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(put, 6, server->last_seen_ns);
	sqlite3_bind_blob(put, 7, packed, (int)n, SQLITE_TRANSIENT);
	return step(put);
}

int
store_rows_put_pair(struct store_rows *rows, uint64_t hash, const struct pair *pair)
{
	sqlite3_bind_int64(rows->put_pair, 1, (sqlite3_int64)hash);
	sqlite3_bind_int64(rows->put_pair, 2, pair->first_ns);
	sqlite3_bind_int64(rows->put_pair, 3, pair->last_ns);
	sqlite3_bind_int64(rows->put_pair, 4, pair->hello);
	sqlite3_bind_int64(rows->put_pair, 5, pair->hello_ns);
	return step(rows->put_pair);
}

int
store_rows_put_neighbourhood(struct store_rows *rows, uint64_t hash,
    const struct neighbourhood *neighbourhood)
{
	uint8_t packed[NEIGHBOURHOOD_PACK_MAX];
	size_t n = neighbourhood_pack(neighbourhood, packed);

	sqlite3_bind_int64(rows->put_neighbourhood, 1, (sqlite3_int64)hash);
	sqlite3_bind_blob(rows->put_neighbourhood, 2, packed, (int)n, SQLITE_TRANSIENT);
	return step(rows->put_neighbourhood);
}

static int
visit_servers(sqlite3_stmt *q, const struct memory_visitor *visitor)
{
	struct server server;
	int status;

	while ((status = sqlite3_step(q)) == SQLITE_ROW && read_server(q, &server))
		visitor->server(visitor->ctx, (uint64_t)sqlite3_column_int64(q, HASH), &server);
	sqlite3_finalize(q);
	return status == SQLITE_ROW ? SQLITE_CORRUPT : status;
}

/* Sorted, so that SQLite has read all of them before the first is visited and perhaps changed. */
#define IN_ORDER "ORDER BY last_seen_ns, hash"

static int
each_server(sqlite3 *db, const struct memory_visitor *visitor)
{
	sqlite3_stmt *q = NULL;
	int status = prepare(db, "SELECT " SERVER_COLUMNS IN_ORDER, &q);

	return status == SQLITE_OK ? visit_servers(q, visitor) : status;
}

int
store_rows_at(const struct store_rows *rows, const char *address, unsigned port,
    const struct memory_visitor *visitor)
{
	sqlite3_stmt *q = NULL;
	int status = prepare(rows->db, "SELECT " SERVER_COLUMNS
	    "WHERE address = ? AND (port = ? OR ? = 0) " IN_ORDER, &q);

	if (status != SQLITE_OK)
		return status;
	sqlite3_bind_text(q, 1, address, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(q, 2, (int)port);
	sqlite3_bind_int(q, 3, (int)port);
	return visit_servers(q, visitor);
}

static int
each_pair(sqlite3 *db, const struct memory_visitor *visitor)
{
	sqlite3_stmt *q = NULL;
	struct pair pair;
	int status = prepare(db, "SELECT " PAIR_COLUMNS, &q);

	if (status != SQLITE_OK)
		return status;
	while ((status = sqlite3_step(q)) == SQLITE_ROW) {
		pair = read_pair(q);
		visitor->pair(visitor->ctx, (uint64_t)sqlite3_column_int64(q, HASH), &pair);
	}
	sqlite3_finalize(q);
	return status;
}

static int
each_neighbourhood(sqlite3 *db, const struct memory_visitor *visitor)
{
	sqlite3_stmt *q = NULL;
	int status = prepare(db, "SELECT " NEIGHBOURHOOD_COLUMNS, &q);
	struct neighbourhood n;

	if (status != SQLITE_OK)
		return status;
	while ((status = sqlite3_step(q)) == SQLITE_ROW && read_neighbourhood(q, &n))
		visitor->neighbourhood(visitor->ctx, (uint64_t)sqlite3_column_int64(q, HASH), &n);
	sqlite3_finalize(q);
	return status == SQLITE_ROW ? SQLITE_CORRUPT : status;
}

int
store_rows_each(const struct store_rows *rows, const struct memory_visitor *visitor)
{
	int status = each_server(rows->db, visitor);

	if (status == SQLITE_DONE)
		status = each_pair(rows->db, visitor);
	return status == SQLITE_DONE ? each_neighbourhood(rows->db, visitor) : status;
}

void
store_rows_finish(struct store_rows *rows)
{
	sqlite3_finalize(rows->get_server);
	sqlite3_finalize(rows->get_pair);
	sqlite3_finalize(rows->put_server);
	sqlite3_finalize(rows->put_pair);
	sqlite3_finalize(rows->get_neighbourhood);
	sqlite3_finalize(rows->put_neighbourhood);
	*rows = (struct store_rows){ .db = NULL };
}
