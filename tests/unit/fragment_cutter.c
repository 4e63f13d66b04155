/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/checksum.h"
#include "decode_exactly.h"
#include "fragment_cutter.h"

struct tap
tap_new(struct fragments_limits limits)
{
	struct err e;
	struct tap tap = { .fragments = fragments_new(&limits, &e) };

	assert_non_null(tap.fragments);
	return tap;
}

enum decode_result
show(struct tap *tap, const struct packet *packet, size_t captured)
{
	uint8_t tag[18] = { [12] = 0x81, [15] = (uint8_t)tap->vlan, [16] = 0x08 };
	const size_t before = tap->vlan != 0 ? sizeof(tag) : 0;
	uint8_t *exact = malloc(before + captured);
	struct frame frame = {
		.ref = { .at_ns = tap->now_ns, .number = 1 },
		.link_type = tap->vlan != 0 ? DLT_EN10MB : DLT_RAW,
		.tap = tap->index,
		.bytes = { exact, before + captured },
		.wire_bytes = (uint32_t)(before + packet->n),
	};
	enum decode_result result;

	memcpy(exact, tag, before);
	memcpy(exact + before, packet->bytes, captured);
	result = fragments_decode(tap->fragments, &frame, &tap->segment);
	if (result == DECODE_SEGMENT) {
		const struct span payload = tap->segment.payload;

		tap->segment.checksum = segment_checksum(&tap->segment);
		if (payload.n > 0)
			memcpy(tap->payload, payload.p, payload.n);
		tap->segment.payload = span_of(tap->payload, payload.n);
	}
	free(exact);
	return result;
}

struct counter_wanted {
	const char *name;
	uint64_t value;
	bool found;
};

static void
pick_counter(void *ctx, const char *name, uint64_t value)
{
	struct counter_wanted *wanted = ctx;

	if (strcmp(name, wanted->name) != 0)
		return;
	wanted->value = value;
	wanted->found = true;
}

uint64_t
counter_of(const struct tap *tap, const char *last_word)
{
	char name[64];
	struct counter_wanted wanted = { .name = name };

	snprintf(name, sizeof(name), "decode.fragment.%s", last_word);
	fragments_counters(tap->fragments, pick_counter, &wanted);
	assert_true(wanted.found);
	return wanted.value;
}

void
packet_build(struct packet *packet_r, const char *recipe)
{
	struct image image;

	image_build(&image, recipe);
	packet_r->n = image_size(&image);
	memcpy(packet_r->bytes, image_bytes(&image), packet_r->n);
}

void
put_16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
cut_ipv4(const struct packet *whole, struct cut cut, struct packet *piece_r)
{
	memcpy(piece_r->bytes, whole->bytes, 20);
	put_16(piece_r->bytes + 2, 20 + cut.end - cut.start);
	put_16(piece_r->bytes + 4, cut.id);
	put_16(piece_r->bytes + 6, cut.start / 8 | (cut.more ? 0x2000 : 0));
	memcpy(piece_r->bytes + 20, whole->bytes + 20 + cut.start, cut.end - cut.start);
	piece_r->n = 20 + cut.end - cut.start;
}

static void
cut_ipv6(const struct packet *whole, struct cut cut, struct packet *piece_r)
{
	uint8_t *header = piece_r->bytes + 40;

	memcpy(piece_r->bytes, whole->bytes, 40);
	memset(header, 0, 8);
	header[0] = whole->bytes[6];
	put_16(header + 2, cut.start | cut.more);
	put_16(header + 6, cut.id);
	piece_r->bytes[6] = 44;
	put_16(piece_r->bytes + 4, 8 + cut.end - cut.start);
	memcpy(header + 8, whole->bytes + 40 + cut.start, cut.end - cut.start);
	piece_r->n = 48 + cut.end - cut.start;
}

void
cut_packet(const struct packet *whole, struct cut cut, struct packet *piece_r)
{
	if (whole->bytes[0] >> 4 == 4)
		cut_ipv4(whole, cut, piece_r);
	else
		cut_ipv6(whole, cut, piece_r);
}

bool
is_built_segment(const struct segment *s)
{
	return s->port[1] == BUILT_DESTINATION_PORT && s->seq == BUILT_SEQ &&
	    s->checksum == CHECKSUM_GOOD &&
	    span_equals(s->payload, span_text(BUILT_PAYLOAD));
}
