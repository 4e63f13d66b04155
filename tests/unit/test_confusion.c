/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nobody claims what is not theirs: every transcript is shown to every other
 * dialect, from its first byte on, and played on everybody's port.
 */
#include "unit.h"

#include "base/text.h"
#include "dialect/dialect.h"
#include "dialect/opening.h"
#include "dialect/refusal.h"
#include "player.h"
#include "session/start.h"
#include "transcripts.h"

enum { NEUTRAL_PORT = 54321, PREFIX_MAX = 400 };

/* Whose it is by itself, whatever the port: "" where only the port can tell. */
static const char *
owner(const struct row *row, uint16_t port, struct observation *seen)
{
	struct row moved = *row;

	moved.port = port;
	play_row(&moved, &(struct play){ .style = PLAY_WHOLE }, seen);
	return seen->tunnel_to != 0 ? "http" : seen->dialect;
}

/* Whether its own dialect is sure by now; then nobody else is asked any more. */
static bool
is_settled(const struct opening *opening, const char *own)
{
	const struct dialect *d = dialect_by_name(own);

	return d != NULL && d->probe(opening) == PROBE_YES;
}

/* Is the word in the list? */
static bool
names(const char *list, const char *word)
{
	const char *at = strstr(list, word);

	return word[0] != '\0' && at != NULL && (at == list || at[-1] == ' ') &&
	    (at[strlen(word)] == '\0' || at[strlen(word)] == ' ');
}

/* Is it the other one of mail's, behind a hello that nobody saw? There they are alike. */
static bool
is_mail_under_way(const struct row *row, const char *name)
{
	static const char mail[] = "smtp lmtp";

	return row->mid_stream && names(mail, name) && names(mail, row->dialect);
}

/* A tag, STARTTLS and an answer are all alike in these. */
static const char tagged[] = "imap acap mupdate";

/* So is STARTTLS alone, behind a line that its server may not have said. */
static const char asking[] = "irc nut";

/* Told apart by the port alone, where no more was seen than this. */
static bool
is_alike(const char *a, const char *b)
{
	static const char *const families[] = {
		"smtp lmtp ftp nntp",	/* three digits */
		"ftp pop3",		/* USER and PASS */
		"sieve nut", "ftp nut",	/* STARTTLS, which a client says to the wrong server */
		asking,
		tagged,
	};

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (names(families[i], a) && names(families[i], b))
			return true;
	}
	return false;
}

/* Does the client begin with words that its own dialect does not know, or not alone? */
static bool
says_nothing_of_its_own(const struct row *row)
{
	const struct dialect *d = dialect_by_name(row->dialect);
	struct opening o = { .first = SIDE_CLIENT };

	for (size_t i = 0; i < row->step_count && o.said[SIDE_CLIENT].n == 0; i++) {
		if (row->steps[i].kind == STEP_BYTES && row->steps[i].from == SIDE_CLIENT)
			o.said[SIDE_CLIENT] = buffer_span(&row->steps[i].bytes[0]);
	}
	return names(tagged, row->dialect) || names(asking, row->dialect) ||
	    (o.said[SIDE_CLIENT].n > 0 && d->probe(&o) == PROBE_NO);
}

static struct opening
all_of(const struct row *row, struct buffer said[2])
{
	for (size_t i = 0; i < row->step_count; i++) {
		const struct step *s = &row->steps[i];

		if (s->kind == STEP_BYTES)
			(void)buffer_add(&said[s->from], buffer_span(&s->bytes[0]),
			    OPENING_BYTES_MAX);
	}
	return (struct opening){ .first = SIDE_SERVER,
		.said = { buffer_span(&said[SIDE_CLIENT]), buffer_span(&said[SIDE_SERVER]) } };
}

/* Does it begin with a word of another's that the server refuses? That is for no probe to tell. */
static bool
begins_refused(const struct row *row, const char *other)
{
	static const char mail[] = "smtp lmtp";
	struct buffer said[2] = { 0 };
	struct opening o = all_of(row, said);
	struct refusal refusal;

	opening_refusal(&o, &refusal);
	buffer_clear(&said[SIDE_CLIENT]);
	buffer_clear(&said[SIDE_SERVER]);
	return refusal.bytes > 0 && (says_nothing_of_its_own(row) ||
	    (names(mail, other) && names(mail, row->dialect)));
}

/* A server of which no client has wanted anything yet may be what its banner says. */
static bool
is_deceived(const struct opening *o, const char *a, const char *b)
{
	static const char banners[] = "smtp lmtp ftp telnet";
	struct opening_lines lines;

	opening_read_lines(o, &lines);
	return !lines.verb_tells && !o->more[SIDE_CLIENT] && names(banners, a) &&
	    names(banners, b);
}

