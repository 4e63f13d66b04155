/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/handshake.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "session/agreed.h"
#include "tls/tls.h"

enum {
	HELLO_BYTES_MAX = 65536, /* a hello longer than this is passed over unread */
	WATCH_BYTES = 65536,	 /* protected bytes after which clear text is not waited for */
};

void
handshake_begin(struct conversation *c, enum side from)
{
	c->tls[from].on = true;
	if (from != SIDE_CLIENT)
		return;
	c->granted = false;
	agreed_begins(c);
	/* what was denied before may come true now */
	if (c->facts.seen->established == FACT_FALSE)
		c->facts.seen->established = FACT_UNKNOWN;
	facts_doubt_ends(&c->facts, true);
	c->facts.moved = true;
	facts_note(&c->facts, MARK_CLIENT_HELLO, "ClientHello");
}

static void
name_choices(struct tls_facts *tls)
{
	const char *cipher = tls_cipher_name(tls->cipher);

	tls->strength = tls_cipher_strength(tls->cipher);
	text_copy(tls->version_name, sizeof(tls->version_name),
	    tls_version_name(tls->version));
	if (cipher != NULL)
		text_copy(tls->cipher_name, sizeof(tls->cipher_name), cipher);
}

static void
established(struct conversation *c)
{
	struct observation *o = c->facts.seen;

	facts_note(&c->facts, MARK_SERVER_HELLO, "ServerHello");
	c->facts.moved = true;
	if (o->established == FACT_UNKNOWN)
		o->established = FACT_TRUE;
	/* the acceptance, or a second request with it, may have been lost, but there was one */
	if (o->requested == FACT_TRUE && (o->accepted == FACT_UNKNOWN ||
	    flow_lost_bytes(c->flow)))
		facts_granted_by_tls(&c->facts);
	agreed_on_tls(c);
}

/* On a port that says nothing, ALPN may name what is inside. */
static void
expect_by_alpn(struct conversation *c)
{
	struct observation *o = c->facts.seen;
	const struct dialect *d = dialect_by_alpn(c->hellos->alpn);

	if (o->implicit && o->dialect_expected[0] == '\0' && d != NULL)
		text_copy(o->dialect_expected, sizeof(o->dialect_expected), d->name);
}

static long
client_hello_unit(struct conversation *c, struct span in)
{
	const struct observation *o = c->facts.seen;
	long used = tls_client_hello(in, c->hellos);

	if (used == 0 && in.n < HELLO_BYTES_MAX)
		return 0;
	expect_by_alpn(c);
	/* TLS of no dialect gets no event, and digests are most of what a hello costs */
	if (used > 0 && (c->dialect != NULL || o->dialect_expected[0] != '\0'))
		tls_client_fingerprint(in, c->hellos);
	c->tls[SIDE_CLIENT].hello = true;
	c->tls[SIDE_CLIENT].understood = used > 0;
	return used > 0 ? used : handshake_unit(c, SIDE_CLIENT, in);
}

/*
 * Up to TLS 1.2 the certificate follows in clear, in the same records or the
 * next: bytes used including it, 0 to wait for the rest of it.
 */
static long
with_certificate(struct conversation *c, struct span in, long hello_bytes)
{
	long used = tls_certificate(in, &c->hellos->certificate);

	return used < 0 ? hello_bytes : used;
}

static long
server_hello_unit(struct conversation *c, struct span in)
{
	long used = tls_server_hello(in, c->hellos);

	if (used == 0 && in.n < HELLO_BYTES_MAX)
		return 0;
	if (used < 0)
		return -1;
	name_choices(c->hellos);
	established(c);
	used = with_certificate(c, in, used);
	if (used == 0 && in.n < HELLO_BYTES_MAX)
		return 0;
	c->tls[SIDE_SERVER].hello = c->tls[SIDE_SERVER].understood = true;
	return used > 0 ? used : handshake_unit(c, SIDE_SERVER, in);
}

enum { TLS_1_3 = 0x0304 };

static void
protection_began(struct conversation *c, struct tls_side *t)
{
	t->protected = true;
	agreed_goes_on(c, t == &c->tls[SIDE_SERVER] ? SIDE_SERVER : SIDE_CLIENT);
	c->facts.moved |= !observation_has(c->facts.seen, MARK_SERVER_HELLO);
	facts_note(&c->facts, MARK_TLS_PROTECTED, "protected record");
}

