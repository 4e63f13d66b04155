/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/socks.h"

#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "words/side.h"

enum {
	CONNECT = 1,
	METHOD_NONE = 0,
	METHOD_PASSWORD = 2,
	VERSION_PASSWORD = 1,
	ADDRESS_IPV4 = 1,
	ADDRESS_NAME = 3,
	ADDRESS_IPV6 = 4,
	GRANTED_4 = 90,
	ADDRESS_MAX = 255,
	PORT_BYTES = 2,
};

/* What is left of both sides, and what came of it so far. */
struct reading {
	struct span in[2];
	bool wrong;		/* no SOCKS, or nothing that was granted */
	bool more;		/* bytes are missing, and nothing behind them is read */
};

static struct span
take(struct reading *r, enum side from, size_t n)
{
	struct span bytes = span_head(r->in[from], 0);

	if (!r->more && !span_take(&r->in[from], n, &bytes))
		r->more = true;
	return bytes;
}

static uint8_t
take_u8(struct reading *r, enum side from)
{
	int byte = span_at(take(r, from, 1), 0);

	return byte < 0 ? 0 : (uint8_t)byte;
}

static void
expect(struct reading *r, enum side from, uint8_t value)
{
	uint8_t byte = take_u8(r, from);

	if (!r->more && byte != value)
		r->wrong = true;
}

/* A length and so many bytes, of which there is at least one. */
static struct span
take_counted(struct reading *r, enum side from)
{
	uint8_t n = take_u8(r, from);

	if (!r->more && n == 0)
		r->wrong = true;
	return take(r, from, n);
}

/* Up to a NUL. */
static struct span
take_text(struct reading *r, enum side from)
{
	size_t n = span_find(r->in[from], 0);
	struct span text = take(r, from, n < ADDRESS_MAX ? n : ADDRESS_MAX);

	expect(r, from, 0);
	return text;
}

/* RFC 1928 §5 */
static struct span
take_address(struct reading *r, enum side from)
{
	uint8_t type = take_u8(r, from);

	switch (type) {
	case ADDRESS_IPV4:
		return take(r, from, 4);
	case ADDRESS_IPV6:
		return take(r, from, 16);
	case ADDRESS_NAME:
		return take_counted(r, from);
	default:
		r->wrong = r->wrong || !r->more;
		return span_head(r->in[from], 0);
	}
}

static void
destination(struct socks_tunnel *tunnel_r, struct span address, struct span port)
{
	static const struct hash_key fixed = { { 0x736f636b73207475, 0x6e6e656c20746f20 } };
	uint8_t bytes[ADDRESS_MAX + PORT_BYTES];
	size_t n = address.n;

	memcpy(bytes, address.p, n);
	memcpy(bytes + n, port.p, PORT_BYTES);
	tunnel_r->to = hash_bytes(&fixed, bytes, n + PORT_BYTES) | 1;
	span_be16(&port, &tunnel_r->port);
}

/* The client names methods, and the server takes one of them (RFC 1928 §3). */
static void
method(struct reading *r)
{
	struct span offered = take_counted(r, SIDE_CLIENT);
	uint8_t taken;

	expect(r, SIDE_SERVER, 5);
	taken = take_u8(r, SIDE_SERVER);
	if (r->more)
		return;
	if (span_find(offered, taken) == offered.n ||
	    (taken != METHOD_NONE && taken != METHOD_PASSWORD)) {
		r->wrong = true;
	} else if (taken == METHOD_PASSWORD) {
		expect(r, SIDE_CLIENT, VERSION_PASSWORD);
		take_counted(r, SIDE_CLIENT);
		take_counted(r, SIDE_CLIENT);
		expect(r, SIDE_SERVER, VERSION_PASSWORD);
		expect(r, SIDE_SERVER, 0);
	}
}

static void
version_5(struct reading *r, struct socks_tunnel *tunnel_r)
{
	struct span address, port;

	method(r);
	expect(r, SIDE_CLIENT, 5);
	expect(r, SIDE_CLIENT, CONNECT);
	expect(r, SIDE_CLIENT, 0);
	address = take_address(r, SIDE_CLIENT);
	port = take(r, SIDE_CLIENT, PORT_BYTES);
	expect(r, SIDE_SERVER, 5);
	expect(r, SIDE_SERVER, 0);
	expect(r, SIDE_SERVER, 0);
	take_address(r, SIDE_SERVER);
	take(r, SIDE_SERVER, PORT_BYTES);
	if (!r->wrong && !r->more)
		destination(tunnel_r, address, port);
}

/* 4a: an address that nobody can have, 0.0.0.x, says that a name follows. */
static bool
is_name_next(struct span address)
{
	return span_at(address, 0) == 0 && span_at(address, 1) == 0 &&
	    span_at(address, 2) == 0 && span_at(address, 3) > 0;
}

static void
version_4(struct reading *r, struct socks_tunnel *tunnel_r)
{
	struct span address, port;

	expect(r, SIDE_CLIENT, CONNECT);
	port = take(r, SIDE_CLIENT, PORT_BYTES);
	address = take(r, SIDE_CLIENT, 4);
	take_text(r, SIDE_CLIENT);
	if (is_name_next(address))
		address = take_text(r, SIDE_CLIENT);
	expect(r, SIDE_SERVER, 0);
	expect(r, SIDE_SERVER, GRANTED_4);
	take(r, SIDE_SERVER, PORT_BYTES + 4);
	if (!r->wrong && !r->more)
		destination(tunnel_r, address, port);
}

enum socks
socks_read(struct span client, struct span server, struct socks_tunnel *tunnel_r)
{
	struct reading r = { .in = { client, server } };

	switch (take_u8(&r, SIDE_CLIENT)) {
	case 4:
		version_4(&r, tunnel_r);
		break;
	case 5:
		version_5(&r, tunnel_r);
		break;
	default:
		return SOCKS_NO;
	}
	if (r.wrong)
		return SOCKS_NO;
	if (r.more)
		return SOCKS_MORE;
	tunnel_r->bytes[SIDE_CLIENT] = client.n - r.in[SIDE_CLIENT].n;
	tunnel_r->bytes[SIDE_SERVER] = server.n - r.in[SIDE_SERVER].n;
	return SOCKS_GRANTED;
}
