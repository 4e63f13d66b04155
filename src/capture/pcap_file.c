/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Classic pcap (draft-ietf-opsawg-pcap, 4 and 5):
 *
 *	magic  major,minor  reserved  reserved  snaplen  link type	once
 *	seconds  fraction  captured  on the wire  bytes...		each packet
 */
#include "capture/pcap_file.h"

#include <stdlib.h>

#include "capture/link_type.h"

enum {
	VERSION_MAJOR = 2,
	VERSION_MINOR = 4,
	VERSION_SWAPPED = 3,	/* up to here the two lengths may stand the other way round */
	HEADER_BYTES = 24,
	PACKET_HEADER_BYTES = 16,
	PATCHED_HEADER_BYTES = 24,	/* interface, protocol and direction follow */
	LINK_TYPE_MASK = 0x03ffffff,	/* above it: how long the frames' check sums are */
};

static const struct magic {
	uint32_t value;
	uint32_t fraction_ns;
	size_t packet_header_bytes;
} magics[] = {
	{ 0xa1b2c3d4, 1000, PACKET_HEADER_BYTES },
	{ 0xa1b23c4d, 1, PACKET_HEADER_BYTES },
	{ 0xa1b2cd34, 1000, PATCHED_HEADER_BYTES },
};

struct pcap_file {
	struct intake *in;
	const struct magic *magic;
	bool big_endian;
	bool may_be_swapped;
	int link_type;
};

static const struct magic *
find_magic(struct span first, bool *big_endian_r)
{
	struct span reversed = first;
	uint32_t little, big;

	if (!span_le32(&first, &little) || !span_be32(&reversed, &big))
		return NULL;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		*big_endian_r = magics[i].value == big;
		if (magics[i].value == big || magics[i].value == little)
			return &magics[i];
	}
	return NULL;
}

bool
pcap_file_is(struct span magic)
{
	bool big_endian;

	return find_magic(magic, &big_endian) != NULL;
}

/* Inlined, as it is called four times for each packet. */
static inline uint32_t
take_32(const struct pcap_file *p, struct span *s)
{
	uint32_t v = 0;

	span_le32(s, &v);
	return p->big_endian ? __builtin_bswap32(v) : v;
}

static uint16_t
take_16(const struct pcap_file *p, struct span *s)
{
	uint16_t v = 0;

	if (p->big_endian)
		span_be16(s, &v);
	else
		span_le16(s, &v);
	return v;
}

static int
read_header(struct pcap_file *p, struct err *e)
{
	enum { BETWEEN = 12 };	/* two that nobody uses, and the snaplen */
	struct span header;
	uint16_t major, minor;
	int got = intake_take(p->in, HEADER_BYTES, &header, e);

	if (got == 0)
		return err_set(e, "the file ends in the middle of its header");
	if (got < 0)
		return -1;
	p->magic = find_magic(header, &p->big_endian);
	if (p->magic == NULL)
		return err_set(e, "no pcap file begins like this");
	span_skip(&header, PCAP_MAGIC_BYTES);
	major = take_16(p, &header);
	minor = take_16(p, &header);
	if (major != VERSION_MAJOR || minor > VERSION_MINOR)
		return err_set(e, "pcap version %u.%u is not known", (unsigned)major,
		    (unsigned)minor);
	p->may_be_swapped = minor <= VERSION_SWAPPED;
	span_skip(&header, BETWEEN);
	p->link_type = link_type_of_file(take_32(p, &header) & LINK_TYPE_MASK);
	return 0;
}

struct pcap_file *
pcap_file_open(struct intake *in, struct err *e)
{
	struct pcap_file *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		err_set(e, "out of memory");
		return NULL;
	}
	p->in = in;
	if (read_header(p, e) < 0)
		pcap_file_free(&p);
	return p;
}

static int
cut_off(struct err *e)
{
	return err_set(e, "the file ends in the middle of a packet");
}

int
pcap_file_next(struct pcap_file *p, struct packet_record *record_r, struct err *e)
{
	const size_t header_bytes = p->magic->packet_header_bytes;
	struct span header;
	uint32_t seconds, fraction, captured_bytes, wire_bytes;
	int got = intake_look(p->in, header_bytes, &header, e);

	if (got != 1)
		return got < 0 || intake_is_empty(p->in) ? got : cut_off(e);
	seconds = take_32(p, &header);
	fraction = take_32(p, &header);
	captured_bytes = take_32(p, &header);
	wire_bytes = take_32(p, &header);
	if (p->may_be_swapped && captured_bytes > wire_bytes) {
		uint32_t other = captured_bytes;

		captured_bytes = wire_bytes;
		wire_bytes = other;
	}
	if (captured_bytes > PACKET_BYTES_MAX)
		return err_set(e, "a packet of %u bytes is too long", (unsigned)captured_bytes);
	got = intake_take(p->in, header_bytes + captured_bytes, &record_r->bytes, e);
	if (got != 1)
		return got < 0 ? -1 : cut_off(e);
	record_r->bytes = span_tail(record_r->bytes, header_bytes);
	record_r->at_ns = packet_record_time(seconds, (uint64_t)fraction * p->magic->fraction_ns);
	record_r->link_type = p->link_type;
	record_r->wire_bytes = wire_bytes;
	return 1;
}

void
pcap_file_free(struct pcap_file **p)
{
	free(*p);
	*p = NULL;
}
