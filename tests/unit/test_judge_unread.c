/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Openings that nobody can read, of servers that are known. */
#include "unit.h"

#include "court.h"

/* On a port of nobody's: a client of SMTP, and words that are no server's. */
static struct observation
unread(uint8_t client, int day)
{
	struct observation o = observed(client, day);

	o.elsewhere = true;
	o.dialect[0] = '\0';
	memcpy(o.dialect_expected, "smtp", sizeof("smtp"));
	o.requested = o.established = o.credentials = o.payload = FACT_UNKNOWN;
	return o;
}

static void
a_known_server_that_nobody_can_read_is_told_to_those_it_knows(void **state)
{
	struct observation holed = unread(1, 5), recognised = observed(1, 5);
	struct court *c = *state;

	see(c, unread(1, 1));
	assert_int_equal(c->heard.sessions, 0);
	see(c, observed_upgrade(1, 2));
	see(c, unread(1, 3));
	assert_int_equal(c->heard.sessions, 1);
	see(c, observed_upgrade(2, 4));
	/* a stranger to it, a tap that did not see all, and a session that was read */
	see(c, unread(3, 5));
	holed.flow.gap_bytes[SIDE_SERVER] = 1;
	see(c, holed);
	see(c, recognised);
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.sessions, 3);
	see(c, unread(1, 6));
	assert_int_equal(c->heard.sessions, 4);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_CMD_REFUSED);
	assert_int_equal(c->heard.severity, 1);
	assert_int_equal(c->heard.last.verdict.proof, PROOF_HISTORY);
	/* and nothing was learnt from it */
	assert_int_equal(c->heard.last.history.sessions, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_COURT(a_known_server_that_nobody_can_read_is_told_to_those_it_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
