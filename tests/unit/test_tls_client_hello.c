/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ClientHellos that are odd, broken, huge or old; equal randoms. */
#include "unit.h"

#include "tls/tls.h"
#include "tls_samples.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define RANDOM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

#define FIXED "0303" RANDOM "00 0004 1301 c02f 01 00"

static const struct odd_row {
	const char *why;
	const char *fixed;
	const char *block;
	long want;		/* 1: the whole record */
	uint16_t version;
	bool fallback;
	const char *sni;
	const char *alpn;
} odd_rows[] = {
	{ "no extensions at all", FIXED, "", 1, 0x0303, false, "", "" },
	{ "an empty block", FIXED, "0000", 1, 0x0303, false, "", "" },
	{ "no compression methods", "0301" RANDOM "00 0002 002f", "", 1, 0x0301, false,
	    "", "" },
	{ "SSL 3.0", "0300" RANDOM "00 0002 000a 01 00", "", 1, 0x0300, false, "", "" },
	{ "TLCP", "0101" RANDOM "00 0002 e013 01 00", "", 1, 0x0101, false, "", "" },
	{ "a version that only the extension may offer",
	    "0304" RANDOM "00 0002 1301 01 00", "", 1, 0x0303, false, "", "" },
	{ "fallback", "0302" RANDOM "00 0004 002f 5600 01 00", "", 1, 0x0302, true, "",
	    "" },
	{ "the highest version, not the first, GREASE aside", FIXED,
	    "000d 002b 0009 08 fafa 0302 0304 0303", 1, 0x0304, false, "", "" },
	{ "a draft is more than 1.2", FIXED, "0009 002b 0005 04 7f1c 0303", 1, 0x7f1c,
	    false, "", "" },
	{ "a draft is less than 1.3", FIXED, "0009 002b 0005 04 7f1c 0304", 1, 0x0304,
	    false, "", "" },
	{ "versions without one that has a name", FIXED, "0007 002b 0003 02 1234", 1,
	    0x0303, false, "", "" },
	{ "a name", FIXED, "000a 0000 0006 0004 00 0001 78", 1, 0x0303, false, "x", "" },
	{ "the host's name behind another kind of name", FIXED,
	    "000e 0000 000a 0008 07 0001 79 00 0001 78", 1, 0x0303, false, "x", "" },
	{ "an empty name", FIXED, "0009 0000 0005 0003 00 0000", 1, 0x0303, false, "",
	    "" },
	{ "an empty server_name", FIXED, "0004 0000 0000", 1, 0x0303, false, "", "" },
	{ "a name that does not fit its list", FIXED, "000a 0000 0006 0004 00 0002 78", 1,
	    0x0303, false, "", "" },
	{ "a name that would steer a terminal", FIXED,
	    "000d 0000 0009 0007 00 0004 1b5b326a", 1, 0x0303, false, "\\x1b[2j", "" },
	{ "the first protocol", FIXED, "000f 0010 000b 0009 02 6832 05 682f312e31", 1,
	    0x0303, false, "", "h2" },
	{ "the first protocol behind GREASE", FIXED,
	    "000c 0010 0008 0006 02 1a1a 02 6832", 1, 0x0303, false, "", "h2" },
	{ "a longer protocol that begins like GREASE", FIXED,
	    "000b 0010 0007 0005 04 0a0a6162", 1, 0x0303, false, "", "\\x0a\\x0aab" },
	{ "a second server_name is not believed", FIXED,
	    "0014 0000 0006 0004 00 0001 78 0000 0006 0004 00 0001 79", 1, 0x0303, false,
	    "x", "" },
	{ "an extension longer than the block: the one before it counts", FIXED,
	    "0010 0000 0006 0004 00 0001 78 0010 00ff 0000", 1, 0x0303, false, "x", "" },
	{ "a block longer than the message", FIXED, "00ff 0000 0006 0004 00 0001 78", 1,
	    0x0303, false, "x", "" },
	{ "half an extension", FIXED, "000d 0000 0006 0004 00 0001 78 001000", 1, 0x0303,
	    false, "x", "" },
	{ "bytes behind the block", FIXED, "000a 0000 0006 0004 00 0001 78 0000", 1,
	    0x0303, false, "x", "" },
	{ "no cipher suites", "0303" RANDOM "00 0000 01 00", "", 1, 0x0303, false, "",
	    "" },
	{ "a session id too long", "0303" RANDOM "21", RANDOM "00 0002 1301", -1, 0,
	    false, "", "" },
	{ "cipher suites beyond the end", "0303" RANDOM "00 0006 1301 1302", "", -1, 0,
	    false, "", "" },
	{ "a random cut short", "0303 0011223344", "", -1, 0, false, "", "" },
	{ "nothing in it", "", "", -1, 0, false, "", "" },
};

