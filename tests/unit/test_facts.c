/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words in which dialects tell what they saw, and what follows from them. */
#include "unit.h"

#include "dialect/facts.h"

/* Fresh facts, and where they go. */
struct fixture {
	struct observation seen;
	struct mark marks[OBSERVATION_MARKS_MAX];
	struct facts facts;
};

static struct facts *
begin(struct fixture *x, unsigned traits)
{
	memset(x, 0, sizeof(*x));
	x->seen.traits = (uint16_t)traits;
	x->facts.seen = &x->seen;
	x->facts.marks = (struct marks){ .all = x->marks, .room = OBSERVATION_MARKS_MAX };
	x->facts.from_start = true;
	return &x->facts;
}

static void
an_offer_is_latched(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, 0);

	(void)state;
	facts_listing(f, false, span_text("no STARTTLS"));
	assert_int_equal(x.seen.offered, FACT_FALSE);
	facts_listing(f, true, span_text("250 STARTTLS"));
	assert_int_equal(x.seen.offered, FACT_TRUE);
	assert_int_equal(x.seen.upgrade, UPGRADE_OFFERED);
	facts_listing(f, false, span_text("no STARTTLS"));
	assert_int_equal(x.seen.offered, FACT_TRUE);
	assert_false(observation_has(&x.seen, MARK_OFFER_WITHDRAWN));
}

static void
a_standing_offer_may_not_vanish(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, TRAIT_OFFER_STANDS);

	(void)state;
	facts_listing(f, true, span_text("250 STARTTLS"));
	facts_listing(f, false, span_text("no STARTTLS"));
	assert_true(observation_has(&x.seen, MARK_OFFER_WITHDRAWN));
	assert_true(f->news);
}

static void
an_offer_may_vanish_after_a_reset_or_a_login(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, TRAIT_OFFER_STANDS);

	(void)state;
	facts_listing(f, true, span_text("250 STARTTLS"));
	facts_listing_reset(f);
	facts_listing(f, false, span_text("no STARTTLS"));
	assert_false(observation_has(&x.seen, MARK_OFFER_WITHDRAWN));
	f = begin(&x, TRAIT_OFFER_STANDS);
	facts_listing(f, true, span_text("250 STARTTLS"));
	facts_login(f, LOGIN_ACCEPTED, span_text("235 welcome"));
	facts_listing(f, false, span_text("no STARTTLS"));
	assert_false(observation_has(&x.seen, MARK_OFFER_WITHDRAWN));
}

static void
after_a_login_listings_mean_nothing(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, 0);

	(void)state;
	facts_login(f, LOGIN_ACCEPTED, span_text("235 welcome"));
	facts_listing(f, true, span_text("250 STARTTLS"));
	assert_int_equal(x.seen.offered, FACT_UNKNOWN);
	assert_false(x.seen.listing_complete);
}

