/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hello that SSLv2 servers understand, too: RFC 5246 appendix E.2. */
#include <string.h>

#include "tls/offer.h"

enum {
	CIPHER_SIZE = 3,
	CHALLENGE_MIN = 16,
};

struct hello {
	uint16_t version;
	struct span ciphers;
	struct span challenge;
};

static bool
read_hello(struct span body, struct hello *hello)
{
	uint16_t ciphers, session_id, challenge;

	return span_skip(&body, 1) && span_be16(&body, &hello->version) &&
	    span_be16(&body, &ciphers) && span_be16(&body, &session_id) &&
	    span_be16(&body, &challenge) && ciphers > 0 && ciphers % CIPHER_SIZE == 0 &&
	    challenge >= CHALLENGE_MIN && span_take(&body, ciphers, &hello->ciphers) &&
	    span_skip(&body, session_id) &&
	    span_take(&body, challenge, &hello->challenge);
}

/* Cipher suites of TLS have a zero before them; the rest are SSLv2's own. */
static bool
offers_fallback(struct span ciphers)
{
	uint8_t kind;
	uint16_t cipher;

	while (span_u8(&ciphers, &kind) && span_be16(&ciphers, &cipher)) {
		if (kind == 0 && cipher == TLS_FALLBACK_SCSV)
			return true;
	}
	return false;
}

/* The challenge is the random's end, whichever of the two is longer. */
static uint64_t
challenge_hash(struct span challenge)
{
	uint8_t random[TLS_RANDOM_SIZE] = { 0 };

	if (challenge.n > sizeof(random))
		challenge = span_tail(challenge, challenge.n - sizeof(random));
	memcpy(random + sizeof(random) - challenge.n, challenge.p, challenge.n);
	return tls_random_hash(span_of(random, sizeof(random)));
}

long
tls_sslv2_hello(struct span in, struct tls_facts *facts)
{
	struct hello hello;
	struct span body;
	uint16_t length;

	if (!span_be16(&in, &length))
		return 0;
	length &= 0x7fff;
	if (!span_take(&in, length, &body))
		return 0;
	if (!read_hello(body, &hello))
		return -1;
	facts->client_version = tls_legacy_version(hello.version);
	facts->fallback_scsv = offers_fallback(hello.ciphers);
	facts->sslv2_hello = true;
	facts->client_random_hash = challenge_hash(hello.challenge);
	facts->sni[0] = '\0';
	facts->alpn[0] = '\0';
	/* neither fingerprint is defined for it */
	facts->ja3[0] = '\0';
	facts->ja4[0] = '\0';
	return 2 + (long)length;
}
