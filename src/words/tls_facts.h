/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_TLS_FACTS_H
#define WORDS_TLS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	TLS_NAME_SIZE = 128,
	TLS_ALPN_SIZE = 32,
	TLS_JA3_SIZE = 33,
	TLS_JA4_SIZE = 40,
	TLS_DN_SIZE = 256,
	TLS_FINGERPRINT_SIZE = 96,	/* 32 bytes as "ab:cd:..." */
	TLS_SHA256_SIZE = 65,
};

/* What is wrong with a cipher suite; the worst comes first. */
enum tls_strength {
	TLS_STRENGTH_UNKNOWN,	/* not in our table, or no cipher suite at all */
	TLS_STRENGTH_NULL,	/* nothing is encrypted */
	TLS_STRENGTH_EXPORT,	/* keys of 40 or 56 bits */
	TLS_STRENGTH_ANON,	/* nobody is authenticated */
	TLS_STRENGTH_RC4,	/* RFC 7465 */
	TLS_STRENGTH_DES,	/* 56 bits */
	TLS_STRENGTH_BLOCK64,	/* 3DES and other ciphers with small blocks */
	TLS_STRENGTH_OK,
};

/*
 * The server's own certificate. Text is escaped; "" or 0 where it could not be
 * read. A fingerprint without spki_sha256 is of bytes that are no certificate.
 */
struct tls_certificate {
	char subject[TLS_DN_SIZE];	/* RFC 2253 order, special values quoted */
	char issuer[TLS_DN_SIZE];
	int64_t not_before_s;		/* since 1970; seconds, as years go up to 9999 */
	int64_t not_after_s;
	char fingerprint_sha256[TLS_FINGERPRINT_SIZE];	/* of the DER, with colons */
	char spki_sha256[TLS_SHA256_SIZE];	/* of the public key */
	bool self_signed;		/* subject and issuer are the same name */
};

/* What a handshake shows in clear; text is escaped, "" or 0 where it was not seen. */
struct tls_facts {
	uint16_t client_version;	/* highest that the client offered */
	uint16_t version;		/* what the server chose, e.g. 0x0304 */
	uint16_t cipher;
	enum tls_strength strength;	/* of that cipher */
	bool fallback_scsv;		/* TLS_FALLBACK_SCSV, RFC 7507 */
	bool downgrade_sentinel;	/* RFC 8446 §4.1.3, and the client had offered more */
	bool sslv2_hello;		/* the client began with an SSLv2-compatible hello */
	char version_name[20];		/* of version, as EVE writes it */
	char cipher_name[48];
	char sni[TLS_NAME_SIZE];
	char alpn[TLS_ALPN_SIZE];	/* first one that the client offered */
	char ja3[TLS_JA3_SIZE];		/* MD5 in hexadecimal */
	char ja3s[TLS_JA3_SIZE];
	char ja4[TLS_JA4_SIZE];
	uint64_t client_random_hash;	/* equal randoms in two connections are evidence */
	struct tls_certificate certificate;	/* in clear up to TLS 1.2 */
};

#endif
