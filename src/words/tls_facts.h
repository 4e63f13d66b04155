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
};

/* What a handshake shows in clear; text is escaped, "" or 0 where it was not seen. */
struct tls_facts {
	uint16_t client_version;	/* highest that the client offered */
	uint16_t version;		/* what the server chose, e.g. 0x0304 */
	uint16_t cipher;
	bool fallback_scsv;		/* TLS_FALLBACK_SCSV, RFC 7507 */
	bool downgrade_sentinel;	/* RFC 8446 §4.1.3, and the client had offered more */
	bool sslv2_hello;		/* the client began with an SSLv2-compatible hello */
	char version_name[16];		/* of version, as EVE writes it */
	char cipher_name[48];
	char sni[TLS_NAME_SIZE];
	char alpn[TLS_ALPN_SIZE];	/* first one that the client offered */
	char ja3[TLS_JA3_SIZE];		/* MD5 in hexadecimal */
	char ja3s[TLS_JA3_SIZE];
	char ja4[TLS_JA4_SIZE];
	uint64_t client_random_hash;	/* equal randoms in two connections are evidence */
};

#endif
