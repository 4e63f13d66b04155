/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_PDU_H
#define DIALECT_PDU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/facts.h"

/*
 * Messages that tell their length, in one direction. Of each only the first
 * bytes are looked at; the rest is passed over, so that nothing is kept for its
 * sake. A reader that has lost its place looks no further than some 64 KiB.
 */
struct pdu_reader {
	uint32_t skip;		/* bytes of the current message still to pass over */
	uint32_t lost;		/* bytes that made no sense since the place was lost */
	bool is_lost;
};

/* Pass over more of the current message: bytes used, 0 when it is over. */
long pdu_rest(struct pdu_reader *r, struct span in, struct facts *facts);

/*
 * Take the message of size bytes at the front: bytes used, 0 when more are
 * needed. *head_r is its first keep bytes, or all of a shorter one.
 */
long pdu_take(struct pdu_reader *r, struct span in, uint32_t size, size_t keep,
    struct span *head_r, struct facts *facts);

/*
 * Nothing begins here: pass over one byte, as what comes next may be a message,
 * or TLS. What the client did not say is unknown from here on.
 */
long pdu_lost(struct pdu_reader *r, struct facts *facts);

/* Bytes are missing. True when they are only some that would be passed over anyway. */
bool pdu_gap(struct pdu_reader *r, uint64_t count, struct facts *facts);

#endif
