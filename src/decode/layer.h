/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_LAYER_H
#define DECODE_LAYER_H

/*
 * How headers are peeled off a frame: a layer reads the header at the front of
 * the cursor, steps over it and names the layer that follows. One loop calls
 * them in turn, so nesting costs no stack and is bounded in one place.
 */

#include "decode/fragment.h"
#include "decode/segment.h"

struct cursor;

/* DECODE_SEGMENT means "well so far"; anything else ends the frame. */
typedef enum decode_result layer(struct cursor *c);

struct cursor {
	struct span bytes;	/* captured, from the next header on */
	size_t wire_bytes;	/* on the wire, from there on; never less than bytes.n */
	layer *next;		/* who reads on; NULL when the segment is complete */
	struct segment *segment;
	struct fragment *fragment;	/* filled where DECODE_FRAGMENT is the answer */
	uint32_t tunnel;	/* number of the last tunnel that has one */
	uint8_t ip_version;	/* of the last IP header, 0 before the first */
	bool sum_unknowable;	/* something that the TCP checksum covers is missing */
};

/* Step over a header of n bytes; false when so many were not captured. */
static inline bool
cursor_take(struct cursor *c, size_t n, struct span *header_r)
{
	if (!span_take(&c->bytes, n, header_r))
		return false;
	c->wire_bytes -= n;
	return true;
}

static inline bool
cursor_skip(struct cursor *c, size_t n)
{
	struct span skipped;

	return cursor_take(c, n, &skipped);
}

/* A length field ends the packet here; what follows is padding or a trailer. */
static inline void
cursor_limit(struct cursor *c, size_t n)
{
	c->bytes = span_head(c->bytes, n);
	if (c->wire_bytes > n)
		c->wire_bytes = n;
}

/* Read on with that layer, or end with that result when there is none. */
static inline enum decode_result
cursor_follow(struct cursor *c, layer *next, enum decode_result otherwise)
{
	c->next = next;
	return next != NULL ? DECODE_SEGMENT : otherwise;
}

/* VLAN tags in front of a tunnel are the transport's, not the connection's. */
static inline void
cursor_enter_tunnel(struct cursor *c)
{
	c->segment->vlan_count = 0;
}

/* A row of a dispatch table, which ends with { 0 }: a number, and who reads on. */
struct next_layer {
	uint16_t number;
	layer *read;
};

/* NULL when the number is not in the table. */
static inline layer *
next_layer_find(const struct next_layer *row, uint16_t number)
{
	while (row->read != NULL && row->number != number)
		row++;
	return row->read;
}

/* Where a frame of that link type begins; NULL when we do not read it. */
layer *layer_of_link_type(int link_type);

/* Continue with the EtherType just read. */
enum decode_result follow_ethertype(struct cursor *c, uint16_t type);

/* Continue with an IP protocol or IPv6 next header number. */
enum decode_result follow_protocol(struct cursor *c, uint8_t protocol);

/* Continue with IPv4 or IPv6 as the next four bits say. */
enum decode_result follow_ip_version(struct cursor *c, enum decode_result otherwise);

/* Continue with the numbers that NSH (RFC 8300, 2.2) and VXLAN-GPE share. */
enum decode_result follow_service(struct cursor *c, uint8_t next);

layer layer_ethernet, layer_vlan, layer_raw_ip, layer_ipv4, layer_ipv6, layer_tcp;
layer layer_hop_by_hop, layer_routing, layer_fragment, layer_authentication;
layer layer_mpls, layer_pppoe, layer_ppp, layer_cisco_hdlc;
layer layer_gre, layer_nsh, layer_udp, layer_icmp, layer_icmpv6;
layer layer_vxlan, layer_vxlan_gpe, layer_geneve, layer_gtpu, layer_teredo;

#endif
