/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
	FIRST_BYTES = 1024,
	MORE_BYTES = 2048,		/* for packets that end a connection, beyond the limit */
	FILE_HEADER_BYTES = 24,
	PACKET_HEADER_BYTES = 16,
	SNAPLEN = 262144,
	TCP_CHECKSUM_AT = 16,		/* RFC 9293 §3.1 */
};

/* Before the bytes of each frame. */
struct kept {
	int64_t at_ns;
	uint32_t bytes, wire_bytes;
	uint32_t tcp_at, payload_at;	/* where the header and the payload begin */
	uint32_t seq;			/* of the first byte of payload */
	uint8_t from;
};

/* The file header, in this machine's order: whoever reads it looks at the magic. */
struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, snaplen, link_type;
};

struct packet_header {
	uint32_t seconds, nanoseconds, captured, wire;
};

_Static_assert(sizeof(struct file_header) == FILE_HEADER_BYTES, "a pcap header");
_Static_assert(sizeof(struct packet_header) == PACKET_HEADER_BYTES, "a packet's header");

static bool
make_room(struct trail *t, size_t more)
{
	size_t wanted = t->size > 0 ? t->size : FIRST_BYTES;
	uint8_t *larger;

	while (wanted < t->n + more)
		wanted *= 2;
	if (wanted == t->size)
		return true;
	larger = realloc(t->frames, wanted);
	if (larger == NULL)
		return false;
	t->frames = larger;
	t->size = wanted;
	return true;
}

/* Does the segment lie in the frame, and not in something that was put together? */
static bool
lies_in(const struct segment *segment, struct span frame)
{
	const uintptr_t begin = (uintptr_t)frame.p, at = (uintptr_t)segment->summed.p;

	return segment->summed.n > 0 && at >= begin && at - begin <= frame.n &&
	    segment->summed.n <= frame.n - (at - begin);
}

/* How a connection begins and ends is kept when there is no room for more. */
static bool
is_wanted(const struct trail *t, const struct segment *segment, size_t bytes)
{
	const bool is_turn = (segment->flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0;

	if (is_turn)
		return t->max > 0 && t->n + bytes <= t->max + MORE_BYTES;
	return !t->cut && t->n + bytes <= t->max;
}

/* What stands behind the segment is padding, and may hold anything: it is left out. */
void
trail_add(struct trail *t, const struct frame *frame, enum side from,
    const struct segment *segment)
{
	struct kept kept = { .at_ns = frame->ref.at_ns, .wire_bytes = frame->wire_bytes,
		.seq = segment->seq + ((segment->flags & TCP_SYN) != 0), .from = (uint8_t)from };

	if (!lies_in(segment, frame->bytes) || (t->n > 0 && frame->link_type != t->link_type))
		return;
	kept.tcp_at = (uint32_t)(segment->summed.p - frame->bytes.p);
	kept.bytes = kept.tcp_at + (uint32_t)segment->summed.n;
	kept.payload_at = kept.bytes - (uint32_t)segment->payload.n;
	if (segment->payload.n == segment->payload_bytes)
		kept.wire_bytes = kept.bytes;
	if (!is_wanted(t, segment, sizeof(kept) + kept.bytes) ||
	    !make_room(t, sizeof(kept) + kept.bytes))
		return;
	t->link_type = frame->link_type;
	memcpy(t->frames + t->n, &kept, sizeof(kept));
	memcpy(t->frames + t->n + sizeof(kept), frame->bytes.p, kept.bytes);
	t->n += sizeof(kept) + kept.bytes;
}

size_t
trail_bytes(const struct trail *t)
{
	return t->size + t->masked[SIDE_CLIENT].size + t->masked[SIDE_SERVER].size;
}

void
trail_clear(struct trail *t)
{
	free(t->frames);
	t->frames = NULL;
	t->n = t->size = t->max = 0;
	masked_clear(&t->masked[SIDE_CLIENT]);
	masked_clear(&t->masked[SIDE_SERVER]);
}

/* One's complement, so that a good checksum stays good, and a bad one bad (RFC 1624 §3). */
static void
mend_checksum(uint8_t *sum, size_t at, uint8_t old, uint8_t new)
{
	const unsigned shift = at % 2 == 0 ? 8 : 0;
	uint32_t folded = ~((uint32_t)sum[0] << 8 | sum[1]) & 0xffff;

	folded += (~((uint32_t)old << shift) & 0xffff) + ((uint32_t)new << shift);
	while (folded > 0xffff)
		folded = (folded & 0xffff) + (folded >> 16);
	folded = ~folded & 0xffff;
	sum[0] = (uint8_t)(folded >> 8);
	sum[1] = (uint8_t)folded;
}

static void
mask(const struct trail *t, const struct kept *kept, uint8_t *frame)
{
	const struct masked *masked = &t->masked[kept->from];
	uint8_t *sum = frame + kept->tcp_at + TCP_CHECKSUM_AT;

	for (uint32_t i = kept->payload_at; i < kept->bytes; i++) {
		const uint32_t offset = kept->seq - t->first[kept->from] + (i - kept->payload_at);
		const uint8_t old = frame[i];

		frame[i] = t->begun[kept->from] ? masked_byte(masked, offset, old) :
		    MASKED_FILLER;
		if (frame[i] != old)
			mend_checksum(sum, i - kept->tcp_at, old, frame[i]);
	}
}

static size_t
write_packet(const struct trail *t, const struct kept *kept, const uint8_t *bytes, uint8_t *to)
{
	const struct packet_header header = {
		.seconds = (uint32_t)(kept->at_ns / CLOCK_SECOND_NS),
		.nanoseconds = (uint32_t)(kept->at_ns % CLOCK_SECOND_NS),
		.captured = kept->bytes,
		.wire = kept->wire_bytes,
	};

	memcpy(to, &header, sizeof(header));
	memcpy(to + sizeof(header), bytes, kept->bytes);
	mask(t, kept, to + sizeof(header));
	return sizeof(header) + kept->bytes;
}

/* A packet's header is shorter than what is kept of it, so there is room for all. */
struct span
trail_write(const struct trail *t)
{
	const struct file_header header = { .magic = 0xa1b23c4d, .major = 2, .minor = 4,
		.snaplen = SNAPLEN, .link_type = (uint32_t)t->link_type };
	uint8_t *file = t->n > 0 ? malloc(sizeof(header) + t->n) : NULL;
	size_t n = sizeof(header);
	struct kept kept;

	_Static_assert(sizeof(kept) >= sizeof(struct packet_header), "room for all");
	if (file == NULL)
		return span_of(NULL, 0);
	memcpy(file, &header, sizeof(header));
	for (size_t at = 0; at < t->n; at += sizeof(kept) + kept.bytes) {
		memcpy(&kept, t->frames + at, sizeof(kept));
		n += write_packet(t, &kept, t->frames + at + sizeof(kept), file + n);
	}
	return span_of(file, n);
}
