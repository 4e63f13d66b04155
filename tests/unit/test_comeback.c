/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients whose upgrade came to nothing, and who come back in clear. */
#include "unit.h"

#include "court.h"

static struct observation
marked(struct observation o, enum mark_kind kind)
{
	o.marked |= UINT64_C(1) << kind;
	return o;
}

/* The request was granted, and a ClientHello sent; both sides are still there. */
static struct observation
hello_sent(void)
{
	struct observation o = observed_upgrade(1, 1);

	o.final = false;
	o.provisional = true;
	o.flow.end = FLOW_OPEN;
	o.established = FACT_UNKNOWN;
	o.marked = UINT64_C(1) << MARK_CLIENT_HELLO;
	o.flow.id = 77;
	return o;
}

static struct observation
refused(enum answer answer)
{
	struct observation o = observed_refusal(answer, false);

	o.final = false;
	o.provisional = true;
	o.flow.end = FLOW_OPEN;
	o.established = FACT_UNKNOWN;
	o.flow.id = 77;
	return o;
}

/* ... and reset by that side. */
static struct observation
reset_by(struct observation o, enum side side)
{
	o.provisional = false;
	o.final = true;
	o.flow.end = FLOW_RST;
	o.flow.reset_by[side] = true;
	o.established = FACT_FALSE;
	return marked(o, MARK_TLS_RESET);
}

/* Mail in clear, in a connection that began so many seconds after the other. */
static struct observation
mail_after(int64_t seconds)
{
	struct observation o = observed_offer(1, 1);

	o.flow.first.at_ns += seconds * CLOCK_SECOND_NS;
	o.flow.last.at_ns = o.at.at_ns = o.flow.first.at_ns + CLOCK_SECOND_NS;
	o.flow.id = 78 + (uint64_t)seconds;
	o.payload = FACT_TRUE;
	o.exposed[UPGRADE_OFFERED] = o.exposed_unasked = EXPOSED_PAYLOAD;
	return o;
}

static void
a_hello_without_an_answer_is_a_setback_in_time(void **state)
{
	struct court *c = *state;

	see(c, hello_sent());
	assert_int_equal(c->heard.sessions, 0);
	see(c, mail_after(4));
	assert_int_equal(c->heard.alerts, 0);
	see(c, mail_after(31));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_HANDSHAKE_FAILED_FALLBACK);
	assert_true(c->heard.last.verdict.related == 77);
}

static void
an_answer_after_all_is_none(void **state)
{
	struct court *c = *state;
	struct observation later = marked(hello_sent(), MARK_SERVER_HELLO);

	later.established = FACT_TRUE;
	see(c, hello_sent());
	see(c, later);
	see(c, mail_after(31));
	assert_int_equal(c->heard.alerts, 0);
}

/* The tap may have missed the answer. */
static void
a_hole_is_no_silence(void **state)
{
	struct court *c = *state;
	struct observation later = hello_sent();

	later.flow.gap_bytes[SIDE_SERVER] = 100;
	see(c, hello_sent());
	see(c, later);
	see(c, mail_after(31));
	assert_int_equal(c->heard.alerts, 0);
	see(c, hello_sent());
	see(c, marked(hello_sent(), MARK_TLS_PROTECTED));
	see(c, mail_after(32));
	assert_int_equal(c->heard.alerts, 0);
}

static void
an_alert_counts_while_the_connection_is_open(void **state)
{
	struct court *c = *state;

	see(c, marked(hello_sent(), MARK_TLS_ALERT));
	see(c, mail_after(2));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_HANDSHAKE_FAILED_FALLBACK);
}

static void
so_does_a_refusal(void **state)
{
	struct court *c = *state;

	see(c, refused(ANSWER_TEMPORARY));
	see(c, mail_after(1));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_REQUEST_REFUSED_TEMP);
}

/* Asked again: what comes of it is not known yet. */
static void
until_the_client_asks_again(void **state)
{
	struct court *c = *state;
	struct observation again = refused(ANSWER_NONE);

	again.upgrade = UPGRADE_ASKED;
	again.accepted = FACT_UNKNOWN;
	see(c, refused(ANSWER_TEMPORARY));
	see(c, again);
	see(c, mail_after(1));
	assert_int_equal(c->heard.alerts, 0);
}

