/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3). */
#include "words/network.h"

#include <string.h>

#include "base/text.h"

/* "0" to "128", and nothing else. */
static bool
read_bits(const char *text, unsigned *bits_r)
{
	size_t n = strlen(text);

	if (n < 1 || n > 3 || strspn(text, "0123456789") != n ||
	    (n > 1 && text[0] == '0'))
		return false;
	*bits_r = 0;
	for (; *text != '\0'; text++)
		*bits_r = *bits_r * 10 + (unsigned)(*text - '0');
	return true;
}

static bool
bit(const struct address *a, unsigned i)
{
	return (a->bytes[i / 8] >> (7 - i % 8) & 1) != 0;
}

bool
network_read(const char *text, struct network *network_r)
{
	const char *slash = strchr(text, '/');
	size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);
	char address[ADDRESS_TEXT_SIZE];
	unsigned most;

	if (n >= sizeof(address))
		return false;
	text_copy(address, n + 1, text);
	if (!address_parse(address, &network_r->address))
		return false;
	most = address_size(&network_r->address) * 8;
	network_r->bits = most;
	if (slash != NULL && !read_bits(slash + 1, &network_r->bits))
		return false;
	if (network_r->bits > most)
		return false;
	/* bits behind the prefix are a slip of the pen */
	for (unsigned i = network_r->bits; i < most; i++) {
		if (bit(&network_r->address, i))
			return false;
	}
	return true;
}

bool
network_has(const struct network *network, const struct address *address)
{
	if (address->family != network->address.family)
		return false;
	for (unsigned i = 0; i < network->bits; i++) {
		if (bit(address, i) != bit(&network->address, i))
			return false;
	}
	return true;
}

bool
network_holds(const struct network *network, const char *text)
{
	struct address address;

	return address_parse(text, &address) && network_has(network, &address);
}

bool
network_any_has(const struct network *networks, size_t count, const struct address *address)
{
	for (size_t i = 0; i < count; i++) {
		if (network_has(&networks[i], address))
			return true;
	}
	return false;
}
