/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered goes through JSON and a file unharmed, and what is wrong does not come in. */
#include "scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "judge/server_json.h"
#include "judge/server_pack.h"
#include "judge/store.h"
#include "observed.h"

static struct server
learnt(void)
{
	struct server s = { 0 };
	struct observation o = observed_upgrade(1, 1);

	snprintf(o.server_name, sizeof(o.server_name), "mx.example");
	snprintf(o.tls.certificate.spki_sha256, sizeof(o.tls.certificate.spki_sha256), "key");
	server_key_of(&o, true, &s.key);
	server_learn(&s, &o, 11);
	server_learn_habits(&s, &o, 11);
	o = observed_lack(2, 5);
	server_learn(&s, &o, 22);
	memset(s.offers, 0, sizeof(s.offers));	/* of the last hour: not worth keeping */
	return s;
}

static void
a_server_comes_back_as_it_was(void **state)
{
	struct server before = learnt(), after;
	struct json_object *o = server_to_json(&before), *again;

	(void)state;
	assert_true(server_from_json(o, &after));
	again = server_to_json(&after);
	assert_true(json_object_equal(o, again));
	assert_int_equal(after.sessions, 2);
	assert_int_equal(after.upgraded, 1);
	assert_int_equal(sketch_clients(&after.promised), 1);
	assert_int_equal(sketch_clients(&after.denied), 1);
	assert_int_equal(after.habits[0].kind, HABIT_CERTIFICATE);
	assert_string_equal(after.key.name, "mx.example");
	json_object_put(o);
	json_object_put(again);
}

static void
what_is_wrong_does_not_come_in(void **state)
{
	static const char *const wrong[] = {
		"[]", "1", "{}", "null",
		"{\"address\":\"mx.example\"}",
	};
	static const struct {
		const char *name, *value;
	} changes[] = {
		{ "address", "\"198.51.100\"" }, { "port", "65536" }, { "port", "-1" },
		{ "port", "\"25\"" }, { "dialect", "\"0123456789abcdef\"" },
		{ "name", "\"a\\u0000b\"" }, { "sessions", "4294967296" },
		{ "sessions", "1.5" }, { "first_seen_ns", "-1" }, { "promised", "[]" },
		{ "promised", "{\"clients\":[1,2,3,4,5],\"first_day\":0,\"last_day\":0}" },
		{ "promised", "{\"clients\":[0],\"first_day\":0,\"last_day\":0}" },
		{ "promised", "{\"clients\":[1],\"first_day\":9,\"last_day\":0}" },
		{ "habits", "[{}]" }, { "habits", "[null]" }, { "habits", "{}" },
	};
	struct server before = learnt(), after;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct json_object *o = json_tokener_parse(wrong[i]);

		assert_false(server_from_json(o, &after));
		json_object_put(o);
	}
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct json_object *o = server_to_json(&before);

		json_object_object_add(o, changes[i].name,
		    json_tokener_parse(changes[i].value));
		if (server_from_json(o, &after))
			fail_msg("%s may be %s", changes[i].name, changes[i].value);
		json_object_put(o);
	}
}

static void
a_packed_server_comes_back_as_it_was(void **state)
{
	struct server before = learnt(), after = { .key = before.key };
	struct json_object *o = server_to_json(&before), *again;
	uint8_t packed[SERVER_PACK_MAX + 1];
	size_t n = server_pack(&before, packed);

	(void)state;
	assert_true(server_unpack(span_of(packed, n), &after));
	again = server_to_json(&after);
	assert_true(json_object_equal(o, again));
	json_object_put(o);
	json_object_put(again);
	for (size_t cut = 0; cut < n; cut++)
		assert_false(server_unpack(span_of(packed, cut), &after));
	packed[n] = 0;
	assert_false(server_unpack(span_of(packed, n + 1), &after));
}

/* As large as it can be, with gaps between the habits. */
static void
the_largest_server_fits_into_a_pack(void **state)
{
	static struct server full, after;
	struct sketch sketch = { { 1, UINT32_MAX, 2, UINT32_MAX }, INT32_MAX - 1, INT32_MAX };
	uint8_t packed[SERVER_PACK_MAX];
	size_t n;

	(void)state;
	full.sessions = full.offered = full.upgraded = full.listed = full.members = UINT32_MAX;
	full.first_seen_ns = full.last_seen_ns = INT64_MAX;
	full.first_offer_ns = full.last_promise_ns = INT64_MAX;
	full.everybody = full.promised = full.denied = full.denied_first = sketch;
	for (int i = 0; i < HABITS_MAX; i++)
		full.habits[i] = (struct habit){ HABIT_KINDS - 1, UINT32_MAX, UINT32_MAX, INT64_MAX,
			sketch };
	n = server_pack(&full, packed);
	assert_true(n < SERVER_PACK_MAX);
	assert_true(server_unpack(span_of(packed, n), &after));
	assert_int_equal(after.habits[HABITS_MAX - 1].value, UINT32_MAX);
	assert_int_equal(after.denied_first.last_day, INT32_MAX);
	full.habits[0].kind = HABIT_NONE;
	n = server_pack(&full, packed);
	assert_true(server_unpack(span_of(packed, n), &after));
	assert_int_equal(after.habits[HABITS_MAX - 2].kind, HABIT_KINDS - 1);
	assert_int_equal(after.habits[HABITS_MAX - 1].kind, HABIT_NONE);
}

