/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_ADDRESS_H
#define WORDS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

enum { ADDRESS_TEXT_SIZE = 46 };

/* An IPv4 or IPv6 address in network order; IPv4 uses the first four bytes, the rest is zero. */
struct address {
	uint8_t family;		/* 4, 6, or 0 for none */
	uint8_t bytes[16];
};

/* Number of bytes that count: 4 or 16. */
static inline unsigned
address_size(const struct address *a)
{
	return a->family == 4 ? 4 : 16;
}

/* The usual text form, RFC 5952 for IPv6. */
void address_format(const struct address *a, char text_r[ADDRESS_TEXT_SIZE]);

/* The other way; false when the text is no address. */
bool address_parse(const char *text, struct address *address_r);

bool address_equal(const struct address *a, const struct address *b);

/* 127.0.0.0/8, ::1, and IPv4-mapped loopback. */
bool address_is_loopback(const struct address *a);

/* RFC 1918, RFC 4193 (fc00::/7), link-local; not documentation and benchmark ranges. */
bool address_is_private(const struct address *a);

#endif
