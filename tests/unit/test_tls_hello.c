/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both hellos tell (RFC 8446 §4.1), whole, in pieces and cut anew. */
#include "unit.h"

#include "tls/tls.h"
#include "tls_samples.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static long
first_record(struct span in)
{
	struct tls_record record;
	long size = tls_record_read(in, &record);

	assert_true(size > 0);
	return size;
}

/* --- whole, as OpenSSL sends them ---------------------------------------- */

static const struct client_row {
	const char *const *hex;
	uint16_t version;
	const char *sni;
	const char *alpn;
	const char *ja3;
	const char *ja4;
} client_rows[] = {
	{ &client_tls13, 0x0304, "mail.example.org", "imap",
	    "860518fcd8312a3a217dfbe18f493304", "t13d0812ip_48922242edce_24695f2957a7" },
	{ &client_retried, 0x0304, "mail.example.org", "",
	    "661608ff6990d665c9660ff8db6490d5", "t13d081100_48922242edce_24695f2957a7" },
	{ &client_tls12, 0x0303, "mail.example.org", "",
	    "0163476a173f26b8c4b8030456adc165", "t12d050700_9fb2f9c2e5cc_3c5a66c06c35" },
	{ &client_tls10, 0x0301, "mail.example.org", "",
	    "4ae91597189206838a3d130653b23195", "t10d050600_be41622fbb2f_195413a0cc0f" },
};

static void
assert_client(const struct tls_facts *facts, const struct client_row *row)
{
	assert_int_equal(facts->client_version, row->version);
	assert_string_equal(facts->sni, row->sni);
	assert_string_equal(facts->alpn, row->alpn);
	assert_string_equal(facts->ja3, row->ja3);
	assert_string_equal(facts->ja4, row->ja4);
	assert_false(facts->fallback_scsv);
	assert_false(facts->sslv2_hello);
	assert_true(facts->client_random_hash != 0);
}

static void
clients_tell_what_they_offer(void **state)
{
	struct tls_facts facts;

	(void)state;
	for (size_t i = 0; i < COUNT(client_rows); i++) {
		struct bytes *bytes = bytes_of_hex(*client_rows[i].hex);
		struct span in = bytes_span(bytes);

		assert_int_equal(sample_client(in, &facts), in.n);
		assert_client(&facts, &client_rows[i]);
		for (size_t n = 0; n < in.n; n++)
			assert_int_equal(sample_client(span_head(in, n), &facts), 0);
		/* what comes behind it is not used */
		bytes_hex(bytes, "140303000101");
		assert_int_equal(sample_client(bytes_span(bytes), &facts), in.n);
		assert_client(&facts, &client_rows[i]);
		bytes_free(bytes);
	}
}

static const struct server_row {
	const char *const *hex;
	uint16_t offered;
	uint16_t version;
	uint16_t cipher;
	bool sentinel;
	const char *ja3s;
} server_rows[] = {
	{ &server_tls13, 0x0304, 0x0304, 0x1302, false,
	    "15af977ce25de452b96affa2addb1036" },
	{ &server_retries, 0x0304, 0x0304, 0x1302, false,
	    "15af977ce25de452b96affa2addb1036" },
	{ &server_tls12, 0x0303, 0x0303, 0xc02c, false,
	    "abade5a4a7f42baf54766e5d108283b6" },
	{ &server_tls12, 0x0304, 0x0303, 0xc02c, true,
	    "abade5a4a7f42baf54766e5d108283b6" },
	{ &server_tls12, 0, 0x0303, 0xc02c, false, "abade5a4a7f42baf54766e5d108283b6" },
	{ &server_tls10, 0x0301, 0x0301, 0xc00a, false,
	    "ef11b7c1bd520da6824fcd0cf876de79" },
	{ &server_tls10, 0x0303, 0x0301, 0xc00a, true,
	    "ef11b7c1bd520da6824fcd0cf876de79" },
	{ &server_tls10, 0x0304, 0x0301, 0xc00a, true,
	    "ef11b7c1bd520da6824fcd0cf876de79" },
	/* this server never could do more */
	{ &server_self_signed, 0x0304, 0x0303, 0xc02c, false,
	    "abade5a4a7f42baf54766e5d108283b6" },
	{ &server_anonymous, 0x0303, 0x0303, 0xc019, false,
	    "ee17048b6f9c5d9fd41f766eb2535f87" },
};

static void
assert_server(const struct tls_facts *facts, const struct server_row *row)
{
	assert_int_equal(facts->version, row->version);
	assert_int_equal(facts->cipher, row->cipher);
	assert_int_equal(facts->downgrade_sentinel, row->sentinel);
	assert_string_equal(facts->ja3s, row->ja3s);
}

