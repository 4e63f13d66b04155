/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode/checksum.h"

/*
 * RFC 1071 lets the sum be taken in any word size and byte order: 32-bit words
 * in 64 bits never overflow for a packet, and the compiler can use vectors.
 */
enum { BLOCK = 32 };

static uint64_t
sum_of(struct span s)
{
	uint64_t sum = 0;
	uint32_t word;
	struct span part;

	while (span_take(&s, BLOCK, &part)) {
		uint32_t words[BLOCK / 4];

		memcpy(words, part.p, BLOCK);
		for (int i = 0; i < BLOCK / 4; i++)
			sum += words[i];
	}
	while (span_take(&s, 4, &part)) {
		memcpy(&word, part.p, 4);
		sum += word;
	}
	word = 0;
	memcpy(&word, s.p, s.n);
	return sum + word;
}

static uint16_t
fold(uint64_t sum)
{
	while (sum > UINT16_MAX)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)sum;
}

bool
checksum_tcp_is_good(const struct address addr[2], struct span segment)
{
	size_t n = segment.n;
	uint8_t length_protocol[8] = {
		(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n,
		[7] = 6,
	};
	uint64_t sum = sum_of(segment) +
	    sum_of(span_of(length_protocol, sizeof(length_protocol)));

	for (int i = 0; i < 2; i++)
		sum += sum_of(span_of(addr[i].bytes, address_size(&addr[i])));
	return fold(sum) == UINT16_MAX;
}

enum checksum
segment_checksum(const struct segment *segment)
{
	if (segment->checksum != CHECKSUM_NOT_SUMMED)
		return segment->checksum;
	return checksum_tcp_is_good(segment->addr, segment->summed) ? CHECKSUM_GOOD
								    : CHECKSUM_BAD;
}
