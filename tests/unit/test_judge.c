/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict: when a finding is loud, across two connections, and looking back. */
#include "unit.h"

#include "court.h"
#include "judge/decision.h"

static void
a_vanished_offer_is_loud_only_with_history(void **state)
{
	struct court *c = *state;

	see(c, observed_lack(1, 1));
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.outcome, OUTCOME_ABSENT);
	assert_int_equal(c->heard.last.verdict.findings[0].technique, TECHNIQUE_CAP_STRIPPED);
	assert_false(c->heard.last.verdict.findings[0].alert);

	see(c, observed_upgrade(1, 2));
	see(c, observed_lack(1, 3));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
	/* one upgrade is a weak expectation */
	assert_int_equal(c->heard.severity, 2);
	assert_int_equal(c->heard.last.verdict.proof, PROOF_HISTORY);

	see(c, observed_upgrade(2, 4));
	see(c, observed_lack(1, 5));
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.severity, 1);
	assert_int_equal(c->heard.sessions, 5);
}

static void
looking_back_accuses_what_came_before(void **state)
{
	struct court *c = *state;
	struct err e;

	see(c, observed_lack(1, 1));
	see(c, observed_upgrade(2, 2));
	see(c, observed_upgrade(3, 3));
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
	assert_true(c->heard.last.verdict.expected_after);
	/* never grave, and the history shown is still that of earlier packets */
	assert_int_equal(c->heard.severity, 2);
	assert_int_equal(c->heard.last.history.sessions, 0);
}

/* A notice said what was known then, and cannot be taken back: what it lacked is told beside it. */
static void
looking_back_adds_to_a_notice(void **state)
{
	struct court *c = *state;
	struct observation secret = observed_lack(1, 1);
	struct err e;

	secret.credentials = secret.credentials_accepted = FACT_TRUE;
	secret.exposed[UPGRADE_UNOFFERED] |= EXPOSED_CREDENTIALS;
	see(c, secret);
	assert_int_equal(c->heard.exposures, 1);
	see(c, observed_upgrade(2, 2));
	see(c, observed_upgrade(3, 3));
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
	assert_int_equal(c->heard.last.seen.flow.id, secret.flow.id);
	assert_int_equal(c->heard.exposures, 1);
}

static void
looking_back_does_not_repeat(void **state)
{
	struct court *c = *state;
	struct err e;

	see(c, observed_upgrade(1, 1));
	see(c, observed_upgrade(2, 2));
	see(c, observed_lack(1, 3));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 1);
}

static void
a_refusal_needs_harm_or_history(void **state)
{
	struct court *c = *state;

	see(c, observed_refusal(ANSWER_TEMPORARY, false));
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.outcome, OUTCOME_REFUSED);
	see(c, observed_refusal(ANSWER_TEMPORARY, true));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_REQUEST_REFUSED_TEMP);
}

static void
lawful_refusals_are_no_findings(void **state)
{
	struct court *c = *state;

	see(c, observed_refusal(ANSWER_LAWFUL, true));
	see(c, observed_refusal(ANSWER_CLOSING, false));
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.count, 0);
}

/* RFC 7507: the client says itself that this is not its first try. */
static void
a_client_that_fell_back_is_noted_and_far_down_told(void **state)
{
	struct court *c = *state;
	struct observation o = observed_upgrade(3, 3);

	o.tls.fallback_scsv = true;
	o.tls.version = 0x0301;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.count, 0);
	see(c, observed_upgrade(1, 4));
	o = observed_upgrade(3, 5);
	o.tls.fallback_scsv = true;
	o.tls.version = 0x0303;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.findings[0].technique,
	    TECHNIQUE_TLS_VERSION_DOWNGRADE);
	o.flow.id++;
	o.tls.version = 0x0301;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_TLS_VERSION_DOWNGRADE);
}

static void
loopback_is_not_judged(void **state)
{
	struct court *c = *state;
	struct observation o = observed_refusal(ANSWER_INVALID, true);

	o.marked |= UINT64_C(1) << MARK_REPLY_INVALID;
	o.flow.tuple.addr[SIDE_SERVER] = (struct address){ 4, { 127, 0, 0, 1 } };
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.count, 0);
}

static void
silence_of_a_tap_is_no_silence_of_a_server(void **state)
{
	struct court *c = *state;
	struct observation o = observed_refusal(ANSWER_NONE, false);

	o.accepted = FACT_UNKNOWN;
	o.upgrade = UPGRADE_ASKED;
	o.exposed[UPGRADE_ASKED] = EXPOSED_PAYLOAD;
	o.flow.gap_bytes[SIDE_SERVER] = 100;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	o.flow.gap_bytes[SIDE_SERVER] = 0;
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_REQUEST_SWALLOWED);
}

