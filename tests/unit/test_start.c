/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which dialect a connection's first bytes are, on any port, and which they are
 * not: the openings of other protocols must never be taken for ours.
 */
#include "unit.h"

#include "session/start.h"

enum { TURNS_MAX = 4 };

struct row {
	const char *turns[TURNS_MAX];	/* "C:" or "S:" and what that side said */
	uint16_t port;
	bool last;			/* no more bytes will come */
	enum recognition want;
	const char *dialect;
};

#define TLS_HELLO "\x16\x03\x01\x01\x40\x01"
#define SSLV2_HELLO "\x80\x31\x01\x03\x01" "0123456789"

static const struct row rows[] = {
	/* SMTP by its greeting alone, or by what the client says */
	/* what the client says first tells more than a greeting */
	{ { "S:220 mx.example.org ESMTP\r\n" }, 9999, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:220 mx.example.org ESMTP\r\n" }, 9999, true, RECOGNISED_DIALECT, "smtp" },
	{ { "S:220 mx.example.org FTP\r\n", "C:EHLO a\r\n" }, 9999, false, RECOGNISED_NOT_YET,
	    NULL },
	{ { "S:220 mx.example.org FTP\r\n", "C:EHLO a\r\n", "S:250 mx\r\n" }, 9999, false,
	    RECOGNISED_DIALECT, "smtp" },
	{ { "S:220 mx.example.org\r\n", "C:EHLO a\r\n" }, 9999, false, RECOGNISED_DIALECT, "smtp" },
	{ { "S:220 mx.example.org\r\n", "C:HELO a\r\n" }, 9999, false, RECOGNISED_DIALECT, "smtp" },
	{ { "S:220 mx.example.org\r\n", "C:STARTTLS\r\n" }, 9999, false, RECOGNISED_DIALECT,
	    "smtp" },
	{ { "S:220 mx.example.org\r\n", "C:MAIL FROM:<>\r\n" }, 9999, false, RECOGNISED_DIALECT,
	    "smtp" },
	{ { "S:220 mx.example.org\r\n", "C:XXXX a\r\n" }, 9999, false, RECOGNISED_DIALECT, "smtp" },
	{ { "C:EHLO a\r\n", "S:220 mx.example.org ESMTP\r\n" }, 9999, false, RECOGNISED_DIALECT,
	    "smtp" },
	{ { "S:554 no ESMTP here\r\n" }, 9999, true, RECOGNISED_DIALECT, "smtp" },

	/* too early to say */
	{ { "S:22" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:220 mail.exam" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:220 mx.example.org\r\n" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:220 mx.example.org\r\n", "C:EHL" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "C:EHLO" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:220 mx.example.org\r\n", "C:QUIT\r\n" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { NULL }, 25, false, RECOGNISED_NOT_YET, NULL },
	/* ... three digits may go on, and fewer become a code, in a first line or a later one */
	{ { "S:220", "C:FEAT\r\n" }, 9999, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:200", "C:STARTTLS\r\n" }, 9999, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:please wait\r\n22", "C:FEAT\r\n" }, 9999, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:please wait\r\n220 ", "C:FEAT\r\n" }, 9999, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:please wait\r\n220 ready\r\n", "C:FEAT\r\n" }, 9999, false,
	    RECOGNISED_DIALECT, "ftp" },
	{ { "S:please wait\r\n200", "C:STARTTLS\r\n" }, 9999, false, RECOGNISED_NOT_YET, NULL },

	/* ... and what follows an empty line may become a capability */
	{ { "C:AUTHENTICATE \"PLAIN\"\r\n", "S:\r\n\"SAS" }, 9999, false, RECOGNISED_NOT_YET,
	    NULL },
	{ { "C:AUTHENTICATE \"PLAIN\"\r\n", "S:\r\n\"SASL\" \"PLAIN\"\r\n" }, 9999, false,
	    RECOGNISED_DIALECT, "sieve" },

	/* ... nor is half a status one, or none, nor half a client's line */
	{ { "C:USER anna\r\n", "S:+OK " }, 9999, false, RECOGNISED_NOT_YET, NULL },
	{ { "C:USER anna\r\n", "S:+OK And" }, 9999, false, RECOGNISED_NOT_YET, NULL },
	{ { "C:USER anna\r\n", "S:+OK And\r\n" }, 9999, false, RECOGNISED_DIALECT, "pop3" },
	{ { "S:\x01\x02\x03\x04", "C:CAPA\r" }, 9999, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:\x01", "C:CAPA\r\n" }, 9999, false, RECOGNISED_NOT_YET, NULL },

	/* at the end the port decides what the bytes leave open */
	{ { "S:220 mx.example.org\r\n" }, 25, true, RECOGNISED_DIALECT, "smtp" },
	{ { "S:220 mx.example.org\r\n" }, 24, true, RECOGNISED_DIALECT, "lmtp" },
	{ { "S:220 mx.example.org\r\n" }, 9999, true, RECOGNISED_NOBODY, NULL },
	{ { "S:220 mx.example.org\r\n", "C:QUIT\r\n" }, 587, true, RECOGNISED_DIALECT, "smtp" },
	{ { "S:421 mx.example.org is closed\r\n" }, 25, true, RECOGNISED_DIALECT, "smtp" },
	{ { "C:EHLO a\r\n" }, 25, true, RECOGNISED_DIALECT, "smtp" },
	{ { "C:EHLO a\r\n" }, 9999, true, RECOGNISED_NOBODY, NULL },

	/* LMTP */
	{ { "S:220 mbox.example.org LMTP\r\n" }, 9999, true, RECOGNISED_DIALECT, "lmtp" },
	{ { "S:220 mbox.example.org\r\n", "C:LHLO a\r\n" }, 9999, false, RECOGNISED_DIALECT,
	    "lmtp" },
	/* ... on a port of another with that greeting, when its server agrees */
	{ { "S:220 mbox.example.org\r\n", "C:LHLO a\r\n" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "S:220 mbox.example.org\r\n", "C:LHLO a\r\n" }, 25, true, RECOGNISED_DIALECT, "lmtp" },
	{ { "S:220 mbox.example.org\r\n", "C:LHLO a\r\n", "S:250 mbox\r\n" }, 25, false,
	    RECOGNISED_DIALECT, "lmtp" },
	{ { "S:220 mbox.example.org\r\n", "C:LHLO a\r\n", "S:500 what?\r\n" }, 25, false,
	    RECOGNISED_NOT_YET, NULL },
	{ { "S:220 mbox.example.org\r\n", "C:LHLO a\r\n", "S:500 what?\r\n" }, 25, true,
	    RECOGNISED_DIALECT, "smtp" },

	/* ... picked up under way it may be either: the port tells, else SMTP is commoner */
	{ { "C:MAIL FROM:<>\r\n", "S:250 yes\r\n" }, 24, true, RECOGNISED_DIALECT, "lmtp" },
	{ { "C:MAIL FROM:<>\r\n", "S:250 yes\r\n" }, 25, true, RECOGNISED_DIALECT, "smtp" },
	{ { "C:MAIL FROM:<>\r\n", "S:250 yes\r\n" }, 9999, true, RECOGNISED_DIALECT, "smtp" },
	{ { "S:220 mbox\r\n", "C:MAIL FROM:<>\r\n" }, 24, true, RECOGNISED_DIALECT, "smtp" },
	/* what answers a request greets nobody */
	{ { "C:STARTTLS\r\n", "S:200 yes\r\n" }, 25, true, RECOGNISED_DIALECT, "smtp" },
	{ { "C:STARTTLS\r\n", "S:200 yes\r\n" }, 119, true, RECOGNISED_DIALECT, "nntp" },
	{ { "S:200 yes\r\n", "C:STARTTLS\r\n" }, 9999, true, RECOGNISED_DIALECT, "nntp" },

	/* TLS from the first byte */
	{ { "C:" TLS_HELLO }, 465, false, RECOGNISED_TLS, NULL },
	{ { "C:" TLS_HELLO }, 25, true, RECOGNISED_TLS, NULL },
	{ { "C:" TLS_HELLO }, 9999, false, RECOGNISED_TLS, NULL },
	/* ... where a dialect begins in clear its server must agree */
	{ { "C:" TLS_HELLO }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "C:" TLS_HELLO, "S:\x16" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "C:" TLS_HELLO, "S:\x16\x03\x03\x01\x40\x02" }, 25, false, RECOGNISED_TLS, NULL },
	{ { "C:" TLS_HELLO, "S:220 mx.example.org\r\n" }, 25, false, RECOGNISED_TLS_DENIED, NULL },
	{ { "C:" TLS_HELLO, "S:220 mx.example.org\r\n" }, 25, true, RECOGNISED_TLS_DENIED, NULL },
	{ { "C:" TLS_HELLO, "S:2" }, 143, false, RECOGNISED_TLS_DENIED, NULL },
	{ { "C:" SSLV2_HELLO, "S:220 mx.example.org\r\n" }, 25, false, RECOGNISED_TLS_DENIED,
	    NULL },
	{ { "C:\x16" }, 465, false, RECOGNISED_NOT_YET, NULL },

	/* a load balancer's preface is waited for, not judged */
	{ { "C:PROX" }, 25, false, RECOGNISED_NOT_YET, NULL },
	{ { "C:PROXY TCP4 198.51.100.7" }, 25, false, RECOGNISED_NOT_YET, NULL },
};

