/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "words/tls_facts.h"

/*
 * TLS as far as it is in clear: records, hellos, the server's certificate.
 * Nothing here keeps state; callers pass everything from the start of the TLS
 * bytes of one direction.
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
 * -1 when this cannot be a TLS record: another content type, a version that is
 * neither 3.0 to 3.4 nor TLCP's 1.1, an empty or over-long fragment.
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
 * more, -1 when it is not one. Fills the client's part of *facts but for its
 * fingerprints.
 *
 * It is not one when it is another message, is longer than 65536 bytes, has
 * another record inside, or has no room for version, random, session id and
 * cipher suites. What is wrong behind them is tolerated: extensions are read
 * up to the first that does not fit, and a value that makes no sense is left
 * out.
 */
long tls_client_hello(struct span in, struct tls_facts *facts);

/* JA3 and JA4 of the ClientHello at the front; left alone when there is none. */
void tls_client_fingerprint(struct span in, struct tls_facts *facts);

/*
 * The same for the ServerHello (RFC 8446 §4.1.3); a HelloRetryRequest counts
 * as one, and warning alerts may come before it (RFC 6066 §3). Wants the
 * client's part of *facts filled for the downgrade sentinel.
 */
long tls_server_hello(struct span in, struct tls_facts *facts);

/*
 * Read the server's own certificate, the first in its Certificate message
 * (RFC 5246 §7.4.2), from the same bytes as the ServerHello. Bytes used (whole
 * records), 0 for more, -1 when none will come: TLS 1.3 encrypts it, a resumed
 * or an anonymous session has none. *certificate_r is written when found.
 * Opens no file, so it may be called from a sandbox.
 */
long tls_certificate(struct span in, struct tls_certificate *certificate_r);

/*
 * A fatal alert in clear: two bytes, level 2; once TLS 1.3 is agreed on all but close_notify
 * and user_canceled, whatever level they have (RFC 8446 §6). Version 0 is none yet.
 */
bool tls_record_is_fatal_alert(const struct tls_record *record, uint16_t version);

/* "TLS 1.3", "SSLv3", ... as EVE writes it; "UNDETERMINED" for what has no name. */
const char *tls_version_name(uint16_t version);

/* "TLS_AES_128_GCM_SHA256", or NULL for a number that is not in our table. */
const char *tls_cipher_name(uint16_t cipher);

/* How much a cipher suite is worth. */
enum tls_strength tls_cipher_strength(uint16_t cipher);

#endif
