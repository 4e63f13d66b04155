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
#include "recorded.h"

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
	struct origin saved = origin;
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
	saved.evidence = "alerts";
	event = eve_alert(&alert, &saved);
	assert_non_null(at(event, "capture_file"));
	json_object_put(event);
	alert.count = 70;
	alert.clients = 9;
	event = eve_alert(&alert, &saved);
	/* the packets of the latest of many are nobody's wish */
	assert_null(at(event, "capture_file"));
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
