/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/reply.h"

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word_byte(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

unsigned
reply_code(struct span line, bool *final_r)
{
	unsigned code = 0;
	int mark = span_at(line, 3);

	for (size_t i = 0; i < 3; i++) {
		if (!is_digit(span_at(line, i)))
			return 0;
		code = code * 10 + (unsigned)(span_at(line, i) - '0');
	}
	*final_r = mark != '-';
	return mark == '-' || mark == ' ' || mark == '\t' || mark == '\r' || mark < 0 ? code : 0;
}

bool
reply_mentions(struct span text, const char *part)
{
	size_t n = strlen(part);

	for (; text.n >= n && n > 0; span_skip(&text, 1)) {
		if (span_starts_nocase(text, part))
			return true;
	}
	return false;
}

bool
reply_has_word(struct span text, const char *word)
{
	size_t n = strlen(word);
	int before = -1;

	for (; text.n >= n && n > 0; span_skip(&text, 1)) {
		if (!is_word_byte(before) && !is_word_byte(span_at(text, n)) &&
		    span_starts_nocase(text, word))
			return true;
		before = span_at(text, 0);
	}
	return false;
}

/* "https://...", "ann@...", "www.example.org/tls"; not two sentences without a blank, nor "1.2". */
static bool
is_address(struct span word)
{
	for (size_t i = 0; i + 1 < word.n; i++) {
		int c = span_at(word, i), before = i > 0 ? span_at(word, i - 1) : ' ',
		    next = span_at(word, i + 1);

		if (c == '@' || (c == ':' && span_starts(span_tail(word, i), "://")))
			return true;
		if (c == '.' && is_word_byte(before) && next >= 'a' && next <= 'z')
			return true;
	}
	return false;
}

struct span
reply_next_prose(struct span *text)
{
	struct span prose = *text, rest = *text, word;

	while (rest.n > 0) {
		size_t begin = text->n - rest.n, n = span_find(rest, ' ');

		word = span_head(rest, n);
		rest = span_tail(rest, n + 1);
		if (is_address(word)) {
			prose.n = begin;
			break;
		}
	}
	*text = rest;
	return prose;
}

bool
reply_says(struct span text, bool (*it)(struct span prose))
{
	while (text.n > 0) {
		if (it(reply_next_prose(&text)))
			return true;
	}
	return false;
}
