/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as Elastic Common Schema: every name that is not our own is one of ECS's and has its
 * type, by the definitions in ecs_fields.txt; and no fact of an EVE event is missing.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "event/ecs.h"
#include "event/eve.h"
#include "event/tap_alert.h"
#include "event/json.h"
#include "observed.h"
#include "words/field.h"

enum { DEFINITIONS_MAX = 100, LINE_SIZE = 400 };

/* One line of ecs_fields.txt, cut into its words. */
struct definition {
	char line[LINE_SIZE];
	const char *name, *type;
	bool array;
	const char *values;	/* " a b c ", or NULL */
};

static struct definition definitions[DEFINITIONS_MAX];
static size_t definition_count;

static void
cut_line(struct definition *d)
{
	char *rest = d->line, *word;

	d->name = strsep(&rest, " ");
	d->type = strsep(&rest, " ");
	while ((word = strsep(&rest, " ")) != NULL) {
		if (strcmp(word, "array") == 0)
			d->array = true;
		if (strcmp(word, "=") != 0)
			continue;
		/* each value has a space before and behind it */
		rest[-1] = ' ';
		d->values = rest - 1;
		return;
	}
}

static int
read_definitions(void **state)
{
	char path[1024], line[LINE_SIZE];
	FILE *in;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/unit/ecs_fields.txt", getenv("top_srcdir"));
	in = fopen(path, "r");
	if (in == NULL)
		return -1;
	while (fgets(line, sizeof(line), in) != NULL && definition_count < DEFINITIONS_MAX) {
		struct definition *d = &definitions[definition_count];

		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(d->line, sizeof(d->line), "%.398s%s", line,
		    strchr(line, '=') != NULL ? " " : "");
		cut_line(d);
		definition_count++;
	}
	fclose(in);
	return definition_count > 50 ? 0 : -1;
}

/* "2026-11-23T16:37:48.123456Z", with or without the fraction. */
static bool
is_date(const char *text)
{
	static const char shape[] = "0000-00-00T00:00:00";
	size_t i;

	for (i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	}
	if (text[i] == '.')
		i += 1 + strspn(text + i + 1, "0123456789");
	return strcmp(text + i, "Z") == 0;
}

static bool
is_ip(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static void
check_scalar(size_t definition, struct json_object *value)
{
	const char *type = definitions[definition].type, *text = json_object_get_string(value);
	char wanted[80];
	bool right;

	if (strcmp(type, "long") == 0)
		right = json_object_is_type(value, json_type_int);
	else if (strcmp(type, "boolean") == 0)
		right = json_object_is_type(value, json_type_boolean);
	else if (strcmp(type, "date") == 0)
		right = json_object_is_type(value, json_type_string) && is_date(text);
	else if (strcmp(type, "ip") == 0)
		right = json_object_is_type(value, json_type_string) && is_ip(text);
	else
		right = json_object_is_type(value, json_type_string);
	if (!right)
		fail_msg("%s is no %s: %s", definitions[definition].name, type, text);
	snprintf(wanted, sizeof(wanted), " %.70s ", text);
	if (definitions[definition].values != NULL &&
	    strstr(definitions[definition].values, wanted) == NULL)
		fail_msg("%s has no value %s", definitions[definition].name, text);
}

static void
check_field(const char *name, struct json_object *value)
{
	size_t i = 0;

	while (i < definition_count && strcmp(definitions[i].name, name) != 0)
		i++;
	if (i == definition_count)
		fail_msg("%s is no field of ECS", name);
	if (definitions[i].array != json_object_is_type(value, json_type_array))
		fail_msg("%s is %s list", name, definitions[i].array ? "no" : "a");
	if (!definitions[i].array) {
		check_scalar(i, value);
		return;
	}
	assert_true(json_object_array_length(value) > 0);
	for (size_t n = 0; n < json_object_array_length(value); n++)
		check_scalar(i, json_object_array_get_idx(value, n));
}

/* Every field of an event but our own. Returns how many there were. */
static int
check_object(const char *prefix, struct json_object *object)
{
	struct json_object_iterator it = json_object_iter_begin(object),
	    end = json_object_iter_end(object);
	int count = 0;

	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *key = json_object_iter_peek_name(&it);
		struct json_object *value = json_object_iter_peek_value(&it);
		char name[128];

		if (prefix[0] == '\0' && strcmp(key, "stripwatch") == 0)
			continue;
		snprintf(name, sizeof(name), "%s%s%s", prefix, prefix[0] != '\0' ? "." : "", key);
		if (json_object_is_type(value, json_type_object)) {
			count += check_object(name, value);
			continue;
		}
		check_field(name, value);
		count++;
	}
	return count;
}

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

static void
is_at(struct json_object *event, const char *name, const char *expected)
{
	struct json_object *value = at(event, name);

	if (value == NULL)
		fail_msg("%s is missing", name);
	assert_string_equal(json_object_get_string(value), expected);
}

#define SET_TEXT(member, text) memcpy(member, text, sizeof(text))

