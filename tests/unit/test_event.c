/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written: the shape of events, and that what was not seen is not there. */
#include "unit.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "event/eve.h"
#include "event/excerpting.h"
#include "event/json.h"
#include "event/summary.h"
#include "event/text.h"
#include "observed.h"

static const char *const files[] = { "a.pcap", "b\xff.pcap" };
static const struct origin origin = { .host = "sensor.example", .source_names = files,
	.source_count = 2 };

/* The value at a dotted name, or NULL. */
static struct json_object *
at(struct json_object *event, const char *name)
{
	char part[64];
	const char *dot;

	for (; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
		snprintf(part, sizeof(part), "%.*s", (int)(dot - name), name);
		if (!json_object_object_get_ex(event, part, &event))
			return NULL;
	}
	return json_object_object_get_ex(event, name, &event) ? event : NULL;
}

static const char *
text_at(struct json_object *event, const char *name)
{
	struct json_object *value = at(event, name);

	return value != NULL ? json_object_get_string(value) : NULL;
}

static struct record
stripped_record(void)
{
	struct record r = { .seen = observed_lack(1, 1) };

	r.verdict.outcome = OUTCOME_ABSENT;
	r.verdict.count = 1;
	r.verdict.findings[0] = (struct finding){ TECHNIQUE_CAP_STRIPPED, true };
	r.verdict.confidence = 80;
	r.verdict.proof = PROOF_HISTORY;
	r.seen.flow.last.number = 17;
	r.seen.at = (struct frame_ref){ r.seen.flow.last.at_ns, 12, 1 };
	r.seen.mark_count = 1;
	r.seen.marks[0] = (struct mark){ MARK_LISTING_LACKS, SIDE_SERVER,
		{ r.seen.flow.first.at_ns, 8, 1 }, "no STARTTLS among: SIZE" };
	return r;
}

static void
a_session_has_the_common_fields(void **state)
{
	struct record r = stripped_record();
	struct json_object *event = eve_session(&r, &origin);

	(void)state;
	assert_string_equal(text_at(event, "event_type"), "session");
	assert_string_equal(text_at(event, "schema"), "1");
	assert_string_equal(text_at(event, "timestamp"), "2024-10-05T00:00:01.000000+0000");
	assert_string_equal(text_at(event, "src_ip"), "192.0.2.1");
	assert_string_equal(text_at(event, "dest_port"), "25");
	assert_string_equal(text_at(event, "app_proto"), "smtp");
	assert_string_equal(text_at(event, "pcap_cnt"), "17");
	assert_string_equal(text_at(event, "pcap_filename"), "a.pcap");
	assert_string_equal(text_at(event, "starttls.offered"), "false");
	assert_string_equal(text_at(event, "starttls.outcome"), "absent");
	assert_string_equal(text_at(event, "observed.handshake"), "true");
	json_object_put(event);
}

static void
what_was_not_seen_is_absent(void **state)
{
	struct record r = stripped_record();
	struct json_object *event;

	(void)state;
	r.seen.offered = r.seen.requested = r.seen.credentials = FACT_UNKNOWN;
	event = eve_session(&r, &origin);
	assert_null(at(event, "starttls.offered"));
	assert_null(at(event, "starttls.requested"));
	assert_null(at(event, "starttls.accepted"));
	assert_null(at(event, "cleartext.credentials"));
	assert_null(at(event, "server.history"));
	assert_null(at(event, "expected"));
	assert_null(at(event, "vlan"));
	assert_null(at(event, "tap"));
	json_object_put(event);
}