static void
answers_move_the_upgrade(void **state)
{
	static const struct {
		enum answer answer;
		enum fact accepted;
		enum upgrade upgrade;
		enum mark_kind mark;
		bool news;
	} rows[] = {
		{ ANSWER_GRANTED, FACT_TRUE, UPGRADE_ACCEPTED, MARK_ACCEPTED, false },
		{ ANSWER_TEMPORARY, FACT_FALSE, UPGRADE_REFUSED, MARK_REFUSED_TEMPORARY, false },
		{ ANSWER_PERMANENT, FACT_FALSE, UPGRADE_REFUSED, MARK_REFUSED_PERMANENT, false },
		{ ANSWER_LAWFUL, FACT_FALSE, UPGRADE_REFUSED, MARK_REFUSED_PERMANENT, false },
		{ ANSWER_CLOSING, FACT_FALSE, UPGRADE_REFUSED, MARK_REFUSED_CLOSING, false },
		{ ANSWER_INVALID, FACT_FALSE, UPGRADE_REFUSED, MARK_REPLY_INVALID, true },
		{ ANSWER_NOT_COMING, FACT_UNKNOWN, UPGRADE_ASKED, MARK_UNANSWERED, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture x;
		struct facts *f = begin(&x, 0);

		facts_request(f, span_text("STARTTLS"));
		assert_true(f->asked);
		assert_int_equal(x.seen.upgrade, UPGRADE_ASKED);
		facts_answer(f, rows[i].answer, span_text("an answer"));
		assert_true(f->answered);
		assert_int_equal(x.seen.accepted, rows[i].accepted);
		assert_int_equal(x.seen.upgrade, rows[i].upgrade);
		assert_true(observation_has(&x.seen, rows[i].mark));
		assert_int_equal(f->news, rows[i].news);
	}
}

/* What became of a password decides whether it counts as exposed, and where. */
static void
a_password_is_exposed_by_its_outcome(void **state)
{
	static const struct {
		bool recoverable;
		int login;	/* enum login, or -1: the connection ended first */
		bool exposed;
		enum fact credentials, accepted;
	} rows[] = {
		{ true, LOGIN_ACCEPTED, true, FACT_TRUE, FACT_TRUE },
		{ true, LOGIN_NEEDS_TLS, true, FACT_TRUE, FACT_FALSE },
		{ true, LOGIN_WRONG, false, FACT_TRUE, FACT_FALSE },
		{ true, -1, true, FACT_TRUE, FACT_UNKNOWN },
		{ false, LOGIN_ACCEPTED, false, FACT_FALSE, FACT_TRUE },
		{ false, LOGIN_WRONG, false, FACT_FALSE, FACT_FALSE },
		{ false, -1, false, FACT_FALSE, FACT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture x;
		struct facts *f = begin(&x, 0);

		facts_listing(f, true, span_text("250 STARTTLS"));
		facts_credentials(f, span_text("PLAIN"), rows[i].recoverable,
		    span_text("AUTH PLAIN"));
		if (rows[i].login >= 0)
			facts_login(f, (enum login)rows[i].login, span_text("a reply"));
		facts_end(f, true);
		assert_int_equal(x.seen.exposed[UPGRADE_OFFERED],
		    rows[i].exposed ? EXPOSED_CREDENTIALS : 0);
		assert_int_equal(x.seen.credentials, rows[i].credentials);
		assert_int_equal(x.seen.credentials_accepted, rows[i].accepted);
	}
}

static void
a_password_counts_where_it_was_sent(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, 0);

	(void)state;
	facts_listing(f, true, span_text("250 STARTTLS"));
	facts_credentials(f, span_text("PLAIN"), true, span_text("AUTH PLAIN"));
	facts_request(f, span_text("STARTTLS"));
	facts_login(f, LOGIN_ACCEPTED, span_text("235 welcome"));
	assert_int_equal(x.seen.exposed[UPGRADE_OFFERED], EXPOSED_CREDENTIALS);
	assert_int_equal(x.seen.exposed[UPGRADE_ASKED], 0);
}

static void
a_digest_does_not_hide_a_password(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, 0);

	(void)state;
	facts_credentials(f, span_text("PLAIN"), true, span_text("AUTH PLAIN"));
	facts_login(f, LOGIN_WRONG, span_text("535 no"));
	facts_credentials(f, span_text("CRAM-MD5"), false, span_text("AUTH CRAM-MD5"));
	assert_int_equal(x.seen.credentials, FACT_TRUE);
	assert_string_equal(x.seen.mechanism, "PLAIN");
}

static void
a_demand_is_violated_by_its_own_kind(void **state)
{
	static const struct { unsigned demanded; enum operation done; bool violated; } rows[] = {
		{ OPERATION_MAIL, OPERATION_MAIL, true },
		{ OPERATION_LOGIN, OPERATION_MAIL, false },
		{ OPERATION_ANY, OPERATION_OTHER, true },
		{ 0, OPERATION_MAIL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture x;
		struct facts *f = begin(&x, 0);

		if (rows[i].demanded != 0)
			facts_demand(f, rows[i].demanded, span_text("530 STARTTLS first"));
		facts_accepted(f, rows[i].done, span_text("250 fine"));
		assert_int_equal(observation_has(&x.seen, MARK_DEMAND_VIOLATED), rows[i].violated);
	}
}

static void
payload_is_told_once_for_each_stage(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, 0);

	(void)state;
	facts_payload(f, span_text("DATA"), span_text("DATA"));
	assert_true(f->news);
	f->news = false;
	facts_payload(f, span_text("BDAT"), span_text("BDAT"));
	assert_false(f->news);
	assert_string_equal(x.seen.command, "DATA");
	facts_request(f, span_text("STARTTLS"));
	facts_payload(f, span_text("BDAT"), span_text("BDAT"));
	assert_true(f->news);
	assert_int_equal(x.seen.exposed[UPGRADE_ASKED], EXPOSED_PAYLOAD);
}