/* A connection whose ClientHello got no answer but that kind of mark. */
static struct observation
broken(enum mark_kind how)
{
	struct observation o = observed_upgrade(1, 1);

	o.established = FACT_FALSE;
	o.upgrade = UPGRADE_FAILED;
	o.marked = UINT64_C(1) << MARK_CLIENT_HELLO | UINT64_C(1) << how;
	o.flow.id = 77;
	return o;
}

static struct observation
in_clear_after(int64_t seconds)
{
	struct observation o = observed_offer(1, 1);

	o.flow.first.at_ns += (seconds + 1) * CLOCK_SECOND_NS;
	o.flow.last.at_ns = o.at.at_ns = o.flow.first.at_ns + CLOCK_SECOND_NS;
	o.flow.id = 78 + (uint64_t)seconds;
	o.payload = FACT_TRUE;
	o.exposed[UPGRADE_OFFERED] = o.exposed_unasked = EXPOSED_PAYLOAD;
	return o;
}

static void
coming_back_in_clear_is_told(void **state)
{
	struct court *c = *state;

	see(c, broken(MARK_TLS_RESET));
	assert_int_equal(c->heard.alerts, 0);
	see(c, in_clear_after(30));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_HANDSHAKE_FAILED_FALLBACK);
	assert_int_equal(c->heard.last.verdict.proof, PROOF_CORRELATION);
	assert_true(c->heard.last.verdict.related == 77);
}

static void
a_reset_behind_the_acceptance_counts_as_broken(void **state)
{
	struct court *c = *state;
	struct observation first = broken(MARK_ACCEPTED);

	first.marked = UINT64_C(1) << MARK_ACCEPTED;
	see(c, first);
	see(c, in_clear_after(10));
	/* a client that merely leaves is a scanner, or has changed its mind */
	assert_int_equal(c->heard.alerts, 0);
	first.flow.end = FLOW_RST;
	first.flow.reset_by[SIDE_SERVER] = true;
	see(c, first);
	see(c, in_clear_after(20));
	assert_int_equal(c->heard.alerts, 1);
}

/* HTTP may decline, but what it granted and broke it has granted. */
static void
a_broken_handshake_counts_where_declining_is_normal(void **state)
{
	struct court *c = *state;
	struct observation first = broken(MARK_TLS_RESET), second = in_clear_after(10);

	first.traits = second.traits = TRAIT_OPTIONAL;
	second.offered = FACT_FALSE;
	see(c, first);
	see(c, second);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_HANDSHAKE_FAILED_FALLBACK);
}

static void
coming_back_much_later_is_not(void **state)
{
	struct court *c = *state;

	see(c, broken(MARK_TLS_RESET));
	see(c, in_clear_after(400));
	assert_int_equal(c->heard.alerts, 0);
}

/* Whole, or not over yet: who was not asked about TLS before it crossed will never have been. */
static void
what_crossed_is_told_when_it_crosses(void **state)
{
	struct court *c = *state;
	struct observation mail = in_clear_after(30), secret = observed(1, 2);

	see(c, observed_upgrade(1, 0));
	mail.final = false;
	mail.requested = mail.established = FACT_UNKNOWN;
	mail.traits |= TRAIT_ASKS_LATE;
	see(c, mail);
	assert_int_equal(c->heard.alerts, 0);
	mail.traits &= (uint16_t)~(unsigned)TRAIT_ASKS_LATE;
	see(c, mail);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CLEARTEXT_PAYLOAD_DESPITE_OFFER);

	secret.final = false;
	secret.requested = secret.established = FACT_UNKNOWN;
	secret.credentials = FACT_TRUE;
	secret.exposed[UPGRADE_UNOFFERED] = secret.exposed_unasked = EXPOSED_CREDENTIALS;
	see(c, secret);
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.technique, TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER);
	/* it is so whatever comes later, and told once */
	secret.final = true;
	secret.offered = FACT_TRUE;
	secret.flow.gap_bytes[SIDE_CLIENT] = 1;
	see(c, secret);
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.last.verdict.findings[0].technique,
	    TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER);
}

/* Webmail beside a mail client: it never looks what there is, and nobody could hide it. */
static void
who_never_looks_is_told_less_gravely_in_time(void **state)
{
	struct court *c = *state;
	struct observation secret;

	see(c, observed_upgrade(1, 0));
	for (int day = 1; day <= 4; day++) {
		secret = observed(1, day);
		secret.credentials = secret.credentials_accepted = FACT_TRUE;
		secret.exposed[UPGRADE_UNOFFERED] = secret.exposed_unasked = EXPOSED_CREDENTIALS;
		see(c, secret);
		/* what is milder than that is not counted here */
		assert_int_equal(c->heard.alerts, day < 3 ? day : 2);
		assert_int_equal(c->heard.exposures, day);
	}
	/* a client that looks and is told that there is nothing has another history */
	secret.offered = FACT_FALSE;
	secret.listing_complete = true;
	secret.flow.id++;
	see(c, secret);
	assert_int_equal(c->heard.alerts, 3);
}

