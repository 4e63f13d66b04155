/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TLS_OFFER_H
#define TLS_OFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "words/tls_facts.h"

/*
 * A ClientHello taken apart (RFC 8446 §4.1.2). Lists stay on the wire and are
 * read where they are needed; an empty span is a list that was not there.
 */
struct tls_offer {
	uint16_t version;		/* legacy_version */
	struct span random;
	struct span ciphers;
	struct span extensions;		/* the whole block */
	struct span versions;		/* supported_versions */
	struct span groups;		/* supported_groups */
	struct span point_formats;
	struct span signatures;		/* signature_algorithms */
	struct span host;		/* first host_name of server_name */
	struct span alpn;		/* first protocol, GREASE aside */
	bool has_host;			/* server_name was there, even an odd one */
};

enum {
	TLS_FALLBACK_SCSV = 0x5600,	/* RFC 7507 §2 */
	TLS_RANDOM_SIZE = 32,
};

/* Read a ClientHello's body; false when it has no room for its cipher suites. */
bool tls_offer_read(struct span body, struct tls_offer *offer_r);

/*
 * An SSLv2-compatible hello with its two bytes of length (RFC 5246 appendix
 * E.2): bytes used, 0 for more, -1 when its lengths contradict each other.
 */
long tls_sslv2_hello(struct span in, struct tls_facts *facts);

/*
 * The highest version that a legacy_version offers. Without the extension no
 * server may choose TLS 1.3, whatever that field says (RFC 8446 §4.2.1).
 */
uint16_t tls_legacy_version(uint16_t version);

/* Of the 32 random bytes, the same in every run. */
uint64_t tls_random_hash(struct span random);

#endif
