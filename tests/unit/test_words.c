/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vocabulary: addresses, identifiers, names, and the one table of fields. */
#include "unit.h"

#include "base/clock.h"
#include "base/hash.h"
#include "words/address.h"
#include "words/direction.h"
#include "words/field.h"
#include "words/flow.h"
#include "words/mark.h"
#include "words/technique.h"

static struct address
v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct address){ 4, { a, b, c, d } };
}

static struct flow_tuple
tuple(struct address client, uint16_t client_port, struct address server, uint16_t server_port)
{
	return (struct flow_tuple){ .addr = { client, server },
		.port = { client_port, server_port } };
}

static void
siphash_gives_its_published_values(void **state)
{
	/* the first and the ninth vector of the reference implementation */
	const struct hash_key key = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };
	uint8_t bytes[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	(void)state;
	assert_true(hash_bytes(&key, bytes, 0) == 0x726fdb47dd0e0e31);
	assert_true(hash_bytes(&key, bytes, 8) == 0x93f5f5799a932462);
	assert_true(hash_quick(&key, bytes, 0) == 0xabac0158050fc4dc);
	assert_true(hash_quick(&key, bytes, 8) == 0x369095118d299a8e);
}

static void
time_is_written_as_eve_does(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format(INT64_C(1767225600123456789), text);
	assert_string_equal(text, "2026-01-01T00:00:00.123456+0000");
	clock_format(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000000+0000");
}

static void
community_id_gives_the_published_value_both_ways(void **state)
{
	/* the TCP example of the Community ID specification */
	struct address a = v4(128, 232, 110, 120), b = v4(66, 35, 250, 204);
	struct flow_tuple there = tuple(a, 34855, b, 80), back = tuple(b, 80, a, 34855);
	char text[COMMUNITY_ID_SIZE];

	(void)state;
	flow_community_id(&there, 0, text);
	assert_string_equal(text, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	flow_community_id(&back, 0, text);
	assert_string_equal(text, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	flow_community_id(&there, 1, text);
	assert_string_equal(text, "1:3V71V58M3Ksw/yuFALMcW0LAHvc=");
}

static void
flow_identifiers_fit_a_double_and_tell_taps_apart(void **state)
{
	struct flow_tuple one = tuple(v4(192, 0, 2, 1), 40000, v4(198, 51, 100, 1), 25), two = one;

	(void)state;
	two.tap = 1;
	assert_true(flow_identifier(&one, 5) < UINT64_C(1) << 53);
	assert_true(flow_identifier(&one, 5) == flow_identifier(&one, 5));
	assert_true(flow_identifier(&one, 5) != flow_identifier(&one, 6));
	assert_true(flow_identifier(&one, 5) != flow_identifier(&two, 5));
}

static void
addresses_are_classed(void **state)
{
	static const struct {
		struct address address;
		const char *text;
		bool loopback, private;
	} rows[] = {
		{ { 4, { 127, 0, 0, 53 } }, "127.0.0.53", true, false },
		{ { 4, { 10, 1, 2, 3 } }, "10.1.2.3", false, true },
		{ { 4, { 172, 31, 0, 1 } }, "172.31.0.1", false, true },
		{ { 4, { 172, 32, 0, 1 } }, "172.32.0.1", false, false },
		{ { 4, { 192, 168, 0, 1 } }, "192.168.0.1", false, true },
		{ { 4, { 198, 18, 0, 1 } }, "198.18.0.1", false, false },
		{ { 6, { [15] = 1 } }, "::1", true, false },
		{ { 6, { 0xfd, 0, [15] = 1 } }, "fd00::1", false, true },
		{ { 6, { 0xfe, 0x80, [15] = 1 } }, "fe80::1", false, true },
		{ { 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 } }, "2001:db8::1", false, false },
		{ { 6, { [10] = 0xff, 0xff, 127, 0, 0, 1 } }, "::ffff:127.0.0.1", true, false },
		{ { 6, { [10] = 0xff, 0xff, 10, 0, 0, 1 } }, "::ffff:10.0.0.1", false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[ADDRESS_TEXT_SIZE];

		address_format(&rows[i].address, text);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(address_is_loopback(&rows[i].address), rows[i].loopback);
		assert_int_equal(address_is_private(&rows[i].address), rows[i].private);
	}
}

static void
a_direction_is_seen_from_home(void **state)
{
	static const struct {
		const char *client, *server;
		enum direction want;
	} rows[] = {
		{ "203.0.113.5", "192.0.2.25", DIRECTION_INBOUND },
		{ "192.0.2.5", "203.0.113.25", DIRECTION_OUTBOUND },
		{ "192.0.2.5", "2001:db8::25", DIRECTION_INTERNAL },
		{ "203.0.113.5", "2001:db9::25", DIRECTION_EXTERNAL },
	};
	struct network home[2];

	(void)state;
	assert_true(network_read("192.0.2.0/24", &home[0]));
	assert_true(network_read("2001:db8::/32", &home[1]));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct flow_tuple t = { .port = { 49152, 25 } };

		assert_true(address_parse(rows[i].client, &t.addr[SIDE_CLIENT]));
		assert_true(address_parse(rows[i].server, &t.addr[SIDE_SERVER]));
		assert_int_equal(direction_of(&t, home, 2), rows[i].want);
		assert_int_equal(direction_of(&t, NULL, 0), DIRECTION_UNKNOWN);
	}
}

static void
every_name_is_there_and_unique(void **state)
{
	(void)state;
	for (int t = TECHNIQUE_NONE + 1; t < TECHNIQUES; t++) {
		const struct technique_info *info = technique_info((enum technique)t);

		assert_non_null(info->id);
		assert_true(info->confidence > 0 && info->confidence <= 100);
		assert_int_equal(technique_by_id(info->id), t);
	}
	assert_int_equal(technique_by_id("no-such-technique"), TECHNIQUE_NONE);
	for (int m = 0; m < MARK_KINDS; m++) {
		assert_non_null(mark_name((enum mark_kind)m));
		for (int other = 0; other < m; other++)
			assert_string_not_equal(mark_name((enum mark_kind)m),
			    mark_name((enum mark_kind)other));
	}
	/* one bit for each kind in observation.marked */
	assert_true(MARK_KINDS <= 64);
}

static void
fields_are_found_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < field_count(); i++)
		assert_ptr_equal(field_find(field_name(field_at(i))), field_at(i));
	assert_null(field_find("starttls"));
	assert_null(field_find("starttls.offered.x"));
	assert_null(field_at(field_count()));
}

