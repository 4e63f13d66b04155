/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a frame begins with, by libpcap link type:
 * https://www.tcpdump.org/linktypes.html
 */
#include <pcap/dlt.h>

#include "decode/layer.h"

enum {
	LINKTYPE_RAW = 101,	/* DLT_RAW as it is written in files */
	DLT_RAW_OPENBSD = 14,
	SLL_HEADER = 16,
	SLL2_HEADER = 20,
};

enum decode_result
layer_raw_ip(struct cursor *c)
{
	return follow_ip_version(c, DECODE_BAD_IP);
}

/* Linux "cooked" capture: the EtherType ends a header without addresses. */
static enum decode_result
layer_sll(struct cursor *c)
{
	struct span header;
	uint16_t ethertype = 0;

	if (!cursor_take(c, SLL_HEADER, &header))
		return DECODE_SHORT;
	span_skip(&header, SLL_HEADER - 2);
	span_be16(&header, &ethertype);
	return follow_ethertype(c, ethertype);
}

/* The same, version 2: the EtherType comes first. */
static enum decode_result
layer_sll2(struct cursor *c)
{
	struct span header;
	uint16_t ethertype = 0;

	if (!cursor_take(c, SLL2_HEADER, &header))
		return DECODE_SHORT;
	span_be16(&header, &ethertype);
	return follow_ethertype(c, ethertype);
}

/*
 * BSD loopback: an address family in the byte order of the machine that wrote
 * the file, or of the network. Families are small, so the order shows.
 */
static enum decode_result
layer_loopback(struct cursor *c)
{
	static const struct next_layer families[] = {
		{ 2, layer_ipv4 },
		{ 10, layer_ipv6 },	/* Linux */
		{ 23, layer_ipv6 },	/* Windows */
		{ 24, layer_ipv6 },	/* NetBSD, OpenBSD */
		{ 28, layer_ipv6 },	/* FreeBSD */
		{ 30, layer_ipv6 },	/* Darwin */
		{ 0 },
	};
	struct span header;
	uint16_t high = 0, low = 0;

	if (!cursor_take(c, 4, &header))
		return DECODE_SHORT;
	span_be16(&header, &high);
	span_be16(&header, &low);
	if (low == 0)
		low = (uint16_t)(high >> 8 | high << 8);
	else if (high != 0)
		return DECODE_NOT_IP;
	return cursor_follow(c, next_layer_find(families, low), DECODE_NOT_IP);
}

layer *
layer_of_link_type(int link_type)
{
	static const struct next_layer links[] = {
		{ DLT_EN10MB, layer_ethernet },
		{ DLT_RAW, layer_raw_ip },
		{ LINKTYPE_RAW, layer_raw_ip },
		{ DLT_RAW_OPENBSD, layer_raw_ip },
		{ DLT_IPV4, layer_ipv4 },
		{ DLT_IPV6, layer_ipv6 },
		{ DLT_LINUX_SLL, layer_sll },
		{ DLT_LINUX_SLL2, layer_sll2 },
		{ DLT_NULL, layer_loopback },
		{ DLT_LOOP, layer_loopback },
		{ DLT_PPP, layer_ppp },
		{ DLT_PPP_SERIAL, layer_ppp },
		{ DLT_PPP_ETHER, layer_pppoe },
		{ DLT_C_HDLC, layer_cisco_hdlc },
		{ 0 },
	};

	if (link_type < 0 || link_type > UINT16_MAX)
		return NULL;
	return next_layer_find(links, (uint16_t)link_type);
}
