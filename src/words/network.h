/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_NETWORK_H
#define WORDS_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "words/address.h"

/* A network in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3). */
struct network {
	struct address address;
	unsigned bits;
};

/* "192.0.2.0/24", "2001:db8::/32", or one address. */
bool network_read(const char *text, struct network *network_r);

bool network_has(const struct network *network, const struct address *address);

/* Text that is no address lies in no network. */
bool network_holds(const struct network *network, const char *text);

/* Does one of them have it? */
bool network_any_has(const struct network *networks, size_t count,
    const struct address *address);

#endif
