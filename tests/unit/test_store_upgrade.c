/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An older baseline is read as it is, and the first writer takes it over. */
#include "unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "judge/store.h"

/* What version 3 has written of one session, whose server gives its name. */
static const char version_3[] =
    "PRAGMA journal_mode = WAL; PRAGMA application_id = 1937012592; PRAGMA user_version ="
    " 3;CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);INSERT INTO meta V"
    "ALUES('key','61b97a825c97b50873368e1d1071af0d');"
    "CREATE TABLE neighbourhood (hash INTEGER PRIMARY KEY, memory BLOB NOT NULL);"
    "INSERT INTO neighbourhood VALUES(-6175979529241830116,X'0101FDC1C0EF0E86A00186A00100"
    "');CREATE TABLE pair (hash INTEGER PRIMARY KEY, first_ns INTEGER NOT NULL, last_ns I"
    "NTEGER NOT NULL, hello INTEGER NOT NULL, hello_ns INTEGER NOT NULL);"
    "INSERT INTO pair VALUES(7517672029413473263,1770019200115736000,1770019200115736000,"
    "189469935,1770019200115736000);CREATE TABLE request (address TEXT NOT NULL, port INT"
    "EGER NOT NULL, PRIMARY KEY (address, port));"
    "CREATE TABLE server (hash INTEGER PRIMARY KEY, address TEXT NOT NULL, port INTEGER N"
    "OT NULL, dialect TEXT NOT NULL, name TEXT NOT NULL, last_seen_ns INTEGER NOT NULL, m"
    "emory BLOB NOT NULL);INSERT INTO server VALUES(-983824019120846259,'198.51.100.10',2"
    "5,'smtp','mx.example',1770019200238945000,X'010101010100C0FB93A4DAE297C818E885F4DEDA"
    "E297C818C0FB93A4DAE297C818C0FB93A4DAE297C818018AA1FCED0286A00186A001018AA1FCED0286A0"
    "0186A00100000404EFA9AC5A9FFB8AC803C0FB93A4DAE297C818018AA1FCED0286A00186A00105EFA9AC"
    "5A8406C0FB93A4DAE297C818018AA1FCED0286A00186A001070000C0FB93A4DAE297C818018AA1FCED02"
    "86A00186A001060000C0FB93A4DAE297C818018AA1FCED0286A00186A001');"
    "INSERT INTO server VALUES(6138667885376053501,'198.51.100.10',25,'smtp','',177001920"
    "0238945000,X'010101010101C0FB93A4DAE297C818E885F4DEDAE297C818C0FB93A4DAE297C818C0FB9"
    "3A4DAE297C818018AA1FCED0286A00186A001018AA1FCED0286A00186A00100000404EFA9AC5A9FFB8AC"
    "803C0FB93A4DAE297C818018AA1FCED0286A00186A00105EFA9AC5A8406C0FB93A4DAE297C818018AA1F"
    "CED0286A00186A001070000C0FB93A4DAE297C818018AA1FCED0286A00186A001060000C0FB93A4DAE29"
    "7C818018AA1FCED0286A00186A001');";

#define SESSION_NS INT64_C(1770019200115736000)

enum { PATH_SIZE = 64 };

