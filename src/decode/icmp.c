/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP (RFC 792) and ICMPv6 (RFC 4443), of which one message matters: that the
 * SYN it quotes cannot reach its destination. That refuses a connection as a
 * reset does (RFC 1122, 4.2.3.9; RFC 5461, 4), and so it is told: as the reset
 * that the server would have sent.
 */
#include "decode/layer.h"

enum {
	HEADER = 8,
	UNREACHABLE = 3,
	TOO_LARGE = 4,		/* code: an ordinary step of path MTU discovery (RFC 1191) */
	CODE_MAX = 15,		/* RFC 1812, 5.2.7.1 */
	UNREACHABLE_V6 = 1,
	IPV4_HEADER_MIN = 20,
	IPV4_OFFSET_MASK = 0x1fff,
	IPV6_HEADER = 40,
	PROTOCOL_TCP = 6,
	FLAGS_BEHIND = 5,	/* the flags stand so far behind the sequence number */
};

/* Step over the quoted header of IP; false when TCP does not follow it. */
static bool
quoted_ipv4(struct span *quote, struct span *source_r, struct span *destination_r)
{
	uint8_t version_length = 0, protocol = 0;
	uint16_t fragment = 0;
	struct span header = *quote;

	if (!span_u8(&header, &version_length) || version_length >> 4 != 4 ||
	    !span_skip(&header, 5) || !span_be16(&header, &fragment) || !span_skip(&header, 1) ||
	    !span_u8(&header, &protocol) || !span_skip(&header, 2) ||
	    !span_take(&header, 4, source_r) || !span_take(&header, 4, destination_r))
		return false;
	return protocol == PROTOCOL_TCP && (fragment & IPV4_OFFSET_MASK) == 0 &&
	    (version_length & 0x0f) * 4u >= IPV4_HEADER_MIN &&
	    span_skip(quote, (version_length & 0x0f) * 4u);
}

static bool
quoted_ipv6(struct span *quote, struct span *source_r, struct span *destination_r)
{
	uint8_t version = 0, next = 0;
	struct span header = *quote;

	return span_u8(&header, &version) && version >> 4 == 6 && span_skip(&header, 5) &&
	    span_u8(&header, &next) && next == PROTOCOL_TCP && span_skip(&header, 1) &&
	    span_take(&header, 16, source_r) && span_take(&header, 16, destination_r) &&
	    span_skip(quote, IPV6_HEADER);
}

/* Of TCP eight bytes are quoted at least; where the flags are, they must be a SYN's. */
static bool
quoted_syn(struct segment *s, struct span tcp)
{
	uint32_t seq = 0;
	int flags;

	if (!span_be16(&tcp, &s->port[1]) || !span_be16(&tcp, &s->port[0]) ||
	    !span_be32(&tcp, &seq))
		return false;
	flags = span_at(tcp, FLAGS_BEHIND);
	s->ack = seq + 1;
	return flags < 0 || (flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

/* The message goes to who sent what it quotes. */
static bool
refuses(struct segment *s, struct span quote, bool v6)
{
	struct span source, destination;

	if (!(v6 ? quoted_ipv6 : quoted_ipv4)(&quote, &source, &destination) ||
	    memcmp(s->addr[1].bytes, source.p, source.n) != 0 || !quoted_syn(s, quote))
		return false;
	memcpy(s->addr[0].bytes, destination.p, destination.n);
	s->flags = TCP_RST | TCP_ACK;
	s->checksum = CHECKSUM_UNKNOWN;
	s->payload = s->summed = span_tail(quote, quote.n);
	s->unreachable = true;
	return true;
}

static enum decode_result
layer_message(struct cursor *c, bool v6)
{
	struct span header;
	int type, code;

	if (!span_take(&c->bytes, HEADER, &header))
		return DECODE_SHORT;
	type = span_at(header, 0);
	code = span_at(header, 1);
	c->next = NULL;
	if (v6 ? type != UNREACHABLE_V6 : type != UNREACHABLE || code == TOO_LARGE ||
	    code > CODE_MAX)
		return DECODE_NOT_TCP;
	return refuses(c->segment, c->bytes, v6) ? DECODE_SEGMENT : DECODE_NOT_TCP;
}

enum decode_result
layer_icmp(struct cursor *c)
{
	return layer_message(c, false);
}

enum decode_result
layer_icmpv6(struct cursor *c)
{
	return layer_message(c, true);
}
