/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of a tap that shows too little, and how often. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "observed.h"
#include "sensor/sight.h"

enum { QUIET_S = 900, MINUTES_5 = 300 };

static struct sight
begun(void)
{
	return (struct sight){ .settled_at_ns = 0 };
}

/* What the workers of the tap have counted by then, in all. */
static void
count(struct sight *s, uint64_t frames, uint64_t dropped, uint64_t segments)
{
	struct tally t = { .count = 0 };

	tally_add(&t, "capture.received", frames);
	tally_add(&t, "capture.dropped", dropped);
	tally_add(&t, "decode.segment", segments);
	sight_clear(s);
	sight_add(s, &t);
}

enum how { WHOLE, CLIENT_ONLY, HOLED, CUT, HEADLESS };

static void
end_sessions(struct sight *s, unsigned n, enum how how, int day)
{
	struct observation o = observed_offer(1, day);

	o.flow.handshake = how != HEADLESS && how != CLIENT_ONLY;
	o.flow.packets[SIDE_SERVER] = how == CLIENT_ONLY ? 0 : 10;
	o.flow.gap_bytes[SIDE_CLIENT] = how == HOLED ? 100 : 0;
	o.flow.truncated = how == CUT;
	for (unsigned i = 0; i < n; i++)
		sight_session(s, &o);
}

/* At that second: the numbers of the alerts, as text: "2001 2003". */
static const char *
told_at(struct sight *s, int64_t second, struct tap_alert alerts_r[TAP_FAULTS])
{
	static char text[64];
	unsigned n = sight_look(s, 1 + second * CLOCK_SECOND_NS, QUIET_S, alerts_r);

	text[0] = '\0';
	for (unsigned i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%u",
		    i > 0 ? " " : "", tap_alert_sid(&alerts_r[i]));
	return text;
}

static void
silence_is_told_once_and_its_end(void **state)
{
	struct sight s = begun();
	struct tap_alert a[TAP_FAULTS];

	(void)state;
	assert_string_equal(told_at(&s, 0, a), "");
	assert_string_equal(told_at(&s, QUIET_S - 1, a), "");
	/* what is no TCP is no sign of life: switches talk to themselves */
	count(&s, 7, 0, 0);
	assert_string_equal(told_at(&s, QUIET_S, a), "2001");
	assert_int_equal(a[0].seconds, QUIET_S);
	assert_int_equal(a[0].figures.frames, 7);
	assert_int_equal(a[0].figures.segments, 0);
	assert_int_equal(tap_alert_severity(&a[0]), 3);
	assert_string_equal(told_at(&s, 5 * QUIET_S, a), "");
	count(&s, 9, 0, 1);
	assert_string_equal(told_at(&s, 5 * QUIET_S + 1, a), "2002");
	assert_int_equal(tap_alert_severity(&a[0]), 4);
	assert_int_equal(a[0].seconds, 5 * QUIET_S + 1);
	assert_string_equal(told_at(&s, 6 * QUIET_S, a), "");
	assert_string_equal(told_at(&s, 6 * QUIET_S + 1, a), "2001");
}

static void
traffic_now_and_then_is_no_silence(void **state)
{
	struct sight s = begun();
	struct tap_alert a[TAP_FAULTS];

	(void)state;
	for (unsigned i = 1; i < 20; i++) {
		count(&s, i, 0, i);
		assert_string_equal(told_at(&s, (int64_t)i * (QUIET_S - 1), a), "");
	}
}

/* Windows of five minutes, one row each. */
struct row {
	unsigned whole, client_only, holed, cut, headless;
	uint64_t frames, dropped;
	const char *told;
};

