/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "tls/digest.h"
#include "tls/fingerprint.h"
#include "tls/message.h"

enum {
	VALUES_MAX = 1024,	/* nearly three times what is assigned */
	SHOWN_MAX = 99,
	PART_SIZE = 13,		/* twelve digits */
};

struct values {
	size_t n;
	bool overflow;
	uint16_t value[VALUES_MAX];
};

static void
collect(struct values *values, uint16_t value)
{
	if (tls_is_grease(value))
		return;
	if (values->n == VALUES_MAX)
		values->overflow = true;
	else
		values->value[values->n++] = value;
}

static int
compare(const void *a, const void *b)
{
	uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;

	return (x > y) - (x < y);
}

static void
collect_ciphers(struct values *values, struct span list)
{
	uint16_t cipher;

	values->n = 0;
	values->overflow = false;
	while (span_be16(&list, &cipher))
		collect(values, cipher);
	qsort(values->value, values->n, sizeof(values->value[0]), compare);
}

static void
collect_extensions(struct values *values, struct span block)
{
	struct span body;
	uint16_t type;

	values->n = 0;
	values->overflow = false;
	while (tls_extension_next(&block, &type, &body))
		collect(values, type);
	qsort(values->value, values->n, sizeof(values->value[0]), compare);
}

static const char *
version_code(const struct tls_offer *offer)
{
	struct span list = offer->versions;
	uint16_t highest = 0, version;

	while (span_be16(&list, &version)) {
		if (!tls_is_grease(version) && version > highest)
			highest = version;
	}
	switch (highest != 0 ? highest : offer->version) {
	case 0x0304:
		return "13";
	case 0x0303:
		return "12";
	case 0x0302:
		return "11";
	case 0x0301:
		return "10";
	case 0x0300:
		return "s3";
	case 0x0002:
		return "s2";
	default:
		return "00";
	}
}

static bool
is_alphanumeric(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* First and last character of the first protocol, or of its hexadecimal form. */
static void
alpn_code(struct span alpn, char code_r[3])
{
	static const char digits[] = "0123456789abcdef";
	int first = span_at(alpn, 0), last = span_at(alpn, alpn.n - 1);

	text_copy(code_r, 3, "00");
	if (alpn.n == 0)
		return;
	if (is_alphanumeric(first) && is_alphanumeric(last)) {
		code_r[0] = (char)first;
		code_r[1] = (char)last;
	} else {
		code_r[0] = digits[first >> 4];
		code_r[1] = digits[last & 15];
	}
}

/* An empty list has no hash but zeros, so that nobody takes it for one. */
static void
end_part(struct tls_digest *digest, bool empty, char part_r[PART_SIZE])
{
	tls_digest_end(digest, "", part_r, PART_SIZE);
	if (empty && part_r[0] != '\0')
		text_copy(part_r, PART_SIZE, "000000000000");
}

static void
cipher_part(const struct values *ciphers, char part_r[PART_SIZE])
{
	struct tls_digest digest;

	tls_digest_start(&digest, EVP_sha256());
	for (size_t i = 0; i < ciphers->n; i++)
		tls_digest_print(&digest, "%s%04x", i > 0 ? "," : "",
		    (unsigned)ciphers->value[i]);
	end_part(&digest, ciphers->n == 0, part_r);
}

/* Extensions sorted, but for the two that part one tells; signatures as they came. */
static void
extension_part(const struct values *extensions, struct span signatures,
    char part_r[PART_SIZE])
{
	struct tls_digest digest;
	const char *before = "";
	bool empty = true;
	uint16_t signature;

	tls_digest_start(&digest, EVP_sha256());
	for (size_t i = 0; i < extensions->n; i++) {
		uint16_t type = extensions->value[i];

		if (type == TLS_SERVER_NAME || type == TLS_ALPN)
			continue;
		tls_digest_print(&digest, "%s%04x", before, (unsigned)type);
		before = ",";
		empty = false;
	}
	before = "_";
	while (span_be16(&signatures, &signature)) {
		if (tls_is_grease(signature))
			continue;
		tls_digest_print(&digest, "%s%04x", before, (unsigned)signature);
		before = ",";
	}
	end_part(&digest, empty, part_r);
}

static unsigned
shown(const struct values *values)
{
	return values->n < SHOWN_MAX ? (unsigned)values->n : SHOWN_MAX;
}

void
tls_ja4(const struct tls_offer *offer, char ja4_r[TLS_JA4_SIZE])
{
	struct values ciphers, extensions;
	char cipher_hash[PART_SIZE], extension_hash[PART_SIZE], alpn[3];

	ja4_r[0] = '\0';
	collect_ciphers(&ciphers, offer->ciphers);
	collect_extensions(&extensions, offer->extensions);
	if (ciphers.overflow || extensions.overflow)
		return;
	cipher_part(&ciphers, cipher_hash);
	extension_part(&extensions, offer->signatures, extension_hash);
	if (cipher_hash[0] == '\0' || extension_hash[0] == '\0')
		return;
	alpn_code(offer->alpn, alpn);
	snprintf(ja4_r, TLS_JA4_SIZE, "t%s%c%02u%02u%s_%s_%s", version_code(offer),
	    offer->has_host ? 'd' : 'i', shown(&ciphers), shown(&extensions), alpn,
	    cipher_hash, extension_hash);
}
