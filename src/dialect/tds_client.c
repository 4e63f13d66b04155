/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TDS, what the client sends: PRELOGIN, logins and requests ([MS-TDS] §2.2.1). */
#include "dialect/tds.h"

/* Where LOGIN7 says how long its parts are (§2.2.6.4): offset and count, two bytes each. */
enum login7_part {
	LOGIN7_USER = 40,
	LOGIN7_PASSWORD = 44,
	LOGIN7_SSPI = 78,
};

/* Offsets of the fixed login record before TDS 7, and what the fields may hold. */
enum {
	OLD_USER_LENGTH = 61,
	OLD_PASSWORD_LENGTH = 92,
	OLD_FIELD_BYTES = 30,
};

static uint16_t
login7_count(struct span login, enum login7_part part, uint16_t *offset_r)
{
	struct span at = span_tail(login, part);
	uint16_t count = 0;

	if (!span_le16(&at, offset_r) || !span_le16(&at, &count))
		return 0;
	return count;
}

/* The password is there but for a swap of bits and a XOR that everybody knows. */
static void
login7(struct tds *t, struct span login, struct facts *facts)
{
	uint16_t offset, count = login7_count(login, LOGIN7_USER, &offset);
	struct span user = span_head(span_tail(login, offset), (size_t)count * 2);

	t->login_sent = true;
	facts_said(facts, span_text("LOGIN7"));
	if (count > 0 && user.n > 0)
		facts_client_name(facts, user);
	if (login7_count(login, LOGIN7_PASSWORD, &offset) > 0)
		facts_credentials(facts, span_text("password"), true, span_text("LOGIN7"));
	else if (login7_count(login, LOGIN7_SSPI, &offset) > 0)
		facts_credentials(facts, span_text("SSPI"), false, span_text("LOGIN7"));
}

/* TDS 4.2 and 5.0: an encrypted password of 5.0 comes later, and leaves the field empty. */
static void
login_old(struct tds *t, struct span login, struct facts *facts)
{
	int user = span_at(login, OLD_USER_LENGTH), password = span_at(login, OLD_PASSWORD_LENGTH);

	t->login_sent = true;
	facts_said(facts, span_text("LOGIN"));
	if (user > 0 && user <= OLD_FIELD_BYTES)
		facts_client_name(facts, span_head(span_tail(login,
		    OLD_USER_LENGTH - OLD_FIELD_BYTES), (size_t)user));
	if (password > 0 && password <= OLD_FIELD_BYTES)
		facts_credentials(facts, span_text("password"), true, span_text("LOGIN"));
}

static const char *
encryption_text(uint8_t encryption)
{
	switch (encryption) {
	case TDS_ENCRYPT_OFF:
		return "PRELOGIN ENCRYPT_OFF";
	case TDS_ENCRYPT_ON:
		return "PRELOGIN ENCRYPT_ON";
	case TDS_ENCRYPT_REQUIRED:
		return "PRELOGIN ENCRYPT_REQ";
	default:
		return "PRELOGIN";
	}
}

static void
prelogin(struct tds *t, struct span payload, struct facts *facts)
{
	uint8_t encryption = tds_encryption_of(payload);
	struct span text = span_text(encryption_text(encryption));

	t->prelogin[SIDE_CLIENT] = true;
	t->encryption[SIDE_CLIENT] = encryption;
	facts_said(facts, text);
	if (encryption != TDS_ENCRYPT_NOT_SUPPORTED && encryption != TDS_ENCRYPT_UNSAID)
		facts_request(facts, text);
}

static bool
is_whole_session(const struct tds *t)
{
	for (int side = 0; side < 2; side++) {
		if (t->prelogin[side] && (t->encryption[side] == TDS_ENCRYPT_ON ||
		    t->encryption[side] == TDS_ENCRYPT_REQUIRED))
			return true;
	}
	return false;
}

/* Where all was to be encrypted, nothing may come in clear any more. */
static void
request(const struct tds *t, const char *verb, struct facts *facts)
{
	facts_said(facts, span_text(verb));
	if (facts->seen->established == FACT_TRUE && is_whole_session(t) &&
	    !observation_has(facts->seen, MARK_CLEAR_AFTER_TLS)) {
		facts_mark(facts, MARK_CLEAR_AFTER_TLS, span_text(verb));
		facts->news = true;
	}
	facts_payload(facts, span_text(verb), span_text(verb));
}

static void
carried(struct tds *t, struct span payload, struct facts *facts)
{
	if (facts->seen->requested != FACT_TRUE)
		facts_request(facts, span_text("TLS in a PRELOGIN packet"));
	if (t->prelogin[SIDE_CLIENT])
		facts_carries(facts, payload);
}

/* The handshake went in packets like this one, and had not come to its end. */
static bool
is_unprotected(const struct facts *facts)
{
	return facts->seen->established == FACT_TRUE && !facts->holed &&
	    !observation_has(facts->seen, MARK_TLS_PROTECTED);
}

void
tds_client_packet(struct tds *t, const struct tds_packet *packet, struct facts *facts)
{
	facts->request_expired = false;
	if (packet->type == TDS_PRELOGIN && t->prelogin[SIDE_CLIENT]) {
		carried(t, packet->payload, facts);
		return;
	}
	if (t->message[SIDE_CLIENT])
		return;		/* more of what the packet before began */
	if (is_unprotected(facts))
		facts_handshake_broke(facts, MARK_TLS_GARBAGE, "a packet in clear");
	switch (packet->type) {
	case TDS_PRELOGIN:
		prelogin(t, packet->payload, facts);
		break;
	case TDS_LOGIN7:
		login7(t, packet->payload, facts);
		break;
	case TDS_LOGIN_OLD:
		login_old(t, packet->payload, facts);
		break;
	case TDS_FED_AUTH:
		facts_credentials(facts, span_text("FEDAUTH"), true, span_text("FEDAUTH"));
		break;
	case TDS_SQL_BATCH:
		request(t, "SQLBatch", facts);
		break;
	case TDS_RPC:
		request(t, "RPC", facts);
		break;
	case TDS_BULK_LOAD:
		request(t, "BulkLoad", facts);
		break;
	default:
		break;
	}
}
