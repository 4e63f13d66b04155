/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MySQL, what may be shown: headers, capabilities, commands and codes, names of plugins. No
 * user, no response, no statement.
 */
#include "dialect/mysql.h"

enum {
	SSL_REQUEST_BYTES = 32,
	SSL_REQUEST_OLD_BYTES = 5,
	LOGIN_UNUSED_AT = 9,
	LOGIN_UNUSED_BYTES = 19,
	COMPRESSED_HEADER = 7,
	LENGTH_OF_TWO = 0xfc,
	PACKET_MORE = 0x01,
	PACKET_SWITCH = 0xfe,
	PACKET_ERROR = 0xff,
	LONG_BYTES = 1 << 21,		/* from here on a length could be text */
	ERROR_BYTES = 3,		/* its kind, and the number */
	STATE_BYTES = 6,		/* '#' and the SQL state, where there is one */
};

static bool
is_login_41(struct span payload)
{
	if (payload.n < SSL_REQUEST_BYTES ||
	    (span_at(payload, 1) & MYSQL_PROTOCOL_41 >> 8) == 0)
		return false;
	for (size_t i = LOGIN_UNUSED_AT; i < LOGIN_UNUSED_AT + LOGIN_UNUSED_BYTES; i++) {
		if (span_at(payload, i) != 0)
			return false;
	}
	return true;
}

/* A text is taken off, and its end is shown. */
static void
take_text(struct disclosure *d, struct span *in, struct span *text_r)
{
	const size_t n = span_find(*in, '\0');

	*text_r = span_head(*in, n);
	disclose(d, span_head(span_tail(*in, n), 1));
	*in = span_tail(*in, n + 1);
}

static void
disclose_plugin(struct disclosure *d, struct span name)
{
	if (span_equals(name, span_text(mysql_plugin_find(name)->name)))
		disclose(d, name);
}

/* The response is passed over, with its length shown. */
static void
skip_response(const struct mysql *m, struct disclosure *d, struct span *in)
{
	struct span before = *in, text;
	uint16_t n = 0;
	uint8_t first;

	if ((m->client & (MYSQL_AUTH_LENENC | MYSQL_SECURE_CONNECTION)) == 0) {
		take_text(d, in, &text);
		return;
	}
	if (!span_u8(in, &first))
		return;
	n = first;
	if (first == LENGTH_OF_TWO && (m->client & MYSQL_AUTH_LENENC) != 0 && !span_le16(in, &n))
		return;
	disclose(d, span_head(before, before.n - in->n));
	*in = span_tail(*in, n);
}

static void
disclose_login(const struct mysql *m, struct disclosure *d, struct span payload)
{
	struct span text;

	disclose(d, span_head(payload, SSL_REQUEST_BYTES));
	payload = span_tail(payload, SSL_REQUEST_BYTES);
	take_text(d, &payload, &text);
	skip_response(m, d, &payload);
	if ((m->client & MYSQL_CONNECT_WITH_DB) != 0)
		take_text(d, &payload, &text);
	if ((m->client & MYSQL_PLUGIN_AUTH) != 0) {
		take_text(d, &payload, &text);
		disclose_plugin(d, text);
	}
}

static void
disclose_client(const struct mysql *m, struct disclosure *d, struct span payload,
    uint8_t sequence)
{
	struct span text;

	if (sequence == 0) {
		disclose(d, span_head(payload, 1));
	} else if (sequence <= 2 && is_login_41(payload)) {
		disclose_login(m, d, payload);
	} else if (sequence == 1) {
		disclose(d, span_head(payload, SSL_REQUEST_OLD_BYTES));
		payload = span_tail(payload, SSL_REQUEST_OLD_BYTES);
		take_text(d, &payload, &text);
	} else {
		/* one byte is a question, and a text has its end */
		take_text(d, &payload, &text);
		if (text.n == 1 && text.p + 1 == d->unit.p + d->unit.n)
			disclose(d, text);
	}
}

static void
disclose_error(struct disclosure *d, struct span payload)
{
	disclose(d, span_head(payload, ERROR_BYTES));
	payload = span_tail(payload, ERROR_BYTES);
	if (span_at(payload, 0) == '#') {
		disclose(d, span_head(payload, STATE_BYTES));
		payload = span_tail(payload, STATE_BYTES);
	}
	disclose_prose(d, payload);
}

static void
disclose_server(struct disclosure *d, struct span payload)
{
	struct span name;

	switch (span_at(payload, 0)) {
	case PACKET_ERROR:
		disclose_error(d, payload);
		break;
	case PACKET_SWITCH:
		disclose(d, span_head(payload, 1));
		payload = span_tail(payload, 1);
		take_text(d, &payload, &name);
		disclose_plugin(d, name);
		break;
	case PACKET_MORE:
		disclose(d, span_head(payload, 2));
		break;
	default:
		disclose(d, span_head(payload, 1));
		break;
	}
}

void
mysql_disclose(const void *state, struct disclosure *d)
{
	const struct mysql *m = state;
	uint32_t size;
	uint8_t sequence;

	if (d->is_rest || !mysql_read_header(d->unit, &size, &sequence) ||
	    size < d->unit.n || size > LONG_BYTES)
		return;
	disclose_at(d, 0, mysql_is_compressed(m) ? COMPRESSED_HEADER : MYSQL_HEADER);
	if (mysql_is_compressed(m)) {
		/* what was not worth compressing is a packet with a header of its own */
		if (d->from == SIDE_CLIENT && span_at(d->unit, 4) == 0 &&
		    span_at(d->unit, 5) == 0 && span_at(d->unit, 6) == 0)
			disclose_at(d, COMPRESSED_HEADER, MYSQL_HEADER + 1);
	} else if (d->from == SIDE_CLIENT) {
		disclose_client(m, d, span_tail(d->unit, MYSQL_HEADER), sequence);
	} else if (m->phase != MYSQL_COMMANDS || span_at(d->unit, MYSQL_HEADER) == 0) {
		disclose_server(d, span_tail(d->unit, MYSQL_HEADER));
	}
}