/*
 * RFC 8446 §6.2: alerts that a receiver sends when what it received is not
 * what was sent, as against a certificate that it does not like.
 */
static bool
says_damaged(uint8_t description)
{
	static const uint8_t damaged[] = {
		10,	/* unexpected_message */
		20,	/* bad_record_mac */
		21,	/* decryption_failed, before TLS 1.3 */
		22,	/* record_overflow */
		47,	/* illegal_parameter */
		50,	/* decode_error */
		51,	/* decrypt_error */
	};

	for (size_t i = 0; i < sizeof(damaged); i++) {
		if (damaged[i] == description)
			return true;
	}
	return false;
}

static void
alert_record(struct conversation *c, const struct tls_side *t,
    const struct tls_record *record)
{
	struct span body = record->fragment;
	uint8_t level, description;

	if (!tls_record_is_fatal_alert(record, c->hellos->version) || t->protected)
		return;
	facts_handshake_broke(&c->facts, MARK_TLS_ALERT, "fatal alert in clear");
	if (span_u8(&body, &level) && span_u8(&body, &description) && says_damaged(description))
		facts_note(&c->facts, MARK_TLS_DAMAGED,
		    "the alert says that bytes were changed on their way");
}

/* What a record's type says; false when more of it must be there first. */
static bool
look_at_record(struct conversation *c, struct tls_side *t, const struct tls_record *record)
{
	switch (record->content) {
	case TLS_CHANGE_CIPHER_SPEC:
		t->cipher_change = true;
		break;
	case TLS_APPLICATION_DATA:
		protection_began(c, t);
		break;
	case TLS_HANDSHAKE:
		/*
		 * Up to TLS 1.2 whatever follows ChangeCipherSpec is protected. In
		 * TLS 1.3 it says nothing (RFC 8446 appendix D.4): the second
		 * ClientHello, after HelloRetryRequest, comes behind one in clear.
		 */
		if (t->cipher_change && c->hellos->version < TLS_1_3)
			protection_began(c, t);
		break;
	case TLS_ALERT:
		if (record->length <= 2 && record->fragment.n < record->length)
			return false;
		alert_record(c, t, record);
		break;
	default:
		break;
	}
	return true;
}

static long
record_unit(struct conversation *c, struct tls_side *t, struct span in)
{
	struct tls_record record;
	long used;

	if (t->skip > 0) {
		used = (long)(in.n < t->skip ? in.n : t->skip);
		t->skip -= (uint32_t)used;
	} else {
		used = tls_record_read(in, &record);
		if (used <= 0)
			return used;
		if (!look_at_record(c, t, &record))
			return 0;
		if ((size_t)used > in.n) {
			t->skip = (uint32_t)((size_t)used - in.n);
			used = (long)in.n;
		}
	}
	if (t->protected)
		t->bytes += (uint64_t)used;
	return used;
}

/* A server may answer with an alert before, or instead of, its hello. */
static bool
is_alert(struct span in)
{
	return span_at(in, 0) == TLS_ALERT;
}

long
handshake_unit(struct conversation *c, enum side from, struct span in)
{
	struct tls_side *t = &c->tls[from];

	if (c->hellos == NULL && (c->hellos = calloc(1, sizeof(*c->hellos))) == NULL) {
		c->facts.done = true;	/* no memory to read on with */
		return (long)in.n;
	}
	if (!t->hello && t->skip == 0) {
		if (from == SIDE_CLIENT)
			return client_hello_unit(c, in);
		if (!is_alert(in))
			return server_hello_unit(c, in);
	}
	return record_unit(c, t, in);
}

/* Once the client has finished, both know that they read the same. */
void
handshake_contest(struct conversation *c, enum side from)
{
	if (!c->tls[SIDE_CLIENT].protected)
		c->tls[from].contested = true;
}

static void
forget_client(struct tls_facts *tls)
{
	tls->client_version = 0;
	tls->sslv2_hello = false;
	tls->client_random_hash = 0;
	tls->sni[0] = tls->alpn[0] = tls->ja3[0] = tls->ja4[0] = '\0';
}