static void
what_is_wrong_is_not_unpacked(void **state)
{
	static const struct {
		const char *name;
		uint8_t bytes[40];
		size_t n;
	} rows[] = {
		/* version, 5 counts, 4 times, 4 sketches, habits */
		{ "another version", { 3 }, 15 },
		{ "no version", { 0 }, 15 },
		{ "a count of 33 bits", { 1, 0x80, 0x80, 0x80, 0x80, 0x20 }, 19 },
		{ "a number without end", { 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff }, 40 },
		{ "five clients", { 1, [10] = 5 }, 15 },
		{ "a client without a hash", { 1, [10] = 1 }, 18 },
		{ "the last day before the first", { 1, [10] = 1, 7, 2, 1 }, 18 },
		{ "seventeen habits", { 1, [14] = 17 }, 15 },
		{ "a habit of no kind", { 1, [14] = 1 }, 20 },
		{ "a habit of a kind to come", { 1, [14] = 1, HABIT_KINDS }, 20 },
	};
	struct server s = { 0 };
	static const uint8_t good[15] = { 1 }, habit[20] = { 1, [14] = 1, HABIT_KINDS - 1 };

	(void)state;
	assert_true(server_unpack(span_of(good, sizeof(good)), &s));
	assert_true(server_unpack(span_of(habit, sizeof(habit)), &s));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (server_unpack(span_of(rows[i].bytes, rows[i].n), &s))
			fail_msg("%s", rows[i].name);
	}
}

static struct baseline *
of_size(size_t entries)
{
	struct err e;
	struct baseline *b = baseline_new(entries, entries, &e);

	assert_non_null(b);
	return b;
}

static struct baseline *
fresh(void)
{
	return of_size(4096);
}

static void
learn(struct baseline *b, struct observation o, unsigned server)
{
	o.flow.tuple.addr[SIDE_SERVER].bytes[2] = (uint8_t)(server >> 8);
	o.flow.tuple.addr[SIDE_SERVER].bytes[3] = (uint8_t)server;
	baseline_learn(b, &o);
}

/* A folder of its own, and the path of a file in it. */
struct place {
	char folder[32], path[64];
};

static void
make_place(struct place *p)
{
	snprintf(p->folder, sizeof(p->folder), "store-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/b", p->folder);
}

/* A reader may not remove what SQLite keeps beside the file. */
static void
remove_place(const struct place *p)
{
	static const char *const beside[] = { "", ".lock", "-wal", "-shm" };
	char other[80];

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(other, sizeof(other), "%s%s", p->path, beside[i]);
		unlink(other);
	}
	assert_int_equal(rmdir(p->folder), 0);
}

static struct history
look(struct baseline *b, unsigned server)
{
	struct observation o = observed_lack(1, 9);

	o.flow.tuple.addr[SIDE_SERVER].bytes[2] = (uint8_t)(server >> 8);
	o.flow.tuple.addr[SIDE_SERVER].bytes[3] = (uint8_t)server;
	return baseline_look(b, &o);
}

static void
what_is_written_is_there_when_the_next_one_opens(void **state)
{
	struct place place;
	struct baseline *b = fresh();
	struct err e = { "" };
	struct store *s;

	(void)state;
	make_place(&place);
	s = store_open(place.path, STORE_WRITE, b, &e);
	assert_non_null(s);
	/* more than a list of changes holds, in three batches */
	for (unsigned server = 0; server < 1500; server++)
		learn(b, observed_upgrade((uint8_t)(server % 16), 1), server);
	assert_int_equal(store_write(s, &e), 0);
	for (uint8_t client = 1; client <= 2; client++) {
		learn(b, observed_upgrade(client, client), 7);
		assert_int_equal(store_write(s, &e), 0);
	}
	learn(b, observed_upgrade(1, 3), 8);	/* not written any more: a crash */
	store_free(&s);
	baseline_free(&b);

	b = fresh();
	s = store_open(place.path, STORE_READ, b, &e);
	assert_non_null(s);
	assert_int_equal(look(b, 7).sessions, 3);
	assert_int_equal(look(b, 7).strength, STRENGTH_STRONG);
	assert_true(look(b, 7).client_upgraded);
	assert_int_equal(look(b, 8).sessions, 1);
	assert_int_equal(look(b, 1500).sessions, 0);
	store_free(&s);
	baseline_free(&b);
	remove_place(&place);
}

