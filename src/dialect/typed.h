/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_TYPED_H
#define DIALECT_TYPED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/*
 * Which words a client has typed where a secret may stand: everywhere but in
 * the verbs that its dialect knows. A server that repeats one of them repeats a
 * password, perhaps, even if it is a word like any other. Only bits of hashes
 * are kept, so a word may be taken for one that was typed, never the other way.
 */
enum {
	TYPED_WORD_MAX = 64,		/* bytes; no longer word is ever quoted */
	TYPED_READ_MAX = 4096,		/* with more than that in it the table says yes to all */
	TYPED_WORDS = 16,		/* of 64 bits */
};

struct typed {
	uint64_t bits[TYPED_WORDS];
	uint16_t bytes;			/* so many were read */
	bool anything;			/* nobody knows: some were lost, or they were too many */
};

/* So many bytes are read: false when that is too much, and nobody knows any more. */
bool typed_count(struct typed *t, size_t n);

/* Note all words, also what they hold in base64; but not each of said where it comes first. */
void typed_add(struct typed *t, struct span bytes, struct span said);

/* Note that word as it is. */
void typed_add_word(struct typed *t, struct span word);

/* May somebody have typed that word? Compared without case. */
bool typed_has(const struct typed *t, struct span word);

#endif
