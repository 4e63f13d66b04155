/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng (draft-ietf-opsawg-pcapng), 3.1: type, length, body, and the length again. */
#include "capture/pcapng_block.h"

enum {
	BLOCK_START = 8,	/* type and length */
	BLOCK_END = 4,
	BYTE_ORDER_BYTES = 4,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	BODY_BYTES_MAX = INTAKE_BYTES_MAX - BLOCK_END,
};

static int
cut_off(struct err *e)
{
	return err_set(e, "the file ends in the middle of a block");
}

/* A section's byte order stands behind its length, which is written in it. */
static int
find_byte_order(struct block_reader *r, struct err *e)
{
	struct span ahead;
	uint32_t magic = 0;
	int got = intake_look(r->in, BLOCK_START + BYTE_ORDER_BYTES, &ahead, e);

	if (got != 1)
		return got < 0 ? -1 : cut_off(e);
	span_skip(&ahead, BLOCK_START);
	block_take_32(r, &ahead, &magic);
	if (magic == __builtin_bswap32(BYTE_ORDER_MAGIC))
		r->big_endian = !r->big_endian;
	else if (magic != BYTE_ORDER_MAGIC)
		return err_set(e, "a section has no byte order");
	r->in_section = true;
	return 0;
}

/* The body, and behind it the length once more. */
static int
read_rest(struct block_reader *r, size_t body_bytes, struct span *body_r, uint32_t *length_r,
    struct err *e)
{
	bool is_kept = body_bytes <= BODY_BYTES_MAX;
	size_t kept_bytes = is_kept ? body_bytes : 0;
	int got = is_kept ? 1 : intake_skip(r->in, body_bytes, e);
	struct span rest;

	if (got == 1)
		got = intake_take(r->in, kept_bytes + BLOCK_END, &rest, e);
	if (got != 1)
		return got < 0 ? -1 : cut_off(e);
	span_take(&rest, kept_bytes, body_r);
	block_take_32(r, &rest, length_r);
	return 0;
}

/* 1 with type and length, 0 when no byte is left. */
static int
read_start(struct block_reader *r, uint32_t *type_r, uint32_t *length_r, struct err *e)
{
	struct span start;
	int got = intake_look(r->in, BLOCK_START, &start, e);

	if (got != 1)
		return got < 0 || intake_is_empty(r->in) ? got : cut_off(e);
	block_take_32(r, &start, type_r);
	if (!r->in_section && *type_r != BLOCK_SECTION_HEADER)
		return err_set(e, "the file does not begin with a section");
	if (*type_r == BLOCK_SECTION_HEADER && find_byte_order(r, e) != 0)
		return -1;
	got = intake_take(r->in, BLOCK_START, &start, e);
	span_skip(&start, sizeof(*type_r));
	block_take_32(r, &start, length_r);
	return got;
}

int
block_next(struct block_reader *r, struct block *block_r, struct err *e)
{
	size_t overhead = BLOCK_START + BLOCK_END;
	uint32_t block_bytes = 0, again = 0;
	int got = read_start(r, &block_r->type, &block_bytes, e);

	if (got != 1)
		return got;
	if (block_r->type == BLOCK_SECTION_HEADER)
		overhead += BYTE_ORDER_BYTES;
	if (block_bytes < overhead || block_bytes % 4 != 0)
		return err_set(e, "a block cannot have %u bytes", (unsigned)block_bytes);
	if (read_rest(r, block_bytes - (BLOCK_START + BLOCK_END), &block_r->body, &again, e) < 0)
		return -1;
	if (again != block_bytes)
		return err_set(e, "a block has %u bytes at its start and %u at its end",
		    (unsigned)block_bytes, (unsigned)again);
	if (block_r->type == BLOCK_SECTION_HEADER)
		span_skip(&block_r->body, BYTE_ORDER_BYTES);
	return 1;
}
