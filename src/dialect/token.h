/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_TOKEN_H
#define DIALECT_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * What a word in a listing, or a client's verb, may be when it is not the
 * token that was looked for: filler that a middlebox wrote over it, or a
 * near-miss of it.
 */

/*
 * A word of nothing but one filler character (X, x or *), at least four of
 * them, or such a run ending in one capital letter, as Cisco's inspection
 * writes (XXXXXXXA, the next line XXXXXXXB).
 */
bool token_is_masked(struct span word);

/* A word of nothing but one filler character, as long as the token, however short that is. */
bool token_is_mask_of(struct span word, const char *token);

/*
 * A near-miss of the token: at most two single-character edits away for tokens
 * of eight letters or more, one for shorter ones, compared without case; or
 * the token with foreign bytes (controls, 8-bit) inside. Private names
 * beginning with "X-" are not.
 */
bool token_is_near_miss(struct span word, const char *token);

/* Does the text hold a masked word of that many characters (an echoed command)? */
bool token_masked_inside(struct span text, size_t length);

#endif
