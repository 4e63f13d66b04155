/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PPP (RFC 1661, 1662), PPPoE sessions (RFC 2516), and Cisco HDLC. */
#include "decode/layer.h"

enum {
	PPPOE_HEADER = 6,
	PPPOE_VERSION_TYPE = 0x11,
	PPPOE_SESSION_DATA = 0,
	PPP_ADDRESS = 0xff,
	PPP_CONTROL = 0x03,
	HDLC_UNICAST = 0x0f,
	HDLC_MULTICAST = 0x8f,
};

enum decode_result
layer_pppoe(struct cursor *c)
{
	struct span header;
	uint8_t version_type = 0, code = 0;
	uint16_t length = 0;

	if (!cursor_take(c, PPPOE_HEADER, &header))
		return DECODE_SHORT;
	span_u8(&header, &version_type);
	span_u8(&header, &code);
	span_skip(&header, 2);
	span_be16(&header, &length);
	if (version_type != PPPOE_VERSION_TYPE || code != PPPOE_SESSION_DATA)
		return DECODE_NOT_IP;
	cursor_limit(c, length);
	return cursor_follow(c, layer_ppp, DECODE_NOT_IP);
}

enum decode_result
layer_cisco_hdlc(struct cursor *c)
{
	struct span header;
	uint8_t address = 0;
	uint16_t ethertype = 0;

	if (!cursor_take(c, 4, &header))
		return DECODE_SHORT;
	span_u8(&header, &address);
	span_skip(&header, 1);
	span_be16(&header, &ethertype);
	if (address != HDLC_UNICAST && address != HDLC_MULTICAST)
		return DECODE_NOT_IP;
	return follow_ethertype(c, ethertype);
}

/* One byte when it is odd, else two. */
static bool
take_protocol(struct cursor *c, uint16_t *protocol_r)
{
	struct span part;

	if (!cursor_take(c, 1, &part))
		return false;
	*protocol_r = (uint16_t)span_at(part, 0);
	if ((*protocol_r & 1) != 0)
		return true;
	if (!cursor_take(c, 1, &part))
		return false;
	*protocol_r = (uint16_t)(*protocol_r << 8 | span_at(part, 0));
	return true;
}

/* Both ends may agree to leave address and control out; some links carry HDLC instead. */
enum decode_result
layer_ppp(struct cursor *c)
{
	static const struct next_layer protocols[] = {
		{ 0x0021, layer_ipv4 },
		{ 0x0057, layer_ipv6 },
		{ 0x0281, layer_mpls },
		{ 0x0283, layer_mpls },
		{ 0 },
	};
	int first = span_at(c->bytes, 0), second = span_at(c->bytes, 1);
	uint16_t protocol;

	if ((first == HDLC_UNICAST || first == HDLC_MULTICAST) && second == 0)
		return cursor_follow(c, layer_cisco_hdlc, DECODE_NOT_IP);
	if (first == PPP_ADDRESS && second == PPP_CONTROL)
		cursor_skip(c, 2);
	if (!take_protocol(c, &protocol))
		return DECODE_SHORT;
	return cursor_follow(c, next_layer_find(protocols, protocol), DECODE_NOT_IP);
}