static void
make_file(char path_r[PATH_SIZE])
{
	char folder[] = "upgrade-XXXXXX";
	sqlite3 *db;

	assert_non_null(mkdtemp(folder));
	snprintf(path_r, PATH_SIZE, "%s/b", folder);
	assert_int_equal(sqlite3_open(path_r, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, version_3, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
remove_file(char path[PATH_SIZE])
{
	static const char *const beside[] = { "", ".lock", "-wal", "-shm" };
	char other[PATH_SIZE + 8];

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(other, sizeof(other), "%s%s", path, beside[i]);
		unlink(other);
	}
	*strchr(path, '/') = '\0';
	assert_int_equal(rmdir(path), 0);
}

static int
take_number(void *number_r, int columns, char **values, char **names)
{
	(void)columns, (void)names;
	*(long *)number_r = strtol(values[0], NULL, 10);
	return 0;
}

static long
number_of(const char *path, const char *sql)
{
	sqlite3 *db;
	long number = -1;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, take_number, &number, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return number;
}

/* What a visit has found. */
struct found {
	unsigned servers, pairs, neighbourhoods;
	struct server whole;
};

static void
found_server(void *ctx, uint64_t hash, const struct server *s)
{
	struct found *f = ctx;

	(void)hash;
	f->servers++;
	if (s->key.name[0] == '\0')
		f->whole = *s;
}

static void
found_pair(void *ctx, uint64_t hash, const struct pair *p)
{
	struct found *f = ctx;

	(void)hash;
	f->pairs++;
	assert_true(p->last_ns == SESSION_NS);
}

static void
found_neighbourhood(void *ctx, uint64_t hash, const struct neighbourhood *n)
{
	struct found *f = ctx;

	(void)hash;
	f->neighbourhoods++;
	assert_int_equal(sketch_clients(&n->keeping), 1);
}

/* Open it, see that all of it is there, and write what changed if it may. */
static void
visit(const char *path, enum store_mode mode, bool change)
{
	struct found found = { 0 };
	const struct memory_visitor visitor = { &found, found_server, found_pair,
		found_neighbourhood };
	struct err e = { "" };
	struct baseline *b = baseline_new(16, 16, &e);
	struct store *s = store_open(path, mode, b, &e);

	if (s == NULL)
		fail_msg("%s", e.text);
	assert_int_equal(store_each(s, &visitor, &e), 0);
	assert_int_equal(found.servers, 2);
	assert_int_equal(found.pairs, 1);
	assert_int_equal(found.neighbourhoods, 1);
	assert_int_equal(found.whole.sessions, 1);
	assert_int_equal(found.whole.members, 1);
	assert_true(found.whole.last_promise_ns == SESSION_NS);
	assert_int_equal(sketch_clients(&found.whole.promised), 1);
	assert_int_equal(found.whole.habits[0].kind, HABIT_ANSWER);
	assert_int_equal(found.whole.habits[1].value, 0x304);
	assert_int_equal(found.whole.habits[3].kind, HABIT_MECHANISMS);
	if (change) {
		assert_int_equal(store_begin(s, &e), 0);
		assert_int_equal(store_put_server(s, &found.whole, &e), 0);
		assert_int_equal(store_end(s, true, &e), 0);
	}
	store_free(&s);
	baseline_free(&b);
}

static void
who_only_reads_leaves_it_as_it_is(void **state)
{
	char path[PATH_SIZE];

	(void)state;
	make_file(path);
	visit(path, STORE_READ, false);
	assert_int_equal(number_of(path, "PRAGMA user_version"), 3);
	remove_file(path);
}

static void
the_first_writer_takes_it_over(void **state)
{
	static const char size_of_whole[] = "SELECT length(memory) FROM server WHERE name = ''";
	char path[PATH_SIZE];
	long before;

	(void)state;
	make_file(path);
	before = number_of(path, size_of_whole);
	visit(path, STORE_WRITE, false);
	assert_int_equal(number_of(path, "PRAGMA user_version"), 4);
	assert_int_equal(number_of(path, size_of_whole), before);
	/* old rows and new ones stand beside each other */
	visit(path, STORE_WRITE, true);
	assert_true(number_of(path, size_of_whole) < before / 2);
	visit(path, STORE_READ, false);
	assert_int_equal(number_of(path, "SELECT count(*) FROM server"), 2);
	remove_file(path);
}

static void
what_is_older_still_is_refused(void **state)
{
	char path[PATH_SIZE];
	struct err e = { "" };
	struct baseline *b = baseline_new(16, 16, &e);

	(void)state;
	make_file(path);
	number_of(path, "PRAGMA user_version = 2; SELECT 0");
	assert_null(store_open(path, STORE_WRITE, b, &e));
	assert_non_null(strstr(e.text, "older stripwatch"));
	assert_int_equal(number_of(path, "PRAGMA user_version"), 2);
	number_of(path, "PRAGMA user_version = 5; SELECT 0");
	assert_null(store_open(path, STORE_WRITE, b, &e));
	assert_non_null(strstr(e.text, "newer stripwatch"));
	assert_int_equal(number_of(path, "PRAGMA user_version"), 5);
	baseline_free(&b);
	remove_file(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_only_reads_leaves_it_as_it_is),
		cmocka_unit_test(the_first_writer_takes_it_over),
		cmocka_unit_test(what_is_older_still_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