static void
an_alert_says_what_to_look_at(void **state)
{
	struct rule_set *rules = rule_set_new();
	struct record r = stripped_record();
	struct alert alert = { &r, NULL, 1, 1, 0, 0 };
	struct json_object *event, *evidence;
	struct err e;

	(void)state;
	assert_int_equal(rule_set_add_builtin(rules, &e), 0);
	for (size_t i = 0; i < rule_set_count(rules); i++) {
		if (rule_set_at(rules, i)->technique == TECHNIQUE_CAP_STRIPPED)
			alert.rule = rule_set_at(rules, i);
	}
	assert_non_null(alert.rule);
	event = eve_alert(&alert, &origin);
	assert_string_equal(text_at(event, "event_type"), "alert");
	assert_string_equal(text_at(event, "alert.action"), "allowed");
	assert_string_equal(text_at(event, "alert.severity"), "1");
	assert_string_equal(text_at(event, "alert.category"), "downgrade");
	assert_string_equal(text_at(event, "alert.metadata.technique"), "[ \"cap-stripped\" ]");
	assert_string_equal(text_at(event, "alert.metadata.confidence"), "[ \"high\" ]");
	assert_non_null(at(event, "alert.metadata.mitre_technique_id"));
	assert_true(json_object_array_length(at(event, "benign")) > 0);
	evidence = json_object_array_get_idx(at(event, "evidence"), 0);
	assert_string_equal(text_at(evidence, "from"), "server");
	assert_string_equal(text_at(evidence, "frame"), "8");
	assert_string_equal(text_at(evidence, "text"), "no STARTTLS among: SIZE");
	/* a file's name is foreign text, too */
	assert_string_equal(text_at(evidence, "file"), "b\\xff.pcap");
	assert_string_equal(text_at(event, "pcap_cnt"), "12");
	assert_null(at(event, "alert.count"));
	json_object_put(event);
	alert.count = 70;
	alert.clients = 9;
	event = eve_alert(&alert, &origin);
	assert_string_equal(text_at(event, "alert.count"), "70");
	assert_string_equal(text_at(event, "alert.first_seen"), "1970-01-01T00:00:00.000000+0000");
	assert_string_equal(text_at(event, "clients_seen"), "9");
	json_object_put(event);
	rule_set_free(&rules);
}

static void
a_direction_is_absent_without_home_networks(void **state)
{
	struct record r = stripped_record();
	struct json_object *event = eve_session(&r, &origin);

	(void)state;
	assert_null(at(event, "direction"));
	json_object_put(event);
	r.direction = DIRECTION_INBOUND;
	event = eve_session(&r, &origin);
	assert_string_equal(text_at(event, "direction"), "inbound");
	json_object_put(event);
}

static void
excerpts_hold_as_much_as_is_wanted(void **state)
{
	static const struct {
		const char *said, *verbs;
	} rows[] = {
		{ "220 mx.example ESMTP Postfix", "220 [...] ESMTP [...]" },
		{ "550 5.1.1 <jane.doe@example.org>: unknown", "550 5.1.1 <[...]>: unknown" },
		{ "AUTH PLAIN", "AUTH PLAIN" },
		{ "no STARTTLS among: SIZE", "no STARTTLS among: SIZE" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record full = stripped_record(), verbs, off;

		text_copy(full.seen.reply, sizeof(full.seen.reply), rows[i].said);
		text_copy(full.seen.marks[0].text, sizeof(full.seen.marks[0].text), rows[i].said);
		text_copy(full.verdict.twin.says, sizeof(full.verdict.twin.says), rows[i].said);
		verbs = off = full;
		excerpts_limit(&full, EXCERPTS_FULL);
		assert_string_equal(full.seen.marks[0].text, rows[i].said);
		excerpts_limit(&verbs, EXCERPTS_VERBS);
		assert_string_equal(verbs.seen.marks[0].text, rows[i].verbs);
		assert_string_equal(verbs.seen.reply, rows[i].verbs);
		assert_string_equal(verbs.verdict.twin.says, rows[i].verbs);
		excerpts_limit(&off, EXCERPTS_OFF);
		assert_string_equal(off.seen.marks[0].text, "");
		assert_string_equal(off.seen.reply, "");
		assert_string_equal(off.verdict.twin.says, "");
	}
}

static void
statistics_nest_by_their_names(void **state)
{
	struct json_object *event = eve_stats(0, &origin);
	size_t length;

	(void)state;
	eve_stats_add(event, "decode.segment", 7);
	eve_stats_add(event, "sink.output.written", 3);
	assert_string_equal(text_at(event, "stats.decode.segment"), "7");
	assert_string_equal(text_at(event, "stats.sink.output.written"), "3");
	assert_null(strchr(json_line(event, &length), '\n'));
	json_object_put(event);
}

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
		cmocka_unit_test(a_session_has_the_common_fields),
		cmocka_unit_test(what_was_not_seen_is_absent),
		cmocka_unit_test(an_alert_says_what_to_look_at),
		cmocka_unit_test(a_direction_is_absent_without_home_networks),
		cmocka_unit_test(excerpts_hold_as_much_as_is_wanted),
		cmocka_unit_test(statistics_nest_by_their_names),
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