static void
odd_hellos_tell_what_they_can(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(odd_rows); i++) {
		const struct odd_row *row = &odd_rows[i];
		struct bytes *bytes = bytes_hello(1, row->fixed, row->block);
		struct tls_facts facts;
		long used = sample_client(bytes_span(bytes), &facts);

		if (used != (row->want > 0 ? (long)bytes->n : -1) ||
		    facts.client_version != row->version ||
		    facts.fallback_scsv != row->fallback ||
		    strcmp(facts.sni, row->sni) != 0 || strcmp(facts.alpn,
		    row->alpn) != 0)
			fail_msg("%s: %ld %04x %d '%s' '%s'", row->why, used,
			    (unsigned)facts.client_version, facts.fallback_scsv,
			    facts.sni, facts.alpn);
		bytes_free(bytes);
	}
}

/* It is the extension that counts, not what is in it. */
static void
an_empty_server_name_counts_as_a_name(void **state)
{
	struct bytes *with = bytes_hello(1, FIXED, "0004 0000 0000");
	struct bytes *without = bytes_hello(1, FIXED, "0004 0001 0000");
	struct tls_facts facts;

	(void)state;
	assert_true(sample_client(bytes_span(with), &facts) > 0);
	assert_memory_equal(facts.ja4, "t12d0201", 8);
	assert_true(sample_client(bytes_span(without), &facts) > 0);
	assert_memory_equal(facts.ja4, "t12i0201", 8);
	bytes_free(without);
	bytes_free(with);
}

static void
long_names_are_cut(void **state)
{
	struct bytes *bytes = bytes_new(), *record = bytes_new();
	size_t message, block, body, list, name;
	struct tls_facts facts;

	(void)state;
	bytes_u8(bytes, 1);
	message = bytes_open(bytes, 3);
	bytes_hex(bytes, FIXED);
	block = bytes_open(bytes, 2);
	bytes_u16(bytes, 0);
	body = bytes_open(bytes, 2);
	list = bytes_open(bytes, 2);
	bytes_u8(bytes, 0);
	name = bytes_open(bytes, 2);
	bytes_fill(bytes, 'a', 1000);
	bytes_close(bytes, name, 2);
	bytes_close(bytes, list, 2);
	bytes_close(bytes, body, 2);
	bytes_close(bytes, block, 2);
	bytes_close(bytes, message, 3);
	bytes_record(record, TLS_HANDSHAKE, 0x0301, bytes_span(bytes));
	assert_int_equal(sample_client(bytes_span(record), &facts), record->n);
	assert_int_equal(strlen(facts.sni), sizeof(facts.sni) - 1);
	assert_string_equal(facts.sni + sizeof(facts.sni) - 6, "aa...");
	bytes_free(record);
	bytes_free(bytes);
}

static const struct refused_row {
	const char *why;
	const char *hex;
} refused_rows[] = {
	{ "a ServerHello from the client", "160303004602" },
	{ "application data", "1703030020" },
	{ "readable text", "45484c4f20" },
	{ "an alert", "15030300020228" },
	{ "a message of 65537 bytes", "1603010006 01 010001 0303" },
	{ "another record inside the hello", "1603010004 01 000050 1403030001 01" },
	{ "a record that is none inside the hello", "1603010004 01 000050 474554202f" },
	{ "an empty record inside the hello", "1603010004 01 000050 1603010000" },
};

static void
what_is_no_client_hello_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused_rows); i++) {
		struct bytes *bytes = bytes_of_hex(refused_rows[i].hex);
		struct tls_facts facts;

		if (sample_client(bytes_span(bytes), &facts) != -1)
			fail_msg("%s", refused_rows[i].why);
		bytes_free(bytes);
	}
}

/* The longest that is believed: 65536 bytes in five records and in 65540. */
static void
the_longest_hello_is_read(void **state)
{
	const size_t lengths[] = { 16384, 1 };
	struct bytes *message = bytes_new(), *whole = bytes_new();
	struct tls_facts facts;
	struct span rest, piece;
	size_t opened;

	(void)state;
	bytes_u8(message, 1);
	opened = bytes_open(message, 3);
	bytes_hex(message, FIXED);
	bytes_u16(message, 65535);
	bytes_hex(message, "0000 0006 0004 00 0001 78");
	bytes_fill(message, 0x0a, 65536 + 4 - message->n);
	bytes_close(message, opened, 3);
	rest = bytes_span(message);
	while (rest.n > 0) {
		assert_true(span_take(&rest, rest.n < 16384 ? rest.n : 16384, &piece));
		bytes_record(whole, TLS_HANDSHAKE, 0x0301, piece);
	}
	assert_int_equal(sample_client(bytes_span(whole), &facts), whole->n);
	assert_string_equal(facts.sni, "x");
	assert_int_equal(sample_client(span_head(bytes_span(whole), whole->n - 1),
	    &facts), 0);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct bytes *cut = bytes_recut(bytes_span(whole), &lengths[i], 1);

		assert_int_equal(sample_client(bytes_span(cut), &facts), cut->n);
		assert_string_equal(facts.sni, "x");
		bytes_free(cut);
	}
	/* the last record is full of messages behind it */
	whole->n -= 4 + TLS_RECORD_HEADER;
	bytes_fill(message, 0, 16384 - 4);
	bytes_record(whole, TLS_HANDSHAKE, 0x0301,
	    span_tail(bytes_span(message), 4 * 16384));
	assert_int_equal(sample_client(bytes_span(whole), &facts), whole->n);
	assert_string_equal(facts.sni, "x");
	bytes_free(whole);
	bytes_free(message);
}

