/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TLS_MESSAGE_H
#define TLS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * Handshake messages flow through the records of one direction as through a
 * pipe: one record may hold several, one message may need several records
 * (RFC 8446 §5.1). A join puts the fragments end to end, as far as is asked.
 */

enum tls_message {
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2,
	TLS_CERTIFICATE = 11,
	TLS_SUPPLEMENTAL_DATA = 23,
};

enum tls_extension {
	TLS_SERVER_NAME = 0,
	TLS_SUPPORTED_GROUPS = 10,
	TLS_POINT_FORMATS = 11,
	TLS_SIGNATURE_ALGORITHMS = 13,
	TLS_ALPN = 16,
	TLS_SUPPORTED_VERSIONS = 43,
};

enum {
	TLS_SESSION_ID_MAX = 32,
	TLS_MESSAGE_HEADER = 4,
	TLS_MESSAGE_MAX = 65536,
	TLS_JOIN_MAX = TLS_MESSAGE_HEADER + TLS_MESSAGE_MAX,
};

struct tls_join {
	struct span wire;	/* records that were not taken yet */
	long used;		/* wire bytes of those that were */
	size_t n;
	uint8_t bytes[TLS_JOIN_MAX];
};

/* Begin at the first record; a server's warning alerts there are passed over. */
void tls_join_start(struct tls_join *join, struct span in);

/*
 * Take whole records until n handshake bytes are joined. 1 when they are, 0
 * when more must come, -1 when something else comes before them or n is more
 * than a join holds.
 */
int tls_join_need(struct tls_join *join, size_t n);

/* Header of the message at offset: 1, 0 or -1 as above. */
int tls_join_message(struct tls_join *join, size_t offset, uint8_t *type_r,
    uint32_t *length_r);

/* Joined bytes from offset on; they must have been asked for. */
struct span tls_join_span(const struct tls_join *join, size_t offset, size_t n);

/*
 * The body of the first message, which must be of that type. Wire bytes used,
 * 0 for more, -1 when it is another. *body_r lives as long as *join.
 */
long tls_join_first(struct tls_join *join, enum tls_message type,
    struct span *body_r);

/* The next extension of a block (RFC 8446 §4.2); false when none is left that fits. */
bool tls_extension_next(struct span *block, uint16_t *type_r,
    struct span *body_r);

/* A list behind its length, cut to what is really there. */
struct span tls_list8(struct span in);
struct span tls_list16(struct span in);

/* One of the values that mean nothing and keep peers tolerant (RFC 8701 §2). */
static inline bool
tls_is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/* For telling which version is higher; drafts of TLS 1.3 lie below it, 0 is none. */
int tls_version_rank(uint16_t version);

#endif
