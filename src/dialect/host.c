/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/host.h"

#include <stdbool.h>

#include "dialect/line.h"

enum { WORDS_MAX = 4 };		/* further back it is a product's home page, or prose */

static bool
is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_host(struct span word)
{
	size_t label = 0, dots = 0;
	bool letters = true;

	for (size_t i = 0; i < word.n; i++) {
		int c = span_at(word, i);

		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
			dots++;
			letters = true;
			continue;
		}
		if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-')
			return false;
		letters = letters && is_letter(c);
		label++;
	}
	return dots > 0 && label >= 2 && letters;
}

/* <1896.697170952@mail.example.org>, as APOP wants it: the host is behind the "@" (RFC 1939 §7). */
static struct span
inside_stamp(struct span word)
{
	size_t at = span_find(word, '@');

	if (span_at(word, 0) != '<' || at == word.n)
		return word;
	word = span_tail(word, at + 1);
	return span_head(word, span_find(word, '>'));
}

struct span
host_in(struct span greeting)
{
	for (int i = 0; i < WORDS_MAX && greeting.n > 0; i++) {
		struct span word = inside_stamp(line_word(greeting, &greeting));

		if (is_host(word))
			return word;
	}
	return span_head(greeting, 0);
}
