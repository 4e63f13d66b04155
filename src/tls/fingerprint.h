/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TLS_FINGERPRINT_H
#define TLS_FINGERPRINT_H

#include <stdint.h>

#include "tls/offer.h"
#include "words/tls_facts.h"

/*
 * Fingerprints, as their authors define them. GREASE is left out of the
 * client's. "" where libcrypto will not hash.
 */

/* MD5 of "version,ciphers,extensions,groups,point formats", in the order of the hello. */
void tls_ja3(const struct tls_offer *offer, char ja3_r[TLS_JA3_SIZE]);

/* MD5 of "version,cipher,extensions" of a ServerHello with this block of extensions. */
void tls_ja3s(uint16_t version, uint16_t cipher, struct span extensions,
    char ja3s_r[TLS_JA3_SIZE]);

/*
 * JA4 of TLS over TCP: what the client offers in clear text, then hashes of
 * its sorted ciphers and extensions. "" for a hello with more of either than
 * any client has use for.
 */
void tls_ja4(const struct tls_offer *offer, char ja4_r[TLS_JA4_SIZE]);

#endif
