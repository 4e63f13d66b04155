/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_OBSERVATION_CHECK_H
#define WORDS_OBSERVATION_CHECK_H

#include "base/span.h"
#include "words/observation.h"

/*
 * An observation on its way from the process that read the wire. Whoever
 * receives it trusts nothing: that process may be in somebody else's hands.
 *
 * Packed, it is a header and the observation up to its last mark, in the layout
 * of this program; another version, or another layout, is refused.
 */
enum { OBSERVATION_VERSION = 2 };

struct observation_packed {
	uint32_t version;
	uint32_t whole_bytes;	/* sizeof(struct observation): a second look at the layout */
	struct observation seen;
};

/* Fill *packed_r from one of our own; returns how many of its bytes are to be sent. */
size_t observation_pack(const struct observation *seen, struct observation_packed *packed_r);

/*
 * Read what was received: NULL with *seen_r filled and checked, else the name of
 * what is wrong, and then *seen_r must not be looked at.
 */
const char *observation_unpack(struct span bytes, struct observation *seen_r);

/*
 * Is every truth value, enumeration, count, set of bits, time and address within
 * its range, and every text terminated, UTF-8 and without what cannot be seen? NULL
 * when it is, else the name of the first member that is not ("tls.sni"). What the
 * bytes would mean is not asked: that a session is said to have gone so is the
 * sender's word in any case.
 */
const char *observation_check(const struct observation *o);

#endif