static void
forget_server(struct tls_facts *tls)
{
	tls->version = tls->cipher = 0;
	tls->strength = TLS_STRENGTH_UNKNOWN;
	tls->version_name[0] = tls->cipher_name[0] = tls->ja3s[0] = '\0';
	tls->certificate = (struct tls_certificate){ 0 };
}

void
handshake_facts(const struct conversation *c, struct tls_facts *tls_r)
{
	const bool client = c->tls[SIDE_CLIENT].contested, server = c->tls[SIDE_SERVER].contested;

	if (c->hellos == NULL)
		return;
	*tls_r = *c->hellos;
	if (client)
		forget_client(tls_r);
	if (server)
		forget_server(tls_r);
	/* these are about both hellos */
	if (client || server)
		tls_r->fallback_scsv = tls_r->downgrade_sentinel = false;
}

void
handshake_carried(struct conversation *c, enum side from, struct span tls)
{
	struct tls_side *t = &c->tls[from];
	struct buffer *have = &c->carried[from];
	long used = 1;

	if (tls.n == 0 || c->left_tls[from])
		return;
	if (!tls_begun(t)) {
		handshake_begin(c, from);
		t->on = false;
		t->carried = true;
	}
	if (!buffer_add(have, tls, DIALECT_UNIT_MAX))
		used = -1;
	while (used > 0 && have->n > 0) {
		used = handshake_unit(c, from, buffer_span(have));
		if (used > 0)
			buffer_drop(have, (size_t)used);
	}
	if (used >= 0)
		return;
	buffer_clear(have);
	c->left_tls[from] = true;
	if (!t->protected)
		facts_handshake_broke(&c->facts, MARK_TLS_GARBAGE, "not a TLS record");
}

void
handshake_at_end(struct conversation *c)
{
	const struct tls_side *client = &c->tls[SIDE_CLIENT];

	/*
	 * What was not read to its end may have been protected by then, and a
	 * client that said why it wants no more only clears up.
	 */
	if (c->stage != STAGE_SPEAKING || (c->facts.seen->upgrade == UPGRADE_FAILED &&
	    observation_has(c->facts.seen, MARK_SERVER_HELLO)))
		return;
	if (!tls_begun(client) || client->protected)
		return;
	if (c->flow->end == FLOW_RST)
		facts_handshake_broke(&c->facts, MARK_TLS_RESET, "reset during the handshake");
	else if (!flow_closed(c->flow) && c->facts.seen->established == FACT_TRUE)
		c->facts.seen->established = FACT_UNKNOWN;	/* a reset may be missing */
}

bool
handshake_is_over(const struct conversation *c)
{
	const struct tls_side *client = &c->tls[SIDE_CLIENT], *server = &c->tls[SIDE_SERVER];

	if (!client->protected || !server->protected)
		return false;
	if (c->facts.seen->implicit)
		return true;
	if ((c->facts.seen->traits & TRAIT_TLS_MAY_END) != 0)
		return false;
	return client->bytes + server->bytes >= WATCH_BYTES;
}

/*
 * A hello that waited for the certificate behind it has been read, record by record; of
 * another, its beginning.
 */
void
handshake_redact_rest(struct conversation *c, enum side from)
{
	enum { BEGINNING_BYTES = 11 };	/* a record's header, a message's, and a version */
	const bool said_hello = from == SIDE_SERVER &&
	    observation_has(c->facts.seen, MARK_SERVER_HELLO);
	struct span rest = buffer_span(&c->unread[from]);
	struct tls_record record;
	long used;

	if (agreed_is_unasked(c))
		return;
	while (c->tls[from].on && (used = tls_record_read(rest, &record)) > 0) {
		const bool whole = said_hello && (size_t)used <= rest.n &&
		    span_at(rest, 0) == TLS_HANDSHAKE;

		redaction_show(&c->redaction, from, span_head(rest, whole ? (size_t)used :
		    BEGINNING_BYTES));
		if (!whole)
			break;
		rest = span_tail(rest, (size_t)used);
	}
	if (c->tls[from].on && used == 0 && span_at(rest, 0) == TLS_HANDSHAKE)
		redaction_show(&c->redaction, from, rest);
}
