/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What neighbours do is kept in the file, and follows what is done to it by hand. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "judge/store.h"
#include "street.h"

struct filed {
	char path[64];
	struct baseline *baseline;
	struct store *store;
};

static void
reopen(struct filed *f, enum store_mode mode)
{
	struct err e;

	store_free(&f->store);
	baseline_free(&f->baseline);
	f->baseline = fresh();
	f->store = store_open(f->path, mode, f->baseline, &e);
	assert_non_null(f->store);
}

static void
begin_file(struct filed *f)
{
	char directory[] = "neighbours-XXXXXX";

	assert_non_null(mkdtemp(directory));
	memset(f, 0, sizeof(*f));
	snprintf(f->path, sizeof(f->path), "%s/b.db", directory);
	reopen(f, STORE_WRITE);
}

static void
end_file(struct filed *f)
{
	static const char *const behind[] = { "", "-wal", "-shm", ".lock" };
	char path[sizeof(f->path) + 8];

	store_free(&f->store);
	baseline_free(&f->baseline);
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", f->path, behind[i]);
		unlink(path);
	}
	*strrchr(f->path, '/') = '\0';
	rmdir(f->path);
}

static void
what_neighbours_do_is_kept_in_the_file(void **state)
{
	struct filed f;
	struct err e;

	(void)state;
	begin_file(&f);
	learn_network(f.baseline, 9);
	assert_int_equal(store_write(f.store, &e), 0);
	reopen(&f, STORE_READ);
	assert_int_equal(look(f.baseline, stranger()).neighbours_known, 4);
	reopen(&f, STORE_WRITE);
	learn(f.baseline, at_host(observed_lack(2, 3), 50));
	assert_int_equal(store_write(f.store, &e), 0);
	reopen(&f, STORE_READ);
	assert_int_equal(look(f.baseline, stranger()).neighbours_known, 0);
	/* who is forgotten contradicts no longer */
	reopen(&f, STORE_WRITE);
	assert_int_equal(store_forget(f.store, "198.51.100.50", 0, &e), 1);
	reopen(&f, STORE_READ);
	assert_int_equal(look(f.baseline, stranger()).neighbours_known, 4);
	end_file(&f);
}

struct copying {
	struct filed *to;
	unsigned servers;
};

static void
copy_server(void *ctx, uint64_t hash, const struct server *server)
{
	struct copying *c = ctx;
	struct err e;

	(void)hash;
	c->servers++;
	assert_int_equal(store_put_server(c->to->store, server, &e), 0);
}

static void
no_pair(void *ctx, uint64_t hash, const struct pair *pair)
{
	(void)ctx, (void)hash, (void)pair;
}

static void
no_neighbourhood(void *ctx, uint64_t hash, const struct neighbourhood *neighbourhood)
{
	(void)ctx, (void)hash, (void)neighbourhood;
}

static void
who_is_imported_is_a_neighbour_as_well(void **state)
{
	struct filed from, to;
	struct copying copying = { &to, 0 };
	const struct memory_visitor visitor = { &copying, copy_server, no_pair,
		no_neighbourhood };
	struct err e;

	(void)state;
	begin_file(&from);
	begin_file(&to);
	learn_network(from.baseline, 9);
	assert_int_equal(store_write(from.store, &e), 0);
	assert_int_equal(store_begin(to.store, &e), 0);
	assert_int_equal(store_each(from.store, &visitor, &e), 0);
	assert_int_equal(store_end(to.store, true, &e), 0);
	assert_int_equal(copying.servers, 9);
	reopen(&to, STORE_READ);
	assert_int_equal(look(to.baseline, stranger()).neighbours_known, 4);
	end_file(&from);
	end_file(&to);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_neighbours_do_is_kept_in_the_file),
		cmocka_unit_test(who_is_imported_is_a_neighbour_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