/* FTP shares the code, POP3 and IMAP the manners: whoever they are, they are not mail's. */
static const struct {
	const char *turns[TURNS_MAX];
	uint16_t port;
} foreign[] = {
	{ { "S:220 ftp.example.org\r\n", "C:USER ann\r\n" }, 25 },
	{ { "S:220 ftp.example.org\r\n", "C:FEAT\r\n" }, 25 },
	{ { "S:220 ftp.example.org\r\n", "C:AUTH TLS\r\n" }, 9999 },
	{ { "S:120 ready in nine minutes\r\n" }, 25 },
	{ { "S:+OK ready <1.2@mx.example.org>\r\n", "C:CAPA\r\n" }, 25 },
	{ { "S:* OK IMAP4rev1 ready\r\n", "C:a STARTTLS\r\n" }, 25 },
	{ { "S:200 news.example.org\r\n", "C:MODE READER\r\n" }, 25 },
	{ { "S:201 news.example.org\r\n", "C:STARTTLS\r\n" }, 119 },
	{ { "C:GET / HTTP/1.1\r\n\r\n", "S:HTTP/1.1 200 OK\r\n\r\n" }, 25 },
	{ { "C:GET / HTTP/1.1\r\n" }, 25 },
	{ { "C:EHLO a\r\n", "S:HTTP/1.1 400 Bad Request\r\n" }, 25 },
	{ { "S:SSH-2.0-OpenSSH_9.2\r\n" }, 25 },
	{ { "C:<stream:stream to='example.org'> HTTP/1.0\r\n", "S:220" }, 25 },
	{ { "C:NICK ann\r\n", "S::irc.example.org NOTICE * :hello\r\n" }, 25 },
	{ { "S:2200 is no code\r\n", "C:EHLO a\r\n" }, 9999 },
	{ { "S:\x4a\x01\x02\x03\x04" }, 25 },
};

