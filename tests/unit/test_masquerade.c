/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server in disguise: whatever its first words are, or were made to be by
 * somebody in the path, what the client says tells whose session it is. And a
 * client's, forged before it says its own: the server tells.
 */
#include "unit.h"

#include "dialect/dialect.h"
#include "session/conversation.h"

enum { NEUTRAL_PORT = 20999 };

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1


/* First words that are somebody else's, or nobody's. */
static const struct {
	const char *name;
	const uint8_t *p;
	size_t n;
} disguises[] = {
	{ "SMTP", BYTES("220 a.example ESMTP ready\r\n") },
	{ "LMTP", BYTES("220 a.example LMTP ready\r\n") },
	{ "FTP", BYTES("220 a.example FTP server\r\n") },
	{ "NNTP", BYTES("200 a.example InterNetNews NNRP server\r\n") },
	{ "POP3", BYTES("+OK a.example POP3 ready\r\n") },
	{ "IMAP", BYTES("* OK a.example IMAP4rev1 ready\r\n") },
	{ "IMAP without its blank", BYTES("*OK a.example IMAP4rev1 ready\r\n") },
	{ "a farewell", BYTES("* BYE \"a.example\"\r\n") },
	{ "MUPDATE", BYTES("* OK MUPDATE \"a.example\" \"a\" \"1\" \"(master)\"\r\n") },
	{ "MUPDATE's mechanisms", BYTES("* AUTH PLAIN\r\n") },
	{ "MUPDATE's offer", BYTES("* STARTTLS\r\n") },
	{ "ACAP", BYTES("* ACAP (IMPLEMENTATION \"a\") (SASL \"PLAIN\")\r\n") },
	{ "ManageSieve", BYTES("\"IMPLEMENTATION\" \"a\"\r\nOK\r\n") },
	{ "IRC", BYTES(":a.example NOTICE * :hello\r\n") },
	{ "IRC before names", BYTES("NOTICE AUTH :*** hello\r\n") },
	{ "VNC", BYTES("RFB 003.008\n") },
	{ "telnet", BYTES("\xff\xfd\x18\xff\xfd\x20") },
	{ "HTTP", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") },
	{ "XMPP", BYTES("<stream:stream xmlns='jabber:client' "
	    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>") },
	{ "NBD", BYTES("NBDMAGICIHAVEOPT\0\3") },
	{ "MySQL", BYTES("\x36\0\0\0\x0a" "8.0.1\0\1\0\0\0abcdefgh\0\xff\xf7\x08\2\0\xff\xc1\x15"
	    "\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0") },
	{ "SSH", BYTES("SSH-2.0-example\r\n") },
	{ "words", BYTES("welcome\r\n") },
	{ "an empty line", BYTES("\r\n") },
	{ "half a line", BYTES("22") },
	{ "zeroes", BYTES("\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ "a byte", BYTES("N") },
};

/* What only clients of that dialect say, and what they are answered. */
static const struct {
	const char *dialect;
	const uint8_t *says;
	size_t says_n;
	const uint8_t *answer;
	size_t answer_n;
	bool port_only;		/* where the server's words help nobody, only the port does */
} clients[] = {
	{ "smtp", BYTES("EHLO c.example\r\n"), BYTES("250-a.example\r\n250 SIZE\r\n"), false },
	{ "smtp", BYTES("HELO c.example\r\n"), BYTES("\n250 a.example\r\n"), false },
	{ "lmtp", BYTES("LHLO c.example\r\n"), BYTES("250-a.example\r\n250 SIZE\r\n"), true },
	{ "imap", BYTES("a1 CAPABILITY\r\n"), BYTES("* CAPABILITY IMAP4rev1\r\na1 OK\r\n"), true },
	{ "imap", BYTES("a1 LOGIN ann secret\r\n"), BYTES("a1 OK hello\r\n"), true },
	{ "imap", BYTES("a1 ID NIL\r\n"), BYTES("* ID NIL\r\na1 OK\r\n"), true },
	{ "imap", BYTES("a1 NOOP\r\na2 CAPABILITY\r\n"), BYTES("a1 OK done\r\n"), true },
	{ "imap", BYTES("a1 AUTHENTICATE PLAIN\r\n"), BYTES("+ \r\n"), true },
	{ "imap", BYTES("a1 STARTTLS\r\n"), BYTES("a1 OK go\r\n"), true },
	{ "mupdate", BYTES("A1 FIND \"user.ann\"\r\n"), BYTES("A1 OK \"done\"\r\n"), true },
	{ "acap", BYTES("A1 LISTRIGHTS \"a\"\r\n"), BYTES("A1 OK \"done\"\r\n"), true },
	{ "pop3", BYTES("CAPA\r\n"), BYTES("+OK\r\nUSER\r\n.\r\n"), true },
	{ "pop3", BYTES("STLS\r\n"), BYTES("-ERR no\r\n"), true },
	{ "sieve", BYTES("AUTHENTICATE \"PLAIN\"\r\n"), BYTES("\"\"\r\n"), true },
	{ "sieve", BYTES("LISTSCRIPTS\r\n"), BYTES("OK\r\n"), true },
	{ "http", BYTES("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"),
	    BYTES("HTTP/1.1 204 Nothing\r\n\r\n"), true },
	{ "ftp", BYTES("FEAT\r\n"), BYTES("211 none\r\n"), true },
	{ "ftp", BYTES("SYST\r\n"), BYTES("215 UNIX Type: L8\r\n"), true },
	{ "nntp", BYTES("CAPABILITIES\r\n"), BYTES("101 list\r\nREADER\r\n.\r\n"), true },
	{ "xmpp", BYTES("<?xml version='1.0'?><stream:stream to='a.example' xmlns='jabber:client' "
	    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"),
	    BYTES("<?xml version='1.0'?>"), false },
	{ "irc", BYTES("CAP LS 302\r\nNICK ann\r\n"), BYTES(":a.example CAP * LS :\r\n"), true },
	{ "nut", BYTES("USERNAME ann\r\n"), BYTES("OK\r\n"), true },
	{ "postgresql", BYTES("\0\0\0\x08\x04\xd2\x16\x2f"), BYTES("N"), true },
	{ "tds", BYTES("\x12\1\0\x1a\0\0\0\0\0\0\x0b\0\6\1\0\x11\0\1\xff\x0f\0\0\0\0\0\1"),
	    BYTES("\4\1\0\x1a\0\0\0\0\0\0\x0b\0\6\1\0\x11\0\1\xff\x0f\0\0\0\0\0\2"), false },
	{ "ldap", BYTES("\x30\x1d\2\1\1\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037"),
	    BYTES("\x30\x0c\2\1\1\x78\7\x0a\1\2\4\0\4\0"), false },
	{ "rdp", BYTES("\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\1\0\0\0"),
	    BYTES("\3\0\0\x13\x0e\xd0\0\0\0\0\0\2\0\x08\0\0\0\0\0"), false },
	{ "amqp", BYTES("AMQP\2\1\0\0"), BYTES("AMQP\3\1\0\0"), false },
	{ "kerberos", BYTES("\x80\0\0\1"), BYTES("\0\0\0\0"), false },
	{ "mysql", BYTES("\x24\0\0\1\x85\xa6\xff\x01\0\0\0\1\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0ann\0"), BYTES("\7\0\0\2\0\0\0\2\0\0\0"), true },
	{ "nbd", BYTES("\0\0\0\3IHAVEOPT\0\0\0\5\0\0\0\0"), BYTES("\0\3\xe8\x89\x04\x55\x65\xa9"
	    "\0\0\0\5\x80\0\0\1\0\0\0\0"), true },
};

/* The whole conversation; the dialect must also stay with what it has claimed. */
static void
converse(size_t client, size_t disguise, uint16_t port, struct observation *seen_r)
{
	static struct conversation c;
	struct flow flow = { .tuple.port = { 40000, port }, .handshake = true, .end = FLOW_FIN,
		.packets = { 5, 5 } };
	const struct frame_ref at = { 1, 1, 0 };

	conversation_start(&c, &flow);
	(void)conversation_bytes(&c, SIDE_SERVER,
	    span_of(disguises[disguise].p, disguises[disguise].n), &at);
	(void)conversation_bytes(&c, SIDE_CLIENT,
	    span_of(clients[client].says, clients[client].says_n), &at);
	(void)conversation_bytes(&c, SIDE_SERVER,
	    span_of(clients[client].answer, clients[client].answer_n), &at);
	conversation_end(&c, &at);
	conversation_snapshot(&c, seen_r);
	conversation_free(&c);
}

static unsigned
is_deceived(size_t client, size_t disguise, uint16_t port)
{
	static struct observation seen;

	converse(client, disguise, port, &seen);
	if (strcmp(seen.dialect, clients[client].dialect) == 0)
		return 0;
	print_error("%s (client %zu) on port %u, behind the words of %s, is taken for %s\n",
	    clients[client].dialect, client, (unsigned)port, disguises[disguise].name,
	    seen.dialect[0] != '\0' ? seen.dialect : "nobody's");
	return 1;
}

static void
no_words_of_a_server_hide_its_clients(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t c = 0; c < sizeof(clients) / sizeof(clients[0]); c++) {
		for (size_t d = 0; d < sizeof(disguises) / sizeof(disguises[0]); d++) {
			wrong += is_deceived(c, d,
			    dialect_by_name(clients[c].dialect)->ports[0]);
			if (!clients[c].port_only)
				wrong += is_deceived(c, d, NEUTRAL_PORT);
		}
	}
	assert_int_equal(wrong, 0);
}

/* Openings that somebody forged in the client's name, and how often they are repeated. */
static const struct {
	const char *name;
	const uint8_t *p;
	size_t n;
	unsigned times;
} forged[] = {
	{ "six bytes of a ClientHello", BYTES("\x16\3\1\1\x40\1"), 1 },
	{ "a ClientHello's beginning", BYTES("\x16\3\1\1\x40\1\0\1\x3c\3\3"), 1 },
	{ "a line's end in it", BYTES("\x16\3\1\1\x40\1\0\1\x3c\3\3\r\n\r\n"), 1 },
	{ "SSLv2", BYTES("\x80\x2e\1\3\1\0\x15\0\0\0\x10"), 1 },
	{ "a ClientHello longer than an opening",
	    BYTES("\x16\3\1\x3f\xff\1\0\x3f\xfb\3\3abcdefghijklmnopqrstu"), 256 },
	{ "a line of nobody's", BYTES("hello there\r\n"), 1 },
	{ "many lines of nobody's", BYTES("hello there\r\n"), 40 },
	{ "more of them than an opening holds", BYTES("hello there, whoever you are.\r\n"), 200 },
	{ "bytes of nobody's", BYTES("\1\2\3\4\5\6\7\xff\xfe\xfd"), 1 },
	{ "HTTP", BYTES("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"), 1 },
	{ "half a request of HTTP", BYTES("GET / HTTP/1.1\r\n"), 1 },
	{ "an SSLRequest of PostgreSQL", BYTES("\0\0\0\10\4\xd2\x16\x2f"), 1 },
	{ "a line longer than an opening", BYTES("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"), 256 },
};

/* Servers that speak first, and answer whom nobody hears any more. */
static const struct {
	const char *dialect, *greeting, *answers;
} servers[] = {
	{ "smtp", "220 a.example ESMTP\r\n", "250-a.example\r\n250 STARTTLS\r\n454 no\r\n" },
	{ "smtp", "220 a.example\r\n", "250-a.example\r\n250 STARTTLS\r\n454 no\r\n" },
	{ "lmtp", "220 a.example LMTP\r\n", "250-a.example\r\n250 STARTTLS\r\n" },
	{ "imap", "* OK ready\r\n", "* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n" },
	{ "pop3", "+OK ready\r\n", "+OK\r\nSTLS\r\n.\r\n-ERR no\r\n" },
	{ "ftp", "220 FTP server\r\n", "211-\r\n AUTH TLS\r\n211 End\r\n534 no\r\n" },
	{ "nntp", "200 a.example\r\n", "101 list\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n" },
	{ "sieve", "\"IMPLEMENTATION\" \"a\"\r\n\"SIEVE\" \"fileinto\"\r\n\"STARTTLS\"\r\n"
	    "OK\r\n", "NO \"later\"\r\n" },
};

static void
forge(size_t server, size_t opening, struct observation *seen_r)
{
	static struct conversation c;
	struct flow flow = { .tuple.port = { 40000, dialect_by_name(servers[server].dialect)
		->ports[0] }, .handshake = true, .packets = { 5, 5 } };
	const struct span bytes = span_of(forged[opening].p, forged[opening].n);
	const struct frame_ref at = { 1, 1, 0 };

	conversation_start(&c, &flow);
	for (unsigned i = 0; i < forged[opening].times; i++)
		(void)conversation_bytes(&c, SIDE_CLIENT, bytes, &at);
	(void)conversation_bytes(&c, SIDE_SERVER, span_text(servers[server].greeting), &at);
	conversation_conflict(&c, SIDE_CLIENT, bytes, span_text("HELLO"), &at);
	(void)conversation_bytes(&c, SIDE_SERVER, span_text(servers[server].answers), &at);
	flow.end = FLOW_FIN;
	conversation_end(&c, &at);
	conversation_snapshot(&c, seen_r);
	conversation_free(&c);
}

static void
no_forged_opening_hides_what_follows(void **state)
{
	static struct observation seen;
	unsigned wrong = 0;

	(void)state;
	for (size_t s = 0; s < sizeof(servers) / sizeof(servers[0]); s++) {
		for (size_t o = 0; o < sizeof(forged) / sizeof(forged[0]); o++) {
			forge(s, o, &seen);
			if (strcmp(seen.dialect, servers[s].dialect) == 0 &&
			    observation_has(&seen, MARK_CONFLICT))
				continue;
			print_error("%s is taken for %s behind %s, with%s conflict\n",
			    servers[s].dialect, seen.dialect[0] != '\0' ? seen.dialect :
			    "nobody's", forged[o].name,
			    observation_has(&seen, MARK_CONFLICT) ? "" : "out");
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_words_of_a_server_hide_its_clients),
		cmocka_unit_test(no_forged_opening_hides_what_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
