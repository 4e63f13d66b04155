/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP (RFC 768), which interests us only where a well-known port announces a
 * tunnel. Anything may use a port, so every tunnel is checked strictly and
 * counts as "not TCP" when it is something else.
 */
#include "decode/layer.h"

enum { UDP_HEADER = 8 };

static layer *
tunnel_at(uint16_t port)
{
	static const struct next_layer tunnels[] = {
		{ 4789, layer_vxlan },
		{ 4790, layer_vxlan_gpe },
		{ 6081, layer_geneve },
		{ 2152, layer_gtpu },
		{ 3544, layer_teredo },
		{ 0 },
	};

	return next_layer_find(tunnels, port);
}

enum decode_result
layer_udp(struct cursor *c)
{
	struct span header;
	uint16_t source = 0, destination = 0, length = 0;
	layer *tunnel;

	if (!cursor_take(c, UDP_HEADER, &header))
		return DECODE_NOT_TCP;
	span_be16(&header, &source);
	span_be16(&header, &destination);
	span_be16(&header, &length);
	tunnel = tunnel_at(destination);
	if (tunnel == NULL)
		tunnel = tunnel_at(source);
	if (tunnel == NULL || length < UDP_HEADER)
		return DECODE_NOT_TCP;
	cursor_limit(c, length - UDP_HEADER);
	cursor_enter_tunnel(c);
	return cursor_follow(c, tunnel, DECODE_NOT_TCP);
}
