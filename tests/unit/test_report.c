/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written for a person: no more than was seen, and all of it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "event/summary.h"
#include "event/text.h"
#include "recorded.h"

/* The text that a report of one session and one summary gives. */
static char *
report(const struct record *r)
{
	struct summary *summary = summary_new();
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	text_session(out, r, &origin, false);
	summary_session(summary, r);
	summary_counter(summary, "decode.bad_ip", 2);
	summary_counter(summary, "decode.short", 0);
	summary_write(summary, out);
	fclose(out);
	summary_free(&summary);
	return text;
}

static void
text_is_for_a_person(void **state)
{
	struct record r = stripped_record();
	char *text;

	(void)state;
	memcpy(r.seen.server_name, "mail.example", sizeof("mail.example"));
	text = report(&r);
	assert_non_null(strstr(text, "192.0.2.1:40001 > 198.51.100.25:25 (mail.example)"));
	assert_non_null(strstr(text, "TLS was not offered"));
	assert_non_null(strstr(text, "smtp         absent 1"));
	assert_non_null(strstr(text, "2  frames with an impossible IP header"));
	assert_null(strstr(text, "cut before"));
	assert_null(strchr(text, '\033'));
	free(text);
}

/* A sensor that is always on says everything again and again. */
static void
counters_that_are_told_again_count_once(void **state)
{
	struct summary *summary = summary_new();
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	for (unsigned i = 1; i <= 1000; i++)
		summary_counter(summary, "decode.bad_ip", i);
	summary_write(summary, out);
	fclose(out);
	assert_non_null(strstr(text, "  1000  frames with an impossible IP header"));
	assert_null(strstr(text, "   999  frames"));
	free(text);
	summary_free(&summary);
}

static void
blindness_is_said(void **state)
{
	struct record r = stripped_record();
	char *text;

	(void)state;
	r.seen.flow.handshake = false;
	r.seen.flow.gap_bytes[SIDE_SERVER] = 99;
	text = report(&r);
	assert_non_null(strstr(text, "its beginning was not seen"));
	assert_non_null(strstr(text, "99 bytes were not seen"));
	free(text);
}

/* Mail in clear, and no listing of capabilities. */
static struct record
unasked_record(void)
{
	struct record r = { .seen = observed(1, 1) };

	r.verdict.outcome = OUTCOME_UNASKED;
	r.seen.payload = FACT_TRUE;
	return r;
}

static void
silence_is_only_told_where_all_was_heard(void **state)
{
	static const char unclear[] = "1  sessions of which not enough was seen to tell";
	struct record r = unasked_record();
	char *text;

	(void)state;
	text = report(&r);
	assert_non_null(strstr(text, "nobody spoke of TLS"));
	assert_null(strstr(text, unclear));
	free(text);

	/* an offer may lie in the hole */
	r.seen.flow.gap_bytes[SIDE_SERVER] = 14;
	text = report(&r);
	assert_null(strstr(text, "nobody spoke of TLS"));
	assert_non_null(strstr(text, "the client did not ask for TLS; "
	    "whether it was offered was not seen"));
	assert_non_null(strstr(text, unclear));
	free(text);

	r = unasked_record();
	r.verdict.outcome = OUTCOME_UNKNOWN;
	text = report(&r);
	assert_non_null(strstr(text, unclear));
	free(text);
}

/* What a person is told of an alert. */
static char *
told(const struct record *r, const struct origin *from)
{
	static const struct rule rule = { .title = "Some title",
		.technique = TECHNIQUE_CAP_STRIPPED, .category = CATEGORY_DOWNGRADE };
	const struct alert alert = { .record = r, .rule = &rule, .severity = 1 };
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	text_alert(out, &alert, from, false);
	fclose(out);
	return text;
}

static void
a_policy_has_seen_no_packets(void **state)
{
	struct record r = stripped_record();
	char *text;

	(void)state;
	r.verdict.expected_by = EXPECTED_BY_HISTORY;
	text = told(&r, &origin);
	assert_non_null(strstr(text, "was to be expected here (history, from earlier packets)\n"));
	free(text);
	r.verdict.expected_after = true;
	text = told(&r, &origin);
	assert_non_null(strstr(text, "was to be expected here (history, from later packets)\n"));
	free(text);
	r.verdict.expected_by = EXPECTED_BY_POLICY;
	text = told(&r, &origin);
	assert_non_null(strstr(text, "was to be expected here (policy)\n"));
	free(text);
}

static void
sessions_at_two_taps_can_be_told_apart(void **state)
{
	static const char *const taps[] = { "inside", "out\xff" };
	struct origin named = origin;
	struct record r = stripped_record();
	char *text;
	size_t size;
	FILE *out;

	(void)state;
	r.seen.flow.tuple.tap = 1;
	text = told(&r, &origin);
	assert_null(strstr(text, "at tap"));
	free(text);
	named.tap_names = taps;
	named.tap_count = 2;
	text = told(&r, &named);
	assert_non_null(strstr(text, "198.51.100.25:25 at tap out\\xff\n"));
	free(text);
	out = open_memstream(&text, &size);
	text_session(out, &r, &named, false);
	fclose(out);
	assert_non_null(strstr(text, "198.51.100.25:25 at tap out\\xff\n"));
	free(text);
}

static unsigned
times(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

/* One line may mark several things; a person wants to read it once. */
static void
a_line_is_shown_once(void **state)
{
	struct record r = stripped_record();
	char *text;

	(void)state;
	r.seen.mark_count = 3;
	r.seen.marks[1] = r.seen.marks[2] = r.seen.marks[0];
	r.seen.marks[1].kind = MARK_OFFER_WITHDRAWN;
	r.seen.marks[2].ref.number++;
	text = told(&r, &origin);
	assert_int_equal(times(text, "frame 8 "), 1);
	/* the same words again are another line */
	assert_int_equal(times(text, "frame 9 "), 1);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_for_a_person),
		cmocka_unit_test(counters_that_are_told_again_count_once),
		cmocka_unit_test(blindness_is_said),
		cmocka_unit_test(silence_is_only_told_where_all_was_heard),
		cmocka_unit_test(a_policy_has_seen_no_packets),
		cmocka_unit_test(sessions_at_two_taps_can_be_told_apart),
		cmocka_unit_test(a_line_is_shown_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