/* Does the client speak like that, or has nobody asked it yet? A server may say anything. */
static bool
is_believed(const struct dialect *d, const struct opening *o)
{
	struct opening alone = *o;

	alone.first = SIDE_CLIENT;
	alone.said[SIDE_SERVER].n = 0;
	return o->said[SIDE_CLIENT].n > 0 ? d->probe(&alone) >= PROBE_WEAK : !o->more[SIDE_CLIENT];
}

static unsigned
claims(const struct row *row, const struct opening *opening, const char *own)
{
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		bool alike = (names(tagged, (*d)->name) && names(tagged, row->dialect)) ||
		    is_mail_under_way(row, (*d)->name);

		if (strcmp((*d)->name, own) == 0 || strcmp((*d)->name, row->dialect) == 0 ||
		    alike || begins_refused(row, (*d)->name) ||
		    is_deceived(opening, (*d)->name, row->dialect) ||
		    (*d)->probe(opening) != PROBE_YES || !is_believed(*d, opening))
			continue;
		print_error("%s:%u: %s: %s claims it after %zu and %zu bytes\n", row->file,
		    row->line, row->name, (*d)->name, opening->said[SIDE_CLIENT].n,
		    opening->said[SIDE_SERVER].n);
		return 1;
	}
	return 0;
}

/* Has the client anything to say? Until then nobody believes its server. */
static bool
speaks_later(const struct row *row)
{
	for (size_t i = 0; i < row->step_count; i++) {
		if (row->steps[i].kind == STEP_BYTES && row->steps[i].from == SIDE_CLIENT)
			return true;
	}
	return false;
}

/* The opening as it stands, cut short behind any byte of what came last. */
static unsigned
prefixes_are_claimed(const struct row *row, const struct opening *whole, enum side last,
    size_t before, const char *own, bool *settled_r)
{
	struct opening o = *whole;

	for (size_t n = before + 1; n <= whole->said[last].n && n <= PREFIX_MAX; n++) {
		o.said[last] = span_head(whole->said[last], n);
		for (int more = speaks_later(row) && last == SIDE_SERVER; more <= 1; more++) {
			o.more[SIDE_CLIENT] = o.more[SIDE_SERVER] = more != 0;
			if (claims(row, &o, own) != 0)
				return 1;
		}
		o.more[SIDE_CLIENT] = o.more[SIDE_SERVER] = true;
		*settled_r = is_settled(&o, own);
		if (*settled_r)
			return 0;
	}
	return 0;
}

static unsigned
foreign_dialects_decline(const struct row *row)
{
	static struct observation seen;
	const char *own = owner(row, row->port, &seen);
	struct buffer said[2] = { 0 };
	struct opening o = { 0 };
	unsigned wrong = 0;
	bool begun = false, settled = false;

	for (size_t i = 0; i < row->step_count && wrong == 0 && !settled; i++) {
		const struct step *s = &row->steps[i];
		size_t before = said[s->from].n;

		if (s->kind == STEP_WAIT)
			continue;
		if (s->kind != STEP_BYTES || before + s->bytes[0].n > OPENING_BYTES_MAX ||
		    !buffer_add(&said[s->from], buffer_span(&s->bytes[0]), OPENING_BYTES_MAX))
			break;
		if (!begun)
			o.first = s->from;
		begun = true;
		o.said[s->from] = buffer_span(&said[s->from]);
		wrong = prefixes_are_claimed(row, &o, s->from, before, own, &settled);
	}
	buffer_clear(&said[SIDE_CLIENT]);
	buffer_clear(&said[SIDE_SERVER]);
	return wrong;
}

/*
 * Does the server, on a port of that dialect, speak like one of its servers, and less like one
 * of its own, or refuse whatever it is asked? Then others are not believed there.
 */
static bool
is_at_home(const struct row *row, const struct dialect *d)
{
	struct buffer said[2] = { 0 };
	struct opening server = all_of(row, said);
	struct refusal refusal;
	enum probe foreign, own;

	opening_refusal(&server, &refusal);
	server.said[SIDE_CLIENT].n = 0;
	foreign = d->probe(&server);
	own = dialect_by_name(row->dialect)->probe(&server);
	buffer_clear(&said[SIDE_CLIENT]);
	buffer_clear(&said[SIDE_SERVER]);
	return foreign >= PROBE_WEAK && (own == PROBE_NO || refusal.bytes > 0);
}

