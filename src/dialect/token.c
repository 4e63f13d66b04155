/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/token.h"

#include <stdint.h>

enum {
	MASK_MIN = 4,
	TOKEN_MAX = 24,		/* longest token that is ever looked for */
	EDITS_MAX = 2,
};

static bool
is_filler(int c)
{
	return c == 'X' || c == 'x' || c == '*';
}

static int
upper(int c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

bool
token_is_masked(struct span word)
{
	int filler = span_at(word, 0), last = span_at(word, word.n - 1);

	if (word.n < MASK_MIN || !is_filler(filler))
		return false;
	for (size_t i = 1; i + 1 < word.n; i++) {
		if (span_at(word, i) != filler)
			return false;
	}
	return last == filler || (last >= 'A' && last <= 'Z');
}

bool
token_is_mask_of(struct span word, const char *token)
{
	if (word.n == 0 || word.n != strlen(token) || !is_filler(span_at(word, 0)))
		return false;
	for (size_t i = 1; i < word.n; i++) {
		if (span_at(word, i) != span_at(word, 0))
			return false;
	}
	return true;
}

/* Levenshtein distance of two short words, at most TOKEN_MAX + EDITS_MAX long each. */
static unsigned
edit_distance(struct span a, struct span b)
{
	uint8_t row[TOKEN_MAX + EDITS_MAX + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = (uint8_t)j;
	for (size_t i = 1; i <= a.n; i++) {
		uint8_t diagonal = row[0];

		row[0] = (uint8_t)i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same = upper(span_at(a, i - 1)) == upper(span_at(b, j - 1));
			uint8_t best = (uint8_t)(diagonal + !same);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = (uint8_t)(row[j] + 1);
			if (row[j - 1] + 1 < best)
				best = (uint8_t)(row[j - 1] + 1);
			row[j] = best;
		}
	}
	return row[b.n];
}

/* The word without control and 8-bit bytes; false when it had none, or is too long. */
static bool
strip_foreign(struct span word, uint8_t *room, struct span *plain_r)
{
	size_t n = 0;

	for (size_t i = 0; i < word.n; i++) {
		int c = span_at(word, i);

		if (c <= 0x20 || c >= 0x7f)
			continue;
		if (n == TOKEN_MAX + EDITS_MAX)
			return false;
		room[n++] = (uint8_t)c;
	}
	*plain_r = span_of(room, n);
	return n < word.n;
}

bool
token_is_near_miss(struct span word, const char *token)
{
	struct span want = span_text(token), plain;
	/* many words are near to one of three letters, none of them by accident to one of eight */
	unsigned allowed = want.n >= 8 ? EDITS_MAX : want.n >= 4 ? 1 : 0;
	uint8_t room[TOKEN_MAX + EDITS_MAX];

	if (span_starts_nocase(word, "X-") || want.n > TOKEN_MAX)
		return false;
	if (strip_foreign(word, room, &plain) && span_equals_nocase(plain, want))
		return true;
	if (word.n + allowed < want.n || word.n > want.n + allowed)
		return false;
	if (span_equals_nocase(word, want) || token_is_masked(word))
		return false;
	return edit_distance(word, want) <= allowed;
}

bool
token_masked_inside(struct span text, size_t length)
{
	size_t run = 0;

	for (size_t i = 0; i <= text.n; i++) {
		int c = span_at(text, i);

		if (is_filler(c) && (run == 0 || c == span_at(text, i - 1))) {
			run++;
			continue;
		}
		if (run == length)
			return true;
		run = is_filler(c) ? 1 : 0;
	}
	return false;
}
