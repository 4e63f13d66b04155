/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PCAPNG_BLOCK_H
#define CAPTURE_PCAPNG_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "capture/intake.h"

enum { BLOCK_SECTION_HEADER = 0x0a0d0d0a };	/* the same in either byte order */

/* The frame of pcapng: blocks, and the byte order that a section header sets. */
struct block_reader {
	struct intake *in;
	bool in_section;
	bool big_endian;	/* numbers in this section */
};

struct block {
	uint32_t type;
	struct span body;	/* between the lengths; borrowed until the next block */
};

/*
 * 1 with the next block, 0 at the end of the file, -1 with *e set. The body of
 * a block that is longer than any packet is skipped, and given as empty.
 */
int block_next(struct block_reader *r, struct block *block_r, struct err *e);

/* Numbers in the section's byte order. */
static inline bool
block_take_16(const struct block_reader *r, struct span *s, uint16_t *v_r)
{
	return r->big_endian ? span_be16(s, v_r) : span_le16(s, v_r);
}

static inline bool
block_take_32(const struct block_reader *r, struct span *s, uint32_t *v_r)
{
	return r->big_endian ? span_be32(s, v_r) : span_le32(s, v_r);
}

/* Time stamps are two numbers in either order, the high one first. */
static inline bool
block_take_stamp(const struct block_reader *r, struct span *s, uint64_t *v_r)
{
	uint32_t high, low;

	if (!block_take_32(r, s, &high) || !block_take_32(r, s, &low))
		return false;
	*v_r = (uint64_t)high << 32 | low;
	return true;
}

#endif
