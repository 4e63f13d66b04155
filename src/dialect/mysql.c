/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/mysql.h"

enum {
	GREETING_V10 = 0x0a,
	GREETING_BYTES_MAX = 1024,
	VERSION_BYTES_MAX = 128,
	ERROR = 0xff,
	LOGIN_BYTES_MIN = 32,
	LOGIN_BYTES_MAX = 65536,
	LOGIN_BYTES_USUAL = 4096,	/* others begin alike, but are seldom as short (PPTP) */
	LOGIN_UNUSED_AT = 9,
	LOGIN_UNUSED_BYTES = 19,	/* MariaDB has a use for four more */
	COMMAND_QUIT = 0x01,
	COMMAND_INIT_DB = 0x02,
	COMMAND_QUERY = 0x03,
	COMMAND_FIELD_LIST = 0x04,
	COMMAND_STATISTICS = 0x09,
	COMMAND_PING = 0x0e,
	COMMAND_CHANGE_USER = 0x11,
	COMMAND_PREPARE = 0x16,
	COMMAND_EXECUTE = 0x17,
	COMMAND_RESET = 0x1f,
};

/* The last one stands for all others. */
static const struct mysql_plugin plugins[] = {
	{ "mysql_native_password", MYSQL_OPAQUE },
	{ "caching_sha2_password", MYSQL_EXCHANGE },
	{ "sha256_password", MYSQL_EXCHANGE },
	{ "mysql_clear_password", MYSQL_CLEAR },
	{ "dialog", MYSQL_CLEAR },		/* MariaDB's PAM */
	{ "mysql_old_password", MYSQL_OPAQUE },
	{ "client_ed25519", MYSQL_OPAQUE },
	{ "parsec", MYSQL_OPAQUE },
	{ "auth_gssapi_client", MYSQL_OPAQUE },
	{ "authentication_windows_client", MYSQL_OPAQUE },
	{ "authentication_kerberos_client", MYSQL_OPAQUE },
	{ "authentication_ldap_sasl_client", MYSQL_OPAQUE },
	{ "unknown", MYSQL_OPAQUE },
};

const struct mysql_plugin *
mysql_plugin_find(struct span name)
{
	size_t last = sizeof(plugins) / sizeof(plugins[0]) - 1;

	for (size_t i = 0; i < last; i++) {
		if (span_equals(name, span_text(plugins[i].name)))
			return &plugins[i];
	}
	return &plugins[last];
}

bool
mysql_read_header(struct span in, uint32_t *size_r, uint8_t *sequence_r)
{
	uint16_t low;
	uint8_t high;

	if (!span_le16(&in, &low) || !span_u8(&in, &high) || !span_u8(&in, sequence_r))
		return false;
	*size_r = ((uint32_t)high << 16 | low) + MYSQL_HEADER;
	return true;
}

bool
mysql_take_text(struct span *in, struct span *text_r)
{
	size_t n = span_find(*in, '\0');

	return n < in->n && span_take(in, n, text_r) && span_skip(in, 1);
}

bool
mysql_is_compressed(const struct mysql *m)
{
	return m->phase == MYSQL_COMMANDS &&
	    (m->client & m->server & (MYSQL_COMPRESS | MYSQL_ZSTD)) != 0;
}

static long
mysql_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct mysql *m = state;
	struct pdu_reader *pdus = &m->pdus[from];

	if (pdus->skip > 0)
		return pdu_rest(pdus, in, facts);
	/* nothing in a packet says where the next one begins */
	if (pdus->is_lost)
		return pdu_lost(pdus, facts);
	if (from == SIDE_CLIENT)
		return mysql_client_unit(m, in, facts);
	return mysql_server_unit(m, in, facts);
}

static void
mysql_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct mysql *m = state;

	pdu_gap(&m->pdus[from], count, facts);
}

/* Printable, and it begins with a digit, whatever a fork writes behind that. */
static bool
is_usual_version(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		int c = span_at(text, i);

		if (c < 0x20 || c > 0x7e)
			return false;
	}
	return span_at(text, 0) >= '0' && span_at(text, 0) <= '9';
}

