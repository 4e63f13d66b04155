/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/typed.h"

#include <string.h>

#include "base/hash.h"
#include "dialect/quote.h"

enum {
	BITS = TYPED_WORDS * 64,
	DECODED_MAX = 256,	/* bytes; a SASL response that holds a password is shorter */
	BASE64_MIN = 4,
};

static uint64_t
hash(struct span word)
{
	static const struct hash_key fixed = { { 0x776f726473207468, 0x6174207765726520 } };
	uint8_t lower[TYPED_WORD_MAX];

	for (size_t i = 0; i < word.n; i++) {
		int c = span_at(word, i);

		lower[i] = (uint8_t)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	return hash_bytes(&fixed, lower, word.n);
}

void
typed_add_word(struct typed *t, struct span word)
{
	uint64_t h;

	if (word.n == 0 || word.n > TYPED_WORD_MAX)
		return;
	h = hash(word);
	for (int i = 0; i < 2; i++, h >>= 32)
		t->bits[h % BITS / 64] |= UINT64_C(1) << h % 64;
}

bool
typed_has(const struct typed *t, struct span word)
{
	uint64_t h;

	if (t->anything || word.n > TYPED_WORD_MAX)
		return true;
	h = hash(word);
	return (t->bits[h % BITS / 64] >> h % 64 & 1) != 0 &&
	    (t->bits[(h >> 32) % BITS / 64] >> (h >> 32) % 64 & 1) != 0;
}

/* Each as it would be found in a reply, and its parts. */
static void
add_words(struct typed *t, struct span bytes)
{
	struct span between, word;

	for (bool first = true; quote_word(&bytes, first, &between, &word); first = false) {
		typed_add_word(t, word);
		for (size_t n; word.n > 0; word = span_tail(word, n + 1)) {
			n = span_find(word, '=');
			typed_add_word(t, span_head(word, n));
		}
	}
}

static int
base64_value(int c)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c > 0 ? strchr(alphabet, c) : NULL;

	return at == NULL ? -1 : (int)(at - alphabet);
}

/* RFC 4648 §4, up to what is none of it; the number of bytes. */
static size_t
decode(struct span text, uint8_t decoded_r[DECODED_MAX])
{
	uint32_t held = 0;
	unsigned bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < DECODED_MAX; i++) {
		int value = base64_value(span_at(text, i));

		if (value < 0)
			break;
		held = held << 6 | (uint32_t)value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			decoded_r[n++] = (uint8_t)(held >> bits);
		}
	}
	return n;
}

/* What stands between blanks and control characters; false at the end. */
static bool
next_run(struct span *bytes, struct span *run_r)
{
	size_t n = 0;

	while (bytes->n > 0 && span_at(*bytes, 0) <= ' ')
		span_skip(bytes, 1);
	while (n < bytes->n && span_at(*bytes, n) > ' ')
		n++;
	*run_r = span_head(*bytes, n);
	*bytes = span_tail(*bytes, n);
	return n > 0;
}

/* PLAIN has NULs between name and password (RFC 4616 §2). */
static void
add_decoded(struct typed *t, struct span base64)
{
	uint8_t decoded[DECODED_MAX];
	struct span bytes = span_of(decoded, decode(base64, decoded)), run;

	while (next_run(&bytes, &run))
		add_words(t, run);
}

bool
typed_count(struct typed *t, size_t n)
{
	if (n > TYPED_READ_MAX - (size_t)t->bytes)
		t->anything = true;
	else
		t->bytes = (uint16_t)(t->bytes + n);
	return !t->anything;
}

void
typed_add(struct typed *t, struct span bytes, struct span said)
{
	struct span run, verb;
	bool more = next_run(&said, &verb);

	while (next_run(&bytes, &run)) {
		if (more && span_equals_nocase(run, verb)) {
			more = next_run(&said, &verb);
			continue;
		}
		add_words(t, run);
		if (run.n >= BASE64_MIN)
			add_decoded(t, run);
	}
}