static void
what_crossed_before_any_request_is_known_only_of_a_client_heard_out(void **state)
{
	static const struct { bool from_start, deaf, asked; uint8_t unasked; } rows[] = {
		{ true, false, false, EXPOSED_PAYLOAD },
		{ false, false, false, 0 },
		{ true, true, false, 0 },
		{ true, false, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture x;
		struct facts *f = begin(&x, 0);

		f->from_start = rows[i].from_start;
		f->deaf = rows[i].deaf;
		facts_listing(f, true, span_text("250 STARTTLS"));
		if (rows[i].asked)
			facts_request(f, span_text("STARTTLS"));
		facts_payload(f, span_text("MAIL"), span_text("MAIL"));
		assert_int_equal(x.seen.exposed_unasked, rows[i].unasked);
	}
}

static void
marks_are_bounded_and_the_first_counts(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, 0);

	(void)state;
	f->from = SIDE_SERVER;
	facts_mark(f, MARK_BANNER, span_text("first"));
	facts_mark(f, MARK_BANNER, span_text("second"));
	assert_int_equal(x.seen.mark_count, 1);
	assert_string_equal(x.marks[0].text, "first");
	assert_int_equal(x.marks[0].from, SIDE_SERVER);
	for (int kind = 0; kind < MARK_KINDS; kind++)
		facts_mark(f, (enum mark_kind)kind, span_text("x"));
	assert_int_equal(x.seen.mark_count, OBSERVATION_MARKS_MAX);
	for (int kind = 0; kind < MARK_KINDS; kind++)
		assert_true(observation_has(&x.seen, (enum mark_kind)kind));
}

static void
memory_for_marks_comes_as_they_do(void **state)
{
	struct observation seen = { 0 };
	struct facts f = { .seen = &seen, .from_start = true };

	(void)state;
	assert_null(f.marks.all);
	for (int kind = 0; kind < MARK_KINDS; kind++) {
		facts_mark(&f, (enum mark_kind)kind, span_text("x"));
		assert_true(f.marks.room < 2 * seen.mark_count || f.marks.room == 2);
	}
	assert_int_equal(seen.mark_count, OBSERVATION_MARKS_MAX);
	for (int i = 0; i < OBSERVATION_MARKS_MAX; i++)
		assert_int_equal(f.marks.all[i].kind, i);
	marks_free(&f.marks);
	assert_null(f.marks.all);
}

static void
names_are_escaped_or_hashed(void **state)
{
	struct fixture x;
	struct facts *f = begin(&x, 0);
	uint64_t ann;

	(void)state;
	facts_server_name(f, span_text("mail\x1b[31m.example.org"));
	assert_string_equal(x.seen.server_name, "mail\\x1b[31m.example.org");
	facts_server_name(f, span_text("other.example.org"));
	assert_string_equal(x.seen.server_name, "mail\\x1b[31m.example.org");
	facts_client_name(f, span_text("ann.example.net"));
	ann = x.seen.client_name_hash;
	facts_client_name(f, span_text("ben.example.net"));
	assert_int_not_equal(x.seen.client_name_hash, ann);
	facts_client_name(f, span_text("ann.example.net"));
	assert_int_equal(x.seen.client_name_hash, ann);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_offer_is_latched),
		cmocka_unit_test(a_standing_offer_may_not_vanish),
		cmocka_unit_test(an_offer_may_vanish_after_a_reset_or_a_login),
		cmocka_unit_test(after_a_login_listings_mean_nothing),
		cmocka_unit_test(answers_move_the_upgrade),
		cmocka_unit_test(a_password_is_exposed_by_its_outcome),
		cmocka_unit_test(a_password_counts_where_it_was_sent),
		cmocka_unit_test(a_digest_does_not_hide_a_password),
		cmocka_unit_test(a_demand_is_violated_by_its_own_kind),
		cmocka_unit_test(payload_is_told_once_for_each_stage),
		cmocka_unit_test(
		    what_crossed_before_any_request_is_known_only_of_a_client_heard_out),
		cmocka_unit_test(marks_are_bounded_and_the_first_counts),
		cmocka_unit_test(memory_for_marks_comes_as_they_do),
		cmocka_unit_test(names_are_escaped_or_hashed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
