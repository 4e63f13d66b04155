/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "words/tls_facts.h"

/*
 * TLS as far as it is in clear: records and hellos. Nothing here keeps state;
 * callers pass everything from the start of the TLS bytes of one direction.
 */

enum tls_content {
	TLS_CHANGE_CIPHER_SPEC = 20,
	TLS_ALERT = 21,
	TLS_HANDSHAKE = 22,
	TLS_APPLICATION_DATA = 23,
	TLS_HEARTBEAT = 24,
};

enum { TLS_RECORD_HEADER = 5 };

/* One record's header and as much of its fragment as is there. */
struct tls_record {
	uint8_t content;	/* enum tls_content */
	uint16_t version;
	uint16_t length;	/* of the fragment on the wire */
	struct span fragment;	/* may be shorter than length */
};

/*
 * Read the record at the front (RFC 8446 §5.1). Bytes of header plus whole
 * fragment, even if not all of it is there; 0 when fewer than five bytes are;
 * -1 when this cannot be a TLS record.
 */
long tls_record_read(struct span in, struct tls_record *record_r);

enum tls_looks {
	TLS_NOT,		/* cannot be the start of a client's TLS */
	TLS_MAYBE,		/* too short to tell */
	TLS_YES,
};

/*
 * Do these bytes begin a client's TLS: a handshake record with a ClientHello,
 * or an SSLv2-compatible hello (RFC 5246 appendix E.2), or TLCP's 16 01 01?
 * Sure after six bytes.
 */
enum tls_looks tls_looks_like_client(struct span in);

/* The same for a server: a handshake record with a ServerHello, or an alert. */
enum tls_looks tls_looks_like_server(struct span in);

/*
 * Read the ClientHello from the records at the front; it may be spread over
 * any number of them (RFC 8446 §4.1.2). Bytes used (whole records), 0 for
 * more, -1 when it is not one. Fills the client's part of *facts.
 */
long tls_client_hello(struct span in, struct tls_facts *facts);

/*
 * The same for the ServerHello (RFC 8446 §4.1.3); a HelloRetryRequest counts
 * as one. Wants the client's part of *facts filled for the downgrade sentinel.
 */
long tls_server_hello(struct span in, struct tls_facts *facts);

/* A fatal alert in clear: two bytes, level 2 (RFC 8446 §6). */
bool tls_record_is_fatal_alert(const struct tls_record *record);

/* "TLS 1.3", "SSLv3", ... as EVE writes it; "UNDETERMINED" for what has no name. */
const char *tls_version_name(uint16_t version);

/* "TLS_AES_128_GCM_SHA256", or NULL for a number that is not in our table. */
const char *tls_cipher_name(uint16_t cipher);

#endif
