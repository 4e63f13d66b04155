/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes become fragments of a few datagrams, IPv4 and IPv6, also in a
 * tunnel of fragments. Where nobody lies, every byte says where in its datagram
 * it belongs, so bytes out of place and made-up ones are noticed.
 */
#include <pcap/dlt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/fragments.h"
#include "fuzz.h"

enum {
	RECORD_BYTES = 5,
	TUNNEL = 20,
	FRAME_MAX = 2 * 2048,
	TCP_HEADER = 20,
	HELD_MAX = 65536 + 2048,
};

static void
check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_fragments: not true: %s\n", what);
	abort();
}

/* One fragment, as five bytes of the input say. */
struct piece {
	bool ipv6, more, in_tunnel, lies;
	uint8_t id;
	size_t offset, n;
};

static struct piece
read_piece(struct span record)
{
	uint8_t kind = 0, id = 0, units = 0;
	uint16_t offset = 0;

	span_u8(&record, &kind);
	span_u8(&record, &id);
	span_be16(&record, &offset);
	span_u8(&record, &units);
	return (struct piece){
		.ipv6 = kind & 1,
		.more = kind & 2,
		.in_tunnel = kind & 4,
		.lies = kind & 8,
		.id = id % 8,
		/* most are near the beginning, some anywhere up to the end */
		.offset = kind & 16 ? offset & 0xfff8u : offset % 64 * 8u,
		.n = units * 8u + (kind & 32 ? units % 8u : 0),
	};
}

/*
 * What a datagram holds from that place on: a TCP header without options, then bytes that know
 * their place; or the opposite of all that.
 */
static const uint8_t *
held_from(size_t offset, bool lies)
{
	static const uint8_t tcp[TCP_HEADER] = { [3] = 25, [12] = 0x50, TCP_ACK };
	static uint8_t held[2][HELD_MAX];

	if (held[0][3] == 0) {
		for (size_t i = 0; i < HELD_MAX; i++) {
			held[0][i] = i < TCP_HEADER ? tcp[i] : (uint8_t)(i * 7 >> 3);
			held[1][i] = held[0][i] ^ 0xff;
		}
	}
	return held[lies] + offset;
}

static size_t
put_header(uint8_t *at, const struct piece *p)
{
	const unsigned field = (unsigned)p->offset / (p->ipv6 ? 1 : 8);
	const size_t n = p->ipv6 ? 48 : 20;

	memset(at, 0, n);
	if (p->ipv6) {
		at[0] = 0x60;
		at[4] = (uint8_t)((p->n + 8) >> 8);
		at[5] = (uint8_t)(p->n + 8);
		at[6] = 44;
		at[40] = 6;
		at[42] = (uint8_t)(field >> 8);
		at[43] = (uint8_t)(field | p->more);
		at[47] = p->id;
		return n;
	}
	at[0] = 0x45;
	at[2] = (uint8_t)((p->n + n) >> 8);
	at[3] = (uint8_t)(p->n + n);
	at[5] = p->id;
	at[6] = (uint8_t)(field >> 8 | (p->more ? 0x20 : 0));
	at[7] = (uint8_t)field;
	at[9] = 6;
	return n;
}

static size_t
put_piece(uint8_t *at, const struct piece *p)
{
	size_t n = put_header(at, p);

	memcpy(at + n, held_from(p->offset, p->lies), p->n);
	return n + p->n;
}

static bool
is_in_place(const struct segment *s)
{
	return s->payload.n == s->payload_bytes && span_equals(s->payload,
	    span_of(held_from(TCP_HEADER, false), s->payload.n));
}

struct tap {
	struct fragments *fragments;
	struct frame_ref ref;
	bool somebody_lied;
};

static void
show(struct tap *tap, const uint8_t *bytes, size_t n)
{
	uint8_t *exact = malloc(n + 1);
	struct frame frame = { tap->ref, DLT_RAW, 0, { exact, n }, (uint32_t)n };
	struct segment segment;

	memcpy(exact, bytes, n);
	tap->ref.number++;
	if (fragments_decode(tap->fragments, &frame, &segment) == DECODE_SEGMENT)
		check(tap->somebody_lied || is_in_place(&segment), "every byte is in its place");
	free(exact);
}

/* The fragment, or two that carry it. */
static void
show_piece(struct tap *tap, const struct piece *p)
{
	static uint8_t inner[FRAME_MAX], outer[FRAME_MAX];
	const size_t n = put_piece(inner, p);
	const size_t cut = n / 16 * 8;

	tap->somebody_lied = tap->somebody_lied || p->lies;
	if (!p->in_tunnel) {
		show(tap, inner, n);
		return;
	}
	for (size_t from = 0; from < n; from += from == 0 && cut > 0 ? cut : n - from) {
		const struct piece around = {
			.more = from < cut,
			.offset = from,
			.n = from < cut ? cut : n - from,
			.id = 200,
		};

		put_header(outer, &around);
		outer[9] = p->ipv6 ? 41 : 4;
		outer[12] = 1;
		memcpy(outer + TUNNEL, inner + from, around.n);
		show(tap, outer, TUNNEL + around.n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fragments_limits limits = { .datagrams_max = 8 };
	struct span input = span_of(data, size), record;
	struct err e;
	struct tap tap = { .fragments = fragments_new(&limits, &e) };

	if (tap.fragments == NULL)
		return 0;
	while (span_take(&input, RECORD_BYTES, &record)) {
		struct piece p = read_piece(record);

		/* from time to time enough of it passes for everything to be old */
		tap.ref.at_ns += p.id == 7 ? INT64_C(16000000000) : 1000000;
		show_piece(&tap, &p);
	}
	fragments_free(&tap.fragments);
	return 0;
}
