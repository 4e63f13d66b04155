/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/store_check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* The one number that a query gives; -1 with the reason when it gives none. */
static int
number_of(sqlite3 *db, const char *query, int *number_r)
{
	sqlite3_stmt *s = NULL;
	int status = sqlite3_prepare_v2(db, query, -1, &s, NULL);

	if (status == SQLITE_OK)
		status = sqlite3_step(s);
	if (status == SQLITE_ROW)
		*number_r = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return status == SQLITE_ROW ? 0 : -1;
}

static int
is_whole(sqlite3 *db, const char *path, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int status = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &s, NULL);
	const char *says = "";

	if (status == SQLITE_OK && (status = sqlite3_step(s)) == SQLITE_ROW)
		says = (const char *)sqlite3_column_text(s, 0);
	if (status == SQLITE_ROW && says != NULL && strcmp(says, "ok") == 0)
		status = 0;
	else
		status = err_set(e, "%s: the baseline is damaged (%s); it was left as it is. Put a "
		    "copy in its place, or move it away to begin anew", path,
		    status == SQLITE_ROW && says != NULL ? says : sqlite3_errmsg(db));
	sqlite3_finalize(s);
	return status;
}

static int
is_ours(sqlite3 *db, const char *path, struct err *e)
{
	int application, version;

	if (number_of(db, "PRAGMA application_id", &application) < 0)
		return err_set(e, "%s: the baseline is damaged, or no baseline (%s); it was left "
		    "as it is", path, sqlite3_errmsg(db));
	if (application != STORE_APPLICATION)
		return err_set(e, "%s: this is no baseline of stripwatch; it was left as it is",
		    path);
	if (number_of(db, "PRAGMA user_version", &version) < 0)
		return err_set(e, "%s: %s", path, sqlite3_errmsg(db));
	if (version > STORE_VERSION)
		return err_set(e, "%s: a newer stripwatch has written it (version %d, this one "
		    "knows %d); it was left as it is", path, version, STORE_VERSION);
	if (version < STORE_VERSION_READ)
		return err_set(e, "%s: an older stripwatch has written it (version %d, this one "
		    "knows %d to %d); it was left as it is. Export it with that one and import "
		    "it", path, version, STORE_VERSION_READ, STORE_VERSION);
	return 0;
}

/* NULL with *e set. */
static sqlite3 *
open_as(const char *path, const char *name, int flags, struct err *e)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(name, &db, flags, NULL) != SQLITE_OK) {
		err_set(e, "%s: %s", path, sqlite3_errmsg(db));
		sqlite3_close(db);
		return NULL;
	}
	sqlite3_busy_timeout(db, 5000);
	return db;
}

/* Has somebody written what is not in the file itself yet? He may be writing still. */
static bool
has_log(const char *real)
{
	char beside[PATH_BYTES];

	snprintf(beside, sizeof(beside), "%s-wal", real);
	return access(beside, F_OK) == 0;
}

/*
 * For a first look: SQLite puts nothing beside a file that it takes to be unchangeable. So it
 * can also be read where nothing may be written.
 */
static sqlite3 *
open_apart(const char *path, const char *real, struct err *e)
{
	char name[3 * PATH_BYTES + 32];
	size_t used = (size_t)snprintf(name, sizeof(name), "file:");

	if (has_log(real))
		return open_as(path, real, SQLITE_OPEN_READONLY, e);
	/* a URI: %, ? and # have a meaning there */
	for (const char *at = real; *at != '\0' && used + 24 < sizeof(name); at++)
		used += (size_t)snprintf(name + used, sizeof(name) - used,
		    strchr("%?#", *at) != NULL ? "%%%02x" : "%c", (unsigned char)*at);
	snprintf(name + used, sizeof(name) - used, "?immutable=1");
	return open_as(path, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
}

/* May we put beside it what readers and a writer share, and take it away again? */
static bool
may_share(const char *real)
{
	char folder[PATH_BYTES];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", real);
	slash = strrchr(folder, '/');
	if (slash != NULL)
		slash[slash == folder] = '\0';
	return access(real, W_OK) == 0 && access(folder, W_OK) == 0;
}

/*
 * A writer may come while it is read. What is shared with him goes with the last who has the
 * file open, unless he may only read; and what a killed one had left stays as it is.
 */
static sqlite3 *
open_to_share(const char *path, const char *real, struct err *e)
{
	const int keep = has_log(real);
	sqlite3 *db = open_as(path, real, SQLITE_OPEN_READWRITE, e);

	if (db == NULL)
		return NULL;
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep, NULL);
	if (sqlite3_exec(db, "PRAGMA query_only = 1", NULL, NULL, NULL) == SQLITE_OK)
		return db;
	err_set(e, "%s: %s", path, sqlite3_errmsg(db));
	sqlite3_close(db);
	return NULL;
}

static sqlite3 *
check(const char *path, const char *real, struct err *e)
{
	sqlite3 *db = open_apart(path, real, e);
	bool good = db != NULL && is_ours(db, path, e) == 0;

	if (good && may_share(real)) {
		sqlite3_close(db);
		db = open_to_share(path, real, e);
		good = db != NULL;
	}
	if (good && is_whole(db, path, e) == 0)
		return db;
	sqlite3_close(db);
	return NULL;
}

sqlite3 *
store_check(const char *path, struct err *e)
{
	/* what SQLite puts beside a file is beside the one that a link leads to */
	char *real = realpath(path, NULL);
	sqlite3 *db = NULL;

	if (real == NULL)
		err_set_errno(e, "%s", path);
	else if (strlen(real) >= PATH_BYTES - 8)
		err_set(e, "%s: the path is too long", path);
	else
		db = check(path, real, e);
	free(real);
	return db;
}
