/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MySQL, what the client sends: SSLRequest, HandshakeResponse41 and 320, what
 * the plugin of the login wants, and commands.
 */
#include "dialect/mysql.h"

enum {
	LOGIN_BYTES = 4096,		/* as much of a login packet as is looked at */
	COMMAND_BYTES = MYSQL_HEADER + 1,
	COMPRESSED_HEADER = 7,
	SSL_REQUEST_BYTES = 32,
	SSL_REQUEST_OLD_BYTES = 5,	/* before protocol 4.1 */
	LOGIN_FIXED = 28,		/* packet size, character set, filler */
	SECRET_BYTES_MAX = 255,		/* an RSA block is longer */
	LENGTH_MARKS = 0xfb,		/* from here on a length is not its own first byte */
	LENGTH_OF_TWO = 0xfc,
};

enum command {
	COM_QUIT = 0x01,
	COM_QUERY = 0x03,
	COM_CHANGE_USER = 0x11,
	COM_STMT_PREPARE = 0x16,
	COM_STMT_EXECUTE = 0x17,
};

/* A password of text, with the NUL that ends it; one byte alone asks for the server's key. */
static bool
is_text_secret(struct span data)
{
	return data.n > 1 && data.n <= SECRET_BYTES_MAX && span_find(data, '\0') == data.n - 1;
}

static void
response(struct mysql *m, struct span data, struct facts *facts)
{
	const struct mysql_plugin *plugin = m->plugin;
	bool secret = plugin->response == MYSQL_CLEAR ||
	    (plugin->response == MYSQL_EXCHANGE && m->full && is_text_secret(data));

	facts_said(facts, span_text("login"));
	if (data.n == 0 || (data.n == 1 && span_at(data, 0) == 0))
		return;		/* no password */
	facts_credentials(facts, span_text(plugin->name), secret, span_text("login"));
}

/* A length of one byte, or of two behind a mark; no response needs a longer one. */
static bool
take_length(struct span *in, uint16_t *n_r)
{
	uint8_t first;

	if (!span_u8(in, &first))
		return false;
	*n_r = first;
	return first == LENGTH_OF_TWO ? span_le16(in, n_r) : first < LENGTH_MARKS;
}

/* The response is counted, or in old clients it ends with a NUL. */
static bool
take_response(const struct mysql *m, struct span *in, struct span *data_r)
{
	uint16_t n;
	uint8_t one;

	if ((m->client & MYSQL_AUTH_LENENC) != 0)
		return take_length(in, &n) && span_take(in, n, data_r);
	if ((m->client & MYSQL_SECURE_CONNECTION) != 0)
		return span_u8(in, &one) && span_take(in, one, data_r);
	return mysql_take_text(in, data_r);
}

/* HandshakeResponse41, behind its capabilities. */
static void
login_41(struct mysql *m, struct span payload, struct facts *facts)
{
	struct span user, data, database, plugin = span_text("mysql_native_password");

	if (!span_skip(&payload, LOGIN_FIXED) || !mysql_take_text(&payload, &user))
		return;
	facts_client_name(facts, user);
	if (!take_response(m, &payload, &data))
		return;
	if ((m->client & MYSQL_CONNECT_WITH_DB) != 0 && !mysql_take_text(&payload, &database))
		return;
	if ((m->client & MYSQL_PLUGIN_AUTH) != 0 && !mysql_take_text(&payload, &plugin))
		return;
	m->plugin = mysql_plugin_find(plugin);
	/* without a challenge of its own, this plugin's first response is the password */
	m->full = span_is(plugin, "sha256_password");
	response(m, data, facts);
	m->full = false;
}

/* Clients before 4.1: capabilities of two bytes, and a scramble that is weak but no password. */
static void
login_320(struct mysql *m, struct span payload, struct facts *facts)
{
	struct span user;

	m->plugin = mysql_plugin_find(span_text("mysql_old_password"));
	if (!span_skip(&payload, SSL_REQUEST_OLD_BYTES) || !mysql_take_text(&payload, &user))
		return;
	facts_client_name(facts, user);
	response(m, payload, facts);
}