static void
an_empty_record_claims_nothing(void **state)
{
	static const struct record nothing;
	struct field_value value;

	(void)state;
	/* not seen is not false: every optional field must be absent */
	for (size_t i = 0; i < field_count(); i++) {
		if (field_is_optional(field_at(i)) && field_get(field_at(i), &nothing, &value))
			fail_msg("%s is there in an empty record", field_name(field_at(i)));
	}
}

static void
facts_become_values(void **state)
{
	struct record r = { 0 };
	struct field_value value;

	(void)state;
	r.seen.offered = FACT_FALSE;
	r.seen.requested = FACT_TRUE;
	r.verdict.count = 2;
	r.verdict.findings[0].technique = TECHNIQUE_CAP_STRIPPED;
	r.verdict.findings[1].technique = TECHNIQUE_ALPACA;
	r.verdict.findings[1].alert = true;
	assert_true(field_get(field_find("starttls.offered"), &r, &value));
	assert_false(value.truth);
	assert_true(field_get(field_find("starttls.requested"), &r, &value));
	assert_true(value.truth);
	assert_false(field_get(field_find("starttls.accepted"), &r, &value));
	assert_true(field_get(field_find("starttls.techniques"), &r, &value));
	assert_int_equal(value.count, 2);
	assert_string_equal(value.items[0], "cap-stripped");
	assert_true(field_get(field_find("starttls.findings"), &r, &value));
	assert_int_equal(value.count, 1);
	assert_string_equal(value.items[0], "alpaca");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_gives_its_published_values),
		cmocka_unit_test(time_is_written_as_eve_does),
		cmocka_unit_test(community_id_gives_the_published_value_both_ways),
		cmocka_unit_test(flow_identifiers_fit_a_double_and_tell_taps_apart),
		cmocka_unit_test(addresses_are_classed),
		cmocka_unit_test(a_direction_is_seen_from_home),
		cmocka_unit_test(every_name_is_there_and_unique),
		cmocka_unit_test(fields_are_found_by_name),
		cmocka_unit_test(an_empty_record_claims_nothing),
		cmocka_unit_test(facts_become_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
