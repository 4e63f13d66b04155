/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/otp.h"

#include "dialect/line.h"

enum {
	HEX_DIGITS = 16,	/* of 64 bits */
	WORDS = 6,
	WORD_MAX = 4,		/* letters */
};

static bool
is_letter(int c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
is_number(struct span word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (!is_digit(span_at(word, i)))
			return false;
	}
	return word.n > 0;
}

/* The number of the password that is wanted, and a seed (RFC 2289 §6.1). */
static bool
is_count_and_seed(struct span text)
{
	struct span rest, count = line_word(text, &rest);

	return is_number(count) &&
	    (is_letter(span_at(rest, 0)) || is_digit(span_at(rest, 0)));
}

bool
otp_challenges(struct span text)
{
	while (text.n > 0) {
		struct span word = line_word(text, &text);

		while (word.n > 0 && !is_letter(span_at(word, 0)))
			span_skip(&word, 1);
		if ((span_starts_nocase(word, "otp-") || span_is(word, "s/key")) &&
		    is_count_and_seed(text))
			return true;
	}
	return false;
}

static bool
is_hex(struct span secret)
{
	size_t digits = 0;

	for (size_t i = 0; i < secret.n; i++) {
		int c = span_at(secret, i), lower = c | 0x20;

		if (is_digit(c) || (lower >= 'a' && lower <= 'f'))
			digits++;
		else if (c != ' ')
			return false;
	}
	return digits == HEX_DIGITS;
}

static bool
is_words(struct span secret)
{
	size_t words = 0;

	while (secret.n > 0) {
		struct span word = line_word(secret, &secret);

		words++;
		for (size_t i = 0; i < word.n; i++) {
			if (!is_letter(span_at(word, i)))
				return false;
		}
		if (word.n == 0 || word.n > WORD_MAX)
			return false;
	}
	return words == WORDS;
}

bool
otp_is_response(struct span secret)
{
	if (span_starts_nocase(secret, "hex:"))
		return is_hex(span_tail(secret, 4));
	if (span_starts_nocase(secret, "word:"))
		return is_words(span_tail(secret, 5));
	return is_hex(secret) || is_words(secret);
}