/* The first packet: it ends before the user's name, or goes on with the login. */
static void
first_packet(struct mysql *m, struct span payload, uint32_t payload_bytes,
    struct facts *facts)
{
	struct span rest = payload;
	uint16_t low = 0;
	bool new_protocol, request;

	span_le16(&rest, &low);
	m->client = low;
	new_protocol = (low & MYSQL_PROTOCOL_41) != 0;
	request = (low & MYSQL_SSL) != 0 &&
	    payload_bytes == (new_protocol ? SSL_REQUEST_BYTES : SSL_REQUEST_OLD_BYTES);
	if (request && !m->asked) {
		m->asked = true;
		facts_said(facts, span_text("SSLRequest"));
		facts_request(facts, span_text("SSLRequest"));
		return;
	}
	m->responded = true;
	facts_said(facts, span_text("HandshakeResponse"));
	if (new_protocol && span_le32(&payload, &m->client))
		login_41(m, payload, facts);
	else if (!new_protocol)
		login_320(m, payload, facts);
}

static void
command(struct mysql *m, uint8_t code, struct facts *facts)
{
	switch (code) {
	case COM_QUIT:
		facts->unit = UNIT_QUIET;
		return;
	case COM_QUERY:
		facts_payload(facts, span_text("COM_QUERY"), span_text("COM_QUERY"));
		break;
	case COM_STMT_PREPARE:
	case COM_STMT_EXECUTE:
		facts_payload(facts, span_text("COM_STMT"), span_text("COM_STMT"));
		break;
	case COM_CHANGE_USER:
		/* its answers are those of a login; inside compression we do not look for them */
		if (!mysql_is_compressed(m))
			m->phase = MYSQL_LOGIN;
		break;
	default:
		break;
	}
	facts_said(facts, span_text("command"));
}

/*
 * Once logged in with compression, packets stand in others, whose header is
 * three bytes longer. What is not worth compressing is in there as it is.
 */
static long
compressed(struct mysql *m, struct span in, struct facts *facts)
{
	struct span head, rest;
	uint32_t size, plain_size;
	uint8_t sequence, code;
	long used;

	if (!mysql_read_header(in, &size, &sequence))
		return 0;
	used = pdu_take(&m->pdus[SIDE_CLIENT], in, size + COMPRESSED_HEADER - MYSQL_HEADER,
	    COMPRESSED_HEADER + COMMAND_BYTES, &head, facts);
	if (used == 0)
		return 0;
	rest = span_tail(head, MYSQL_HEADER);
	if (!span_be24(&rest, &plain_size))
		return used;
	if (plain_size > 0)
		facts_payload(facts, span_text("compressed"), span_text("compressed"));
	else if (span_skip(&rest, MYSQL_HEADER) && span_u8(&rest, &code) && sequence == 0)
		command(m, code, facts);
	return used;
}

long
mysql_client_unit(struct mysql *m, struct span in, struct facts *facts)
{
	struct span head, payload;
	uint32_t size;
	uint8_t sequence, code;
	long used;

	facts->request_expired = false;
	if (mysql_is_compressed(m))
		return compressed(m, in, facts);
	if (!mysql_read_header(in, &size, &sequence))
		return 0;
	used = pdu_take(&m->pdus[SIDE_CLIENT], in, size,
	    sequence == 0 || m->phase == MYSQL_COMMANDS ? COMMAND_BYTES : LOGIN_BYTES, &head,
	    facts);
	if (used == 0)
		return 0;
	payload = span_tail(head, MYSQL_HEADER);
	if (sequence == 0) {
		if (span_u8(&payload, &code))
			command(m, code, facts);
	} else if (m->phase != MYSQL_COMMANDS && !m->responded) {
		first_packet(m, payload, size - MYSQL_HEADER, facts);
	} else if (m->phase == MYSQL_LOGIN && m->plugin != NULL) {
		response(m, payload, facts);
	}
	return used;
}
