/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server's certificate where it is in clear: RFC 5246 §7.4.2. */
#include "unit.h"

#include "tls/tls.h"
#include "tls_samples.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static long
certificate(struct span in, struct tls_certificate *certificate_r)
{
	struct span exact = exact_new(in);
	long used;

	*certificate_r = (struct tls_certificate){ 0 };
	used = tls_certificate(exact, certificate_r);
	exact_free(exact);
	return used;
}

static const struct certificate_row {
	const char *const *hex;
	struct tls_certificate want;
} rows[] = {
	{ &server_tls12, {
	    .subject = "CN=mail.example.org,O=Beispiel,L=K\xc3\xb6ln,C=XX",
	    .issuer = "CN=Example Test CA,O=\"Example, Inc.\",C=XX",
	    .not_before_s = 1795579862,
	    .not_after_s = 1829880662,
	    .fingerprint_sha256 = "00:16:b9:09:13:39:ca:5b:17:e8:7e:9f:37:96:51:38:"
		"15:be:db:c7:c6:07:ee:cd:9e:ad:ad:a1:e3:07:37:d8",
	    .spki_sha256 =
	        "015f1057fe5c004de936c4cc519438f5221eee61dcc409b85e09d2cf4d6f54c5",
	    .self_signed = false } },
	{ &server_self_signed, {
	    .subject = "CN=Example Test CA,O=\"Example, Inc.\",C=XX",
	    .issuer = "CN=Example Test CA,O=\"Example, Inc.\",C=XX",
	    .not_before_s = 1795579861,
	    .not_after_s = 2110939861,
	    .fingerprint_sha256 = "73:4e:d4:43:4f:d1:aa:9c:23:05:d8:2a:7a:fb:a8:49:"
		"c5:da:80:ef:ef:d6:7e:b6:e0:5f:02:ec:7f:dc:d3:ca",
	    .spki_sha256 =
	        "07dc9260161aa676731713e9d7cf4bfbf469e6c592a6a8ecb7d36484fd0d2c23",
	    .self_signed = true } },
};

static void
assert_certificate(const struct tls_certificate *got, const struct tls_certificate *want)
{
	assert_string_equal(got->subject, want->subject);
	assert_string_equal(got->issuer, want->issuer);
	assert_int_equal(got->not_before_s, want->not_before_s);
	assert_int_equal(got->not_after_s, want->not_after_s);
	assert_string_equal(got->fingerprint_sha256, want->fingerprint_sha256);
	assert_string_equal(got->spki_sha256, want->spki_sha256);
	assert_int_equal(got->self_signed, want->self_signed);
}

/* Bytes of two records; in the samples the second holds the Certificate. */
static long
two_records(struct span in)
{
	struct tls_record record;
	long first = tls_record_read(in, &record);

	return first + tls_record_read(span_tail(in, (size_t)first), &record);
}

static void
the_first_certificate_is_read(void **state)
{
	struct tls_certificate got;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes *bytes = bytes_of_hex(*rows[i].hex);
		struct span in = bytes_span(bytes);
		long end = two_records(in);

		assert_int_equal(certificate(in, &got), end);
		assert_certificate(&got, &rows[i].want);
		for (size_t n = 0; n < (size_t)end; n++)
			assert_int_equal(certificate(span_head(in, n), &got), 0);
		bytes_free(bytes);
	}
}

static void
records_may_cut_it_anywhere(void **state)
{
	struct tls_certificate got;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes *bytes = bytes_of_hex(*rows[i].hex);

		for (size_t at = 1; at < bytes->n - 10; at++) {
			const size_t lengths[] = { at, 16384 };
			struct bytes *cut = bytes_recut(bytes_span(bytes), lengths, 2);

			assert_true(certificate(bytes_span(cut), &got) > 0);
			assert_certificate(&got, &rows[i].want);
			bytes_free(cut);
		}
		for (size_t size = 1; size < 20; size++) {
			struct bytes *cut = bytes_recut(bytes_span(bytes), &size, 1);

			assert_true(certificate(bytes_span(cut), &got) > 0);
			assert_certificate(&got, &rows[i].want);
			bytes_free(cut);
		}
		bytes_free(bytes);
	}
}

/* A ServerHello of TLS 1.2, then what follows in the same record. */
#define HELLO "02 000026 0303" \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff 00 c02f 00"

