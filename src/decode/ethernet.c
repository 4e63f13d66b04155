/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ethernet II and IEEE 802.3 frames, 802.1Q and 802.1ad tags, 802.2 SNAP. */
#include "decode/layer.h"

enum {
	ETHERNET_ADDRESSES = 12,
	ETHERTYPE_MIN = 0x0600,		/* smaller numbers are 802.3 lengths */
	VLAN_ID_MASK = 0x0fff,
};

enum decode_result
follow_ethertype(struct cursor *c, uint16_t type)
{
	static const struct next_layer types[] = {
		{ 0x0800, layer_ipv4 },
		{ 0x86dd, layer_ipv6 },
		{ 0x8100, layer_vlan },
		{ 0x88a8, layer_vlan },
		{ 0x9100, layer_vlan },		/* double tags before 802.1ad */
		{ 0x8847, layer_mpls },
		{ 0x8848, layer_mpls },
		{ 0x8864, layer_pppoe },
		{ 0x894f, layer_nsh },
		{ 0x6558, layer_ethernet },	/* transparent bridging, in tunnels */
		{ 0 },
	};

	return cursor_follow(c, next_layer_find(types, type), DECODE_NOT_IP);
}

static enum decode_result
layer_snap(struct cursor *c)
{
	static const uint8_t snap[] = { 0xaa, 0xaa, 0x03, 0, 0, 0 };
	struct span header;
	uint16_t ethertype = 0;

	if (!cursor_take(c, sizeof(snap), &header))
		return DECODE_SHORT;
	if (!span_equals(header, span_of(snap, sizeof(snap))))
		return DECODE_NOT_IP;
	if (!cursor_take(c, 2, &header))
		return DECODE_SHORT;
	span_be16(&header, &ethertype);
	return follow_ethertype(c, ethertype);
}

/* On Ethernet a small number is no type but the length of what follows. */
static enum decode_result
follow_type_or_length(struct cursor *c, uint16_t number)
{
	if (number >= ETHERTYPE_MIN)
		return follow_ethertype(c, number);
	cursor_limit(c, number);
	return cursor_follow(c, layer_snap, DECODE_NOT_IP);
}

enum decode_result
layer_ethernet(struct cursor *c)
{
	struct span header;
	uint16_t type = 0;

	/* The tags of an inner frame replace those of the outer one. */
	cursor_enter_tunnel(c);
	if (!cursor_take(c, ETHERNET_ADDRESSES + 2, &header))
		return DECODE_SHORT;
	span_skip(&header, ETHERNET_ADDRESSES);
	span_be16(&header, &type);
	return follow_type_or_length(c, type);
}

enum decode_result
layer_vlan(struct cursor *c)
{
	struct segment *s = c->segment;
	struct span header;
	uint16_t control = 0, type = 0;

	if (!cursor_take(c, 4, &header))
		return DECODE_SHORT;
	span_be16(&header, &control);
	span_be16(&header, &type);
	/* Number 0 only carries a priority: 802.1Q counts such a frame as untagged. */
	if ((control & VLAN_ID_MASK) != 0 && s->vlan_count < FLOW_VLAN_MAX)
		s->vlan[s->vlan_count++] = control & VLAN_ID_MASK;
	return follow_type_or_length(c, type);
}