/* The next client of the same kind sends its hello while the matter is open. */
static void
another_hello_does_not_hide_a_setback(void **state)
{
	struct court *c = *state;
	struct observation other = hello_sent();

	other.flow.id = 76;
	see(c, refused(ANSWER_TEMPORARY));
	see(c, other);
	see(c, mail_after(1));
	assert_int_equal(c->heard.alerts, 1);
}

/* "Service closes" is innocent; coming back to be stripped is not. */
static void
a_service_that_closes_is_a_setback_too(void **state)
{
	struct court *c = *state;

	see(c, observed_refusal(ANSWER_CLOSING, false));
	see(c, mail_after(10));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_REQUEST_REFUSED_TEMP);
}

static void
a_probe_that_resets_is_nobody_elses_setback(void **state)
{
	struct court *c = *state;
	struct observation probe = hello_sent(), other = mail_after(99);

	probe.marked = UINT64_C(1) << MARK_ACCEPTED;
	probe = reset_by(probe, SIDE_CLIENT);
	probe.marked &= ~(UINT64_C(1) << MARK_TLS_RESET);
	see(c, probe);
	see(c, mail_after(100));
	probe.client_name_hash = 1;
	see(c, probe);
	see(c, mail_after(100));
	other.client_name_hash = 2;
	see(c, other);
	assert_int_equal(c->heard.alerts, 0);
	/* behind whoever resets at the ClientHello the tap sees just that */
	other.client_name_hash = 1;
	other.flow.id++;
	see(c, other);
	assert_int_equal(c->heard.alerts, 1);
	probe.client_name_hash = 0;
	see(c, probe);
	see(c, mail_after(30));
	assert_int_equal(c->heard.alerts, 1);
	see(c, mail_after(5));
	assert_int_equal(c->heard.alerts, 2);
	/* the same in the server's name, or from elsewhere */
	see(c, marked(probe, MARK_RESET_FOREIGN));
	see(c, mail_after(101));
	assert_int_equal(c->heard.alerts, 3);
	probe.flow.reset_by[SIDE_CLIENT] = false;
	probe.flow.reset_by[SIDE_SERVER] = true;
	see(c, probe);
	see(c, mail_after(102));
	assert_int_equal(c->heard.alerts, 4);
}

static void
nor_is_a_scanner_that_got_its_server_hello(void **state)
{
	struct court *c = *state;
	struct observation seen = marked(hello_sent(), MARK_SERVER_HELLO);

	see(c, reset_by(seen, SIDE_CLIENT));
	see(c, mail_after(100));
	assert_int_equal(c->heard.alerts, 0);
	see(c, reset_by(seen, SIDE_SERVER));
	see(c, mail_after(101));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_HANDSHAKE_FAILED_FALLBACK);
}

/* What a connection has to do with an earlier one is no less so at the end of all input. */
static void
hindsight_knows_of_it_too(void **state)
{
	struct court *c = *state;
	struct observation login = observed_lack(1, 1);

	login.flow.first.at_ns += 5 * CLOCK_SECOND_NS;
	login.flow.last.at_ns = login.at.at_ns = login.flow.first.at_ns + CLOCK_SECOND_NS;
	login.credentials = login.credentials_accepted = FACT_TRUE;
	login.exposed[UPGRADE_UNOFFERED] = EXPOSED_CREDENTIALS;
	see(c, refused(ANSWER_TEMPORARY));
	see(c, login);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_REQUEST_REFUSED_TEMP);
	assert_int_equal(judge_finish(c->judge, &(struct err){ 0 }), 0);
	assert_int_equal(c->heard.alerts, 1);
	/* that is for passwords of which nothing else is told */
	assert_int_equal(c->heard.exposures, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_COURT(a_hello_without_an_answer_is_a_setback_in_time),
		IN_COURT(an_answer_after_all_is_none),
		IN_COURT(a_hole_is_no_silence),
		IN_COURT(an_alert_counts_while_the_connection_is_open),
		IN_COURT(so_does_a_refusal),
		IN_COURT(until_the_client_asks_again),
		IN_COURT(another_hello_does_not_hide_a_setback),
		IN_COURT(a_service_that_closes_is_a_setback_too),
		IN_COURT(a_probe_that_resets_is_nobody_elses_setback),
		IN_COURT(nor_is_a_scanner_that_got_its_server_hello),
		IN_COURT(hindsight_knows_of_it_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
