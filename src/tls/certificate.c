/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Certificate message of a server up to TLS 1.2: RFC 5246 §7.4.2. */
#include "tls/message.h"
#include "tls/tls.h"
#include "tls/x509.h"

/* Two lengths, each of three bytes: of all certificates, of the first. */
enum { LIST_HEADER = 6 };

/* First certificate of the message at offset: 1, 0 for more, -1 for none. */
static int
find_leaf(struct tls_join *join, size_t offset, uint32_t length, struct span *der_r)
{
	size_t at = offset + TLS_MESSAGE_HEADER;
	struct span lists;
	uint32_t all, first;
	int there;

	if (length < LIST_HEADER)
		return -1;
	there = tls_join_need(join, at + LIST_HEADER);
	if (there <= 0)
		return there;
	lists = tls_join_span(join, at, LIST_HEADER);
	if (!span_be24(&lists, &all) || !span_be24(&lists, &first) || first == 0 ||
	    first > length - LIST_HEADER)
		return -1;
	there = tls_join_need(join, at + LIST_HEADER + first);
	if (there > 0)
		*der_r = tls_join_span(join, at + LIST_HEADER, first);
	return there;
}

/* It follows the ServerHello; only SupplementalData may come between (RFC 4680 §3). */
static int
find_certificate(struct tls_join *join, struct span *der_r)
{
	size_t offset = 0;
	uint8_t type;
	uint32_t length;
	int there;

	while ((there = tls_join_message(join, offset, &type, &length)) > 0) {
		if (offset > 0 && type == TLS_CERTIFICATE)
			return find_leaf(join, offset, length, der_r);
		if (type != (offset == 0 ? TLS_SERVER_HELLO : TLS_SUPPLEMENTAL_DATA))
			return -1;
		offset += TLS_MESSAGE_HEADER + length;
	}
	return there;
}

long
tls_certificate(struct span in, struct tls_certificate *certificate_r)
{
	struct tls_join join;
	struct span der;
	int there;

	tls_join_start(&join, in);
	there = find_certificate(&join, &der);
	if (there <= 0)
		return there;
	tls_x509_read(der, certificate_r);
	return join.used;
}