static const struct flight_row {
	const char *why;
	const char *messages;
	const char *behind;	/* records of their own */
	long want;		/* 1: a certificate, read or not */
	const char *fingerprint;	/* its beginning */
} flight_rows[] = {
	{ "a certificate that does not parse has a fingerprint",
	    HELLO "0b 000009 000006 000003 616263", "", 1, "ba:78:16:bf:" },
	{ "the first of two counts", HELLO "0b 00000d 00000a 000003 616263 000001 64", "",
	    1, "ba:78:16:bf:" },
	{ "SupplementalData before it",
	    HELLO "17 000003 000000 0b 000009 000006 000003 616263", "", 1,
	    "ba:78:16:bf:" },
	{ "the message has only begun", HELLO "0b 00ffff 00fffc 000003", "", 0, "" },
	{ "the first certificate is enough", HELLO "0b 00ffff 00fffc 000003 616263", "",
	    1, "ba:78:16:bf:" },
	{ "the ServerHello alone", HELLO, "", 0, "" },
	{ "an empty list", HELLO "0b 000003 000000", "", -1, "" },
	{ "an empty certificate", HELLO "0b 000006 000003 000000", "", -1, "" },
	{ "a certificate longer than the message", HELLO "0b 000009 000006 000004 616263",
	    "", -1, "" },
	{ "no ServerHello before it", "0b 000009 000006 000003 616263", "", -1, "" },
	{ "a resumed session", HELLO, "140303000101", -1, "" },
	{ "a new ticket in a resumed session", HELLO "04 000006 0000000a 0000", "", -1,
	    "" },
	{ "ServerHelloDone", HELLO "0e 000000", "", -1, "" },
	{ "an encrypted rest", HELLO, "17030300017f", -1, "" },
	{ "a fatal alert", HELLO, "15030300020228", -1, "" },
	{ "no record", HELLO, "474554202f", -1, "" },
	{ "a message too long", HELLO "0b 010001 000000", "", -1, "" },
};

static void
a_flight_has_one_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(flight_rows); i++) {
		const struct flight_row *row = &flight_rows[i];
		struct bytes *messages = bytes_of_hex(row->messages), *all = bytes_new();
		struct tls_certificate got;
		long used;

		bytes_record(all, TLS_HANDSHAKE, 0x0303, bytes_span(messages));
		bytes_hex(all, row->behind);
		used = certificate(bytes_span(all), &got);
		if (used != (row->want > 0 ? (long)all->n : row->want) ||
		    strncmp(got.fingerprint_sha256, row->fingerprint,
		    strlen(row->fingerprint)) != 0)
			fail_msg("%s: %ld %s", row->why, used, got.fingerprint_sha256);
		assert_string_equal(got.subject, "");
		bytes_free(all);
		bytes_free(messages);
	}
}

/* --- certificates put together here ---------------------------------------- */

static size_t
open_element(struct bytes *bytes, unsigned tag)
{
	bytes_u8(bytes, tag);
	bytes_u8(bytes, 0x82);
	return bytes_open(bytes, 2);
}

/* A name of one commonName with this value and string type. */
static void
add_name(struct bytes *bytes, unsigned type, const char *value)
{
	size_t name = open_element(bytes, 0x30), set = open_element(bytes, 0x31);
	size_t pair = open_element(bytes, 0x30), text;

	bytes_hex(bytes, "06 03 550403");
	text = open_element(bytes, type);
	bytes_add(bytes, value, strlen(value));
	bytes_close(bytes, text, 2);
	bytes_close(bytes, pair, 2);
	bytes_close(bytes, set, 2);
	bytes_close(bytes, name, 2);
}

static void
add_time(struct bytes *bytes, const char *value)
{
	bytes_u8(bytes, strlen(value) > 13 ? 0x18 : 0x17);
	bytes_u8(bytes, (unsigned)strlen(value));
	bytes_add(bytes, value, strlen(value));
}

static const struct made_row {
	const char *why;
	const char *version;	/* hexadecimal */
	unsigned type;
	const char *subject;
	const char *not_before;
	const char *not_after;
	const char *want_subject;
	int64_t want_before_s;
	int64_t want_after_s;
} made_rows[] = {
	{ "version 3", "a003020102", 0x0c, "a.example", "700101000000Z", "700102000001Z",
	    "CN=a.example", 0, 86401 },
	{ "version 1 does not say so", "", 0x0c, "a.example", "200229120000Z",
	    "210228120000Z", "CN=a.example", 1582977600, 1614513600 },
	{ "years with two digits end in 2049", "", 0x13, "a", "500101000000Z",
	    "491231235959Z", "CN=a", -631152000, 2524607999 },
	{ "no end at all (RFC 5280 4.1.2.5)", "", 0x13, "a", "20500101000000Z",
	    "99991231235959Z", "CN=a", 2524608000, 253402300799 },
	{ "times that are none", "", 0x13, "a", "201332000000Z", "now", "CN=a", 0, 0 },
	{ "a comma", "", 0x0c, "Example, Inc.", "", "", "CN=\"Example, Inc.\"", 0, 0 },
	{ "UTF-8", "", 0x0c, "K\xc3\xb6ln", "", "", "CN=K\xc3\xb6ln", 0, 0 },
	{ "Latin 1", "", 0x14, "K\xf6ln", "", "", "CN=K\xc3\xb6ln", 0, 0 },
	{ "a terminal's controls", "", 0x0c, "\x1b[2J", "", "", "CN=\\x1b[2J", 0, 0 },
	{ "not UTF-8 though it says so", "", 0x0c, "\xff", "", "", "", 0, 0 },
};

