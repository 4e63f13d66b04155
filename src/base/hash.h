/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * SipHash-2-4. Tables that strangers fill are keyed with random bytes, so that
 * nobody can aim for one bucket; identifiers that must be the same in every run
 * use a fixed key.
 */
struct hash_key {
	uint64_t k[2];
};

/* Random bytes from the kernel, whole words of 64 bits. */
void hash_random(void *words_r, size_t bytes);

/* A key of them. */
struct hash_key hash_key_random(void);

uint64_t hash_bytes(const struct hash_key *key, const void *data, size_t n);

/*
 * SipHash-1-3, half the work: for a table in memory that is asked with every packet and
 * whose hashes nobody sees.
 */
uint64_t hash_quick(const struct hash_key *key, const void *data, size_t n);

#endif