static unsigned
ports_do_not_decide(const struct row *row)
{
	static struct observation seen;
	char sure[DIALECT_NAME_SIZE];
	unsigned wrong = 0;

	text_copy(sure, sizeof(sure), owner(row, NEUTRAL_PORT, &seen));
	/* a server in disguise, and a client that does not say enough: its port alone tells */
	if (strcmp(sure, row->dialect) != 0 &&
	    strcmp(owner(row, row->port, &seen), row->dialect) == 0)
		return 0;
	for (const struct dialect *const *d = dialect_table; *d != NULL && wrong == 0; d++) {
		const char *have = owner(row, (*d)->ports[0], &seen);
		/* words of a greeting are weaker than the port */
		bool by_words = (says_nothing_of_its_own(row) && is_alike(have, row->dialect)) ||
		    is_mail_under_way(row, have);
		bool at_home = (have[0] == '\0' || strcmp(have, (*d)->name) == 0) &&
		    (is_at_home(row, *d) || begins_refused(row, have));
		bool good = sure[0] != '\0' ? strcmp(have, sure) == 0 || by_words || at_home :
		    row->mid_stream || have[0] == '\0' || strcmp(have, row->dialect) == 0 ||
		    is_alike(have, row->dialect);

		if (!good)
			print_error("%s:%u: %s: on port %u it is %s\n", row->file, row->line,
			    row->name, (unsigned)(*d)->ports[0],
			    have[0] != '\0' ? have : "nobody's");
		wrong = !good;
	}
	return wrong;
}

static void
nobody_claims_another_dialect(void **state)
{
	(void)state;
	transcripts_check(foreign_dialects_decline);
}

static void
a_wrong_port_misleads_nobody(void **state)
{
	(void)state;
	transcripts_check(ports_do_not_decide);
}

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

