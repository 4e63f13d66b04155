/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/store_check.h"

#include <stdbool.h>
#include <stdio.h>
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
look(sqlite3 *db, const char *path, struct err *e)
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
	return is_whole(db, path, e);
}

/* NULL with *e set. */
static sqlite3 *
open_read_only(const char *path, const char *name, int flags, struct err *e)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(name, &db, SQLITE_OPEN_READONLY | flags, NULL) != SQLITE_OK) {
		err_set(e, "%s: %s", path, sqlite3_errmsg(db));
		sqlite3_close(db);
		return NULL;
	}
	sqlite3_busy_timeout(db, 5000);
	return db;
}

/*
 * In a folder where we may not write, SQLite cannot put beside the file what it needs to
 * share it with a writer. It can be read all the same when nobody is writing.
 */
static bool
is_lonely(const char *path)
{
	char beside[PATH_BYTES];
	char *slash;

	snprintf(beside, sizeof(beside), "%s-wal", path);
	if (access(beside, F_OK) == 0)
		return false;
	snprintf(beside, sizeof(beside), "%s", path);
	slash = strrchr(beside, '/');
	if (slash == NULL)
		return access(".", W_OK) != 0;
	slash[slash == beside] = '\0';
	return access(beside, W_OK) != 0;
}

static sqlite3 *
open_file(const char *path, struct err *e)
{
	char name[3 * PATH_BYTES + 32];
	size_t used = (size_t)snprintf(name, sizeof(name), "file:");

	if (!is_lonely(path))
		return open_read_only(path, path, 0, e);
	/* a URI: %, ? and # have a meaning there */
	for (const char *at = path; *at != '\0' && used + 24 < sizeof(name); at++)
		used += (size_t)snprintf(name + used, sizeof(name) - used,
		    strchr("%?#", *at) != NULL ? "%%%02x" : "%c", (unsigned char)*at);
	snprintf(name + used, sizeof(name) - used, "?immutable=1");
	return open_read_only(path, name, SQLITE_OPEN_URI, e);
}

sqlite3 *
store_check(const char *path, struct err *e)
{
	sqlite3 *db = open_file(path, e);

	if (db != NULL && look(db, path, e) == 0)
		return db;
	sqlite3_close(db);
	return NULL;
}
