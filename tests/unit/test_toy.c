/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One file makes a dialect (toy.c), and one line brings it in: the table below
 * stands for what the list in Makefile.am becomes. Nothing else knows of it,
 * and the whole of the judgement works.
 */
#include "unit.h"

#include "judge/decision.h"
#include "session/conversation.h"
#include "tls_bytes.h"

extern const struct dialect dialect_toy;

const struct dialect *const dialect_table[] = { &dialect_toy, NULL };

enum { TURNS_MAX = 10 };

static const struct {
	const char *name;
	const char *turns[TURNS_MAX];	/* side, and text or "<TLS>" */
	enum fact offered, requested, accepted, established;
	const char *technique;
	bool alert;
} rows[] = {
	{ "an upgrade", { "STOY house\r\n", "CWHAT\r\n", "SCAN TLS\r\n", "CTLS\r\n", "SYES\r\n",
	    "C<ClientHello>", "S<ServerHello>", "C<record>" },
	    FACT_TRUE, FACT_TRUE, FACT_TRUE, FACT_TRUE, "", false },
	{ "stripped, which only history can tell", { "STOY house\r\n", "CWHAT\r\n",
	    "SCAN NOTHING\r\n", "CSAY hello\r\n" },
	    FACT_FALSE, FACT_FALSE, FACT_UNKNOWN, FACT_FALSE, "cap-stripped", false },
	{ "refused, and content in clear", { "STOY house\r\n", "CWHAT\r\n", "SCAN TLS\r\n",
	    "CTLS\r\n", "SNO\r\n", "CSAY hello\r\n" },
	    FACT_TRUE, FACT_TRUE, FACT_FALSE, FACT_FALSE, "request-refused-perm", true },
	{ "a nonsensical answer", { "STOY house\r\n", "CTLS\r\n", "SMAYBE\r\n" },
	    FACT_UNKNOWN, FACT_TRUE, FACT_FALSE, FACT_FALSE, "request-invalid-reply", true },
	{ "more behind the request", { "STOY house\r\n", "CTLS\r\nSAY boo\r\n", "SYES\r\n",
	    "C<ClientHello>", "S<ServerHello>" },
	    FACT_UNKNOWN, FACT_TRUE, FACT_TRUE, FACT_TRUE, "injected-command", true },
	{ "the offer is withdrawn", { "STOY house\r\n", "CWHAT\r\n", "SCAN TLS\r\n", "CWHAT\r\n",
	    "SCAN NOTHING\r\n" },
	    FACT_TRUE, FACT_FALSE, FACT_UNKNOWN, FACT_FALSE, "cap-withdrawn", true },
};

static void
say(struct conversation *c, struct flow *flow, const char *turn, const struct frame_ref *at)
{
	enum side from = turn[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
	struct buffer tls = { 0 };
	struct span said = span_text(turn + 1);
	char name[32];

	if (turn[1] == '<') {
		size_t n = said.n - 2;

		memcpy(name, turn + 2, n);
		name[n] = '\0';
		assert_true(tls_bytes(name, &tls));
		said = buffer_span(&tls);
	}
	flow->packets[from]++;
	conversation_bytes(c, from, said, at);
	buffer_clear(&tls);
}

static void
play(size_t i, struct observation *seen_r)
{
	static struct conversation talk;
	static const struct address client = { 4, { 198, 51, 100, 7 } },
	    server = { 4, { 192, 0, 2, 25 } };
	struct flow flow = { .handshake = true, .end = FLOW_FIN };
	struct frame_ref at = { .at_ns = 1, .number = 1 };

	flow.tuple.addr[SIDE_CLIENT] = client;
	flow.tuple.addr[SIDE_SERVER] = server;
	flow.tuple.port[SIDE_SERVER] = 12345;
	conversation_start(&talk, &flow);
	for (int t = 0; t < TURNS_MAX && rows[i].turns[t] != NULL; t++) {
		at.number++;
		at.at_ns += 1000000;
		say(&talk, &flow, rows[i].turns[t], &at);
	}
	conversation_end(&talk, &at);
	conversation_snapshot(&talk, seen_r);
	conversation_free(&talk);
}

static void
one_file_is_a_dialect(void **state)
{
	static const struct knowledge nothing;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct observation seen;
		struct verdict v;

		play(i, &seen);
		decision_make(&seen, &nothing, &v);
		if (strcmp(seen.dialect, "toy") != 0 || seen.offered != rows[i].offered)
			print_error("%s\n", rows[i].name);
		assert_string_equal(seen.dialect, "toy");
		assert_string_equal(seen.server_name, "house");
		assert_int_equal(seen.offered, rows[i].offered);
		assert_int_equal(seen.requested, rows[i].requested);
		assert_int_equal(seen.accepted, rows[i].accepted);
		assert_int_equal(seen.established, rows[i].established);
		assert_string_equal(v.count > 0 ? technique_info(v.findings[0].technique)->id : "",
		    rows[i].technique);
		assert_int_equal(v.count > 0 && v.findings[0].alert, rows[i].alert);
	}
}

static void
the_table_knows_it(void **state)
{
	(void)state;
	assert_ptr_equal(dialect_by_name("toy"), &dialect_toy);
	assert_ptr_equal(dialect_by_port(7777), &dialect_toy);
	assert_null(dialect_by_name("smtp"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_file_is_a_dialect),
		cmocka_unit_test(the_table_knows_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
