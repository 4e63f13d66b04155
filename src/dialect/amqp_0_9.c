/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AMQP 0-9-1: frames (§4.2.3) and, of methods, those that log in or move messages. */
#include "dialect/amqp.h"

enum {
	FRAME_HEADER = 7,
	FRAME_METHOD = 1,
	FRAME_LAST = 8,
	FRAME_BYTES_MAX = 1 << 24,
	FRAME_KEEP = 4096,	/* as much of a frame as is looked at */
};

/* Class and method, two bytes each. */
enum method {
	CONNECTION_START_OK = 10 << 16 | 11,
	CONNECTION_SECURE_OK = 10 << 16 | 21,
	CONNECTION_TUNE = 10 << 16 | 30,
	CONNECTION_CLOSE = 10 << 16 | 50,
	BASIC_PUBLISH = 60 << 16 | 40,
	BASIC_DELIVER = 60 << 16 | 60,
	BASIC_GET_OK = 60 << 16 | 71,
};

/* The client's properties, its mechanism, its response. */
static void
start_ok(struct amqp *a, struct span arguments, struct facts *facts)
{
	struct span mechanism;
	uint32_t table, response;
	uint8_t length;

	if (!span_be32(&arguments, &table) || !span_skip(&arguments, table) ||
	    !span_u8(&arguments, &length) || !span_take(&arguments, length, &mechanism))
		return;
	amqp_sasl_init(a, mechanism, span_be32(&arguments, &response) && response > 0, facts);
}

static void
client_method(struct amqp *a, uint32_t method, struct span arguments, struct facts *facts)
{
	switch (method) {
	case CONNECTION_START_OK:
		start_ok(a, arguments, facts);
		break;
	case CONNECTION_SECURE_OK:
		amqp_sasl_response(a, facts);
		break;
	case BASIC_PUBLISH:
		facts_payload(facts, span_text("publish"), span_text("basic.publish"));
		break;
	default:
		break;
	}
}

static void
server_method(uint32_t method, struct facts *facts)
{
	switch (method) {
	case CONNECTION_TUNE:
		facts_login(facts, LOGIN_ACCEPTED, span_text("connection.tune"));
		break;
	case CONNECTION_CLOSE:
		if (!facts->seen->authenticated)
			facts_login(facts, LOGIN_WRONG, span_text("connection.close"));
		break;
	case BASIC_DELIVER:
	case BASIC_GET_OK:
		facts_payload(facts, span_text("deliver"), span_text("basic.deliver"));
		break;
	default:
		break;
	}
}

long
amqp_0_9_unit(struct amqp *a, enum side from, struct span in, struct facts *facts)
{
	struct pdu_reader *pdus = &a->pdus[from];
	struct span rest = in, head;
	uint8_t kind;
	uint16_t channel;
	uint32_t size, method;
	long used;

	if (!span_u8(&rest, &kind) || !span_be16(&rest, &channel) || !span_be32(&rest, &size))
		return 0;
	if (kind < FRAME_METHOD || kind > FRAME_LAST || size > FRAME_BYTES_MAX)
		return pdu_lost(pdus, facts);
	/* one byte that ends the frame stands behind what is counted */
	used = pdu_take(pdus, in, size + FRAME_HEADER + 1, FRAME_KEEP, &head, facts);
	if (used == 0)
		return 0;
	facts_said(facts, span_text("frame"));
	rest = span_tail(head, FRAME_HEADER);
	if (kind != FRAME_METHOD || !span_be32(&rest, &method))
		return used;
	if (from == SIDE_CLIENT)
		client_method(a, method, rest, facts);
	else
		server_method(method, facts);
	return used;
}
