/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Masked words and near-misses, and the innocent words beside them. */
#include "unit.h"

#include "dialect/sasl.h"
#include "dialect/token.h"

struct row {
	const char *word;
	size_t n;		/* 0: up to its NUL */
	bool yes;
};

static struct span
word_of(const struct row *row)
{
	return row->n > 0 ? span_of(row->word, row->n) : span_text(row->word);
}

static void
fillers_are_told_from_words(void **state)
{
	static const struct row rows[] = {
		{ "XXXXXXXX", 0, true },
		{ "xxxxxxxx", 0, true },
		{ "********", 0, true },
		{ "XXXX", 0, true },
		{ "XXXXXXXA", 0, true },	/* Cisco numbers its masks */
		{ "XXXXXXXB", 0, true },
		{ "XXX", 0, false },		/* too short to be sure */
		{ "XXXXXXXa", 0, false },
		{ "XXXX*XXX", 0, false },
		{ "XXXXXXAB", 0, false },
		{ "AXXXXXXX", 0, false },
		{ "XFORWARD", 0, false },
		{ "XXXX1", 0, false },
		{ "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(token_is_masked(word_of(&rows[i])), rows[i].yes);
}

static void
near_misses_are_told_from_other_names(void **state)
{
	static const struct row rows[] = {
		{ "STARTTL5", 0, true },
		{ "STARTLTS", 0, true },
		{ "SARTTLS", 0, true },
		{ "starttlz", 0, true },
		{ "STARTTLSX", 0, true },
		{ "XSTARTTLS", 0, true },
		{ "STRTTL", 0, true },
		{ "STARTTLSXX", 0, true },
		{ "START\0TLS", 9, true },
		{ "\0\0\0STARTTLS", 11, true },		/* any number of foreign bytes */
		{ "S\xffT\xff" "A\xffR\xffT\xffT\xffL\xffS", 15, true },
		{ "STARTTLS", 0, false },	/* the token itself */
		{ "starttls", 0, false },
		{ "X-STARTTLS", 0, false },	/* private names */
		{ "x-starttl", 0, false },
		{ "STARTTLSXXX", 0, false },	/* three edits */
		{ "STARTTLS-POLICY", 0, false },
		{ "STATS", 0, false },
		{ "SMTPUTF8", 0, false },
		{ "CHUNKING", 0, false },
		{ "XXXXXXXX", 0, false },	/* a mask, told otherwise */
		{ "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(token_is_near_miss(word_of(&rows[i]), "STARTTLS"), rows[i].yes);
}

static void
short_tokens_allow_one_edit_only(void **state)
{
	static const struct row rows[] = {
		{ "STLX", 0, true },
		{ "STL", 0, true },
		{ "STLSX", 0, true },
		{ "SLTS", 0, false },	/* two letters changed places: two edits */
		{ "TLS", 0, true },
		{ "UIDL", 0, false },
		{ "STLS", 0, false },
		{ "TOP", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(token_is_near_miss(word_of(&rows[i]), "STLS"), rows[i].yes);
}

/* Too many words are one edit away from three letters. */
static void
shorter_ones_allow_none(void **state)
{
	static const struct row rows[] = {
		{ "tl5", 0, false },
		{ "ts", 0, false },
		{ "tags", 0, false },
		{ "t\0ls", 4, true },
		{ "tls", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(token_is_near_miss(word_of(&rows[i]), "tls"), rows[i].yes);
}

static void
an_echoed_mask_is_found_by_its_length(void **state)
{
	static const struct row rows[] = {
		{ "XXXXXXXX: what?", 0, true },
		{ "what is XXXXXXXX", 0, true },
		{ "\"XXXXXXXX\"", 0, true },
		{ "XXXXXXXXX", 0, false },
		{ "XXXXXXX", 0, false },
		{ "****XXXX", 0, false },
		{ "XX********", 0, true },
		{ "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(token_masked_inside(word_of(&rows[i]), 8), rows[i].yes);
}

static void
mechanisms_are_known_by_name_only(void **state)
{
	static const struct { const char *word, *name; enum sasl_kind kind; } rows[] = {
		{ "PLAIN", "PLAIN", SASL_FIRST },
		{ "login", "LOGIN", SASL_SECOND },
		{ "XOAuth2", "XOAUTH2", SASL_FIRST },
		{ "CRAM-MD5", "CRAM-MD5", SASL_OPAQUE },
		{ "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256-PLUS", SASL_OPAQUE },
		{ "AHVzZXIAczNjcjN0", "unknown", SASL_OPAQUE },
		{ "PLAIN=", "unknown", SASL_OPAQUE },
		{ "unknown", "unknown", SASL_OPAQUE },
		{ "", "unknown", SASL_OPAQUE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sasl_mechanism *m = sasl_find(span_text(rows[i].word));

		assert_string_equal(m->name, rows[i].name);
		assert_int_equal(m->kind, rows[i].kind);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fillers_are_told_from_words),
		cmocka_unit_test(near_misses_are_told_from_other_names),
		cmocka_unit_test(short_tokens_allow_one_edit_only),
		cmocka_unit_test(shorter_ones_allow_none),
		cmocka_unit_test(an_echoed_mask_is_found_by_its_length),
		cmocka_unit_test(mechanisms_are_known_by_name_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