static struct bytes *
make(const struct made_row *row)
{
	struct bytes *bytes = bytes_new();
	size_t flight, message, list, leaf, certificate, body, validity;

	bytes_hex(bytes, "16 0303");
	flight = bytes_open(bytes, 2);
	bytes_hex(bytes, HELLO "0b");
	message = bytes_open(bytes, 3);
	list = bytes_open(bytes, 3);
	leaf = bytes_open(bytes, 3);
	certificate = open_element(bytes, 0x30);
	body = open_element(bytes, 0x30);
	bytes_hex(bytes, row->version);
	bytes_hex(bytes, "02 01 07 30 00");	/* serial number, algorithm */
	add_name(bytes, 0x0c, "Example Test CA");
	validity = open_element(bytes, 0x30);
	add_time(bytes, row->not_before);
	add_time(bytes, row->not_after);
	bytes_close(bytes, validity, 2);
	add_name(bytes, row->type, row->subject);
	bytes_hex(bytes, "30 03 6b6579");
	bytes_close(bytes, body, 2);
	bytes_close(bytes, certificate, 2);
	bytes_close(bytes, leaf, 3);
	bytes_close(bytes, list, 3);
	bytes_close(bytes, message, 3);
	bytes_close(bytes, flight, 2);
	return bytes;
}

static void
odd_certificates_tell_what_they_can(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(made_rows); i++) {
		const struct made_row *row = &made_rows[i];
		struct bytes *bytes = make(row);
		struct tls_certificate got;

		assert_int_equal(certificate(bytes_span(bytes), &got), bytes->n);
		if (strcmp(got.subject, row->want_subject) != 0 ||
		    got.not_before_s != row->want_before_s ||
		    got.not_after_s != row->want_after_s)
			fail_msg("%s: '%s' %lld %lld", row->why, got.subject,
			    (long long)got.not_before_s, (long long)got.not_after_s);
		assert_string_equal(got.issuer, "CN=Example Test CA");
		assert_int_equal(strlen(got.spki_sha256), 64);
		bytes_free(bytes);
	}
}

static void
long_subjects_are_cut(void **state)
{
	char name[1001];
	struct made_row row = made_rows[0];
	struct tls_certificate got;
	struct bytes *bytes;

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	row.subject = name;
	bytes = make(&row);
	assert_int_equal(certificate(bytes_span(bytes), &got), bytes->n);
	assert_int_equal(strlen(got.subject), sizeof(got.subject) - 1);
	assert_string_equal(got.subject + sizeof(got.subject) - 6, "aa...");
	bytes_free(bytes);
}

static const struct none_row {
	const char *why;
	const char *const *hex;
} none_rows[] = {
	{ "TLS 1.3", &server_tls13 },
	{ "a HelloRetryRequest", &server_retries },
	{ "anonymous", &server_anonymous },
	{ "a client", &client_tls12 },
};

static void
none_is_said_to_come_where_none_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(none_rows); i++) {
		struct bytes *bytes = bytes_of_hex(*none_rows[i].hex);
		struct tls_certificate got;

		if (certificate(bytes_span(bytes), &got) != -1)
			fail_msg("%s", none_rows[i].why);
		bytes_free(bytes);
	}
}

/* One bit at a time: whatever breaks, it breaks quietly, and the fingerprint tells. */
static void
broken_certificates_are_survived(void **state)
{
	struct bytes *bytes = bytes_of_hex(server_self_signed);
	struct tls_certificate got;

	(void)state;
	for (size_t at = 90; at < bytes->n; at++) {
		bytes->at[at] ^= (uint8_t)(1 << at % 8);
		assert_true(certificate(bytes_span(bytes), &got) > 0);
		assert_string_not_equal(got.fingerprint_sha256,
		    rows[1].want.fingerprint_sha256);
		assert_int_equal(strlen(got.fingerprint_sha256), 95);
		bytes->at[at] ^= (uint8_t)(1 << at % 8);
	}
	assert_true(certificate(bytes_span(bytes), &got) > 0);
	assert_certificate(&got, &rows[1].want);
	bytes_free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_certificate_is_read),
		cmocka_unit_test(records_may_cut_it_anywhere),
		cmocka_unit_test(a_flight_has_one_or_none),
		cmocka_unit_test(odd_certificates_tell_what_they_can),
		cmocka_unit_test(long_subjects_are_cut),
		cmocka_unit_test(none_is_said_to_come_where_none_does),
		cmocka_unit_test(broken_certificates_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
