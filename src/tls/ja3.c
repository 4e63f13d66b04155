/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls/digest.h"
#include "tls/fingerprint.h"
#include "tls/message.h"

/* Numbers of one field: decimal, a dash between. */
struct field {
	struct tls_digest *digest;
	bool begun;
};

static void
add(struct field *field, unsigned value)
{
	tls_digest_print(field->digest, "%s%u", field->begun ? "-" : "", value);
	field->begun = true;
}

static void
add_values(struct tls_digest *digest, struct span list)
{
	struct field field = { .digest = digest };
	uint16_t value;

	while (span_be16(&list, &value)) {
		if (!tls_is_grease(value))
			add(&field, value);
	}
}

static void
add_extensions(struct tls_digest *digest, struct span block)
{
	struct field field = { .digest = digest };
	struct span body;
	uint16_t type;

	while (tls_extension_next(&block, &type, &body)) {
		if (!tls_is_grease(type))
			add(&field, type);
	}
}

static void
add_bytes(struct tls_digest *digest, struct span list)
{
	struct field field = { .digest = digest };
	uint8_t value;

	while (span_u8(&list, &value))
		add(&field, value);
}

void
tls_ja3(const struct tls_offer *offer, char ja3_r[TLS_JA3_SIZE])
{
	struct tls_digest digest;

	tls_digest_start(&digest, EVP_md5());
	tls_digest_print(&digest, "%u,", (unsigned)offer->version);
	add_values(&digest, offer->ciphers);
	tls_digest_print(&digest, ",");
	add_extensions(&digest, offer->extensions);
	tls_digest_print(&digest, ",");
	add_values(&digest, offer->groups);
	tls_digest_print(&digest, ",");
	add_bytes(&digest, offer->point_formats);
	tls_digest_end(&digest, "", ja3_r, TLS_JA3_SIZE);
}

void
tls_ja3s(uint16_t version, uint16_t cipher, struct span extensions,
    char ja3s_r[TLS_JA3_SIZE])
{
	struct tls_digest digest;

	tls_digest_start(&digest, EVP_md5());
	tls_digest_print(&digest, "%u,%u,", (unsigned)version, (unsigned)cipher);
	add_extensions(&digest, extensions);
	tls_digest_end(&digest, "", ja3s_r, TLS_JA3_SIZE);
}