static void
another_name_halves_the_confidence(void **state)
{
	struct court *c = *state;
	struct observation first = broken(MARK_TLS_RESET), second = in_clear_after(30);
	unsigned sure;

	first.client_name_hash = second.client_name_hash = 1;
	see(c, first);
	see(c, second);
	sure = c->heard.last.verdict.confidence;
	second.client_name_hash = 2;
	second.flow.id++;
	see(c, second);
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.last.verdict.confidence, sure / 2);
}

static void
tls_after_all_ends_the_matter(void **state)
{
	struct court *c = *state;
	struct observation tls = observed_upgrade(1, 1);

	see(c, broken(MARK_TLS_RESET));
	see(c, tls);
	see(c, in_clear_after(60));
	/* only that a client of this server's TLS now does without */
	assert_int_equal(c->heard.technique, TECHNIQUE_CLEARTEXT_PAYLOAD_DESPITE_OFFER);
}

static void
a_refusal_followed_by_mail_elsewhere_is_told(void **state)
{
	struct court *c = *state;

	see(c, observed_refusal(ANSWER_PERMANENT, false));
	assert_int_equal(c->heard.alerts, 0);
	see(c, in_clear_after(10));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_REQUEST_REFUSED_PERM);
}

static void
a_server_that_says_it_is_broken_is_told_once_a_day(void **state)
{
	struct court *c = *state;

	for (int64_t round = 0; round < 3; round++) {
		see(c, broken(MARK_TLS_ALERT));
		see(c, in_clear_after(30 + round));
	}
	assert_int_equal(c->heard.alerts, 1);
}

static void
the_first_row_is_the_primary_one(void **state)
{
	static const struct knowledge stranger;
	struct observation o = observed_lack(1, 1);
	struct verdict v;

	(void)state;
	o.marked = ~UINT64_C(0);
	decision_make(&o, &stranger, &v);
	assert_int_equal(v.count, VERDICT_TECHNIQUES_MAX);
	assert_int_equal(v.findings[0].technique, TECHNIQUE_MOTS_CONFLICT);
	assert_int_equal(v.findings[1].technique, TECHNIQUE_INJECTED_COMMAND);
}

static void
an_open_connection_has_no_outcome(void **state)
{
	static const struct knowledge stranger;
	struct observation o = observed_lack(1, 1);
	struct verdict v;

	(void)state;
	o.final = false;
	decision_make(&o, &stranger, &v);
	assert_int_equal(v.outcome, OUTCOME_UNSAID);
	/* the offer may still come */
	assert_int_equal(v.count, 0);
	/* too late for what has crossed */
	o.exposed_unasked = EXPOSED_PAYLOAD;
	decision_make(&o, &stranger, &v);
	assert_int_equal(v.findings[0].technique, TECHNIQUE_CAP_STRIPPED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_COURT(a_vanished_offer_is_loud_only_with_history),
		IN_COURT(looking_back_accuses_what_came_before),
		IN_COURT(looking_back_adds_to_a_notice),
		IN_COURT(looking_back_does_not_repeat),
		IN_COURT(a_refusal_needs_harm_or_history),
		IN_COURT(lawful_refusals_are_no_findings),
		IN_COURT(a_client_that_fell_back_is_noted_and_far_down_told),
		IN_COURT(loopback_is_not_judged),
		IN_COURT(silence_of_a_tap_is_no_silence_of_a_server),
		IN_COURT(coming_back_in_clear_is_told),
		IN_COURT(a_reset_behind_the_acceptance_counts_as_broken),
		IN_COURT(a_broken_handshake_counts_where_declining_is_normal),
		IN_COURT(coming_back_much_later_is_not),
		IN_COURT(what_crossed_is_told_when_it_crosses),
		IN_COURT(who_never_looks_is_told_less_gravely_in_time),
		IN_COURT(another_name_halves_the_confidence),
		IN_COURT(tls_after_all_ends_the_matter),
		IN_COURT(a_refusal_followed_by_mail_elsewhere_is_told),
		IN_COURT(a_server_that_says_it_is_broken_is_told_once_a_day),
		cmocka_unit_test(the_first_row_is_the_primary_one),
		cmocka_unit_test(an_open_connection_has_no_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
