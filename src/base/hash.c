/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"

#include <endian.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* Inlined, so that the four words stay in registers. */
static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/* Up to eight bytes. */
static inline uint64_t
load_le(const uint8_t *p, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, p, n);
	return le64toh(word);
}

/* SipHash with that many rounds for each word and at the end; inlined for each pair of them. */
static inline uint64_t
sip_hash(const struct hash_key *key, const void *data, size_t n, int word_rounds, int end_rounds)
{
	const uint8_t *p = data;
	uint64_t last = (uint64_t)n << 56;
	uint64_t v[4] = {
		key->k[0] ^ UINT64_C(0x736f6d6570736575),
		key->k[1] ^ UINT64_C(0x646f72616e646f6d),
		key->k[0] ^ UINT64_C(0x6c7967656e657261),
		key->k[1] ^ UINT64_C(0x7465646279746573),
	};

	for (; n >= 8; p += 8, n -= 8) {
		uint64_t word = load_le(p, 8);

		v[3] ^= word;
		for (int i = 0; i < word_rounds; i++)
			sip_round(v);
		v[0] ^= word;
	}
	if (n > 0)
		last |= load_le(p, n);
	v[3] ^= last;
	for (int i = 0; i < word_rounds; i++)
		sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < end_rounds; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
hash_bytes(const struct hash_key *key, const void *data, size_t n)
{
	return sip_hash(key, data, n, 2, 4);
}

uint64_t
hash_quick(const struct hash_key *key, const void *data, size_t n)
{
	return sip_hash(key, data, n, 1, 3);
}

void
hash_random(void *words_r, size_t bytes)
{
	struct timespec now;
	uint64_t word = 0;

	if (getrandom(words_r, bytes, 0) == (ssize_t)bytes)
		return;
	/* Can only fail before the kernel has booted; the clock is better than nothing then. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	word = ((uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec) | 1;
	for (size_t i = 0; i + sizeof(word) <= bytes; i += sizeof(word)) {
		word *= UINT64_C(0x9e3779b97f4a7c15);
		memcpy((uint8_t *)words_r + i, &word, sizeof(word));
	}
}

struct hash_key
hash_key_random(void)
{
	struct hash_key key;

	hash_random(&key, sizeof(key));
	return key;
}
