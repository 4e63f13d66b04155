/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng (draft-ietf-opsawg-pcapng), the blocks that we read:
 *
 *	section header		4.1	forgets all interfaces
 *	interface description	4.2	link type, snaplen, and how it counts time
 *	enhanced packet		4.3
 *	simple packet		4.4	of the first interface, without a time
 *	packet			A	obsolete
 */
#include "capture/pcapng.h"

#include <stdlib.h>

#include "capture/link_type.h"
#include "capture/pcapng_block.h"
#include "capture/pcapng_clock.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2,
	BLOCK_SIMPLE_PACKET = 3,
	BLOCK_ENHANCED_PACKET = 6,

	OPTION_END = 0,
	OPTION_TIME_UNIT = 9,
	OPTION_TIME_ORIGIN = 14,

	VERSION_MAJOR = 1,
	INTERFACES_MAX = 65536,		/* 2 MB of table for a file that means harm */
};

struct interface {
	int link_type;
	uint32_t snaplen;		/* 0 for no limit */
	struct pcapng_clock clock;
};

struct pcapng {
	struct block_reader blocks;
	struct interface *interfaces;
	size_t count, capacity;
};

static int
read_section(struct pcapng *p, struct span body, struct err *e)
{
	uint16_t major;

	if (!block_take_16(&p->blocks, &body, &major))
		return err_set(e, "a section header is too short");
	if (major != VERSION_MAJOR)
		return err_set(e, "pcapng version %u is not known", (unsigned)major);
	p->count = 0;
	return 0;
}

static bool
read_origin(const struct block_reader *r, struct span value, int64_t *seconds_r)
{
	uint32_t first, second;
	uint64_t seconds;

	if (!block_take_32(r, &value, &first) || !block_take_32(r, &value, &second))
		return false;
	seconds = r->big_endian ? (uint64_t)first << 32 | second
				: (uint64_t)second << 32 | first;
	memcpy(seconds_r, &seconds, sizeof(seconds));
	return true;
}

static void
read_interface_option(struct interface *in, const struct block_reader *r, uint16_t code,
    struct span value)
{
	if (code == OPTION_TIME_UNIT)
		span_u8(&value, &in->clock.unit);
	else if (code == OPTION_TIME_ORIGIN)
		read_origin(r, value, &in->clock.origin_s);
}

static int
read_options(struct interface *in, const struct block_reader *r, struct span options,
    struct err *e)
{
	uint16_t code, length;
	struct span value;

	while (options.n > 0) {
		if (!block_take_16(r, &options, &code) ||
		    !block_take_16(r, &options, &length))
			return err_set(e, "an interface's options are cut off");
		if (code == OPTION_END)
			break;
		if (!span_take(&options, length, &value) ||
		    !span_skip(&options, -(unsigned)length % 4))
			return err_set(e, "an interface's options are cut off");
		read_interface_option(in, r, code, value);
	}
	return 0;
}

static int
make_room(struct pcapng *p, struct err *e)
{
	size_t capacity = p->capacity > 0 ? 2 * p->capacity : 8;
	struct interface *interfaces;

	if (p->count < p->capacity)
		return 0;
	if (p->count == INTERFACES_MAX)
		return err_set(e, "more than %d interfaces", INTERFACES_MAX);
	interfaces = realloc(p->interfaces, capacity * sizeof(*interfaces));
	if (interfaces == NULL)
		return err_set(e, "out of memory");
	p->interfaces = interfaces;
	p->capacity = capacity;
	return 0;
}

static int
read_interface(struct pcapng *p, struct span body, struct err *e)
{
	struct interface in = { .clock.unit = PCAPNG_UNIT_US };
	uint16_t link_type, reserved;

	if (!block_take_16(&p->blocks, &body, &link_type) ||
	    !block_take_16(&p->blocks, &body, &reserved) ||
	    !block_take_32(&p->blocks, &body, &in.snaplen))
		return err_set(e, "an interface description is too short");
	in.link_type = link_type_of_file(link_type);
	if (read_options(&in, &p->blocks, body, e) != 0 || make_room(p, e) != 0)
		return -1;
	p->interfaces[p->count++] = in;
	return 0;
}

static const struct interface *
interface_at(const struct pcapng *p, uint32_t index, struct err *e)
{
	if (index < p->count)
		return &p->interfaces[index];
	err_set(e, "a packet of interface %u, which was not described", (unsigned)index);
	return NULL;
}