/* Clients take any bytes up to a NUL for a version, however many: then the port tells. */
static enum probe
probe_greeting(struct span payload, uint32_t payload_bytes)
{
	struct span version;
	bool short_enough = payload_bytes <= GREETING_BYTES_MAX &&
	    span_find(payload, '\0') < VERSION_BYTES_MAX;

	if (!mysql_take_text(&payload, &version))
		return payload.n < payload_bytes && short_enough ? PROBE_MORE : PROBE_WEAK;
	return short_enough && is_usual_version(version) ? PROBE_YES : PROBE_WEAK;
}

static enum probe
probe_server(struct span said)
{
	uint32_t size;
	uint8_t sequence, kind;

	if (!mysql_read_header(said, &size, &sequence))
		return PROBE_MORE;
	if (sequence != 0 || size < MYSQL_HEADER + 3)
		return PROBE_NO;
	said = span_tail(said, MYSQL_HEADER);
	if (!span_u8(&said, &kind))
		return PROBE_MORE;
	if (kind == ERROR)
		return PROBE_WEAK;	/* a host that is not welcome */
	return kind == GREETING_V10 ? probe_greeting(said, size - MYSQL_HEADER - 1) : PROBE_NO;
}

/* Could somebody's first words, where the capture began under way, be that command? */
static bool
is_command(uint8_t command, uint32_t size)
{
	switch (command) {
	case COMMAND_QUIT:
	case COMMAND_STATISTICS:
	case COMMAND_PING:
	case COMMAND_RESET:
		return size == MYSQL_HEADER + 1;
	case COMMAND_INIT_DB:
	case COMMAND_QUERY:
	case COMMAND_FIELD_LIST:
	case COMMAND_CHANGE_USER:
	case COMMAND_PREPARE:
	case COMMAND_EXECUTE:
		return size > MYSQL_HEADER + 1;
	default:
		return false;
	}
}

/* Capabilities, largest packet, character set, and bytes that nobody uses. */
static bool
is_login_41(struct span payload)
{
	uint16_t low;

	if (!span_le16(&payload, &low) || (low & MYSQL_PROTOCOL_41) == 0 ||
	    !span_skip(&payload, LOGIN_UNUSED_AT - sizeof(low)))
		return false;
	for (size_t i = 0; i < LOGIN_UNUSED_BYTES; i++) {
		if (span_at(payload, i) != 0)
			return false;
	}
	return true;
}

/* A login packet; or, where the capture began under way, a command. */
static enum probe
probe_client(struct span said)
{
	uint32_t size;
	uint8_t sequence;

	if (!mysql_read_header(said, &size, &sequence) || said.n == MYSQL_HEADER)
		return PROBE_MORE;
	said = span_tail(said, MYSQL_HEADER);
	if (sequence == 0)
		return is_command((uint8_t)span_at(said, 0), size) ? PROBE_WEAK : PROBE_NO;
	if (sequence != 1 || size < MYSQL_HEADER + LOGIN_BYTES_MIN || size > LOGIN_BYTES_MAX)
		return PROBE_NO;
	if (is_login_41(said))
		return size <= MYSQL_HEADER + LOGIN_BYTES_USUAL ? PROBE_LIKELY : PROBE_WEAK;
	if (size <= GREETING_BYTES_MAX)
		return PROBE_WEAK;
	return said.n < LOGIN_UNUSED_AT + LOGIN_UNUSED_BYTES ? PROBE_MORE : PROBE_NO;
}

static enum probe
mysql_probe(const struct opening *opening)
{
	enum probe client = PROBE_NO, server;

	if (opening->said[SIDE_CLIENT].n > 0)
		client = probe_client(opening->said[SIDE_CLIENT]);
	if (opening->said[SIDE_SERVER].n == 0 || opening->first == SIDE_CLIENT)
		return client;
	server = probe_server(opening->said[SIDE_SERVER]);
	return server == PROBE_WEAK && client == PROBE_LIKELY ? PROBE_YES : server;
}

const struct dialect dialect_mysql = {
	.name = "mysql",
	.rfcs = "",
	.ports = { 3306, 4000 },
	.traits = TRAIT_AUTH_WEAK | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct mysql),
	.offer = "bit CLIENT_SSL of the greeting",
	.request = "login packet of 32 bytes",
	.grant = "ServerHello",
	.tells = "required-violated",
	.probe = mysql_probe,
	.feed = mysql_feed,
	.disclose = mysql_disclose,
	.gap = mysql_gap,
};
