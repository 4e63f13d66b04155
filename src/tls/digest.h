/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TLS_DIGEST_H
#define TLS_DIGEST_H

#include <stddef.h>

#include <openssl/evp.h>

#include "base/span.h"

/*
 * Hashing text and bytes with libcrypto. Whatever fails inside it shows once,
 * at the end, as an empty result.
 */
struct tls_digest {
	EVP_MD_CTX *context;	/* NULL once something failed */
};

/* Every start wants its end. */
void tls_digest_start(struct tls_digest *digest, const EVP_MD *kind);
void tls_digest_add(struct tls_digest *digest, struct span bytes);

/* Short formatted text, 63 characters at most. */
void tls_digest_print(struct tls_digest *digest, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The hash in lower-case hexadecimal with this between the bytes, as far as
 * whole bytes fit; "" when anything failed. Frees what start made.
 */
void tls_digest_end(struct tls_digest *digest, const char *between, char *hex_r,
    size_t size);

#endif
