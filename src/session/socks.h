/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SOCKS_H
#define SESSION_SOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * A client asks a SOCKS proxy for a connection: version 5 (RFC 1928), with or
 * without a name and password (RFC 1929), or 4, also with a host's name (4a). It
 * is no dialect: nothing in it starts TLS. What comes behind it is a connection
 * of its own.
 */
enum socks { SOCKS_NO, SOCKS_MORE, SOCKS_GRANTED };

struct socks_tunnel {
	size_t bytes[2];	/* that this took, by enum side */
	uint64_t to;		/* address or name and port of the far end, hashed; not 0 */
	uint16_t port;
};

/* Is that how both sides began? Only a whole and granted request is a tunnel. */
enum socks socks_read(struct span client, struct span server, struct socks_tunnel *tunnel_r);

#endif
