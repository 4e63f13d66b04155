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
	const struct typed *typed;	/* what may be an echo, or NULL */
	bool own;		/* the words are ours, the wire's numbers stand behind labels */
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

static bool
is_echo(const struct quotation *q, struct span word)
{
	return q->typed != NULL && typed_has(q->typed, word);
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
		"reply", "errno",
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

/* Where clients of IRC find TLS; what a client typed itself is no port. */
static bool
is_sts_port(const struct quotation *q, struct span word)
{
	enum { PORT_DIGITS_MAX = 5 };
	static const char label[] = "sts=port=";
	struct span port = span_tail(word, sizeof(label) - 1);

	return span_starts_nocase(word, label) && port.n <= PORT_DIGITS_MAX &&
	    are_all(port, is_digit) && (q->own || (q->typed != NULL && !is_echo(q, port)));
}

bool
quote_is_remains(struct span word)
{
	return token_is_masked(word) || token_is_mask_of(word, "TLS") ||
	    token_is_near_miss(word, "STARTTLS") ||
	    token_is_near_miss(word, "CAPABILITIES") || token_is_near_miss(word, "STLS") ||
	    token_is_near_miss(word, "AUTH");
}

/* One character is nobody's secret. */
static bool
is_known(const struct quotation *q, struct span word)
{
	if (word.n == 1)
		return true;
	return (quote_knows(word) || span_is(word, sasl_find(word)->name)) &&
	    !is_echo(q, word);
}

/* AUTH=PLAIN, xmlns='...': each part by itself. */
static bool
are_known_parts(const struct quotation *q, struct span word)
{
	while (word.n > 0) {
		size_t n = span_find(word, '=');

		if (n > 0 && !is_known(q, span_head(word, n)))
			return false;
		word = span_tail(word, n + 1);
	}
	return true;
}

/* Where nobody knows what the client typed, still a reply begins with its code. */
static bool
may_tell(const struct quotation *q, struct span word)
{
	bool code = q->words == q->code_at && word.n == CODE_LENGTH && are_all(word, is_digit);

	if (is_echo(q, word))
		return code && q->typed->anything;
	return code || (q->code_before && is_enhanced_code(word)) || are_known_parts(q, word) ||
	    (q->own && is_labelled_number(word)) || is_sts_port(q, word) ||
	    quote_is_remains(word);
}

static void
put(struct quotation *q, struct span piece)
{
	/* an empty piece may have no memory at all */
	if (piece.n == 0 || piece.n > QUOTE_BYTES_MAX - q->n)
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

/* A full stop ends a sentence, not a word. */
static size_t
word_length(struct span line, bool first)
{
	size_t n = 0;

	if (first && are_all(span_head(line, CODE_LENGTH), is_digit) &&
	    span_at(line, CODE_LENGTH) == '-')
		return CODE_LENGTH;
	while (n < line.n && !is_between(span_at(line, n)))
		n++;
	while (n > 1 && span_at(line, n - 1) == '.')
		n--;
	return n;
}

bool
quote_word(struct span *line, bool first, struct span *between_r, struct span *word_r)
{
	size_t gap = 0;

	while (is_between(span_at(*line, gap)) || span_at(*line, gap) == '-' ||
	    span_at(*line, gap) == '.')
		gap++;
	*between_r = span_head(*line, gap);
	*line = span_tail(*line, gap);
	/* two versions of the same bytes are two lines */
	first = first || span_find(*between_r, '|') < gap;
	*word_r = span_head(*line, word_length(*line, first));
	*line = span_tail(*line, word_r->n);
	return word_r->n > 0;
}

/* IRC has its prefix there, HTTP its name and version. */
static unsigned
words_before_code(struct span wire)
{
	return span_at(wire, 0) == ':' ? 1 : span_starts(wire, "HTTP/") ? 2 : 0;
}

static size_t
quote(struct quotation *q, char *dst_r, size_t size, struct span line)
{
	struct span word;

	q->code_at = words_before_code(line);
	while (quote_word(&line, q->words == 0, &q->between, &word)) {
		if (span_find(q->between, '|') < q->between.n)
			q->words = 0;
		put_word(q, word);
	}
	if (!q->omitted)
		put(q, q->between);
	return text_escape(dst_r, size, span_of(q->text, q->n));
}

size_t
quote_escape(char *dst_r, size_t size, struct span wire, const struct typed *typed)
{
	struct quotation q = { .typed = typed };

	return quote(&q, dst_r, size, wire);
}

size_t
quote_own_words(char *dst_r, size_t size, struct span words)
{
	struct quotation q = { .own = true };

	return quote(&q, dst_r, size, words);
}

/* {12} or {12+}, at the end of a line */
static bool
is_literal(struct span between, struct span word, struct span behind)
{
	const bool plus = word.n > 1 && span_at(word, word.n - 1) == '+';

	return span_at(between, between.n - 1) == '{' &&
	    are_all(span_head(word, word.n - plus), is_digit) &&
	    (span_is(behind, "}\r\n") || span_is(behind, "}\n"));
}

void
quote_mask(struct span wire, const struct typed *typed, uint8_t filler, uint8_t *masked_r)
{
	struct quotation q = { .typed = typed, .code_at = words_before_code(wire) };
	struct span word;

	while (quote_word(&wire, q.words == 0, &q.between, &word)) {
		if (q.between.n > 0)
			memcpy(masked_r, q.between.p, q.between.n);
		masked_r += q.between.n;
		/* the path of an address would be a word like any other without its host */
		q.omitted = (q.omitted && span_is(q.between, "/")) ||
		    (!may_tell(&q, word) && !is_literal(q.between, word, wire));
		if (!q.omitted)
			memcpy(masked_r, word.p, word.n);
		else
			memset(masked_r, filler, word.n);
		masked_r += word.n;
		q.code_before = word.n == CODE_LENGTH && are_all(word, is_digit);
		q.words++;
	}
	if (q.between.n > 0)
		memcpy(masked_r, q.between.p, q.between.n);
}
