/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the normaliser relies on in libnids. */
#include "unit.h"

#include "stream/nids_engine.h"

enum { LAST_INDEX = INT32_MAX };

struct heard {
	uint32_t index;
	char text[64];
	size_t bytes;
};

static void
on_bytes(void *ctx, uint32_t index, enum side from, struct span bytes)
{
	struct heard *heard = ctx;
	const size_t n = strlen(heard->text);

	heard->index = index;
	heard->bytes += bytes.n;
	if (bytes.n < 10 && n + bytes.n + 3 < sizeof(heard->text)) {
		heard->text[n] = from == SIDE_CLIENT ? 'C' : 'S';
		memcpy(heard->text + n + 1, bytes.p, bytes.n);
		heard->text[n + 1 + bytes.n] = ' ';
		heard->text[n + 2 + bytes.n] = '\0';
	}
}

static const uint16_t port[2] = { 40000, 25 };

static struct heard
start(void)
{
	return (struct heard){ 0, "", 0 };
}

static void
delivers_in_order_under_its_index(void **state)
{
	const uint32_t indices[] = { 0, 1, 16, LAST_INDEX }, first[2] = { UINT32_MAX, 7 };
	struct heard heard = start();
	struct err e;

	(void)state;
	assert_int_equal(engine_start(100, on_bytes, &heard, &e), 0);
	for (size_t i = 0; i < sizeof(indices) / sizeof(indices[0]); i++) {
		struct tcp_stream *ts = engine_open(indices[i], port, first);

		assert_non_null(ts);
		heard = start();
		engine_feed(ts, SIDE_CLIENT, UINT32_MAX + 2, span_text("cd"));
		engine_feed(ts, SIDE_SERVER, 7, span_text("220"));
		engine_feed(ts, SIDE_CLIENT, UINT32_MAX, span_text("ab"));
		assert_string_equal(heard.text, "S220 Cab Ccd ");
		assert_int_equal(heard.index, indices[i]);
		engine_close(ts);
	}
	engine_stop();
}

static void
the_queue_is_as_large_as_we_think(void **state)
{
	static const uint8_t bytes[ENGINE_PIECE_MAX];
	const uint32_t first[2] = { 0, 0 };
	struct heard heard = start();
	struct err e;

	(void)state;
	assert_int_equal(engine_start(100, on_bytes, &heard, &e), 0);
	for (size_t n = 1; n <= ENGINE_PIECE_MAX; n += n / 16 + 1) {
		struct tcp_stream *ts = engine_open(5, port, first);
		size_t count = 0;

		while (engine_queued(ts, SIDE_CLIENT) + engine_queue_cost(n) <=
		    ENGINE_QUEUE_MAX) {
			engine_feed(ts, SIDE_CLIENT, (uint32_t)(1 + count * n),
			    span_of(bytes, n));
			count++;
			assert_int_equal(engine_queued(ts, SIDE_CLIENT),
			    count * engine_queue_cost(n));
		}
		heard.bytes = 0;
		engine_feed(ts, SIDE_CLIENT, 0, span_of(bytes, 1));
		assert_int_equal(heard.bytes, 1 + count * n);
		assert_int_equal(engine_queued(ts, SIDE_CLIENT), 0);
		engine_close(ts);
	}
	engine_stop();
}

/* Whatever is queued when a connection is closed goes with it. */
static void
all_that_fit_can_be_open(void **state)
{
	enum { CONNECTIONS = 100 };
	const uint32_t first[2] = { 0, 0 };
	struct tcp_stream *ts[CONNECTIONS];
	struct heard heard = start();
	struct err e;

	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_int_equal(engine_start(CONNECTIONS, on_bytes, &heard, &e), 0);
		for (uint32_t i = 0; i < CONNECTIONS; i++) {
			ts[i] = engine_open(i, port, first);
			assert_non_null(ts[i]);
			engine_feed(ts[i], SIDE_SERVER, 5, span_text("early"));
		}
		heard = start();
		for (uint32_t i = 0; i < CONNECTIONS; i++) {
			engine_feed(ts[i], SIDE_SERVER, 0, span_text("first"));
			engine_close(ts[i]);
		}
		assert_int_equal(heard.bytes, CONNECTIONS * 10);
		engine_stop();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delivers_in_order_under_its_index),
		cmocka_unit_test(the_queue_is_as_large_as_we_think),
		cmocka_unit_test(all_that_fit_can_be_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
