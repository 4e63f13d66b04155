/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is put into the file: in batches what the baseline has learnt, and by hand. */
#include "judge/store_parts.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/moment.h"
#include "judge/neighbours.h"

enum {
	BATCH_CHANGES = 512,	/* so many make a batch */
	BATCH_SECONDS = 5,	/* ... or so long a wait */
	REQUESTS_AT_ONCE = 64,
};

static void
note(struct store *s, int status)
{
	if (status != SQLITE_DONE && s->status == SQLITE_OK)
		s->status = status;
}

static void
put_server(void *ctx, uint64_t hash, const struct server *server)
{
	struct store *s = ctx;

	note(s, store_rows_put_server(&s->rows, hash, server));
}

static void
put_pair(void *ctx, uint64_t hash, const struct pair *pair)
{
	struct store *s = ctx;

	note(s, store_rows_put_pair(&s->rows, hash, pair));
}

static void
put_neighbourhood(void *ctx, uint64_t hash, const struct neighbourhood *neighbourhood)
{
	struct store *s = ctx;

	note(s, store_rows_put_neighbourhood(&s->rows, hash, neighbourhood));
}

/* What the baseline has learnt, and not written yet: a part of the transaction under way. */
static void
put_changes(struct store *s)
{
	struct memory_visitor visitor = { s, put_server, put_pair, put_neighbourhood };

	memory_take_changes(baseline_memory(s->baseline), &visitor);
}

int
store_begin(struct store *s, struct err *e)
{
	s->status = SQLITE_OK;
	return store_verify(s, e) < 0 ? -1 : store_run(s, "BEGIN IMMEDIATE", e);
}

int
store_end(struct store *s, bool keep, struct err *e)
{
	if (keep)
		put_changes(s);
	if (keep && s->status == SQLITE_OK && store_run(s, "COMMIT", e) == 0)
		return 0;
	if (s->status != SQLITE_OK)
		store_explain(s, s->status, e);
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (keep)
		memory_changes_failed(baseline_memory(s->baseline));
	return keep ? -1 : 0;
}

int
store_put_server(struct store *s, const struct server *server, struct err *e)
{
	put_server(s, baseline_server_hash(s->baseline, &server->key), server);
	neighbours_learn(s->baseline, server);
	return s->status == SQLITE_OK ? 0 : store_explain(s, s->status, e);
}

int
store_put_pair(struct store *s, uint64_t hash, const struct pair *pair, struct err *e)
{
	put_pair(s, hash, pair);
	return s->status == SQLITE_OK ? 0 : store_explain(s, s->status, e);
}

int
store_write_changes(struct store *s, struct err *e)
{
	if (memory_changes(baseline_memory(s->baseline)) == 0)
		return 0;
	/* memory may be full in the midst of an import */
	if (sqlite3_get_autocommit(s->db) == 0) {
		put_changes(s);
		return 0;
	}
	return store_begin(s, e) < 0 ? -1 : store_end(s, true, e);
}

int
store_each(const struct store *s, const struct memory_visitor *visitor, struct err *e)
{
	int status = store_rows_each(&s->rows, visitor);

	return status == SQLITE_DONE ? 0 : store_explain(s, status, e);
}

/* --- By hand --- */

/* Run a statement about one address, at one port or (0) at all. */
static int
run_about(struct store *s, const char *sql, const char *address, unsigned port, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int status = sqlite3_prepare_v2(s->db, sql, -1, &q, NULL);

	if (status == SQLITE_OK) {
		sqlite3_bind_text(q, 1, address, -1, SQLITE_TRANSIENT);
		sqlite3_bind_int(q, 2, (int)port);
		status = sqlite3_step(q);
	}
	sqlite3_finalize(q);
	return status == SQLITE_DONE ? sqlite3_changes(s->db) : store_complain(s, e);
}

static void
forget_server(void *ctx, uint64_t hash, const struct server *server)
{
	struct store *s = ctx;

	(void)hash;
	neighbours_forget(s->baseline, server);
}