/* A session that has everything that a session can have. */
static struct record
full_record(void)
{
	struct record r = { .seen = observed_upgrade(1, 1) };
	struct tls_facts *tls = &r.seen.tls;

	r.direction = DIRECTION_INBOUND;
	r.seen.flow.tuple.vlan[0] = 100;
	r.seen.flow.tuple.vlan[1] = 200;
	r.seen.flow.tuple.vlan_count = 2;
	r.seen.flow.wire_bytes[SIDE_CLIENT] = 1000;
	r.seen.flow.wire_bytes[SIDE_SERVER] = 2000;
	SET_TEXT(r.seen.dialect_expected, "smtp");
	SET_TEXT(r.seen.reply, "220 Ready");
	r.seen.credentials = r.seen.credentials_accepted = FACT_TRUE;
	SET_TEXT(r.seen.mechanism, "PLAIN");
	SET_TEXT(r.seen.command, "DATA");
	tls->version = 0x0303;
	SET_TEXT(tls->version_name, "TLS 1.2");
	SET_TEXT(tls->cipher_name, "TLS_RSA_WITH_AES_128_CBC_SHA");
	SET_TEXT(tls->sni, "mx.example");
	SET_TEXT(tls->ja3, "0123456789abcdef0123456789abcdef");
	SET_TEXT(tls->ja3s, "0123456789abcdef0123456789abcdef");
	SET_TEXT(tls->ja4, "t12d");
	SET_TEXT(tls->certificate.subject, "CN=mx.example");
	SET_TEXT(tls->certificate.issuer, "CN=ca.example");
	SET_TEXT(tls->certificate.fingerprint_sha256, "ab:cd:ef:01");
	tls->certificate.not_after_s = INT64_C(253402300799);
	SET_TEXT(r.seen.server_name, "mx.example");
	r.history = (struct history){ .sessions = 3, .offered = 2, .upgraded = 1, .clients = 2,
		.first_seen_ns = CLOCK_DAY_NS, .last_seen_ns = 2 * CLOCK_DAY_NS,
		.strength = STRENGTH_STRONG };
	r.verdict.outcome = OUTCOME_UPGRADED;
	r.verdict.count = 1;
	r.verdict.findings[0] = (struct finding){ TECHNIQUE_CAP_STRIPPED, true };
	r.verdict.confidence = 80;
	r.verdict.proof = PROOF_HISTORY;
	r.verdict.middlebox_likely = true;
	r.verdict.expected_by = EXPECTED_BY_HISTORY;
	r.verdict.expected_like_others = true;
	r.history.neighbours_known = 3;
	snprintf(r.history.neighbours, sizeof(r.history.neighbours), "198.51.100.0/24");
	r.verdict.twin.flow_id = 77;
	r.verdict.related = 78;
	r.seen.mark_count = 1;
	r.seen.marks[0] = (struct mark){ MARK_LISTING_LACKS, SIDE_SERVER,
		{ r.seen.flow.first.at_ns, 8, 0 }, "no STARTTLS among: SIZE" };
	return r;
}

static const char *const files[] = { "a.pcap" }, *const taps[] = { "inside" };
static const struct origin origin = { .host = "sensor.example", .source_names = files,
	.source_count = 1, .tap_names = taps, .tap_count = 1 };

static void
a_session_is_valid_and_says_everything(void **state)
{
	struct record r = full_record();
	struct json_object *ecs = ecs_session(&r, &origin);
	struct field_value value;

	(void)state;
	assert_true(check_object("", ecs) > 40);
	is_at(ecs, "@timestamp", "2024-10-05T00:00:01.000000Z");
	is_at(ecs, "event.kind", "event");
	is_at(ecs, "event.duration", "1000000000");
	is_at(ecs, "source.ip", "192.0.2.1");
	is_at(ecs, "server.port", "25");
	is_at(ecs, "network.transport", "tcp");
	is_at(ecs, "network.bytes", "3000");
	is_at(ecs, "network.direction", "inbound");
	is_at(ecs, "network.vlan.id", "100");
	is_at(ecs, "network.inner.vlan.id", "200");
	is_at(ecs, "tls.version", "1.2");
	is_at(ecs, "tls.version_protocol", "tls");
	is_at(ecs, "tls.server.hash.sha256", "ABCDEF01");
	is_at(ecs, "tls.server.not_after", "9999-12-31T23:59:59Z");
	is_at(ecs, "stripwatch.server.history.first_seen", "1970-01-02T00:00:00.000000Z");
	is_at(ecs, "stripwatch.tap", "inside");
	for (size_t i = 0; i < field_count(); i++) {
		const char *name = field_name(field_at(i)), *there = ecs_name_of(name);
		char own[128];

		if (!field_get(field_at(i), &r, &value))
			fail_msg("this test lacks %s", name);
		snprintf(own, sizeof(own), "stripwatch.%s", name);
		if (at(ecs, there != NULL ? there : own) == NULL)
			fail_msg("%s is lost", name);
	}
	json_object_put(ecs);
}

