/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TDS, what the server sends: its PRELOGIN, and tokens that answer a login ([MS-TDS] §2.2.7). */
#include "dialect/tds.h"

/* Tokens that may come before, or are, the answer to a login. */
enum token {
	TOKEN_ERROR = 0xaa,
	TOKEN_INFO = 0xab,
	TOKEN_LOGINACK = 0xad,
	TOKEN_ENVCHANGE = 0xe3,
	TOKEN_SSPI = 0xed,
};

enum { TOKENS_MAX = 64 };

/* The client does not do TLS: all that the server can still say is that it must. */
static void
answer_to_none(uint8_t encryption, struct facts *facts)
{
	static const char text[] = "PRELOGIN ENCRYPT_REQ";

	if (encryption != TDS_ENCRYPT_REQUIRED)
		return;
	facts_listing(facts, true, span_text(text));
	facts_demand(facts, OPERATION_LOGIN, span_text(text));
}

static void
answer(const struct tds *t, uint8_t encryption, struct facts *facts)
{
	uint8_t asked = t->encryption[SIDE_CLIENT];

	switch (encryption) {
	case TDS_ENCRYPT_NOT_SUPPORTED:
		facts_listing(facts, false, span_text("PRELOGIN ENCRYPT_NOT_SUP"));
		facts_answer(facts, ANSWER_PERMANENT, span_text("ENCRYPT_NOT_SUP"));
		break;
	case TDS_ENCRYPT_OFF:
		facts_listing(facts, true, span_text("PRELOGIN ENCRYPT_OFF"));
		facts_answer(facts, ANSWER_GRANTED, span_text("ENCRYPT_OFF"));
		/* who is asked for all must do all, or refuse */
		if (asked == TDS_ENCRYPT_ON || asked == TDS_ENCRYPT_REQUIRED) {
			facts_mark(facts, MARK_CONTRADICTION,
			    span_text("ENCRYPT_OFF to a client that said ENCRYPT_ON"));
			facts->news = true;
		}
		break;
	case TDS_ENCRYPT_ON:
	case TDS_ENCRYPT_REQUIRED:
		facts_listing(facts, true, span_text("PRELOGIN with encryption"));
		facts_answer(facts, ANSWER_GRANTED, span_text(encryption == TDS_ENCRYPT_ON ?
		    "ENCRYPT_ON" : "ENCRYPT_REQ"));
		break;
	case TDS_ENCRYPT_UNSAID:
		if (facts->holed)
			break;
		facts_answer(facts, ANSWER_PERMANENT, span_text("PRELOGIN without ENCRYPTION"));
		break;
	default:
		if (facts->holed)
			break;
		facts_answer(facts, ANSWER_INVALID, span_text("ENCRYPTION of no known value"));
		break;
	}
}

/* Behind a hole it may be the ServerHello, or the rest of it, in a packet of the same type. */
static bool
is_prelogin(struct span payload, const struct facts *facts)
{
	return !facts->holed || span_at(payload, 0) == TDS_OPTION_VERSION;
}

static void
prelogin(struct tds *t, struct span payload, struct facts *facts)
{
	uint8_t encryption = tds_encryption_of(payload);

	t->prelogin[SIDE_SERVER] = true;
	t->encryption[SIDE_SERVER] = encryption;
	if (!t->prelogin[SIDE_CLIENT])
		return;
	if (t->encryption[SIDE_CLIENT] == TDS_ENCRYPT_NOT_SUPPORTED ||
	    t->encryption[SIDE_CLIENT] == TDS_ENCRYPT_UNSAID)
		answer_to_none(encryption, facts);
	else
		answer(t, encryption, facts);
}

/* Go through the tokens until one says how the login went. */
static void
login_answer(struct tds *t, struct span tokens, struct facts *facts)
{
	uint8_t token;
	uint16_t length;

	for (int i = 0; i < TOKENS_MAX && span_u8(&tokens, &token); i++) {
		switch (token) {
		case TOKEN_LOGINACK:
			t->login_sent = false;
			facts_login(facts, LOGIN_ACCEPTED, span_text("LOGINACK"));
			return;
		case TOKEN_ERROR:
			t->login_sent = false;
			facts_login(facts, LOGIN_WRONG, span_text("ERROR"));
			return;
		case TOKEN_INFO:
		case TOKEN_ENVCHANGE:
		case TOKEN_SSPI:
			if (!span_le16(&tokens, &length) || !span_skip(&tokens, length))
				return;
			break;
		default:
			return;
		}
	}
}

/* Servers wrap their part of the handshake in packets of either type. */
static bool
is_carrier(const struct tds *t, const struct tds_packet *packet)
{
	if (packet->type == TDS_PRELOGIN)
		return true;
	return packet->type == TDS_RESULT && !t->login_sent && !t->message[SIDE_SERVER] &&
	    tds_carries_tls(packet->payload);
}

void
tds_server_nonsense(struct tds *t, struct facts *facts)
{
	uint8_t asked = t->encryption[SIDE_CLIENT];

	if (!t->prelogin[SIDE_CLIENT] || t->prelogin[SIDE_SERVER] || facts->holed)
		return;
	t->prelogin[SIDE_SERVER] = true;
	if (asked != TDS_ENCRYPT_NOT_SUPPORTED && asked != TDS_ENCRYPT_UNSAID)
		facts_answer(facts, ANSWER_INVALID, span_text("(no packet)"));
}

void
tds_server_packet(struct tds *t, const struct tds_packet *packet, struct facts *facts)
{
	if (t->prelogin[SIDE_CLIENT] && !t->prelogin[SIDE_SERVER] &&
	    is_prelogin(packet->payload, facts))
		prelogin(t, packet->payload, facts);
	else if (is_carrier(t, packet))
		facts_carries(facts, packet->payload);
	else if (t->login_sent && packet->type == TDS_RESULT)
		login_answer(t, packet->payload, facts);
}