static int
forget_in_batch(struct store *s, const char *address, unsigned port, struct err *e)
{
	struct memory_visitor visitor = { s, forget_server, NULL, NULL };
	int status = store_rows_at(&s->rows, address, port, &visitor);

	if (status != SQLITE_DONE)
		return store_explain(s, status, e);
	return run_about(s, "DELETE FROM server WHERE address = ?1 AND (port = ?2 OR ?2 = 0)",
	    address, port, e);
}

int
store_forget(struct store *s, const char *address, unsigned port, struct err *e)
{
	int result;

	if (store_begin(s, e) < 0)
		return -1;
	result = forget_in_batch(s, address, port, e);
	return store_end(s, result >= 0, e) < 0 ? -1 : result;
}

static void
accept_server(void *ctx, uint64_t hash, const struct server *server)
{
	struct store *s = ctx;
	struct server accepted = *server, *in_memory;

	s->accepted++;
	if (s->asking)
		return;
	server_accept(&accepted);
	in_memory = memory_server(baseline_memory(s->baseline), hash);
	if (in_memory != NULL)
		server_accept(in_memory);
	put_server(s, hash, &accepted);
	neighbours_forget(s->baseline, server);
}

static int
accept_in_batch(struct store *s, const char *address, unsigned port, struct err *e)
{
	struct memory_visitor visitor = { s, accept_server, NULL, NULL };
	int status = store_rows_at(&s->rows, address, port, &visitor);

	if (status != SQLITE_DONE)
		return store_explain(s, status, e);
	if (s->asking && s->accepted > 0)
		return run_about(s, "INSERT OR REPLACE INTO request VALUES (?, ?)", address, port,
		    e);
	return 0;
}

int
store_accept(struct store *s, const char *address, unsigned port, struct err *e)
{
	int result;

	s->accepted = 0;
	/* what changed in memory and was not written yet would undo it */
	if ((!s->asking && store_write_changes(s, e) < 0) || store_begin(s, e) < 0)
		return -1;
	result = accept_in_batch(s, address, port, e);
	if (store_end(s, result >= 0, e) < 0 || result < 0)
		return -1;
	return s->accepted;
}

/* One of the things that others asked for while we write: 1, 0 when there is none. */
static int
do_request(struct store *s, struct err *e)
{
	char address[ADDRESS_TEXT_SIZE];
	sqlite3_stmt *q = NULL;
	unsigned port = 0;
	int status = sqlite3_prepare_v2(s->db, "SELECT address, port FROM request LIMIT 1", -1, &q,
	    NULL);

	if (status == SQLITE_OK && (status = sqlite3_step(q)) == SQLITE_ROW) {
		snprintf(address, sizeof(address), "%s", (const char *)sqlite3_column_text(q, 0));
		port = (unsigned)sqlite3_column_int(q, 1);
	}
	sqlite3_finalize(q);
	if (status != SQLITE_ROW)
		return status == SQLITE_DONE ? 0 : store_explain(s, status, e);
	if (store_accept(s, address, port, e) < 0 ||
	    run_about(s, "DELETE FROM request WHERE address = ? AND port = ?", address, port,
	    e) < 0)
		return -1;
	return 1;
}

int
store_write(struct store *s, struct err *e)
{
	int got = store_verify(s, e) < 0 || store_write_changes(s, e) < 0 ? -1 : 1;

	/* a file that nothing can be taken out of must not hold us for ever */
	for (int i = 0; got == 1 && i < REQUESTS_AT_ONCE; i++)
		got = do_request(s, e);
	return got < 0 ? -1 : 0;
}

int
store_write_if_due(struct store *s, struct err *e)
{
	const int64_t now_ns = moment_now().steady_ns;

	if (memory_changes(baseline_memory(s->baseline)) < BATCH_CHANGES &&
	    now_ns - s->written_ns < BATCH_SECONDS * CLOCK_SECOND_NS)
		return 0;
	s->written_ns = now_ns;
	return store_write(s, e);
}