static void
what_was_not_seen_is_absent(void **state)
{
	struct record r = { .seen = observed(1, 1) };
	struct json_object *ecs;

	(void)state;
	r.seen.requested = r.seen.established = FACT_UNKNOWN;
	SET_TEXT(r.seen.dialect, "");
	ecs = ecs_session(&r, &origin);
	check_object("", ecs);
	assert_null(at(ecs, "tls"));
	assert_null(at(ecs, "stripwatch.starttls.requested"));
	assert_null(at(ecs, "network.protocol"));
	assert_null(at(ecs, "network.vlan"));
	is_at(ecs, "stripwatch.app_proto", "unknown");
	json_object_put(ecs);
}

static void
an_alert_is_valid(void **state)
{
	static const char *const tags[] = { "attack.t1557", "attack.t1040.001" };
	static const char *const reasons[] = { "An update" };
	struct rule rule = { .id = "8e83a58f-9a63-479c-8e9c-5cd6bae66084", .title = "A title",
		.sid = 1027, .rev = 2, .category = CATEGORY_DOWNGRADE,
		.technique = TECHNIQUE_CAP_STRIPPED, .tags = { 2, tags },
		.falsepositives = { 1, reasons } };
	struct record r = full_record();
	struct alert alert = { .record = &r, .rule = &rule, .severity = 1 };
	struct json_object *ecs = ecs_alert(&alert, &origin), *item;

	(void)state;
	assert_true(check_object("", ecs) > 50);
	is_at(ecs, "event.kind", "alert");
	is_at(ecs, "event.severity", "1");
	is_at(ecs, "event.action", "cap-stripped");
	is_at(ecs, "rule.id", "1027");
	is_at(ecs, "rule.version", "2");
	is_at(ecs, "rule.uuid", "8e83a58f-9a63-479c-8e9c-5cd6bae66084");
	is_at(ecs, "message", "A title");
	is_at(ecs, "threat.technique.id", "[ \"T1557\", \"T1040\" ]");
	is_at(ecs, "threat.technique.subtechnique.id", "[ \"T1040.001\" ]");
	is_at(ecs, "stripwatch.alert.confidence", "high");
	is_at(ecs, "stripwatch.benign", "[ \"The server was never seen before, and may be somebody "
	    "else's than those beside it: it need not do what they do\", \"An update\" ]");
	/* the connection may go on */
	assert_null(at(ecs, "event.end"));
	item = json_object_array_get_idx(at(ecs, "stripwatch.evidence"), 0);
	is_at(item, "time", "2024-10-05T00:00:00.000000Z");
	json_object_put(ecs);
}

static void
an_alert_about_a_tap_is_valid(void **state)
{
	const struct tap_alert alert = { .fault = TAP_ONE_SIDED, .seconds = 300,
		.figures = { .sessions = 20, .one_sided = 19 } };
	struct json_object *eve = tap_alert_eve(&alert, &origin), *ecs = ecs_from_eve(eve);

	(void)state;
	assert_true(check_object("", ecs) > 15);
	is_at(ecs, "event.kind", "alert");
	is_at(ecs, "rule.id", "2003");
	is_at(ecs, "message", "Tap carries one direction only");
	is_at(ecs, "stripwatch.sight.one_sided", "19");
	assert_null(at(ecs, "source"));
	json_object_put(eve);
	json_object_put(ecs);
}

static void
versions_of_tls_are_numbers(void **state)
{
	static const struct {
		const char *eve, *version, *protocol;
	} rows[] = {
		{ "SSLv2", "2.0", "ssl" }, { "SSLv3", "3.0", "ssl" }, { "TLSv1", "1.0", "tls" },
		{ "TLS 1.1", "1.1", "tls" }, { "TLS 1.3", "1.3", "tls" },
		{ "TLS 1.3 draft-18", "1.3", "tls" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record r = full_record();
		struct json_object *ecs;

		snprintf(r.seen.tls.version_name, sizeof(r.seen.tls.version_name), "%s",
		    rows[i].eve);
		ecs = ecs_session(&r, &origin);
		is_at(ecs, "tls.version", rows[i].version);
		is_at(ecs, "tls.version_protocol", rows[i].protocol);
		json_object_put(ecs);
	}
}

static void
statistics_are_a_metric(void **state)
{
	struct json_object *eve = eve_stats(CLOCK_DAY_NS, &origin), *ecs;

	(void)state;
	eve_stats_add(eve, "sink.output.written", 5);
	ecs = ecs_from_eve(eve);
	check_object("", ecs);
	is_at(ecs, "event.kind", "metric");
	is_at(ecs, "stripwatch.stats.sink.output.written", "5");
	json_object_put(ecs);
	json_object_put(eve);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_valid_and_says_everything),
		cmocka_unit_test(what_was_not_seen_is_absent),
		cmocka_unit_test(an_alert_is_valid),
		cmocka_unit_test(an_alert_about_a_tap_is_valid),
		cmocka_unit_test(versions_of_tls_are_numbers),
		cmocka_unit_test(statistics_are_a_metric),
	};

	return cmocka_run_group_tests(tests, read_definitions, NULL);
}