/* What enhanced and obsolete packet blocks have in common, from the stamp on. */
static int
read_packet(struct pcapng *p, uint32_t index, struct span body, struct packet_record *record_r,
    struct err *e)
{
	const struct interface *in = interface_at(p, index, e);
	uint32_t captured_bytes, wire_bytes;
	uint64_t stamp;

	if (in == NULL)
		return -1;
	if (!block_take_stamp(&p->blocks, &body, &stamp) ||
	    !block_take_32(&p->blocks, &body, &captured_bytes) ||
	    !block_take_32(&p->blocks, &body, &wire_bytes) ||
	    !span_take(&body, captured_bytes, &record_r->bytes))
		return err_set(e, "a packet does not fit into its block");
	if (captured_bytes > PACKET_BYTES_MAX)
		return err_set(e, "a packet of %u bytes is too long",
		    (unsigned)captured_bytes);
	record_r->at_ns = pcapng_clock_read(&in->clock, stamp);
	record_r->link_type = in->link_type;
	record_r->wire_bytes = wire_bytes;
	return 1;
}

static int
read_enhanced_packet(struct pcapng *p, struct span body, struct packet_record *record_r,
    struct err *e)
{
	uint32_t index;

	if (!block_take_32(&p->blocks, &body, &index))
		return err_set(e, "a packet does not fit into its block");
	return read_packet(p, index, body, record_r, e);
}

static int
read_obsolete_packet(struct pcapng *p, struct span body, struct packet_record *record_r,
    struct err *e)
{
	uint16_t index, drops;

	if (!block_take_16(&p->blocks, &body, &index) ||
	    !block_take_16(&p->blocks, &body, &drops))
		return err_set(e, "a packet does not fit into its block");
	return read_packet(p, index, body, record_r, e);
}

/* How much was captured is not said: what the wire had, up to the snaplen. */
static int
read_simple_packet(struct pcapng *p, struct span body, struct packet_record *record_r,
    struct err *e)
{
	const struct interface *in = interface_at(p, 0, e);
	uint32_t captured_bytes;

	if (in == NULL)
		return -1;
	if (!block_take_32(&p->blocks, &body, &record_r->wire_bytes))
		return err_set(e, "a packet does not fit into its block");
	captured_bytes = record_r->wire_bytes;
	if (in->snaplen != 0 && captured_bytes > in->snaplen)
		captured_bytes = in->snaplen;
	if (!span_take(&body, captured_bytes, &record_r->bytes))
		return err_set(e, "a packet does not fit into its block");
	if (captured_bytes > PACKET_BYTES_MAX)
		return err_set(e, "a packet of %u bytes is too long",
		    (unsigned)captured_bytes);
	record_r->at_ns = 0;
	record_r->link_type = in->link_type;
	return 1;
}

/* 1 with a record, 0 when the block held none. */
static int
read_block(struct pcapng *p, const struct block *block, struct packet_record *record_r,
    struct err *e)
{
	switch (block->type) {
	case BLOCK_SECTION_HEADER:
		return read_section(p, block->body, e);
	case BLOCK_INTERFACE:
		return read_interface(p, block->body, e);
	case BLOCK_ENHANCED_PACKET:
		return read_enhanced_packet(p, block->body, record_r, e);
	case BLOCK_SIMPLE_PACKET:
		return read_simple_packet(p, block->body, record_r, e);
	case BLOCK_PACKET:
		return read_obsolete_packet(p, block->body, record_r, e);
	}
	return 0;
}

int
pcapng_next(struct pcapng *p, struct packet_record *record_r, struct err *e)
{
	struct block block;
	int got;

	while ((got = block_next(&p->blocks, &block, e)) == 1) {
		got = read_block(p, &block, record_r, e);
		if (got != 0)
			return got;
		intake_mark(p->blocks.in);	/* not twice, whatever comes behind it */
	}
	return got;
}

struct pcapng *
pcapng_open(struct intake *in, struct err *e)
{
	struct pcapng *p = calloc(1, sizeof(*p));
	struct block block;
	int got;

	if (p == NULL) {
		err_set(e, "out of memory");
		return NULL;
	}
	p->blocks.in = in;
	got = block_next(&p->blocks, &block, e);
	if (got == 0)
		err_set(e, "is empty");
	if (got != 1 || read_section(p, block.body, e) != 0)
		pcapng_free(&p);
	return p;
}

void
pcapng_free(struct pcapng **p)
{
	if (*p == NULL)
		return;
	free((*p)->interfaces);
	free(*p);
	*p = NULL;
}
