/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls/digest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

/*
 * Make libcrypto ready without its configuration file: it would be opened at
 * the first use, which may be in a sandbox. Cheap when done before.
 */
static void
make_ready(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

static void
give_up(struct tls_digest *digest)
{
	EVP_MD_CTX_free(digest->context);
	digest->context = NULL;
}

void
tls_digest_start(struct tls_digest *digest, const EVP_MD *kind)
{
	make_ready();
	digest->context = EVP_MD_CTX_new();
	if (digest->context != NULL && !EVP_DigestInit_ex(digest->context, kind, NULL))
		give_up(digest);
}

void
tls_digest_add(struct tls_digest *digest, struct span bytes)
{
	if (digest->context != NULL &&
	    !EVP_DigestUpdate(digest->context, bytes.p, bytes.n))
		give_up(digest);
}

void
tls_digest_print(struct tls_digest *digest, const char *format, ...)
{
	char text[64];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	tls_digest_add(digest, span_text(text));
}

void
tls_digest_end(struct tls_digest *digest, const char *between, char *hex_r, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const size_t between_bytes = strlen(between);
	uint8_t hash[EVP_MAX_MD_SIZE];
	size_t used = 0;
	unsigned n = 0;

	hex_r[0] = '\0';
	if (digest->context == NULL)
		return;
	if (!EVP_DigestFinal_ex(digest->context, hash, &n))
		n = 0;
	for (unsigned i = 0; i < n; i++) {
		const size_t before = i > 0 ? between_bytes : 0;

		if (used + before + 2 >= size)
			break;
		memcpy(hex_r + used, between, before);
		used += before;
		hex_r[used++] = digits[hash[i] >> 4];
		hex_r[used++] = digits[hash[i] & 0xf];
	}
	hex_r[used] = '\0';
	give_up(digest);
}