static void
say(struct start *s, const char *turn, const struct frame_ref *at)
{
	enum side from = turn[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
	struct span said = span_text(turn + 2);

	assert_int_equal(start_add(s, from, said, at), said.n);
	start_strip_preface(s);
}

static void
openings_are_told_apart(void **state)
{
	const struct frame_ref at = { 1, 1, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct start s = { 0 };
		const struct dialect *dialect;
		enum recognition have;

		for (int t = 0; t < TURNS_MAX && rows[i].turns[t] != NULL; t++)
			say(&s, rows[i].turns[t], &at);
		have = start_recognise(&s, rows[i].port, rows[i].last, &dialect);
		if (have != rows[i].want)
			print_error("row %zu: %s\n", i,
			    rows[i].turns[0] != NULL ? rows[i].turns[0] : "");
		assert_int_equal(have, rows[i].want);
		if (rows[i].dialect != NULL)
			assert_string_equal(dialect->name, rows[i].dialect);
		else
			assert_null(dialect);
		start_clear(&s);
	}
}

static void
foreign_openings_are_not_taken_for_mail(void **state)
{
	const struct frame_ref at = { 1, 1, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		for (int last = 0; last <= 1; last++) {
			struct start s = { 0 };
			const struct dialect *dialect;

			for (int t = 0; t < TURNS_MAX && foreign[i].turns[t] != NULL; t++)
				say(&s, foreign[i].turns[t], &at);
			start_recognise(&s, foreign[i].port, last, &dialect);
			if (dialect != NULL) {
				assert_string_not_equal(dialect->name, "smtp");
				assert_string_not_equal(dialect->name, "lmtp");
			}
			start_clear(&s);
		}
	}
}

static void
a_preface_is_taken_off_and_the_rest_stays(void **state)
{
	const struct frame_ref at = { 1, 1, 0 };
	struct start s = { 0 };

	(void)state;
	say(&s, "C:PROXY UNKN", &at);
	say(&s, "S:220 mx.example.org ESMTP\r\n", &at);
	say(&s, "C:OWN\r\nEHLO a\r\n", &at);
	assert_true(span_equals(buffer_span(&s.said[SIDE_CLIENT]), span_text("EHLO a\r\n")));
	assert_int_equal(s.turns[0].bytes, 0);
	assert_int_equal(s.turns[2].bytes, 8);
	start_clear(&s);
}

static void
the_limits_hold(void **state)
{
	const struct frame_ref at = { 1, 1, 0 };
	uint8_t big[OPENING_BYTES_MAX + 10];
	struct start s = { 0 };

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(start_add(&s, SIDE_CLIENT, span_of(big, sizeof(big)), &at),
	    OPENING_BYTES_MAX);
	assert_int_equal(start_add(&s, SIDE_CLIENT, span_text("x"), &at), 0);
	start_clear(&s);
	for (unsigned i = 0; i < OPENING_TURNS_MAX; i++)
		assert_int_equal(start_add(&s, (enum side)(i % 2), span_text("x"), &at), 1);
	assert_int_equal(start_add(&s, SIDE_CLIENT, span_text("x"), &at), 0);
	assert_int_equal(start_add(&s, SIDE_SERVER, span_text("x"), &at), 1);
	start_clear(&s);
}

/* What is said behind a pause keeps its time, and who drips leaves the other side its turns. */
static void
a_pause_begins_a_turn(void **state)
{
	const int64_t second_ns = INT64_C(1000000000);
	struct frame_ref at = { 1, 1, 0 };
	struct start s = { 0 };

	(void)state;
	assert_int_equal(start_add(&s, SIDE_CLIENT, span_text("xx"), &at), 2);
	at.at_ns += second_ns / 2;
	assert_int_equal(start_add(&s, SIDE_CLIENT, span_text("x"), &at), 1);
	assert_int_equal(s.turn_count, 1);
	at.at_ns += second_ns / 2;
	assert_int_equal(start_add(&s, SIDE_CLIENT, span_text("x"), &at), 1);
	assert_int_equal(s.turn_count, 2);
	assert_int_equal(s.turns[0].bytes, 3);
	assert_true(s.turns[0].at.at_ns < s.turns[1].at.at_ns);
	for (unsigned i = 0; i < 100; i++) {
		at.at_ns += second_ns;
		assert_int_equal(start_add(&s, SIDE_CLIENT, span_text("x"), &at), 1);
	}
	assert_int_equal(s.turn_count, OPENING_PAUSES_MAX);
	assert_int_equal(start_add(&s, SIDE_SERVER, span_text("x"), &at), 1);
	assert_false(start_is_full(&s));
	start_clear(&s);
}

/* A byte at a time, for as long as there is room. */
static void
what_drips_is_not_worth_asking_each_time(void **state)
{
	static const char *const drops[] = { "\n", "x" };
	const struct frame_ref at = { 1, 1, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		struct span drop = span_text(drops[i]);
		struct start s = { 0 };
		unsigned asked = 0;

		while (start_add(&s, SIDE_SERVER, drop, &at) == 1)
			asked += start_is_ripe(&s, drop);
		assert_in_range(asked, 64, 128);
		(void)start_add(&s, SIDE_CLIENT, drop, &at);
		assert_true(start_is_ripe(&s, drop));
		assert_false(start_is_ripe(&s, drop));
		start_clear(&s);
	}
}

/* Behind the end of a line it is the same whether the line came at once or byte by byte. */
static void
asking_does_not_hang_on_how_a_line_is_cut(void **state)
{
	const struct frame_ref at = { 1, 1, 0 };
	struct start whole = { 0 }, cut = { 0 };

	(void)state;
	for (int line = 0; line < 400; line++) {
		enum side from = line % 100 == 99 ? SIDE_CLIENT : SIDE_SERVER;

		(void)start_add(&whole, from, span_text("12345\n"), &at);
		for (int byte = 0; byte < 5; byte++) {
			(void)start_add(&cut, from, span_text("1"), &at);
			(void)start_is_ripe(&cut, span_text("1"));
		}
		(void)start_add(&cut, from, span_text("\n"), &at);
		assert_int_equal(start_is_ripe(&cut, span_text("\n")),
		    start_is_ripe(&whole, span_text("12345\n")));
	}
	start_clear(&whole);
	start_clear(&cut);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openings_are_told_apart),
		cmocka_unit_test(foreign_openings_are_not_taken_for_mail),
		cmocka_unit_test(a_preface_is_taken_off_and_the_rest_stays),
		cmocka_unit_test(the_limits_hold),
		cmocka_unit_test(a_pause_begins_a_turn),
		cmocka_unit_test(what_drips_is_not_worth_asking_each_time),
		cmocka_unit_test(asking_does_not_hang_on_how_a_line_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
