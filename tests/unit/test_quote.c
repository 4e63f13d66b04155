/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of bytes that may hold somebody's secret. */
#include "unit.h"

#include "dialect/quote.h"

struct row {
	const char *wire, *told;
};

static void
are_told(const struct row *rows, size_t count)
{
	char text[120];

	for (size_t i = 0; i < count; i++) {
		quote_escape(text, sizeof(text), span_text(rows[i].wire), NULL);
		assert_string_equal(text, rows[i].told);
	}
}

static void
what_servers_say_is_told(void **state)
{
	static const struct row rows[] = {
		{ "454 4.7.0 TLS not available due to local problem",
		    "454 4.7.0 TLS not available due to local problem" },
		{ "530 5.7.0 Must issue a STARTTLS command first.",
		    "530 5.7.0 Must issue a STARTTLS command first." },
		{ "250-STARTTLS", "250-STARTTLS" },
		{ "250 SIZE", "250 SIZE" },
		{ " AUTH TLS", " AUTH TLS" },
		{ "+OK Begin TLS negotiation", "+OK Begin TLS negotiation" },
		{ "AUTH=PLAIN AUTH=SCRAM-SHA-256", "AUTH=PLAIN AUTH=SCRAM-SHA-256" },
		{ ":irc.example.org 691 ann :STARTTLS failed",
		    ":[...] 691 [...] :STARTTLS failed" },
		{ "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
		    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
		{ "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 101 Switching Protocols" },
		{ "", "" },
	};

	(void)state;
	are_told(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
our_own_words_label_numbers(void **state)
{
	static const struct row rows[] = {
		{ "resultCode=13", "resultCode=13" },
		{ "ErrorResponse SQLSTATE=28P01", "ErrorResponse SQLSTATE=28P01" },
		{ "reply=0x80000005", "reply=0x80000005" },
		{ "sts=port=6697", "sts=port=6697" },
		{ "errno=s3cr3t", "[...]" },
	};
	char text[120];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		quote_own_words(text, sizeof(text), span_text(rows[i].wire));
		assert_string_equal(text, rows[i].told);
	}
}

static void
remains_of_keywords_are_told(void **state)
{
	static const struct row rows[] = {
		{ "250-XXXXXXXA", "250-XXXXXXXA" },
		{ "500 XXXXXXXX not understood", "500 XXXXXXXX not understood" },
		{ "250-STARTTL5", "250-STARTTL5" },
		{ "250-STAR\x01TTLS", "250-STAR\\x01TTLS" },
	};

	(void)state;
	are_told(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
what_may_be_a_secret_is_not(void **state)
{
	static const struct row rows[] = {
		{ "535 5.7.8 s3cr3t is wrong", "535 5.7.8 [...] is wrong" },
		{ "535 5.7.8 no s3cr3t ann czNjcjN0 here", "535 5.7.8 no [...] here" },
		{ "235 s3cr3t/s3cr3t, s3cr3t", "235 [...]" },
		{ "STARTTLS s3cr3t", "STARTTLS [...]" },
		{ "MAIL FROM:<ann@example.net>", "MAIL FROM:<[...]" },
		{ "s3cr3t", "[...]" },
		/* numbers, but where a code stands */
		{ "530 Login 123 wrong", "530 Login [...] wrong" },
		{ "123456 is wrong", "[...] is wrong" },
		{ "250 go 5.7.1 on", "250 go [...] on" },
		{ "250 1.2.3.4 is known", "250 [...] is known" },
		{ "errno=s3cr3t", "[...]" },
		/* words of ours, which nobody sends */
		{ "454 errno=987", "454 [...]" },
		{ "STARTTLS sts=port=1234", "STARTTLS [...]" },
		/* known words, but not by themselves */
		{ "530 TLS-s3cr3t", "530 [...]" },
		{ "530 s3cr3t=TLS", "530 [...]" },
		{ "530 TLSs3cr3t", "530 [...]" },
		{ "454 TLS \xff\xfe", "454 TLS [...]" },
	};

	(void)state;
	are_told(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
two_versions_are_told_apart(void **state)
{
	static const struct row rows[] = {
		{ "454 4.7.0 s3cr3t | 220 2.0.0 Ready", "454 4.7.0 [...] | 220 2.0.0 Ready" },
	};

	(void)state;
	are_told(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
words_are_found_in_any_case(void **state)
{
	static const char *const known[] = { "a", "A", "8BITMIME", "your", "YOUR", "StartTLS", "-",
	    "1.3.6.1.4.1.1466.20037", "zzz", "", "aaa",
	    "been", "beep", "iana.org" };
	static const bool are[] = { true, true, true, true, true, true, false, true, false, false,
	    false, true, true, true };

	(void)state;
	for (size_t i = 0; i < sizeof(are) / sizeof(are[0]); i++)
		assert_int_equal(quote_knows(span_text(known[i])), are[i]);
}

static void
long_bytes_end_somewhere(void **state)
{
	uint8_t wire[4096];
	const struct span all = span_of(wire, sizeof(wire));
	char text[120];

	(void)state;
	memset(wire, '.', sizeof(wire));
	assert_in_range(quote_escape(text, sizeof(text), all, NULL), 0, 119);
	for (size_t i = 0; i < sizeof(wire); i += 4)
		memcpy(wire + i, "TLS ", 4);
	assert_in_range(quote_escape(text, sizeof(text), all, NULL), 100, 119);
}

/* What the client typed is told nowhere, even of words and numbers that servers use themselves. */
static void
echoes_are_not_told(void **state)
{
	static const struct {
		const char *typed, *said, *wire, *told;
	} rows[] = {
		{ "PASS master\r\n", "PASS", "530 The master is wrong", "530 The [...] is wrong" },
		{ "PASS MASTER\r\n", "PASS", "-ERR master PASS", "-ERR [...] PASS" },
		{ "PASS pass\r\n", "PASS", "530 PASS is wrong", "530 [...] is wrong" },
		{ "a1 LOGIN ann \"go on\"\r\n", "LOGIN", "NO go on, LOGIN", "NO [...], LOGIN" },
		{ "CAP LS\r\n", "CAP", "CAP sts=port=6697", "CAP sts=port=6697" },
		{ "PASS 6697\r\n", "PASS", "CAP sts=port=6697", "CAP [...]" },
		{ "PASS a=TLS\r\n", "PASS", "530 TLS on", "530 [...] on" },
		{ "PASS 250-SIZE\r\n", "PASS", "250-SIZE", "[...]" },
		{ "PASS 5.7.8\r\n", "PASS", "535 5.7.8 no", "535 [...] no" },
		{ "PASS 535\r\n", "PASS", "535 5.7.8 no", "[...] 5.7.8 no" },
		{ "PASS XXXXXXXX\r\n", "PASS", "500 XXXXXXXX no", "500 [...] no" },
		{ "AUTH PLAIN AGFubgBtYXN0ZXI=\r\n", "AUTH", "535 master AUTH", "535 [...] AUTH" },
		{ "bWFzdGVy\r\n", "", "535 the master", "535 the [...]" },
		{ "STARTTLS\r\n", "STARTTLS", "454 no STARTTLS now", "454 no STARTTLS now" },
		{ "\xff\xf4PASS master", "PASS", "530 master PASS", "530 [...] PASS" },
	};
	char text[120];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct typed typed = { 0 };

		typed_add(&typed, span_text(rows[i].typed), span_text(rows[i].said));
		quote_escape(text, sizeof(text), span_text(rows[i].wire), &typed);
		assert_string_equal(text, rows[i].told);
	}
}

static void
too_much_is_anything(void **state)
{
	struct typed typed = { 0 };
	char text[120];

	(void)state;
	typed_add(&typed, span_text("asleep"), span_text(""));
	assert_true(typed_count(&typed, TYPED_READ_MAX));
	quote_escape(text, sizeof(text), span_text("454 4.7.0 TLS is asleep"), &typed);
	assert_string_equal(text, "454 4.7.0 TLS is [...]");
	assert_false(typed_count(&typed, 1));
	quote_escape(text, sizeof(text), span_text("454 4.7.0 TLS is asleep"), &typed);
	assert_string_equal(text, "454 [...]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_servers_say_is_told),
		cmocka_unit_test(our_own_words_label_numbers),
		cmocka_unit_test(remains_of_keywords_are_told),
		cmocka_unit_test(what_may_be_a_secret_is_not),
		cmocka_unit_test(echoes_are_not_told),
		cmocka_unit_test(too_much_is_anything),
		cmocka_unit_test(two_versions_are_told_apart),
		cmocka_unit_test(words_are_found_in_any_case),
		cmocka_unit_test(long_bytes_end_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
