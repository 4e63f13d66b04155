/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng (draft-ietf-opsawg-pcapng), 3.1: type, length, body, and the length again. */
#include "capture/pcapng_block.h"

#include <stdlib.h>

#include "capture/record.h"

enum {
	BLOCK_OVERHEAD = 12,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	BODY_BYTES_MAX = RECORD_BYTES_MAX + 65536,	/* a packet and its options */
};

static int
read_exactly(struct block_reader *r, void *to_r, size_t n, struct err *e)
{
	if (fread(to_r, 1, n, r->file) == n)
		return 0;
	if (ferror(r->file))
		return err_set_errno(e, "cannot read");
	return err_set(e, "the file ends in the middle of a block");
}

static int
read_number(struct block_reader *r, uint32_t *v_r, struct err *e)
{
	uint8_t wire[4];
	struct span s = span_of(wire, sizeof(wire));

	if (read_exactly(r, wire, sizeof(wire), e) != 0)
		return -1;
	block_take_32(r, &s, v_r);
	return 0;
}

/* 1 with the type of the next block, 0 when there is none. */
static int
read_type(struct block_reader *r, uint32_t *type_r, struct err *e)
{
	int first = fgetc(r->file);

	if (first == EOF)
		return ferror(r->file) ? err_set_errno(e, "cannot read") : 0;
	ungetc(first, r->file);
	return read_number(r, type_r, e) == 0 ? 1 : -1;
}

/* A section's byte order stands behind a length that is written in it. */
static int
read_byte_order(struct block_reader *r, uint32_t *block_bytes, struct err *e)
{
	bool was_big_endian = r->big_endian;
	uint32_t magic;

	if (read_number(r, &magic, e) != 0)
		return -1;
	if (magic != BYTE_ORDER_MAGIC) {
		r->big_endian = !was_big_endian;
		*block_bytes = __builtin_bswap32(*block_bytes);
		magic = __builtin_bswap32(magic);
	}
	if (magic != BYTE_ORDER_MAGIC)
		return err_set(e, "a section has no byte order");
	r->in_section = true;
	return 0;
}

static int
make_room(struct block_reader *r, size_t n, struct err *e)
{
	uint8_t *buffer;

	if (n <= r->capacity)
		return 0;
	buffer = realloc(r->buffer, n);
	if (buffer == NULL)
		return err_set(e, "out of memory");
	r->buffer = buffer;
	r->capacity = n;
	return 0;
}

static int
read_body(struct block_reader *r, size_t n, struct span *body_r, struct err *e)
{
	size_t chunk = n < BODY_BYTES_MAX ? n : BODY_BYTES_MAX;

	if (make_room(r, chunk + 1, e) != 0 || read_exactly(r, r->buffer, chunk, e) != 0)
		return -1;
	*body_r = span_of(r->buffer, chunk);
	while ((n -= chunk) > 0) {
		chunk = n < BODY_BYTES_MAX ? n : BODY_BYTES_MAX;
		*body_r = span_of(r->buffer, 0);
		if (read_exactly(r, r->buffer, chunk, e) != 0)
			return -1;
	}
	return 0;
}

int
block_next(struct block_reader *r, struct block *block_r, struct err *e)
{
	size_t overhead = BLOCK_OVERHEAD;
	uint32_t block_bytes, again;
	int got = read_type(r, &block_r->type, e);

	if (got != 1)
		return got;
	if (!r->in_section && block_r->type != BLOCK_SECTION_HEADER)
		return err_set(e, "the file does not begin with a section");
	if (read_number(r, &block_bytes, e) != 0)
		return -1;
	if (block_r->type == BLOCK_SECTION_HEADER) {
		if (read_byte_order(r, &block_bytes, e) != 0)
			return -1;
		overhead += 4;
	}
	if (block_bytes < overhead || block_bytes % 4 != 0)
		return err_set(e, "a block cannot have %u bytes", (unsigned)block_bytes);
	if (read_body(r, block_bytes - overhead, &block_r->body, e) != 0 ||
	    read_number(r, &again, e) != 0)
		return -1;
	if (again != block_bytes)
		return err_set(e, "a block has %u bytes at its start and %u at its end",
		    (unsigned)block_bytes, (unsigned)again);
	return 1;
}

void
block_reader_clear(struct block_reader *r)
{
	free(r->buffer);
	r->buffer = NULL;
	r->capacity = 0;
}
