/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/address.h"

#include <arpa/inet.h>
#include <string.h>

void
address_format(const struct address *a, char text_r[ADDRESS_TEXT_SIZE])
{
	text_r[0] = '\0';
	if (a->family != 0)
		inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, text_r,
		    ADDRESS_TEXT_SIZE);
}

bool
address_parse(const char *text, struct address *address_r)
{
	memset(address_r, 0, sizeof(*address_r));
	if (inet_pton(AF_INET, text, address_r->bytes) == 1)
		address_r->family = 4;
	else if (inet_pton(AF_INET6, text, address_r->bytes) == 1)
		address_r->family = 6;
	return address_r->family != 0;
}

bool
address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family &&
	    memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* The IPv4 address inside ::ffff:0:0/96, so that both spellings are judged alike. */
static struct address
without_mapping(const struct address *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct address plain = { .family = 4 };

	if (a->family != 6 || memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		return *a;
	memcpy(plain.bytes, a->bytes + sizeof(mapped), 4);
	return plain;
}

bool
address_is_loopback(const struct address *a)
{
	static const uint8_t one[16] = { [15] = 1 };
	struct address plain = without_mapping(a);

	if (plain.family == 4)
		return plain.bytes[0] == 127;
	return plain.family == 6 && memcmp(plain.bytes, one, sizeof(one)) == 0;
}

bool
address_is_private(const struct address *a)
{
	struct address plain = without_mapping(a);
	const uint8_t *b = plain.bytes;

	if (plain.family == 4)
		return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
		    (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254);
	return plain.family == 6 &&
	    ((b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80));
}
