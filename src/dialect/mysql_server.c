/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MySQL, what the server sends: its greeting with the capabilities, and the
 * packets that answer a login.
 */
#include "dialect/mysql.h"

#include <stdio.h>

#include "dialect/reply.h"

enum {
	GREETING_V10 = 0x0a,
	LOGIN_BYTES = 1024,	/* as much of a packet as is looked at before commands */
	GREETING_BYTES = 65536,	/* ... of the first one: its version may be of any length */
	THREAD_ID_AND_SCRAMBLE = 13,
	CHARSET_AND_STATUS = 3,

	PACKET_OK = 0x00,
	PACKET_MORE = 0x01,
	PACKET_SWITCH = 0xfe,
	PACKET_ERROR = 0xff,

	MORE_FULL = 0x04,	/* caching_sha2_password: the hash is not in the cache */

	ER_SECURE_TRANSPORT_REQUIRED = 3159,
};

static void
greeting(struct mysql *m, struct span payload, struct facts *facts)
{
	struct span version;
	uint16_t low, high = 0;
	bool offer;

	m->phase = MYSQL_LOGIN;
	if (!span_skip(&payload, 1) || !mysql_take_text(&payload, &version))
		return;
	facts_mark(facts, MARK_BANNER, version);
	if (!span_skip(&payload, THREAD_ID_AND_SCRAMBLE) || !span_le16(&payload, &low))
		return;
	if (span_skip(&payload, CHARSET_AND_STATUS))
		span_le16(&payload, &high);
	m->server = (uint32_t)high << 16 | low;
	offer = (low & MYSQL_SSL) != 0;
	facts_listing(facts, offer, span_text(offer ? "greeting with CLIENT_SSL" :
	    "greeting without CLIENT_SSL"));
}

/* ERR: a code, perhaps with an SQL state. Its words name the user, so the code has to do. */
static void
error(struct mysql *m, struct span payload, struct facts *facts)
{
	char text[sizeof("ERR errno=65535")];
	uint16_t code = 0;
	bool demand;

	if (m->phase == MYSQL_COMMANDS)
		return;
	span_skip(&payload, 1);
	span_le16(&payload, &code);
	snprintf(text, sizeof(text), "ERR errno=%u", (unsigned)code);
	if (m->asked && facts->seen->accepted == FACT_TRUE)
		return;		/* the ServerHello was the answer; the handshake broke later */
	if (m->asked && !m->responded && !m->answered) {
		m->answered = true;
		facts_answer(facts, ANSWER_PERMANENT, span_text(text));
		return;
	}
	/* MySQL has a code for it, MariaDB the words */
	demand = code == ER_SECURE_TRANSPORT_REQUIRED ||
	    reply_mentions(payload, "insecure transport");
	if (demand)
		facts_demand(facts, OPERATION_LOGIN, span_text(text));
	facts_login(facts, demand ? LOGIN_NEEDS_TLS : LOGIN_WRONG, span_text(text));
}

/* The server wants another plugin; without a name it is the oldest one. */
static void
plugin_switch(struct mysql *m, struct span payload)
{
	struct span name;

	m->full = false;
	if (!span_skip(&payload, 1) || !mysql_take_text(&payload, &name))
		name = span_text("mysql_old_password");
	m->plugin = mysql_plugin_find(name);
	m->full = span_is(name, "sha256_password");
}

static void
login_packet(struct mysql *m, struct span payload, struct facts *facts)
{
	switch (span_at(payload, 0)) {
	case PACKET_OK:
		m->phase = MYSQL_COMMANDS;
		facts_login(facts, LOGIN_ACCEPTED, span_text("OK"));
		break;
	case PACKET_ERROR:
		error(m, payload, facts);
		break;
	case PACKET_SWITCH:
		plugin_switch(m, payload);
		break;
	case PACKET_MORE:
		m->full = m->full || span_at(payload, 1) == MORE_FULL;
		break;
	default:
		break;
	}
}

static void
packet(struct mysql *m, uint8_t sequence, struct span payload, struct facts *facts)
{
	int kind = span_at(payload, 0);

	if (m->phase == MYSQL_GREETING && sequence == 0 && kind == GREETING_V10) {
		greeting(m, payload, facts);
	} else if (m->phase == MYSQL_GREETING) {
		m->phase = MYSQL_LOGIN;
		if (kind == PACKET_ERROR)
			facts_mark(facts, MARK_BANNER, span_text("ERR"));
	} else if (m->asked && !m->responded && !m->answered && kind != PACKET_ERROR) {
		m->answered = true;
		/* behind a ClientHello that was lost it may be TLS, too */
		if (!facts->holed)
			facts_answer(facts, ANSWER_INVALID,
			    span_text("a packet instead of TLS"));
	} else {
		login_packet(m, payload, facts);
	}
}

long
mysql_server_unit(struct mysql *m, struct span in, struct facts *facts)
{
	bool commands = m->phase == MYSQL_COMMANDS, first = m->phase == MYSQL_GREETING;
	struct span head;
	uint32_t size;
	uint8_t sequence;
	long used;

	if (!mysql_read_header(in, &size, &sequence))
		return 0;
	if (mysql_is_compressed(m))
		size += 3;		/* the length of what was compressed stands behind it */
	used = pdu_take(&m->pdus[SIDE_SERVER], in, size,
	    commands ? MYSQL_HEADER : first ? GREETING_BYTES : LOGIN_BYTES, &head, facts);
	if (used > 0 && !commands)
		packet(m, sequence, span_tail(head, MYSQL_HEADER), facts);
	return used;
}
