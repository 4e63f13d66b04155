/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TDS, what may be shown: headers of packets, what PRELOGIN says of encryption, where the parts
 * of a login lie and how long they are, kinds of tokens. No part of a login, no text.
 */
#include "dialect/tds.h"

enum {
	OPTION_BYTES = 5,
	OPTION_END = 0xff,
	OPTION_ENCRYPTION = 1,
	OPTIONS_MAX = 32,
	LOGIN7_FIXED_BYTES = 86,	/* [MS-TDS] §2.2.6.4; 94 since 7.2 */
	OLD_USER_LENGTH = 61,
	OLD_PASSWORD_LENGTH = 92,
	TOKENS_MAX = 64,
	TOKEN_LOGINACK = 0xad,
};

static bool
is_prelogin(struct span payload)
{
	uint8_t token;
	uint16_t offset, length;

	for (int i = 0; i < OPTIONS_MAX; i++) {
		if (!span_u8(&payload, &token))
			return false;
		if (token == OPTION_END)
			return i > 0;
		if (token > OPTIONS_MAX || !span_be16(&payload, &offset) ||
		    !span_be16(&payload, &length))
			return false;
	}
	return false;
}

static void
disclose_prelogin(struct disclosure *d, struct span payload)
{
	struct span options = payload;
	uint8_t token;
	uint16_t offset, length;

	while (span_u8(&options, &token) && token != OPTION_END &&
	    span_be16(&options, &offset) && span_be16(&options, &length)) {
		if (token == OPTION_ENCRYPTION && length > 0)
			disclose(d, span_head(span_tail(payload, offset), 1));
	}
	disclose(d, span_head(payload, payload.n - options.n));
}

/* A token of known length is its kind, two bytes, and what nobody needs to see. */
static void
disclose_tokens(struct disclosure *d, struct span tokens)
{
	for (int i = 0; i < TOKENS_MAX && tokens.n > 0; i++) {
		struct span head = span_head(tokens, 3);
		uint8_t token;
		uint16_t length;

		if (!span_u8(&tokens, &token) || token < 0xa0 || !span_le16(&tokens, &length))
			return;
		disclose(d, head);
		if (token == TOKEN_LOGINACK)
			return;
		tokens = span_tail(tokens, length);
	}
}

void
tds_disclose(const void *state, struct disclosure *d)
{
	struct span payload = span_tail(d->unit, TDS_HEADER);
	struct tds_packet packet;

	(void)state;
	if (d->is_rest || !tds_read_header(d->unit, &packet) || packet.size < d->unit.n)
		return;
	disclose_at(d, 0, TDS_HEADER);
	if (tds_carries_tls(payload))
		return;
	switch (packet.type) {
	case TDS_PRELOGIN:
	case TDS_RESULT:
		if (is_prelogin(payload))
			disclose_prelogin(d, payload);
		else if (packet.type == TDS_RESULT)
			disclose_tokens(d, payload);
		break;
	case TDS_LOGIN7:
		disclose(d, span_head(payload, LOGIN7_FIXED_BYTES));
		break;
	case TDS_LOGIN_OLD:
		disclose_at(d, TDS_HEADER + OLD_USER_LENGTH, 1);
		disclose_at(d, TDS_HEADER + OLD_PASSWORD_LENGTH, 1);
		break;
	default:
		break;
	}
}