/* Protocols that are none of ours: who speaks first, and what is answered. */
static const struct {
	const char *name;
	enum side first;
	const uint8_t *opens;
	size_t opens_n;
	const uint8_t *answers;
	size_t answers_n;
} strangers[] = {
	{ "SSH", SIDE_SERVER, BYTES("SSH-2.0-example\r\n"), BYTES("SSH-2.0-other\r\n") },
	{ "rsync", SIDE_SERVER, BYTES("@RSYNCD: 31.0\n"), BYTES("@RSYNCD: 31.0\n") },
	{ "NATS", SIDE_SERVER, BYTES("INFO {\"server_id\":\"a\"}\r\n"),
	    BYTES("CONNECT {}\r\nPING\r\n") },
	{ "Subversion", SIDE_SERVER, BYTES("( success ( 2 2 ( ) ( edit-pipeline ) ) ) "),
	    BYTES("( 2 )") },
	{ "Redis", SIDE_CLIENT, BYTES("*1\r\n$4\r\nPING\r\n"), BYTES("+PONG\r\n") },
	{ "Redis, typed", SIDE_CLIENT, BYTES("PING\r\n"), BYTES("+PONG\r\n") },
	{ "memcached", SIDE_CLIENT, BYTES("get a\r\n"), BYTES("END\r\n") },
	{ "STOMP", SIDE_CLIENT, BYTES("CONNECT\naccept-version:1.2\n\n\0"),
	    BYTES("CONNECTED\nversion:1.2\n\n\0") },
	{ "RTSP", SIDE_CLIENT, BYTES("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
	    BYTES("RTSP/1.0 200 OK\r\n\r\n") },
	{ "SIP", SIDE_CLIENT, BYTES("OPTIONS sip:a@example.org SIP/2.0\r\n\r\n"),
	    BYTES("SIP/2.0 200 OK\r\n\r\n") },
	{ "ICAP", SIDE_CLIENT, BYTES("OPTIONS icap://a.example/ ICAP/1.0\r\n\r\n"),
	    BYTES("ICAP/1.0 200 OK\r\n\r\n") },
	{ "HTTP/2", SIDE_CLIENT, BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
	    BYTES("\0\0\0\4\0\0\0\0\0") },
	{ "finger", SIDE_CLIENT, BYTES("ann\r\n"), BYTES("Login: ann\r\n") },
	{ "gopher", SIDE_CLIENT, BYTES("\r\n"), BYTES("iWelcome\t\t\t\r\n.\r\n") },
	{ "ident", SIDE_CLIENT, BYTES("6193, 23\r\n"),
	    BYTES("6193, 23 : ERROR : NO-USER\r\n") },
	{ "git", SIDE_CLIENT, BYTES("0032git-upload-pack /a.git\0host=git.example.org\0"),
	    BYTES("00000000") },
	{ "SOCKS 5", SIDE_CLIENT, BYTES("\5\1\0"), BYTES("\5\0") },
	{ "SOCKS 4", SIDE_CLIENT, BYTES("\4\1\0\x19\xc0\0\2\1\0"),
	    BYTES("\0\x5a\0\0\0\0\0\0") },
	{ "SMB", SIDE_CLIENT, BYTES("\0\0\0\x2f\xffSMBr\0\0\0\0\x18\x53\xc8\0\0"),
	    BYTES("\0\0\0\x2f\xfeSMB") },
	{ "DNS", SIDE_CLIENT, BYTES("\0\x1d\0\1\1\0\0\1\0\0\0\0\0\0\7example\3org\0\0\1\0\1"),
	    BYTES("\0\x2d\0\1\x81\x80") },
	{ "BitTorrent", SIDE_CLIENT, BYTES("\x13" "BitTorrent protocol\0\0\0\0\0\0\0\0"),
	    BYTES("\x13" "BitTorrent protocol") },
	{ "MQTT", SIDE_CLIENT, BYTES("\x10\x0f\0\4MQTT\4\2\0\x3c\0\3abc"),
	    BYTES("\x20\2\0\0") },
	{ "X11", SIDE_CLIENT, BYTES("l\0\x0b\0\0\0\0\0\0\0\0\0"), BYTES("\1\0\x0b\0") },
	{ "MongoDB", SIDE_CLIENT,
	    BYTES("\x3a\0\0\0\1\0\0\0\0\0\0\0\xd4\7\0\0\0\0\0\0admin.$cmd\0"),
	    BYTES("\x3a\0\0\0") },
	{ "Cassandra", SIDE_CLIENT, BYTES("\4\0\0\0\5\0\0\0\0"),
	    BYTES("\x84\0\0\0\6\0\0\0\0") },
	{ "Kafka", SIDE_CLIENT, BYTES("\0\0\0\x0a\0\x12\0\0\0\0\0\1\0\0"),
	    BYTES("\0\0\0\x06\0\0\0\1\0\0") },
	{ "Modbus", SIDE_CLIENT, BYTES("\0\1\0\0\0\6\1\3\0\0\0\1"),
	    BYTES("\0\1\0\0\0\5\1\3\2\0\0") },
	{ "BGP", SIDE_CLIENT,
	    BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\x1d\1\4"),
	    BYTES("\xff\xff\xff\xff") },
	{ "RTMP", SIDE_CLIENT, BYTES("\3\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7"),
	    BYTES("\3\0\0\0\0\0\0\0\0") },
	{ "SNMP", SIDE_CLIENT, BYTES("\x30\x26\2\1\1\4\6public\xa0\x19\2\1\1\2\1\0\2\1\0"),
	    BYTES("\x30\x26\2\1\1\4\6public") },
	{ "S7", SIDE_CLIENT,
	    BYTES("\3\0\0\x16\x11\xe0\0\0\0\1\0\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2"),
	    BYTES("\3\0\0\x16\x11\xd0\0\1\0\1\0\xc0\1\x0a") },
	{ "a Flash player", SIDE_CLIENT, BYTES("<policy-file-request/>\0"),
	    BYTES("<cross-domain-policy/>\0") },
	{ "zeroes", SIDE_CLIENT, BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	    BYTES("\0\0\0\0\0\0\0\0") },
	{ "nothing but blanks", SIDE_SERVER, BYTES("    \r\n"), BYTES("    \r\n") },
};

static const struct dialect *
recognised(size_t i, uint16_t port)
{
	const struct frame_ref at = { 1, 1, 0 };
	enum side first = strangers[i].first;
	const struct dialect *dialect = NULL;
	struct start s = { 0 };

	start_add(&s, first, span_of(strangers[i].opens, strangers[i].opens_n), &at);
	start_recognise(&s, port, false, &dialect);
	if (dialect == NULL) {
		start_add(&s, side_other(first),
		    span_of(strangers[i].answers, strangers[i].answers_n), &at);
		start_recognise(&s, port, true, &dialect);
	}
	start_clear(&s);
	return dialect;
}

static void
nobody_claims_a_stranger(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
			for (int p = 0; p < DIALECT_PORTS_MAX && (*d)->ports[p] != 0; p++) {
				const struct dialect *have = recognised(i, (*d)->ports[p]);

				if (have == NULL)
					continue;
				print_error("%s on port %u is taken for %s\n", strangers[i].name,
				    (unsigned)(*d)->ports[p], have->name);
				wrong++;
			}
		}
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_claims_another_dialect),
		cmocka_unit_test(a_wrong_port_misleads_nobody),
		cmocka_unit_test(nobody_claims_a_stranger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
