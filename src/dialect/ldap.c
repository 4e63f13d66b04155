/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LDAP: framing of messages (RFC 4511 §4.1.1, §5.1), what happens to it behind
 * holes and SASL layers, and how to tell it from what else begins with 0x30.
 */
#include "dialect/ldap.h"

#include <string.h>

enum {
	MESSAGE_BYTES_MAX = 16 * 1024 * 1024,	/* servers take less from strangers, AD 10 MB */
	KEEP_BYTES_MAX = 32768,		/* a message up to this long is read whole */
	FIND_BYTES = 24,		/* enough to tell whether a message begins */
};

const char ldap_starttls_oid[] = "1.3.6.1.4.1.1466.20037";

enum ldap_waiting
ldap_waits(const struct ldap *l, uint32_t id)
{
	for (unsigned i = 0; i < l->waiting_count; i++) {
		if (l->waiting[i].id == id)
			return (enum ldap_waiting)l->waiting[i].what;
	}
	return LDAP_NOTHING;
}

static void
forget(struct ldap *l, unsigned i)
{
	l->waiting_count--;
	memmove(&l->waiting[i], &l->waiting[i + 1],
	    (l->waiting_count - i) * sizeof(l->waiting[0]));
}

/* The request for TLS is kept to the last. */
static void
make_room(struct ldap *l)
{
	if (l->waiting_count < LDAP_WAITING_MAX)
		return;
	forget(l, l->waiting[0].what == LDAP_STARTTLS);
	l->holes = true;
}

void
ldap_wait(struct ldap *l, uint32_t id, enum ldap_waiting what)
{
	for (unsigned i = 0; i < l->waiting_count; i++) {
		if (l->waiting[i].id == id) {
			forget(l, i);
			break;
		}
	}
	if (what == LDAP_NOTHING)
		return;
	make_room(l);
	l->waiting[l->waiting_count].id = id;
	l->waiting[l->waiting_count].what = (uint8_t)what;
	l->waiting_count++;
}

static bool
is_request(uint8_t tag)
{
	switch (tag) {
	case LDAP_BIND_REQUEST:
	case LDAP_UNBIND_REQUEST:
	case LDAP_SEARCH_REQUEST:
	case LDAP_MODIFY_REQUEST:
	case LDAP_ADD_REQUEST:
	case LDAP_DELETE_REQUEST:
	case LDAP_RENAME_REQUEST:
	case LDAP_COMPARE_REQUEST:
	case LDAP_ABANDON_REQUEST:
	case LDAP_EXTENDED_REQUEST:
		return true;
	default:
		return false;
	}
}

static bool
is_response(uint8_t tag)
{
	switch (tag) {
	case LDAP_BIND_RESPONSE:
	case LDAP_SEARCH_ENTRY:
	case LDAP_SEARCH_DONE:
	case LDAP_SEARCH_REFERENCE:
	case LDAP_MODIFY_RESPONSE:
	case LDAP_ADD_RESPONSE:
	case LDAP_DELETE_RESPONSE:
	case LDAP_RENAME_RESPONSE:
	case LDAP_COMPARE_RESPONSE:
	case LDAP_EXTENDED_RESPONSE:
	case LDAP_INTERMEDIATE_RESPONSE:
		return true;
	default:
		return false;
	}
}

/*
 * Number and operation at the front of a message's content, of which less than
 * content_bytes may be there. 0 when more are needed.
 */
static long
read_content(struct span content, uint32_t content_bytes, enum side from,
    struct ldap_message *m_r)
{
	struct span rest = content;
	struct ber number;
	long begin = ber_begin(content, &number);

	if (begin <= 0)
		return begin;
	if (number.tag != BER_INTEGER || number.length > sizeof(uint64_t))
		return -1;
	if (number.content.n < number.length)
		return 0;
	if (!ber_number(&rest, BER_INTEGER, &m_r->id))
		return -1;
	begin = ber_begin(rest, &m_r->operation);
	if (begin <= 0)
		return begin;
	if (!(from == SIDE_CLIENT ? is_request : is_response)(m_r->operation.tag))
		return -1;
	if (m_r->operation.length > content_bytes - (content.n - rest.n) - (size_t)begin)
		return -1;
	return 1;
}

