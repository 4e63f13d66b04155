/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/store.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "judge/server_json.h"
#include "judge/store_check.h"

enum {
	BATCH_CHANGES = 512,	/* so many make a batch */
	BATCH_SECONDS = 5,	/* ... or so long a wait */
	PATH_SIZE = 4096,
};

struct store {
	struct baseline *baseline;
	sqlite3 *db;
	sqlite3_stmt *put_server, *put_pair;
	char path[PATH_SIZE];
	int lock;		/* held open by the one that writes; -1 otherwise */
	time_t written_s;
	int status;		/* first error inside a batch, or SQLITE_OK */
};

static const char schema[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE server (address TEXT NOT NULL, port INTEGER NOT NULL, dialect TEXT NOT NULL,"
    " name TEXT NOT NULL, last_seen_ns INTEGER NOT NULL, memory TEXT NOT NULL,"
    " PRIMARY KEY (address, port, dialect, name));"
    "CREATE TABLE pair (hash INTEGER PRIMARY KEY, first_ns INTEGER NOT NULL,"
    " last_ns INTEGER NOT NULL);";

static int
fail(const struct store *s, struct err *e)
{
	return err_set(e, "%s: %s", s->path, sqlite3_errmsg(s->db));
}

static int
run(const struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(s, e);
}

/* --- Reading --- */

static int
damaged(const struct store *s, const char *what, struct err *e)
{
	return err_set(e, "%s: the baseline is damaged (%s); it was left as it is. Put a copy in "
	    "its place, or move it away to begin anew", s->path, what);
}

/* Two times sixteen hexadecimal digits. */
static bool
parse_key(const char *text, struct hash_key *key_r)
{
	char half[17] = "";
	char *end;

	if (text == NULL || strspn(text, "0123456789abcdef") != 32 || text[32] != '\0')
		return false;
	memcpy(half, text, 16);
	key_r->k[0] = strtoull(half, &end, 16);
	key_r->k[1] = strtoull(text + 16, &end, 16);
	return true;
}

static int
read_key(struct store *s, struct err *e)
{
	sqlite3_stmt *q = NULL;
	struct hash_key key;
	bool got = false;

	if (sqlite3_prepare_v2(s->db, "SELECT value FROM meta WHERE name = 'key'", -1, &q, NULL)
	    == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		got = parse_key((const char *)sqlite3_column_text(q, 0), &key);
	sqlite3_finalize(q);
	if (!got)
		return damaged(s, "it has no key", e);
	baseline_set_key(s->baseline, key);
	return 0;
}

static int
read_server(struct store *s, const char *memory, struct err *e)
{
	struct json_object *o = memory != NULL ? json_tokener_parse(memory) : NULL;
	struct server server;
	bool good = o != NULL && server_from_json(o, &server);

	json_object_put(o);
	if (!good)
		return damaged(s, "a server cannot be read", e);
	baseline_put_server(s->baseline, &server);
	return 0;
}

/* The latest last: if there are more than memory has room for, those stay. */
static int
read_rows(struct store *s, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int status, result = 0;

	if (sqlite3_prepare_v2(s->db, "SELECT memory FROM server ORDER BY last_seen_ns", -1, &q,
	    NULL) != SQLITE_OK)
		return fail(s, e);
	while (result == 0 && (status = sqlite3_step(q)) == SQLITE_ROW)
		result = read_server(s, (const char *)sqlite3_column_text(q, 0), e);
	if (result == 0 && status != SQLITE_DONE)
		result = damaged(s, sqlite3_errmsg(s->db), e);
	sqlite3_finalize(q);
	if (result < 0)
		return -1;
	if (sqlite3_prepare_v2(s->db, "SELECT hash, first_ns, last_ns FROM pair ORDER BY last_ns",
	    -1, &q, NULL) != SQLITE_OK)
		return fail(s, e);
	while ((status = sqlite3_step(q)) == SQLITE_ROW)
		baseline_put_pair(s->baseline, (uint64_t)sqlite3_column_int64(q, 0),
		    sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2));
	sqlite3_finalize(q);
	return status == SQLITE_DONE ? 0 : damaged(s, sqlite3_errmsg(s->db), e);
}

static int
read_all(struct store *s, struct err *e)
{
	s->db = store_check(s->path, e);
	if (s->db == NULL)
		return -1;
	if (read_key(s, e) < 0)
		return -1;
	return read_rows(s, e);
}

/* --- Writing --- */

/* A file of its own beside the baseline: SQLite's locks last only as long as a transaction. */
static int
lock_out_others(struct store *s, struct err *e)
{
	char path[PATH_SIZE + 8];

	snprintf(path, sizeof(path), "%s.lock", s->path);
	s->lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (s->lock < 0)
		return err_set_errno(e, "%s", path);
	if (flock(s->lock, LOCK_EX | LOCK_NB) < 0)
		return err_set(e, "%s: another stripwatch is writing this baseline; wait for it, "
		    "or read without --learn", s->path);
	return 0;
}

static int
open_for_writing(struct store *s, struct err *e)
{
	sqlite3_close(s->db);
	s->db = NULL;
	if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK)
		return fail(s, e);
	sqlite3_busy_timeout(s->db, 5000);
	return run(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", e);
}

static int
create(struct store *s, struct err *e)
{
	struct hash_key key = baseline_key(s->baseline);
	char sql[512];

	if (open_for_writing(s, e) < 0)
		return -1;
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d;"
	    "INSERT INTO meta VALUES ('key', '%016" PRIx64 "%016" PRIx64 "');",
	    STORE_APPLICATION, STORE_VERSION, key.k[0], key.k[1]);
	if (run(s, "BEGIN IMMEDIATE", e) < 0 || run(s, schema, e) < 0 || run(s, sql, e) < 0)
		return -1;
	return run(s, "COMMIT", e);
}

static int
prepare(struct store *s, struct err *e)
{
	if (sqlite3_prepare_v2(s->db, "INSERT OR REPLACE INTO server VALUES (?, ?, ?, ?, ?, ?)",
	    -1, &s->put_server, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(s->db, "INSERT OR REPLACE INTO pair VALUES (?, ?, ?)",
	    -1, &s->put_pair, NULL) != SQLITE_OK)
		return fail(s, e);
	return 0;
}

static int
open_writer(struct store *s, struct err *e)
{
	if (lock_out_others(s, e) < 0)
		return -1;
	if (access(s->path, F_OK) != 0) {
		if (create(s, e) < 0)
			return -1;
	} else if (read_all(s, e) < 0 || open_for_writing(s, e) < 0) {
		return -1;
	}
	return prepare(s, e);
}

struct store *
store_open(const char *path, enum store_mode mode, struct baseline *baseline, struct err *e)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		err_set_errno(e, "%s", path);
		return NULL;
	}
	s->baseline = baseline;
	s->lock = -1;
	s->written_s = time(NULL);
	if ((size_t)snprintf(s->path, sizeof(s->path), "%s", path) >= sizeof(s->path))
		err_set(e, "%s: the path is too long", path);
	else if ((mode == STORE_WRITE ? open_writer(s, e) : read_all(s, e)) == 0)
		return s;
	store_free(&s);
	return NULL;
}

