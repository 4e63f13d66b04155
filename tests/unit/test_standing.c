/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far learning has got, as statistics tell it. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "judge/baseline.h"
#include "observed.h"

enum { ROOM = 64 };

static void
learn(struct baseline *b, struct observation seen)
{
	baseline_learn(b, &seen);
}

struct counted {
	uint64_t servers, strong, weak, mixed, without, since;
};

static void
count(void *ctx, const char *name, uint64_t value)
{
	struct counted *c = ctx;
	const struct {
		const char *name;
		uint64_t *value;
	} known[] = { { "baseline.servers", &c->servers }, { "baseline.strong", &c->strong },
		{ "baseline.weak", &c->weak }, { "baseline.mixed", &c->mixed },
		{ "baseline.without", &c->without }, { "baseline.since", &c->since } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) == 0)
			*known[i].value = value;
	}
}

static void
assert_counted(struct baseline *b, struct counted wanted)
{
	struct counted got = { 0 };

	baseline_counters(b, count, &got);
	assert_int_equal(got.servers, wanted.servers);
	assert_int_equal(got.strong, wanted.strong);
	assert_int_equal(got.weak, wanted.weak);
	assert_int_equal(got.mixed, wanted.mixed);
	assert_int_equal(got.without, wanted.without);
	if (wanted.since != 0)
		assert_int_equal(got.since, wanted.since);
}

static struct observation
at_port(struct observation seen, unsigned port)
{
	seen.flow.tuple.port[SIDE_SERVER] = (uint16_t)port;
	return seen;
}

static void
how_far_learning_got_is_counted(void **state)
{
	struct err e;
	struct baseline *b = baseline_new(ROOM, ROOM, &e);
	const struct observation first = observed_offer(1, 1);
	const uint64_t since = (uint64_t)(first.flow.first.at_ns / CLOCK_SECOND_NS);

	(void)state;
	assert_non_null(b);
	assert_counted(b, (struct counted){ 0 });
	learn(b, first);
	assert_counted(b, (struct counted){ .servers = 1, .since = since });
	learn(b, observed_offer(1, 1));
	assert_counted(b, (struct counted){ .servers = 1, .weak = 1, .since = since });
	learn(b, observed_upgrade(2, 2));
	assert_counted(b, (struct counted){ .servers = 1, .strong = 1, .since = since });
	learn(b, observed_lack(1, 3));
	assert_counted(b, (struct counted){ .servers = 1, .mixed = 1, .since = since });
	learn(b, observed_upgrade(1, 4));
	assert_counted(b, (struct counted){ .servers = 1, .strong = 1, .since = since });
	learn(b, at_port(observed_lack(1, 5), 587));
	assert_counted(b, (struct counted){ .servers = 2, .strong = 1 });
	learn(b, at_port(observed_lack(2, 6), 587));
	assert_counted(b, (struct counted){ .servers = 2, .strong = 1, .without = 1 });
	/* what is forgotten is not counted any more */
	for (unsigned port = 1; port <= ROOM; port++)
		learn(b, at_port(observed_upgrade((uint8_t)port, 9), 1000 + port));
	assert_counted(b, (struct counted){ .servers = ROOM, .weak = ROOM, .since = since });
	baseline_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_far_learning_got_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
