/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/quote.h"

#include <string.h>

#include "base/text.h"
#include "dialect/sasl.h"
#include "dialect/token.h"

enum {
	QUOTE_BYTES_MAX = 512,		/* longer than any text that events have room for */
	CODE_LENGTH = 3,
	SQLSTATE_LENGTH = 5,
};

/* Text that is being put together; what does not fit is left out. */
struct quotation {
	char text[QUOTE_BYTES_MAX];
	size_t n;
	struct span between;	/* what stands before the next word */
	bool omitted;		/* the last word was left out */
	unsigned words;		/* so many came before */
	unsigned code_at;	/* where the code stands: not everybody begins with it */
	bool code_before;	/* the last of them was a code */
};

static bool
is_between(int c)
{
	return c > 0 && strchr(" \t\r\n<>()[]{}\"',;:/|!?", c) != NULL;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
are_all(struct span text, bool (*is)(int c))
{
	for (size_t i = 0; i < text.n; i++) {
		if (!is(span_at(text, i)))
			return false;
	}
	return text.n > 0;
}

/* RFC 3463 §2: 5.7.0 */
static bool
is_enhanced_code(struct span word)
{
	size_t dots = 0;

	if (word.n < 5 || word.n > 9 || strchr("245", span_at(word, 0)) == NULL)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		if (span_at(word, i) == '.')
			dots++;
		else if (!is_digit(span_at(word, i)))
			return false;
	}
	return dots == 2 && span_at(word, 1) == '.';
}

static bool
is_digit_or_capital(int c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool
is_hex_digit(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* Numbers that binary protocols have for codes, under the names that we give them. */
static bool
is_labelled_number(struct span word)
{
	static const char *const labels[] = {
		"resultCode", "failureCode", "selectedProtocol", "requestedProtocols", "subtype",
		"reply", "errno", "sts=port",
	};
	size_t equals = word.n;
	struct span label, value;

	while (equals > 0 && span_at(word, equals) != '=')
		equals--;
	label = span_head(word, equals);
	value = span_tail(word, equals + 1);
	if (span_is(label, "SQLSTATE"))
		return value.n == SQLSTATE_LENGTH && are_all(value, is_digit_or_capital);
	if (span_starts(value, "0x"))
		value = span_tail(value, 2);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (span_is(label, labels[i]))
			return are_all(value, is_hex_digit);
	}
	return false;
}

/* What a middlebox leaves of a keyword is the evidence itself. */
static bool
is_remains(struct span word)
{
	return token_is_masked(word) || token_is_mask_of(word, "TLS") ||
	    token_is_near_miss(word, "STARTTLS") ||
	    token_is_near_miss(word, "CAPABILITIES") || token_is_near_miss(word, "STLS") ||
	    token_is_near_miss(word, "AUTH");
}

/* One character is nobody's secret. */
static bool
is_known(struct span word)
{
	return word.n == 1 || quote_knows(word) || span_is(word, sasl_find(word)->name);
}

/* AUTH=PLAIN, xmlns='...': each part by itself. */
static bool
are_known_parts(struct span word)
{
	while (word.n > 0) {
		size_t n = span_find(word, '=');

		if (n > 0 && !is_known(span_head(word, n)))
			return false;
		word = span_tail(word, n + 1);
	}
	return true;
}

static bool
may_tell(const struct quotation *q, struct span word)
{
	bool code = word.n == CODE_LENGTH && are_all(word, is_digit);

	return (code && q->words == q->code_at) || (q->code_before && is_enhanced_code(word)) ||
	    are_known_parts(word) || is_labelled_number(word) || is_remains(word);
}

static void
put(struct quotation *q, struct span piece)
{
	if (piece.n > QUOTE_BYTES_MAX - q->n)
		return;
	memcpy(q->text + q->n, piece.p, piece.n);
	q->n += piece.n;
}

/* What stands between two words that are left out goes with them. */
static void
put_word(struct quotation *q, struct span word)
{
	bool tell = may_tell(q, word);

	if (tell || !q->omitted)
		put(q, q->between);
	if (tell)
		put(q, word);
	else if (!q->omitted)
		put(q, span_text("[...]"));
	q->omitted = !tell;
	q->code_before = word.n == CODE_LENGTH && are_all(word, is_digit);
	q->words++;
}

/* "250-SIZE" is a code and a word; a full stop ends a sentence, not a word. */
static size_t
word_length(const struct quotation *q, struct span wire)
{
	size_t n = 0;

	if (q->words == 0 && are_all(span_head(wire, CODE_LENGTH), is_digit) &&
	    span_at(wire, CODE_LENGTH) == '-')
		return CODE_LENGTH;
	while (n < wire.n && !is_between(span_at(wire, n)))
		n++;
	while (n > 1 && span_at(wire, n - 1) == '.')
		n--;
	return n;
}

/* IRC has its prefix there, HTTP its name and version. */
static unsigned
words_before_code(struct span wire)
{
	return span_at(wire, 0) == ':' ? 1 : span_starts(wire, "HTTP/") ? 2 : 0;
}

size_t
quote_escape(char *dst_r, size_t size, struct span wire)
{
	struct quotation q = { .code_at = words_before_code(wire) };

	while (wire.n > 0) {
		size_t gap = 0, n;

		while (is_between(span_at(wire, gap)) || span_at(wire, gap) == '-' ||
		    span_at(wire, gap) == '.')
			gap++;
		q.between = span_head(wire, gap);
		span_skip(&wire, gap);
		/* two versions of the same bytes */
		if (span_find(q.between, '|') < gap)
			q.words = 0;
		n = word_length(&q, wire);
		if (n > 0)
			put_word(&q, span_head(wire, n));
		else if (!q.omitted)
			put(&q, q.between);
		span_skip(&wire, n);
	}
	return text_escape(dst_r, size, span_of(q.text, q.n));
}