static void
step(struct store *s, sqlite3_stmt *statement)
{
	int status = sqlite3_step(statement);

	if (status != SQLITE_DONE && s->status == SQLITE_OK)
		s->status = status;
	sqlite3_reset(statement);
}

static void
put_server(void *ctx, const struct server *server)
{
	struct store *s = ctx;
	struct json_object *o = server_to_json(server);
	char address[ADDRESS_TEXT_SIZE];

	address_format(&server->key.address, address);
	sqlite3_bind_text(s->put_server, 1, address, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(s->put_server, 2, server->key.port);
	sqlite3_bind_text(s->put_server, 3, server->key.dialect, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(s->put_server, 4, server->key.name, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s->put_server, 5, server->last_seen_ns);
	sqlite3_bind_text(s->put_server, 6, json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN), -1, SQLITE_TRANSIENT);
	step(s, s->put_server);
	json_object_put(o);
}

static void
put_pair(void *ctx, uint64_t hash, int64_t first_ns, int64_t last_ns)
{
	struct store *s = ctx;

	sqlite3_bind_int64(s->put_pair, 1, (sqlite3_int64)hash);
	sqlite3_bind_int64(s->put_pair, 2, first_ns);
	sqlite3_bind_int64(s->put_pair, 3, last_ns);
	step(s, s->put_pair);
}

/* One transaction around whatever visits the rows. */
static int
write_batch(struct store *s, bool everything, struct err *e)
{
	struct baseline_visitor visitor = { s, put_server, put_pair };

	if (run(s, "BEGIN IMMEDIATE", e) < 0)
		return -1;
	s->status = SQLITE_OK;
	if (everything)
		baseline_each(s->baseline, &visitor);
	else
		baseline_take_changes(s->baseline, &visitor);
	s->written_s = time(NULL);
	if (s->status == SQLITE_OK)
		return run(s, "COMMIT", e);
	err_set(e, "%s: %s", s->path, sqlite3_errstr(s->status));
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

int
store_write(struct store *s, struct err *e)
{
	return baseline_changes(s->baseline) > 0 ? write_batch(s, false, e) : 0;
}

int
store_write_if_due(struct store *s, struct err *e)
{
	size_t changes = baseline_changes(s->baseline);

	if (changes == 0 ||
	    (changes < BATCH_CHANGES && time(NULL) - s->written_s < BATCH_SECONDS))
		return 0;
	return write_batch(s, false, e);
}

int
store_write_all(struct store *s, struct err *e)
{
	return write_batch(s, true, e);
}

int
store_forget(struct store *s, const char *address, unsigned port, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int status = sqlite3_prepare_v2(s->db, "DELETE FROM server WHERE address = ? AND "
	    "(port = ? OR ? = 0)", -1, &q, NULL);

	if (status == SQLITE_OK) {
		sqlite3_bind_text(q, 1, address, -1, SQLITE_TRANSIENT);
		sqlite3_bind_int(q, 2, (int)port);
		sqlite3_bind_int(q, 3, (int)port);
		status = sqlite3_step(q);
	}
	sqlite3_finalize(q);
	return status == SQLITE_DONE ? sqlite3_changes(s->db) : fail(s, e);
}

void
store_free(struct store **store)
{
	struct store *s = *store;

	if (s == NULL)
		return;
	sqlite3_finalize(s->put_server);
	sqlite3_finalize(s->put_pair);
	sqlite3_close(s->db);
	if (s->lock >= 0)
		close(s->lock);
	free(s);
	*store = NULL;
}