static void
check_rows(const struct row *rows, size_t n)
{
	struct sight s = begun();
	struct tap_alert a[TAP_FAULTS];
	uint64_t frames = 100, dropped = 0;

	count(&s, frames, dropped, frames);
	assert_string_equal(told_at(&s, 0, a), "");
	for (size_t i = 0; i < n; i++) {
		const char *told;

		end_sessions(&s, rows[i].whole, WHOLE, 1);
		end_sessions(&s, rows[i].client_only, CLIENT_ONLY, 1);
		end_sessions(&s, rows[i].holed, HOLED, 1);
		end_sessions(&s, rows[i].cut, CUT, 1);
		end_sessions(&s, rows[i].headless, HEADLESS, 1);
		frames += rows[i].frames + 1;
		dropped += rows[i].dropped;
		count(&s, frames, dropped, frames);
		told = told_at(&s, ((int64_t)i + 1) * MINUTES_5, a);
		if (strcmp(told, rows[i].told) != 0)
			fail_msg("window %zu: \"%s\", not \"%s\"", i, told, rows[i].told);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void
one_side_is_told_by_its_share(void **state)
{
	static const struct row rows[] = {
		{ .whole = 20, .told = "" },
		{ .whole = 11, .client_only = 9, .told = "" },
		{ .client_only = 19, .told = "" },	/* too few: the window goes on */
		{ .client_only = 1, .told = "2003" },
		{ .client_only = 50, .told = "" },
		{ .whole = 14, .client_only = 6, .told = "" },	/* better, and not well */
		{ .whole = 10, .client_only = 10, .told = "" },
		{ .whole = 17, .client_only = 3, .told = "2004" },
		{ .whole = 10, .client_only = 10, .told = "2003" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
loss_is_told_by_the_share_of_sessions(void **state)
{
	static const struct row rows[] = {
		{ .whole = 16, .holed = 2, .cut = 1, .headless = 1, .told = "" },
		{ .whole = 15, .holed = 2, .cut = 1, .headless = 2, .told = "2005" },
		{ .whole = 17, .holed = 3, .told = "" },
		{ .whole = 5, .told = "" },
		{ .whole = 14, .holed = 1, .told = "2006" },
		/* of one-sided ones it is not known, and that is told */
		{ .whole = 20, .client_only = 20, .told = "2003" },
		{ .holed = 20, .client_only = 20, .told = "2005" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
frames_without_room_are_loss_whatever_the_sessions_say(void **state)
{
	static const struct row rows[] = {
		{ .frames = 990, .dropped = 9, .told = "" },	/* too few to tell */
		{ .frames = 979, .dropped = 40, .told = "2005" },
		{ .frames = 100000, .dropped = 900, .told = "" },
		{ .frames = 200000, .dropped = 10, .told = "" },	/* no session: who knows */
		{ .whole = 20, .told = "2006" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
what_was_under_way_is_no_loss(void **state)
{
	struct sight s = begun();
	struct tap_alert a[TAP_FAULTS];
	const struct observation o = observed(1, 2);

	(void)state;
	count(&s, 100, 0, 100);
	told_at(&s, 0, a);
	/* they began a second before the half hour was over */
	sight_joined(&s, o.flow.first.at_ns - (SIGHT_SETTLE_S - 1) * CLOCK_SECOND_NS);
	end_sessions(&s, 100, HEADLESS, 2);
	end_sessions(&s, 20, WHOLE, 2);
	assert_string_equal(told_at(&s, MINUTES_5, a), "");
	/* another day */
	end_sessions(&s, 20, HEADLESS, 3);
	assert_string_equal(told_at(&s, 2 * MINUTES_5, a), "2005");
	assert_int_equal(a[0].figures.sessions, 20);
	assert_int_equal(a[0].figures.headless, 20);
}

static void
a_window_has_its_time(void **state)
{
	struct sight s = begun();
	struct tap_alert a[TAP_FAULTS];

	(void)state;
	count(&s, 100, 0, 100);
	assert_string_equal(told_at(&s, 0, a), "");
	end_sessions(&s, 1000, CLIENT_ONLY, 1);
	assert_string_equal(told_at(&s, MINUTES_5 - 1, a), "");
	assert_string_equal(told_at(&s, MINUTES_5, a), "2003");
	assert_int_equal(a[0].seconds, MINUTES_5);
}

static void
what_is_no_session_does_not_count(void **state)
{
	struct sight s = begun();
	struct observation o = observed(1, 1);

	(void)state;
	o.attempt = true;
	sight_session(&s, &o);
	o.attempt = false;
	o.elsewhere = true;
	sight_session(&s, &o);
	o.elsewhere = false;
	o.final = false;
	sight_session(&s, &o);
	assert_int_equal(s.now.sessions, 0);
}

static void
a_judge_that_comes_later_counts_from_then_on(void **state)
{
	struct sight s = begun();
	struct tap_alert a[TAP_FAULTS];

	(void)state;
	assert_string_equal(told_at(&s, 0, a), "");
	count(&s, 100000, 50000, 100000);	/* of the days before */
	assert_string_equal(told_at(&s, 1, a), "");
	count(&s, 102000, 50001, 102000);
	assert_string_equal(told_at(&s, 1 + MINUTES_5, a), "");
	end_sessions(&s, 20, WHOLE, 1);
	assert_string_equal(told_at(&s, 1 + 2 * MINUTES_5, a), "");
}

static const char *const names[] = { "eth\n0" }, *const taps[] = { "outside" };
static const struct origin origin = { .host = "sensor.example", .source_names = names,
	.source_count = 1, .tap_names = taps, .tap_count = 1, .live = true };
static const struct tap_alert lossy = { .fault = TAP_LOSSY, .source = 0, .seconds = 300,
	.figures = { .segments = 5, .frames = 6, .dropped = 7, .sessions = 8, .one_sided = 1,
	.holed = 2, .headless = 3 } };

static void
it_is_an_event_like_others(void **state)
{
	static const char *const holds[] = { "\"event_type\":\"alert\"", "\"in_iface\":\"eth\\",
		"\"tap\":\"outside\"", "\"signature_id\":2005", "\"category\":\"policy\"",
		"\"severity\":2", "\"sight\":{\"fault\":\"lossy\",\"state\":\"begun\","
		"\"seconds\":300,\"segments\":5,\"frames\":6,\"dropped\":7,\"sessions\":8,"
		"\"one_sided\":1,\"holed\":2,\"headless\":3}", "\"benign\":[" };
	struct json_object *event = tap_alert_eve(&lossy, &origin);
	const char *text = json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++) {
		if (strstr(text, holds[i]) == NULL)
			fail_msg("no %s in %s", holds[i], text);
	}
	assert_null(strstr(text, "src_ip"));
	json_object_put(event);
}

static void
a_person_can_read_it(void **state)
{
	struct tap_alert alert = lossy;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	tap_alert_text(out, &alert, &origin, false);
	alert.over = true;
	tap_alert_text(out, &alert, &origin, false);
	fclose(out);
	assert_non_null(strstr(text, "ALERT     Tap loses too much"));
	assert_non_null(strstr(text, "7 dropped"));
	assert_non_null(strstr(text, "of 8 sessions that ended 1 one-sided, 2 with holes, 3 with"));
	assert_non_null(strstr(text, "note      Tap is seen well again [policy, severity 4]"));
	assert_null(strstr(text, "eth\n0"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_told_once_and_its_end),
		cmocka_unit_test(traffic_now_and_then_is_no_silence),
		cmocka_unit_test(one_side_is_told_by_its_share),
		cmocka_unit_test(loss_is_told_by_the_share_of_sessions),
		cmocka_unit_test(frames_without_room_are_loss_whatever_the_sessions_say),
		cmocka_unit_test(what_was_under_way_is_no_loss),
		cmocka_unit_test(a_window_has_its_time),
		cmocka_unit_test(what_is_no_session_does_not_count),
		cmocka_unit_test(a_judge_that_comes_later_counts_from_then_on),
		cmocka_unit_test(it_is_an_event_like_others),
		cmocka_unit_test(a_person_can_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