/* Bytes that the message at the front has in all; 0 for more, -1 when it is none. */
static long
read_begin(struct span in, enum side from, struct ldap_message *m_r)
{
	struct ber outer;
	long begin = ber_begin(in, &outer), read;

	if (begin <= 0)
		return begin;
	if (outer.tag != BER_SEQUENCE || outer.length > MESSAGE_BYTES_MAX)
		return -1;
	read = read_content(outer.content, outer.length, from, m_r);
	if (read == 0 && outer.content.n == outer.length)
		return -1;
	return read > 0 ? begin + (long)outer.length : read;
}

/* What is no message: something else than LDAP, a SASL layer, or bytes out of place. */
static long
give_up(struct ldap *l, enum side from, struct facts *facts)
{
	/* nobody's words but the client's say that this is no LDAP */
	if (!l->begun && from == SIDE_CLIENT)
		return -1;
	if (!l->may_wrap)
		return pdu_lost(&l->pdus[from], facts);
	facts->unit = UNIT_UNREADABLE;
	facts_done(facts);
	return 1;
}

static long
ldap_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct ldap *l = state;
	struct pdu_reader *pdus = &l->pdus[from];
	struct ldap_message m;
	struct span head;
	long size, used;

	if (pdus->skip > 0)
		return pdu_rest(pdus, in, facts);
	size = read_begin(in, from, &m);
	/* behind a hole the beginning of a message is not waited for, it must be there */
	if (size < 0 || (size == 0 && pdus->is_lost && in.n >= FIND_BYTES))
		return give_up(l, from, facts);
	if (size == 0)
		return 0;
	used = pdu_take(pdus, in, (uint32_t)size, KEEP_BYTES_MAX, &head, facts);
	if (used == 0)
		return 0;
	read_begin(head, from, &m);
	l->begun = true;
	if (from == SIDE_CLIENT)
		ldap_client_message(l, &m, facts);
	else
		ldap_server_message(l, &m, facts);
	return used;
}

static void
ldap_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct ldap *l = state;

	if (!pdu_gap(&l->pdus[from], count, facts))
		l->holes = true;
}

/* Is there an answer among what the server says, or may there be one at its front? */
static bool
may_answer(struct span server)
{
	struct ldap_message m;

	if (read_begin(server, SIDE_SERVER, &m) >= 0)
		return true;
	/* words of another may stand in front */
	for (; server.n > 0; span_skip(&server, 1)) {
		if (read_begin(server, SIDE_SERVER, &m) > 0)
			return true;
	}
	return false;
}

/* RFC 4511 §4.1.1; SNMP over TCP begins alike, but an OCTET STRING follows its number. */
static enum probe
ldap_probe(const struct opening *opening)
{
	const struct span *said = opening->said;
	struct ldap_message m;
	long size;

	if (said[SIDE_CLIENT].n > 0) {
		size = read_begin(said[SIDE_CLIENT], SIDE_CLIENT, &m);
		if (size == 0)
			return PROBE_MORE;
		if (size < 0)
			return PROBE_NO;
		return may_answer(said[SIDE_SERVER]) ? PROBE_YES : PROBE_LIKELY;
	}
	/* a server does not speak first: its client is not seen */
	size = read_begin(said[SIDE_SERVER], SIDE_SERVER, &m);
	if (size == 0)
		return PROBE_MORE;
	return size > 0 ? PROBE_WEAK : PROBE_NO;
}

const struct dialect dialect_ldap = {
	.name = "ldap",
	.rfcs = "4511 4513 3062",
	.ports = { 389, 3268 },
	.implicit_ports = { 636, 3269 },
	.alpn = "ldap",
	.traits = TRAIT_TLS_MAY_END | TRAIT_ASKS_LATE | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct ldap),
	.offer = "OID in the root DSE",
	.request = "extended operation",
	.grant = "result 0",
	.tells = "cleartext-redirect required-violated",
	.probe = ldap_probe,
	.feed = ldap_feed,
	.disclose = ldap_disclose,
	.gap = ldap_gap,
};
