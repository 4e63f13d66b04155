/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls/offer.h"

#include "tls/message.h"

/* The first host_name of a server_name extension (RFC 6066 §3). */
static struct span
first_host(struct span body)
{
	struct span list = tls_list16(body), name;
	uint16_t length;
	uint8_t type;

	while (span_u8(&list, &type) && span_be16(&list, &length) &&
	    span_take(&list, length, &name)) {
		if (type == 0)
			return name;
	}
	return (struct span){ 0 };
}

/* The first protocol (RFC 7301 §3.1); two equal GREASE bytes are none (RFC 8701 §2). */
static struct span
first_protocol(struct span body)
{
	struct span list = tls_list16(body), name;
	uint8_t length;

	while (span_u8(&list, &length) && span_take(&list, length, &name)) {
		struct span at = name;
		uint16_t value;

		if (name.n != 2 || !span_be16(&at, &value) || !tls_is_grease(value))
			return name;
	}
	return (struct span){ 0 };
}

/* An extension that comes twice is a mistake; the first one is believed. */
static void
keep_first(struct span *list, struct span value)
{
	if (list->n == 0)
		*list = value;
}

static void
read_extension(struct tls_offer *offer, uint16_t type, struct span body)
{
	switch ((enum tls_extension)type) {
	case TLS_SERVER_NAME:
		offer->has_host = true;
		keep_first(&offer->host, first_host(body));
		break;
	case TLS_SUPPORTED_GROUPS:
		keep_first(&offer->groups, tls_list16(body));
		break;
	case TLS_POINT_FORMATS:
		keep_first(&offer->point_formats, tls_list8(body));
		break;
	case TLS_SIGNATURE_ALGORITHMS:
		keep_first(&offer->signatures, tls_list16(body));
		break;
	case TLS_ALPN:
		keep_first(&offer->alpn, first_protocol(body));
		break;
	case TLS_SUPPORTED_VERSIONS:
		keep_first(&offer->versions, tls_list8(body));
		break;
	default:
		break;
	}
}

bool
tls_offer_read(struct span body, struct tls_offer *offer_r)
{
	struct tls_offer offer = { 0 };
	struct span block, value;
	uint8_t session_id, compression;
	uint16_t ciphers, type;

	if (!span_be16(&body, &offer.version) ||
	    !span_take(&body, TLS_RANDOM_SIZE, &offer.random) ||
	    !span_u8(&body, &session_id) || session_id > TLS_SESSION_ID_MAX ||
	    !span_skip(&body, session_id) || !span_be16(&body, &ciphers) ||
	    !span_take(&body, ciphers, &offer.ciphers))
		return false;
	/* SSL 3.0 and many old clients end behind the compression methods */
	if (span_u8(&body, &compression) && span_skip(&body, compression))
		offer.extensions = tls_list16(body);
	block = offer.extensions;
	while (tls_extension_next(&block, &type, &value))
		read_extension(&offer, type, value);
	*offer_r = offer;
	return true;
}
