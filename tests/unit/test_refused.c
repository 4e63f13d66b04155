/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of another protocol that a server has refused, on a port of its own: whoever put
 * them in front of what its client says has not made the session that other protocol's.
 */
#include "unit.h"

#include "dialect/dialect.h"
#include "session/conversation.h"

enum { NEUTRAL_PORT = 20999, TEXT_MAX = 512 };

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

/* What somebody says first, with words that are not this server's. */
static const struct {
	const char *name;
	const uint8_t *p;
	size_t n;
} foreign[] = {
	{ "EHLO", BYTES("EHLO a.example\r\n") },
	{ "HELO", BYTES("HELO a.example\r\n") },
	{ "LHLO", BYTES("LHLO a.example\r\n") },
	{ "MAIL", BYTES("MAIL FROM:<>\r\n") },
	{ "USER", BYTES("USER ann\r\n") },
	{ "PASS", BYTES("PASS x\r\n") },
	{ "SYST", BYTES("SYST\r\n") },
	{ "FEAT", BYTES("FEAT\r\n") },
	{ "HOST", BYTES("HOST a.example\r\n") },
	{ "OPTS", BYTES("OPTS UTF8 ON\r\n") },
	{ "AUTH TLS", BYTES("AUTH TLS\r\n") },
	{ "MODE", BYTES("MODE READER\r\n") },
	{ "GROUP", BYTES("GROUP x\r\n") },
	{ "ARTICLE", BYTES("ARTICLE 1\r\n") },
	{ "CAPABILITIES", BYTES("CAPABILITIES\r\n") },
	{ "AUTHINFO", BYTES("AUTHINFO USER x\r\n") },
	{ "CAPA", BYTES("CAPA\r\n") },
	{ "STLS", BYTES("STLS\r\n") },
	{ "STARTTLS", BYTES("STARTTLS\r\n") },
	{ "tagged CAPABILITY", BYTES("xx CAPABILITY\r\n") },
	{ "tagged STARTTLS", BYTES("xx STARTTLS\r\n") },
	{ "a quoted mechanism", BYTES("xx AUTHENTICATE \"PLAIN\"\r\n") },
	{ "ManageSieve's", BYTES("AUTHENTICATE \"PLAIN\"\r\n") },
	{ "IRC's", BYTES("NICK ann\r\n") },
	{ "a stream header", BYTES("<stream:stream to='a.example' xmlns='jabber:client' "
	    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>\r\n") },
	{ "a bind", BYTES("\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0\r\n") },
	{ "HTTP", BYTES("GET / HTTP/1.1\r\n") },
	{ "NUT's", BYTES("USERNAME ann\r\n") },
	{ "nobody's", BYTES("FOO\r\n") },
	{ "an extension", BYTES("X-EXPS GSSAPI\r\n") },
	{ "a proxy's", BYTES("XFORWARD NAME=a.example\r\n") },
};

/* Servers that greet first, how they refuse ("%": the tag), and what their clients say. */
static const struct {
	const char *dialect, *greeting, *refusal, *says, *answer;
	bool anywhere;		/* the greeting names it, so no port is needed */
} servers[] = {
	{ "smtp", "220 a.example ESMTP\r\n", "502 5.5.2 not recognized\r\n",
	    "EHLO c.example\r\n", "250-a.example\r\n250 STARTTLS\r\n", true },
	{ "smtp", "220 a.example ready\r\n", "500 what?\r\n",
	    "EHLO c.example\r\n", "250-a.example\r\n250 STARTTLS\r\n", false },
	{ "smtp", "220 a.example ready\r\n", "402 4.5.2 not recognized\r\n",
	    "EHLO c.example\r\n", "250-a.example\r\n250 STARTTLS\r\n", false },
	{ "smtp", "220 ********************\r\n", "500-what?\r\n500 no\r\n",
	    "HELO c.example\r\n", "250 a.example\r\n", false },
	{ "lmtp", "220 a.example LMTP\r\n", "500 5.5.1 what?\r\n",
	    "LHLO c.example\r\n", "250-a.example\r\n250 STARTTLS\r\n", true },
	{ "ftp", "220 a.example FTP server\r\n", "500 not understood\r\n",
	    "USER ann\r\n", "331 password\r\n", true },
	{ "ftp", "220 (a 1.0)\r\n", "530 log in first\r\n", "FEAT\r\n",
	    "211-list\r\n AUTH TLS\r\n211 end\r\n", false },
	{ "nntp", "200 a.example InterNetNews NNRP\r\n", "500 what?\r\n",
	    "CAPABILITIES\r\n", "101 list\r\nREADER\r\nSTARTTLS\r\n.\r\n", true },
	{ "nntp", "201 a.example ready\r\n", "500 what?\r\n", "MODE READER\r\n",
	    "201 here\r\n", false },
	{ "pop3", "+OK a.example ready\r\n", "-ERR unknown\r\n", "CAPA\r\n",
	    "+OK list\r\nSTLS\r\n.\r\n", true },
	{ "imap", "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n", "% BAD unknown\r\n",
	    "a1 LOGIN ann secret\r\n", "a1 OK in\r\n", true },
	{ "imap", "* OK ready\r\n", "* BAD unknown\r\n", "a1 LOGIN ann secret\r\n",
	    "a1 OK in\r\n", true },
	{ "sieve", "\"IMPLEMENTATION\" \"a\"\r\n\"STARTTLS\"\r\nOK\r\n", "NO \"unknown\"\r\n",
	    "LISTSCRIPTS\r\n", "OK\r\n", true },
	{ "acap", "* ACAP (IMPLEMENTATION \"a\") (STARTTLS)\r\n", "% BAD \"unknown\"\r\n",
	    "a1 AUTHENTICATE \"PLAIN\" \"x\"\r\n", "a1 OK \"in\"\r\n", false },
	{ "mupdate", "* AUTH \"PLAIN\"\r\n* STARTTLS\r\n* OK MUPDATE \"a\" \"b\" \"1\" \"c\"\r\n",
	    "% BAD \"unknown\"\r\n", "a1 FIND \"user.ann\"\r\n", "a1 OK \"done\"\r\n", false },
};

enum order { BEHIND, BEFORE, TOGETHER, ALONE, ORDERS };

static const char *const order_names[ORDERS] = {
	"behind the greeting", "before the greeting", "in one segment", "and nothing else",
};

/* Where the refusal begins with a tag, it is the first word that was said, or none ("*"). */
static struct span
refusal_of(size_t server, size_t word, uint8_t *room)
{
	const struct span text = span_text(servers[server].refusal),
	    first = span_of(foreign[word].p, foreign[word].n);
	size_t tag = 0;

	if (span_at(text, 0) != '%')
		return text;
	while (span_at(first, tag) > ' ' && span_at(first, tag) < 0x7f)
		tag++;
	room[0] = '*';
	memcpy(room, first.p, tag);
	tag += tag == 0;
	memcpy(room + tag, text.p + 1, text.n - 1);
	return span_of(room, tag + text.n - 1);
}

static void
say(struct conversation *c, enum side from, struct span bytes)
{
	const struct frame_ref at = { 1, 1, 0 };

	(void)conversation_bytes(c, from, bytes, &at);
}

/* Both in one segment, and so are both answers. */
static void
say_together(struct conversation *c, enum side from, struct span one, struct span two)
{
	uint8_t room[2 * TEXT_MAX];

	memcpy(room, one.p, one.n);
	memcpy(room + one.n, two.p, two.n);
	say(c, from, span_of(room, one.n + two.n));
}

static void
converse(size_t server, size_t word, uint16_t port, enum order order, struct observation *seen_r)
{
	static struct conversation c;
	struct flow flow = { .tuple.port = { 40000, port }, .handshake = true, .end = FLOW_FIN,
		.packets = { 5, 5 } };
	const struct span greeting = span_text(servers[server].greeting),
	    first = span_of(foreign[word].p, foreign[word].n),
	    says = span_text(servers[server].says), answer = span_text(servers[server].answer);
	const struct frame_ref at = { 1, 1, 0 };
	uint8_t room[TEXT_MAX];
	const struct span refusal = refusal_of(server, word, room);

	conversation_start(&c, &flow);
	say(&c, order == BEFORE ? SIDE_CLIENT : SIDE_SERVER, order == BEFORE ? first : greeting);
	if (order == TOGETHER) {
		say_together(&c, SIDE_CLIENT, first, says);
		say_together(&c, SIDE_SERVER, refusal, answer);
	} else {
		say(&c, order == BEFORE ? SIDE_SERVER : SIDE_CLIENT,
		    order == BEFORE ? greeting : first);
		say(&c, SIDE_SERVER, refusal);
	}
	if (order == BEHIND || order == BEFORE) {
		say(&c, SIDE_CLIENT, says);
		say(&c, SIDE_SERVER, answer);
	}
	conversation_end(&c, &at);
	conversation_snapshot(&c, seen_r);
	conversation_free(&c);
}

static unsigned
is_deceived(size_t server, size_t word, uint16_t port, enum order order)
{
	static struct observation seen;

	converse(server, word, port, order, &seen);
	if (strcmp(seen.dialect, servers[server].dialect) == 0)
		return 0;
	print_error("%s (%.17s...) on port %u, asked %s %s, is taken for %s\n",
	    servers[server].dialect, servers[server].greeting, (unsigned)port,
	    foreign[word].name, order_names[order],
	    seen.dialect[0] != '\0' ? seen.dialect : "nobody's");
	return 1;
}

static unsigned
is_deceived_on_its_ports(size_t server, size_t word)
{
	const struct dialect *own = dialect_by_name(servers[server].dialect);
	unsigned wrong = 0;

	for (int p = 0; p < DIALECT_PORTS_MAX && own->ports[p] != 0; p++) {
		for (enum order order = BEHIND; order < ORDERS; order++)
			wrong += is_deceived(server, word, own->ports[p], order);
	}
	return wrong;
}

static void
refused_words_do_not_tell_on_a_servers_own_port(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t s = 0; s < sizeof(servers) / sizeof(servers[0]); s++) {
		for (size_t w = 0; w < sizeof(foreign) / sizeof(foreign[0]); w++)
			wrong += is_deceived_on_its_ports(s, w);
	}
	assert_int_equal(wrong, 0);
}

static void
a_greeting_that_names_its_dialect_needs_no_port(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t s = 0; s < sizeof(servers) / sizeof(servers[0]); s++) {
		for (size_t w = 0; servers[s].anywhere && w < sizeof(foreign) / sizeof(foreign[0]);
		    w++) {
			wrong += is_deceived(s, w, NEUTRAL_PORT, BEHIND);
			wrong += is_deceived(s, w, NEUTRAL_PORT, TOGETHER);
		}
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_words_do_not_tell_on_a_servers_own_port),
		cmocka_unit_test(a_greeting_that_names_its_dialect_needs_no_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
