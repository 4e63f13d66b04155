/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/store_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/moment.h"
#include "judge/store_check.h"

enum { BUSY_MS = 5000 };

int
store_complain(const struct store *s, struct err *e)
{
	return err_set(e, "%s: %s", s->path, sqlite3_errmsg(s->db));
}

int
store_run(const struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_complain(s, e);
}

static int
damaged(const struct store *s, const char *what, struct err *e)
{
	return err_set(e, "%s: the baseline is damaged (%s); it was left as it is. Put a copy in "
	    "its place, or move it away to begin anew", s->path, what);
}

int
store_explain(const struct store *s, int status, struct err *e)
{
	if (status == SQLITE_CORRUPT)
		return damaged(s, "a row cannot be read", e);
	return err_set(e, "%s: %s", s->path, sqlite3_errstr(status));
}

/* SQLite asks neither, and would put its pages into whatever is there now. */
int
store_verify(struct store *s, struct err *e)
{
	static const char magic[] = "SQLite format 3";
	char head[sizeof(magic)] = "";
	sqlite3_file *file = NULL;
	int moved = 0;

	sqlite3_file_control(s->db, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
	sqlite3_file_control(s->db, NULL, SQLITE_FCNTL_FILE_POINTER, &file);
	if (!moved && file != NULL && file->pMethods != NULL &&
	    file->pMethods->xRead(file, head, sizeof(head), 0) == SQLITE_OK &&
	    memcmp(head, magic, sizeof(magic)) == 0)
		return 0;
	/* also closing it would write, and remove what stands beside it */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return err_set(e, "%s: the baseline was %s by somebody else while it was in use; it is "
	    "left as it is", s->path, moved ? "removed or replaced" : "overwritten");
}

/* The first failure is kept: whoever waits for an answer gets none, and asks later. */
static void
remember_failure(struct store *s, const struct err *e)
{
	if (s->failed)
		return;
	s->failed = true;
	s->why = *e;
}

/* --- Behind the baseline --- */

static bool
is_row(struct store *s, int status)
{
	struct err e;

	if (status != SQLITE_ROW && status != SQLITE_DONE) {
		store_explain(s, status, &e);
		remember_failure(s, &e);
	}
	return status == SQLITE_ROW;
}

static bool
give_server(void *ctx, uint64_t hash, struct server *server_r)
{
	struct store *s = ctx;

	return is_row(s, store_rows_server(&s->rows, hash, server_r));
}

static bool
give_pair(void *ctx, uint64_t hash, struct pair *pair_r)
{
	struct store *s = ctx;

	return is_row(s, store_rows_pair(&s->rows, hash, pair_r));
}

static bool
give_neighbourhood(void *ctx, uint64_t hash, struct neighbourhood *neighbourhood_r)
{
	struct store *s = ctx;

	return is_row(s, store_rows_neighbourhood(&s->rows, hash, neighbourhood_r));
}

static void
make_room(void *ctx)
{
	struct store *s = ctx;
	struct err e;

	if (store_write_changes(s, &e) < 0)
		remember_failure(s, &e);
}

/* --- Opening --- */

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
open_for_reading(struct store *s, struct err *e)
{
	s->db = store_check(s->path, e);
	return s->db != NULL ? read_key(s, e) : -1;
}

static int
open_for_writing(struct store *s, struct err *e)
{
	sqlite3_close(s->db);
	s->db = NULL;
	if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK)
		return store_complain(s, e);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return store_run(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", e);
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
	if (store_run(s, "BEGIN IMMEDIATE", e) < 0 || store_run(s, store_schema, e) < 0 ||
	    store_run(s, sql, e) < 0)
		return -1;
	return store_run(s, "COMMIT", e);
}

/*
 * One of an older version becomes one of ours by saying so: rows say themselves how they are
 * written, and are written anew when they change. An older stripwatch refuses it from now on.
 */
static int
upgrade(const struct store *s, struct err *e)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", STORE_VERSION);
	return store_run(s, sql, e);
}

/*
 * A file of its own beside the baseline: SQLite's locks last only as long as a
 * transaction. 1 when it is ours, 0 when another process has it, -1 with *e set.
 */
static int
lock_out_others(struct store *s, struct err *e)
{
	char path[STORE_PATH_SIZE + 8];

	snprintf(path, sizeof(path), "%s.lock", s->path);
	s->lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (s->lock < 0)
		return err_set_errno(e, "%s", path);
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return 1;
	if (errno != EWOULDBLOCK)
		return err_set_errno(e, "%s", path);
	err_set(e, "%s: another stripwatch is writing this baseline; wait for it, or read "
	    "without --learn", s->path);
	return 0;
}

static int
open_writer(struct store *s, bool may_ask, struct err *e)
{
	int locked = lock_out_others(s, e);

	if (locked < 0 || (locked == 0 && !may_ask))
		return -1;
	s->asking = locked == 0;
	if (!s->asking && access(s->path, F_OK) != 0)
		return create(s, e);
	if (open_for_reading(s, e) < 0 || open_for_writing(s, e) < 0)
		return -1;
	/* of one that another process writes, that one decides */
	return s->asking ? 0 : upgrade(s, e);
}

static int
open_rows(struct store *s, enum store_mode mode, struct err *e)
{
	struct memory_backing backing = { s, give_server, give_pair, give_neighbourhood,
		NULL };

	if (mode == STORE_READ ? open_for_reading(s, e) < 0
			       : open_writer(s, mode == STORE_WRITE_OR_ASK, e) < 0)
		return -1;
	/* hashes lie anywhere: with little room each row takes a page out of it, and back in */
	if (mode == STORE_WRITE_MANY && store_run(s, "PRAGMA cache_size = -65536", e) < 0)
		return -1;
	if (store_rows_prepare(&s->rows, s->db, mode != STORE_READ) != SQLITE_OK)
		return store_complain(s, e);
	if (mode != STORE_READ)
		backing.make_room = make_room;
	memory_set_backing(baseline_memory(s->baseline), &backing);
	return 0;
}

/* Of a pipe a reader would wait for a writer. Nothing of the kind is ever opened. */
static int
look_at_kind(const char *path, struct err *e)
{
	struct stat st;

	return stat(path, &st) != 0 || S_ISREG(st.st_mode) ? 0 :
	    err_set(e, "%s: the baseline is no regular file", path);
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
	s->written_ns = moment_now().steady_ns;
	if ((size_t)snprintf(s->path, sizeof(s->path), "%s", path) >= sizeof(s->path))
		err_set(e, "%s: the path is too long", path);
	else if (look_at_kind(path, e) == 0 && open_rows(s, mode, e) == 0)
		return s;
	store_free(&s);
	return NULL;
}

bool
store_failed(const struct store *s, struct err *e_r)
{
	if (s->failed)
		*e_r = s->why;
	return s->failed;
}

void
store_try_again(struct store *s)
{
	s->failed = false;
}

bool
store_is_asking(const struct store *s)
{
	return s->asking;
}

void
store_free(struct store **store)
{
	struct store *s = *store;

	if (s == NULL)
		return;
	store_rows_finish(&s->rows);
	sqlite3_close(s->db);
	if (s->lock >= 0)
		close(s->lock);
	free(s);
	*store = NULL;
}