/* --- the hello that SSLv2 servers understand, too (RFC 5246 appendix E.2) -- */

#define CHALLENGE "8899aabbccddeeff00112233445566"	/* and one byte more */

static const struct sslv2_row {
	const char *why;
	const char *hex;
	long want;		/* 1: all of it */
	uint16_t version;
	bool fallback;
} sslv2_rows[] = {
	{ "TLS 1.0 at most", "801f 01 0301 0006 0000 0010 00002f 010080" CHALLENGE "77",
	    1, 0x0301, false },
	{ "SSLv2 itself", "801c 01 0002 0003 0000 0010 010080" CHALLENGE "77", 1, 0x0002,
	    false },
	{ "fallback", "801f 01 0302 0006 0000 0010 00002f 005600" CHALLENGE "77", 1,
	    0x0302, true },
	{ "5600 of SSLv2's own kind", "801c 01 0302 0003 0000 0010 015600" CHALLENGE "77",
	    1, 0x0302, false },
	{ "no version above 1.2 without extensions",
	    "801c 01 0304 0003 0000 0010 001301" CHALLENGE "77", 1, 0x0303, false },
	{ "no ciphers", "801c 01 0301 0000 0003 0010 00002f" CHALLENGE "77", -1, 0,
	    false },
	{ "half a cipher", "801c 01 0301 0002 0001 0010 00002f" CHALLENGE "77", -1, 0,
	    false },
	{ "a short challenge", "801c 01 0301 0003 0001 000f 00002f" CHALLENGE "77", -1, 0,
	    false },
	{ "a challenge beyond the end",
	    "801c 01 0301 0003 0000 0011 00002f" CHALLENGE "77", -1, 0, false },
};

static void
sslv2_hellos_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sslv2_rows); i++) {
		const struct sslv2_row *row = &sslv2_rows[i];
		struct bytes *bytes = bytes_of_hex(row->hex);
		struct tls_facts facts;
		long used = sample_client(bytes_span(bytes), &facts);

		if (used != (row->want > 0 ? (long)bytes->n : -1) ||
		    facts.client_version != row->version ||
		    facts.fallback_scsv != row->fallback ||
		    facts.sslv2_hello != (row->want > 0))
			fail_msg("%s: %ld %04x", row->why, used,
			    (unsigned)facts.client_version);
		for (size_t n = 0; n < bytes->n; n++)
			assert_int_equal(sample_client(span_head(bytes_span(bytes), n),
			    &facts), 0);
		bytes_free(bytes);
	}
}

/* --- equal randoms in two connections -------------------------------------- */

static uint64_t
random_hash(struct bytes *bytes)
{
	struct tls_facts facts;

	assert_true(sample_client(bytes_span(bytes), &facts) > 0);
	bytes_free(bytes);
	return facts.client_random_hash;
}

static void
equal_randoms_have_equal_hashes(void **state)
{
	uint64_t a, b, c, d, e;

	(void)state;
	a = random_hash(bytes_hello(1, FIXED, ""));
	b = random_hash(bytes_hello(1, "0301" RANDOM "00 0002 002f 01 00", ""));
	c = random_hash(bytes_of_hex(client_tls13));
	assert_true(a == b);
	assert_true(a != c);
	/* a challenge is the end of a random that begins with zeros */
	d = random_hash(bytes_of_hex(
	    "801c 01 0301 0003 0000 0010 00002f" CHALLENGE "77"));
	e = random_hash(bytes_hello(1,
	    "0301 00000000000000000000000000000000" CHALLENGE "77 00 0002 002f 01 00",
	    ""));
	assert_true(d == e);
	/* ... and of a longer one the end counts */
	e = random_hash(bytes_of_hex("802d 01 0301 0003 0000 0021 00002f ff" RANDOM));
	assert_true(a == e);
	/* the same in every run, so that records of two runs can be compared */
	assert_true(a == UINT64_C(0xd60e2b5dfb4aefe9));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_hellos_tell_what_they_can),
		cmocka_unit_test(an_empty_server_name_counts_as_a_name),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(what_is_no_client_hello_is_refused),
		cmocka_unit_test(the_longest_hello_is_read),
		cmocka_unit_test(sslv2_hellos_are_read),
		cmocka_unit_test(equal_randoms_have_equal_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
