/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/argument.h"

#include "dialect/sasl.h"

enum { ANY_PLACE = 0 };

/* What else than a word may stand there. */
enum other {
	WORDS_ONLY,
	OR_MECHANISM,
	OR_NUMBER,
};

/* Verbs, and the words that may follow; index 0 is any place. */
static const struct {
	const char *verb;
	unsigned index;
	enum other other;
	const char *words;
} table[] = {
	{ "AUTH", 1, OR_MECHANISM, "TLS TLS-C TLS-P SSL" },
	{ "AUTH", 2, WORDS_ONLY, "=" },
	{ "X-EXPS", 1, OR_MECHANISM, "" },
	{ "AUTHENTICATE", 1, OR_MECHANISM, "* +" },
	{ "AUTHENTICATE", 2, WORDS_ONLY, "=" },
	{ "AUTHINFO", 1, WORDS_ONLY, "USER PASS SASL GENERIC SIMPLE" },
	{ "BDAT", 1, OR_NUMBER, "" },
	{ "BDAT", 2, WORDS_ONLY, "LAST" },
	{ "CAP", 1, WORDS_ONLY, "LS LIST REQ ACK NAK CLEAR END NEW DEL" },
	{ "CAP", 2, WORDS_ONLY, "302" },
	{ "CAP", ANY_PLACE, WORDS_ONLY, "tls sasl multi-prefix" },
	{ "MODE", 1, WORDS_ONLY, "READER" },
	{ "PROT", 1, WORDS_ONLY, "P C S E" },
	{ "USER", 1, WORDS_ONLY, "anonymous ftp" },
	{ "PRIVMSG", 1, WORDS_ONLY, "NickServ" },
	{ "PRIVMSG", 2, WORDS_ONLY, "IDENTIFY REGISTER" },
	{ "NICKSERV", 1, WORDS_ONLY, "IDENTIFY REGISTER" },
	{ "NS", 1, WORDS_ONLY, "IDENTIFY REGISTER" },
};

static bool
is_number(struct span word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (span_at(word, i) < '0' || span_at(word, i) > '9')
			return false;
	}
	return word.n > 0;
}

static bool
is_mechanism(struct span word)
{
	return span_is(word, sasl_find(word)->name);
}

static bool
is_among(const char *words, struct span word)
{
	struct span rest = span_text(words);

	while (word.n > 0 && rest.n > 0) {
		size_t n = span_find(rest, ' ');

		if (span_equals_nocase(span_head(rest, n), word))
			return true;
		rest = span_tail(rest, n + 1);
	}
	return false;
}

bool
argument_is_public(struct span verb, unsigned index, struct span before, struct span word)
{
	if (index == 2 && span_is(verb, "AUTHINFO"))
		return span_is(before, "SASL") && is_mechanism(word);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!span_is(verb, table[i].verb) ||
		    (table[i].index != ANY_PLACE && table[i].index != index))
			continue;
		if (is_among(table[i].words, word) ||
		    (table[i].other == OR_MECHANISM && is_mechanism(word)) ||
		    (table[i].other == OR_NUMBER && is_number(word)))
			return true;
	}
	return false;
}