/* Nothing that was learnt meanwhile is missing once there is room again. */
static void
what_a_full_disk_did_not_take_is_written_later(void **state)
{
	struct place place;
	struct baseline *b = fresh();
	struct err e = { "" };
	struct store *s;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	make_place(&place);
	s = store_open(place.path, STORE_WRITE, b, &e);
	assert_non_null(s);
	learn(b, observed_upgrade(1, 1), 7);
	scratch_limit_files(8192);
	assert_int_equal(store_write(s, &e), -1);
	learn(b, observed_upgrade(2, 2), 8);
	assert_int_equal(store_write(s, &e), -1);
	scratch_limit_files(RLIM_INFINITY);
	store_try_again(s);
	assert_int_equal(store_write(s, &e), 0);
	assert_false(store_failed(s, &e));
	store_free(&s);
	baseline_free(&b);

	b = fresh();
	s = store_open(place.path, STORE_READ, b, &e);
	assert_non_null(s);
	assert_int_equal(look(b, 7).sessions, 1);
	assert_int_equal(look(b, 8).sessions, 1);
	store_free(&s);
	baseline_free(&b);
	remove_place(&place);
}

/* The file holds fifty times what memory does, and nothing of it is lost or mixed up. */
static void
memory_may_be_smaller_than_the_file(void **state)
{
	enum { SERVERS = 800, ROOM = 16 };
	struct place place;
	struct baseline *b = of_size(ROOM);
	struct err e = { "" };
	struct store *s;

	(void)state;
	make_place(&place);
	s = store_open(place.path, STORE_WRITE, b, &e);
	assert_non_null(s);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned server = 0; server < SERVERS; server++)
			learn(b, observed_upgrade((uint8_t)(server + round), 1 + (int)round),
			    server);
	}
	for (unsigned server = 0; server < SERVERS; server += 7) {
		assert_int_equal(look(b, server).sessions, 3);
		assert_int_equal(look(b, server).strength, STRENGTH_STRONG);
	}
	assert_int_equal(store_write(s, &e), 0);
	assert_false(store_failed(s, &e));
	store_free(&s);
	baseline_free(&b);

	b = of_size(ROOM);
	s = store_open(place.path, STORE_READ, b, &e);
	assert_non_null(s);
	for (unsigned server = 0; server < SERVERS; server++)
		assert_int_equal(look(b, server).sessions, 3);
	store_free(&s);
	baseline_free(&b);
	remove_place(&place);
}

/* "accept" beside a sensor that writes: asked for, and done by the sensor with its next batch. */
static void
a_change_is_accepted_while_another_process_writes(void **state)
{
	struct place place;
	struct baseline *sensor = fresh(), *b = fresh();
	struct err e = { "" };
	struct store *writer, *s;

	(void)state;
	make_place(&place);
	writer = store_open(place.path, STORE_WRITE, sensor, &e);
	assert_non_null(writer);
	learn(sensor, observed_upgrade(1, 1), 7);
	learn(sensor, observed_upgrade(2, 2), 7);
	learn(sensor, observed_upgrade(1, 1), 8);
	assert_int_equal(store_write(writer, &e), 0);
	assert_int_equal(look(sensor, 7).strength, STRENGTH_STRONG);

	assert_null(store_open(place.path, STORE_WRITE, b, &e));
	s = store_open(place.path, STORE_WRITE_OR_ASK, b, &e);
	assert_non_null(s);
	assert_true(store_is_asking(s));
	assert_int_equal(store_accept(s, "198.51.0.7", 25, &e), 1);
	assert_int_equal(store_accept(s, "198.51.0.9", 0, &e), 0);
	store_free(&s);
	baseline_free(&b);

	/* at its end at the latest */
	s = store_open(place.path, STORE_WRITE_OR_ASK, b = fresh(), &e);
	assert_non_null(s);
	assert_int_equal(store_accept(s, "198.51.0.8", 25, &e), 1);
	store_free(&s);
	baseline_free(&b);
	assert_int_equal(look(sensor, 7).strength, STRENGTH_STRONG);
	for (unsigned server = 1000; server < 1600; server++)
		learn(sensor, observed_upgrade((uint8_t)server, 3), server);
	assert_int_equal(store_write_if_due(writer, &e), 0);
	assert_int_equal(look(sensor, 7).strength, STRENGTH_NONE);
	assert_int_equal(look(sensor, 8).strength, STRENGTH_NONE);
	assert_int_equal(look(sensor, 1000).sessions, 1);
	s = store_open(place.path, STORE_WRITE_OR_ASK, b = fresh(), &e);
	assert_non_null(s);
	assert_int_equal(store_accept(s, "198.51.3.232", 0, &e), 1);
	store_free(&s);
	baseline_free(&b);
	assert_int_equal(store_write(writer, &e), 0);
	assert_int_equal(look(sensor, 1000).strength, STRENGTH_NONE);
	store_free(&writer);
	baseline_free(&sensor);
	remove_place(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_comes_back_as_it_was),
		cmocka_unit_test(what_is_wrong_does_not_come_in),
		cmocka_unit_test(a_packed_server_comes_back_as_it_was),
		cmocka_unit_test(the_largest_server_fits_into_a_pack),
		cmocka_unit_test(what_is_wrong_is_not_unpacked),
		cmocka_unit_test(what_a_full_disk_did_not_take_is_written_later),
		cmocka_unit_test(memory_may_be_smaller_than_the_file),
		cmocka_unit_test(a_change_is_accepted_while_another_process_writes),
		cmocka_unit_test(what_is_written_is_there_when_the_next_one_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
