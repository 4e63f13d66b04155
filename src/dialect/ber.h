/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_BER_H
#define DIALECT_BER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/*
 * BER as LDAP restricts it (RFC 4511 §5.1): tags of one byte, definite lengths,
 * here of at most four bytes. Nothing recurses: a reader goes only as deep as
 * it asks for.
 */
struct ber {
	uint8_t tag;
	struct span content;	/* may be shorter than length in what ber_begin() read */
	uint32_t length;	/* of the content on the wire */
};

/* Bytes of tag and length at the front; 0 when more are needed, -1 when it is not such BER. */
long ber_begin(struct span in, struct ber *value_r);

/* Take one whole value from the front; false, changing nothing, when it is not there. */
bool ber_take(struct span *in, struct ber *value_r);

/* The same for a value that must have that tag. */
bool ber_expect(struct span *in, uint8_t tag, struct span *content_r);

/* An INTEGER or ENUMERATED from 0 to 2^31-1, the tag given (RFC 4511 §4.1.1). */
bool ber_number(struct span *in, uint8_t tag, uint32_t *number_r);

#endif
