/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_QUOTE_H
#define DIALECT_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "dialect/typed.h"

/*
 * What of wire bytes may be told once a client has spoken. A client types its
 * password where it belongs, and in every other place, too; and a server may
 * repeat all that it is told. So words are quoted only when they are none of
 * anybody's: codes, keywords of the protocols, the words that replies are made
 * of, and what is left of a masked or garbled keyword; and none of them that the
 * client has typed before. The rest becomes "[...]".
 */

/*
 * Like text_escape(), for bytes that may hold a secret; returns the length
 * written. typed is NULL for what was recognised at its own place.
 */
size_t quote_escape(char *dst_r, size_t size, struct span wire, const struct typed *typed);

/*
 * The same for words of our own, which put labels before the numbers of binary protocols:
 * "resultCode=13". On a wire such a word would be anybody's.
 */
size_t quote_own_words(char *dst_r, size_t size, struct span words);

/*
 * The same line with as many bytes as before: filler stands in place of each byte of a word
 * that may not be told, but for the length of a literal (RFC 9051 §4.3).
 */
void quote_mask(struct span wire, const struct typed *typed, uint8_t filler, uint8_t *masked_r);

/*
 * Take the next word of a line from its front, with what stands before it; false
 * when there is none. The first one may be a code: "250-SIZE" are two words.
 */
bool quote_word(struct span *line, bool first, struct span *between_r, struct span *word_r);

/* Is it what a middlebox left of a keyword? That is evidence. */
bool quote_is_remains(struct span word);

/* Is it a word that may be quoted wherever it stands? Compared without case. */
bool quote_knows(struct span word);

#endif
