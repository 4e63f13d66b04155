/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered goes through JSON and a file unharmed, and what is wrong does not come in. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "judge/server_json.h"
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

static struct baseline *
fresh(void)
{
	struct err e;
	struct baseline *b = baseline_new(4096, 4096, &e);

	assert_non_null(b);
	return b;
}

static void
learn(struct baseline *b, struct observation o, unsigned server)
{
	o.flow.tuple.addr[SIDE_SERVER].bytes[2] = (uint8_t)(server >> 8);
	o.flow.tuple.addr[SIDE_SERVER].bytes[3] = (uint8_t)server;
	baseline_learn(b, &o);
}

static void
what_is_written_is_there_when_the_next_one_opens(void **state)
{
	static const char *const beside[] = { "", ".lock", "-wal", "-shm" };
	char folder[] = "store-XXXXXX", path[64], other[80];
	struct observation now = observed_lack(1, 9);
	struct baseline *b = fresh();
	struct err e = { "" };
	struct store *s;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/b", folder);
	s = store_open(path, STORE_WRITE, b, &e);
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
	s = store_open(path, STORE_READ, b, &e);
	assert_non_null(s);
	now.flow.tuple.addr[SIDE_SERVER].bytes[2] = 0;
	now.flow.tuple.addr[SIDE_SERVER].bytes[3] = 7;
	assert_int_equal(baseline_look(b, &now).sessions, 3);
	assert_int_equal(baseline_look(b, &now).strength, STRENGTH_STRONG);
	assert_true(baseline_look(b, &now).client_upgraded);
	now.flow.tuple.addr[SIDE_SERVER].bytes[3] = 8;
	assert_int_equal(baseline_look(b, &now).sessions, 1);
	store_free(&s);
	baseline_free(&b);
	/* a reader may not remove what SQLite keeps beside the file */
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(other, sizeof(other), "%s%s", path, beside[i]);
		unlink(other);
	}
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_comes_back_as_it_was),
		cmocka_unit_test(what_is_wrong_does_not_come_in),
		cmocka_unit_test(what_is_written_is_there_when_the_next_one_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
