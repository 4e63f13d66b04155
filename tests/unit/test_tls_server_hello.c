/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a ServerHello says of a downgrade, and what may precede it (RFC 8446 §4.1.3). */
#include "unit.h"

#include "tls/tls.h"
#include "tls_samples.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define RANDOM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HALF "00112233445566778899aabbccddeeff0011223344556677"

static const struct choice_row {
	const char *why;
	const char *fixed;
	const char *block;
	uint16_t offered;
	long want;
	uint16_t version;
	bool sentinel;
} choice_rows[] = {
	{ "no extensions", "0303" HALF "8899aabbccddeeff 00 c02f 00", "", 0x0303, 1,
	    0x0303, false },
	{ "nothing behind the cipher", "0300" HALF "8899aabbccddeeff 00 000a", "", 0x0300,
	    1, 0x0300, false },
	{ "TLS 1.3", "0303" HALF "8899aabbccddeeff 00 1301 00", "0006 002b 0002 0304",
	    0x0304, 1, 0x0304, false },
	{ "a draft was all that was offered",
	    "0303" HALF "444f574e47524401 00 1301 00", "0006 002b 0002 7f1c", 0x7f1c, 1,
	    0x7f1c, false },
	{ "pushed down from a draft", "0303" HALF "444f574e47524401 00 c02f 00", "",
	    0x7f1c, 1, 0x0303, true },
	{ "pushed down from 1.3 to 1.1", "0302" HALF "444f574e47524400 00 c013 00", "",
	    0x0304, 1, 0x0302, true },
	{ "pushed down from 1.2 to 1.1", "0302" HALF "444f574e47524400 00 c013 00", "",
	    0x0303, 1, 0x0302, true },
	{ "a client of 1.2 does not know the mark of 1.3",
	    "0302" HALF "444f574e47524401 00 c013 00", "", 0x0303, 1, 0x0302, false },
	{ "a mark that is none", "0303" HALF "444f574e47524402 00 c02f 00", "", 0x0304, 1,
	    0x0303, false },
	{ "a mark in TLS 1.3 means nothing", "0303" HALF "444f574e47524401 00 1301 00",
	    "0006 002b 0002 0304", 0x0304, 1, 0x0304, false },
	{ "the client was not seen", "0303" HALF "444f574e47524401 00 c02f 00", "", 0, 1,
	    0x0303, false },
	{ "an extension that does not fit", "0303" HALF "8899aabbccddeeff 00 c02f 00",
	    "0006 002b 0004 0304", 0x0304, 1, 0x0303, false },
	{ "a session id too long", "0303" HALF "8899aabbccddeeff 21" RANDOM "00 c02f 00",
	    "", 0x0303, -1, 0, false },
	{ "a version that is none is not below any",
	    "1234" HALF "444f574e47524400 00 c02f 00", "", 0x0304, 1, 0x1234, false },
	{ "no cipher", "0303" HALF "8899aabbccddeeff 00 c0", "", 0x0303, -1, 0, false },
};

static void
marks_of_a_downgrade_are_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(choice_rows); i++) {
		const struct choice_row *row = &choice_rows[i];
		struct bytes *bytes = bytes_hello(2, row->fixed, row->block);
		struct tls_facts facts;
		long used = sample_server(bytes_span(bytes), row->offered, &facts);

		if (used != (row->want > 0 ? (long)bytes->n : -1) ||
		    facts.version != row->version ||
		    facts.downgrade_sentinel != row->sentinel)
			fail_msg("%s: %ld %04x %d", row->why, used,
			    (unsigned)facts.version, facts.downgrade_sentinel);
		bytes_free(bytes);
	}
}

static const struct before_row {
	const char *why;
	const char *before;
	long want;		/* 1: up to the hello's end */
} before_rows[] = {
	{ "unrecognized_name as a warning", "15030300020170", 1 },
	{ "two of them", "15030300020170 15030300020170", 1 },
	{ "a fatal alert", "15030300020228", -1 },
	{ "close_notify", "15030300020100", -1 },
	{ "change_cipher_spec", "140303000101", -1 },
	{ "another message", "1603030004 0b000000", -1 },
};

static void
a_client_hello_is_none(void **state)
{
	struct bytes *bytes = bytes_of_hex("15030300020170");
	struct tls_facts facts;

	(void)state;
	bytes_hex(bytes, client_tls12);
	assert_int_equal(sample_server(bytes_span(bytes), 0x0303, &facts), -1);
	bytes_free(bytes);
}

static void
only_warnings_may_precede_a_server_hello(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(before_rows); i++) {
		struct bytes *bytes = bytes_of_hex(before_rows[i].before);
		struct tls_facts facts;
		long used;

		bytes_hex(bytes, server_tls10);
		used = sample_server(bytes_span(bytes), 0x0301, &facts);
		if (used != (before_rows[i].want > 0 ? (long)bytes->n : -1))
			fail_msg("%s: %ld", before_rows[i].why, used);
		bytes_free(bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_of_a_downgrade_are_seen),
		cmocka_unit_test(a_client_hello_is_none),
		cmocka_unit_test(only_warnings_may_precede_a_server_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