static void
servers_tell_what_they_choose(void **state)
{
	struct tls_facts facts;

	(void)state;
	for (size_t i = 0; i < COUNT(server_rows); i++) {
		const struct server_row *row = &server_rows[i];
		struct bytes *bytes = bytes_of_hex(*row->hex);
		struct span in = bytes_span(bytes);
		long hello = first_record(in);

		assert_int_equal(sample_server(in, row->offered, &facts), hello);
		assert_server(&facts, row);
		for (size_t n = 0; n < (size_t)hello; n++)
			assert_int_equal(sample_server(span_head(in, n), row->offered,
			    &facts), 0);
		bytes_free(bytes);
	}
}

/* --- cut into records anew ------------------------------------------------ */

static void
assert_client_cut(const struct client_row *row, size_t a, size_t b)
{
	const size_t lengths[] = { a, b };
	struct bytes *whole = bytes_of_hex(*row->hex);
	struct bytes *cut = bytes_recut(bytes_span(whole), lengths, COUNT(lengths));
	struct span in = bytes_span(cut);
	struct tls_facts facts;

	assert_int_equal(sample_client(in, &facts), in.n);
	assert_client(&facts, row);
	assert_int_equal(sample_client(span_head(in, in.n - 1), &facts), 0);
	assert_int_equal(sample_client(span_head(in, in.n - b), &facts), 0);
	bytes_free(cut);
	bytes_free(whole);
}

static void
records_may_cut_a_client_hello_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(client_rows); i++) {
		struct bytes *bytes = bytes_of_hex(*client_rows[i].hex);
		size_t n = bytes->n - TLS_RECORD_HEADER;

		for (size_t at = 1; at < n; at++)
			assert_client_cut(&client_rows[i], at, n - at);
		for (size_t size = 1; size < 8; size++)
			assert_client_cut(&client_rows[i], size, size);
		bytes_free(bytes);
	}
}

static void
records_may_cut_a_server_hello_anywhere(void **state)
{
	struct tls_facts facts;

	(void)state;
	for (size_t i = 0; i < COUNT(server_rows); i++) {
		const struct server_row *row = &server_rows[i];
		struct bytes *bytes = bytes_of_hex(*row->hex);
		long hello = first_record(bytes_span(bytes)) - TLS_RECORD_HEADER;

		for (size_t at = 1; at < (size_t)hello; at++) {
			const size_t lengths[] = { at, (size_t)hello - at, 16384 };
			struct bytes *cut = bytes_recut(bytes_span(bytes), lengths,
			    COUNT(lengths));

			assert_int_equal(sample_server(bytes_span(cut), row->offered,
			    &facts), hello + 2 * TLS_RECORD_HEADER);
			assert_server(&facts, row);
			bytes_free(cut);
		}
		bytes_free(bytes);
	}
}

/* Some servers put their whole flight into one record. */
static void
a_server_hello_may_share_its_record(void **state)
{
	const size_t all[] = { 16384 };
	struct bytes *bytes = bytes_of_hex(server_tls12);
	struct bytes *cut = bytes_recut(bytes_span(bytes), all, 1);
	struct span in = bytes_span(cut);
	struct tls_facts facts;

	(void)state;
	assert_int_equal(sample_server(in, 0x0303, &facts), in.n);
	assert_int_equal(facts.cipher, 0xc02c);
	assert_int_equal(sample_server(span_head(in, in.n - 1), 0x0303, &facts), 0);
	bytes_free(cut);
	bytes_free(bytes);
}

/* A server's part may be read again and again without touching the client's, and back. */
static void
each_side_fills_its_own_part(void **state)
{
	struct bytes *hello = bytes_of_hex(client_tls13),
	    *choice = bytes_of_hex(server_tls13);
	struct tls_facts facts = { 0 };

	(void)state;
	assert_true(tls_client_hello(bytes_span(hello), &facts) > 0);
	assert_int_equal(facts.version, 0);
	facts.sslv2_hello = facts.fallback_scsv = true;
	assert_true(tls_client_hello(bytes_span(hello), &facts) > 0);
	assert_false(facts.sslv2_hello || facts.fallback_scsv);
	assert_true(tls_server_hello(bytes_span(choice), &facts) > 0);
	assert_string_equal(facts.sni, "mail.example.org");
	assert_true(tls_client_hello(bytes_span(hello), &facts) > 0);
	assert_int_equal(facts.version, 0x0304);
	assert_int_equal(tls_client_hello(span_text("EHLO client.example\r\n"), &facts),
	    -1);
	assert_string_equal(facts.sni, "mail.example.org");
	bytes_free(choice);
	bytes_free(hello);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clients_tell_what_they_offer),
		cmocka_unit_test(servers_tell_what_they_choose),
		cmocka_unit_test(records_may_cut_a_client_hello_anywhere),
		cmocka_unit_test(records_may_cut_a_server_hello_anywhere),
		cmocka_unit_test(a_server_hello_may_share_its_record),
		cmocka_unit_test(each_side_fills_its_own_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
