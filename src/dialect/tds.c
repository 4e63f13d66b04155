/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/tds.h"

enum {
	PACKET_BYTES_MAX = 32768,	/* the largest that may be agreed on */
	CLEAR_BYTES = 2048,	/* as much of a packet without TLS as is looked at */
	STATUS_LAST = 0x01,
	STATUS_BITS = 0x1f,

	OPTION_ENCRYPTION = 0x01,
	OPTION_END = 0xff,
	OPTIONS_MAX = 32,

	LOGIN7_VERSION_AT = 7,	/* the byte of the version that never changed its range */
	LOGIN7_BYTES_MIN = 94,
};

static bool
is_type(uint8_t type)
{
	switch (type) {
	case TDS_SQL_BATCH:
	case TDS_LOGIN_OLD:
	case TDS_RPC:
	case TDS_RESULT:
	case TDS_ATTENTION:
	case TDS_BULK_LOAD:
	case TDS_FED_AUTH:
	case TDS_TRANSACTION:
	case TDS_LOGIN7:
	case TDS_SSPI:
	case TDS_PRELOGIN:
		return true;
	default:
		return false;
	}
}

bool
tds_read_header(struct span in, struct tds_packet *packet_r)
{
	uint16_t process;
	uint8_t number, window;

	return span_u8(&in, &packet_r->type) && span_u8(&in, &packet_r->status) &&
	    span_be16(&in, &packet_r->size) && span_be16(&in, &process) &&
	    span_u8(&in, &number) && span_u8(&in, &window) && is_type(packet_r->type) &&
	    packet_r->status <= STATUS_BITS && window == 0 && packet_r->size >= TDS_HEADER &&
	    packet_r->size <= PACKET_BYTES_MAX;
}

uint8_t
tds_encryption_of(struct span prelogin)
{
	struct span options = prelogin, value;
	uint8_t token, encryption;
	uint16_t offset, length;

	for (int i = 0; i < OPTIONS_MAX; i++) {
		if (!span_u8(&options, &token) || token == OPTION_END ||
		    !span_be16(&options, &offset) || !span_be16(&options, &length))
			break;
		if (token != OPTION_ENCRYPTION)
			continue;
		value = span_tail(prelogin, offset);
		if (length > 0 && span_u8(&value, &encryption))
			return encryption & TDS_ENCRYPT_MASK;
	}
	return TDS_ENCRYPT_UNSAID;
}

bool
tds_carries_tls(struct span payload)
{
	int content = span_at(payload, 0);

	return content >= 0x14 && content <= 0x17 && span_at(payload, 1) == 3;
}

/* Before a login in clear a packet may hold TLS, and then all of it is needed. */
static bool
may_carry(const struct tds *t, enum side from, uint8_t type)
{
	return type == TDS_PRELOGIN || (from == SIDE_SERVER && !t->login_sent);
}

static long
tds_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct tds *t = state;
	struct pdu_reader *pdus = &t->pdus[from];
	struct tds_packet packet;
	struct span head;
	long used;

	if (pdus->skip > 0)
		return pdu_rest(pdus, in, facts);
	if (!tds_read_header(in, &packet)) {
		if (in.n < TDS_HEADER &&
		    (from == SIDE_CLIENT || is_type((uint8_t)span_at(in, 0))))
			return 0;
		if (from == SIDE_CLIENT && !t->prelogin[from] && !t->login_sent)
			return -1;
		if (from == SIDE_SERVER)
			tds_server_nonsense(t, facts);
		return pdu_lost(pdus, facts);
	}
	used = pdu_take(pdus, in, packet.size, may_carry(t, from, packet.type) ?
	    PACKET_BYTES_MAX : CLEAR_BYTES, &head, facts);
	if (used == 0)
		return 0;
	packet.payload = span_tail(head, TDS_HEADER);
	if (from == SIDE_CLIENT)
		tds_client_packet(t, &packet, facts);
	else
		tds_server_packet(t, &packet, facts);
	t->message[from] = (packet.status & STATUS_LAST) == 0;
	return used;
}

static void
tds_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct tds *t = state;

	if (!pdu_gap(&t->pdus[from], count, facts))
		t->message[from] = false;
}

/* §2.2.6.5: VERSION comes first, and its six bytes lie behind the options. */
static enum probe
probe_prelogin(struct span payload)
{
	uint8_t token;
	uint16_t offset, length;

	if (!span_u8(&payload, &token) || !span_be16(&payload, &offset) ||
	    !span_be16(&payload, &length))
		return PROBE_MORE;
	return token == TDS_OPTION_VERSION && length == 6 && offset >= 6 && offset < 256 ?
	    PROBE_YES : PROBE_NO;
}

/* §2.2.6.4: its own length, and a version of 0x70 to 0x74 in the highest byte. */
static enum probe
probe_login7(struct span payload)
{
	uint32_t length;
	int version = span_at(payload, LOGIN7_VERSION_AT);

	if (version < 0 || !span_le32(&payload, &length))
		return PROBE_MORE;
	return version >= 0x70 && version <= 0x75 && length >= LOGIN7_BYTES_MIN - 8 &&
	    length < 131072 ? PROBE_YES : PROBE_NO;
}

static enum probe
tds_probe(const struct opening *opening)
{
	enum side from = opening->said[SIDE_CLIENT].n > 0 ? SIDE_CLIENT : SIDE_SERVER;
	struct span said = opening->said[from];
	struct tds_packet packet;

	if (said.n < TDS_HEADER)
		return is_type((uint8_t)span_at(said, 0)) ? PROBE_MORE : PROBE_NO;
	if (!tds_read_header(said, &packet))
		return PROBE_NO;
	/* X.224 in TPKT counts its own length behind the packet's (RFC 1006 §6) */
	if (span_at(said, 0) == 3 && span_at(said, 4) == packet.size - 5)
		return PROBE_NO;
	said = span_tail(said, TDS_HEADER);
	if (from == SIDE_SERVER)
		return packet.type == TDS_RESULT ? PROBE_WEAK : PROBE_NO;
	if (packet.type == TDS_PRELOGIN)
		return probe_prelogin(said);
	if (packet.type == TDS_LOGIN7)
		return probe_login7(said);
	return packet.type != TDS_RESULT ? PROBE_WEAK : PROBE_NO;
}

const struct dialect dialect_tds = {
	.name = "tds",
	.rfcs = "",
	.ports = { 1433, 1434, 5000 },
	.alpn = "tds/8.0",
	.traits = TRAIT_AUTH_WEAK | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct tds),
	.offer = "ENCRYPTION in PRELOGIN",
	.request = "ENCRYPTION in PRELOGIN",
	.grant = "ENCRYPTION in PRELOGIN",
	.tells = "required-violated",
	.probe = tds_probe,
	.feed = tds_feed,
	.disclose = tds_disclose,
	.gap = tds_gap,
};
