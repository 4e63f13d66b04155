/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a value of a rule matches: wildcards, regular expressions, networks. */
#include "unit.h"

#include "judge/rule_parts.h"

struct row {
	const char *value;
	const char *text;
	bool want;
};

/* Wildcards and escapes of the Sigma specification, as C strings: "\\" is one backslash. */
static const struct row patterns[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "starttls", "STARTTLS", true },
	{ "starttls", "STARTTLS ", false },
	{ "start", "STARTTLS", false },
	{ "*", "", true },
	{ "*", "anything", true },
	{ "start*", "STARTTLS", true },
	{ "*tls", "STARTTLS", true },
	{ "*tls", "STARTTLS1", false },
	{ "*art*", "STARTTLS", true },
	{ "*a*a*a", "banana", true },
	{ "*a*a*a*a", "banana", false },
	{ "*ab", "aab", true },
	{ "s?art*", "STARTTLS", true },
	{ "?", "", false },
	{ "?", "a", true },
	{ "?", "ab", false },
	{ "??*", "a", false },
	{ "?", "\xc3\xbc", true },		/* one character, two bytes */
	{ "*?", "\xe2\x82\xac", true },
	{ "gr\xc3\xbcn", "GR\xc3\xbcN", true },
	{ "gr\xc3\xbcn", "gr\xc3\x9cn", false },	/* only ASCII letters fold */
	{ "a\\*b", "a*b", true },
	{ "a\\*b", "axb", false },
	{ "a\\?b", "a?b", true },
	{ "a\\?b", "axb", false },
	{ "a\\b", "a\\b", true },		/* a backslash before a letter is itself */
	{ "a\\\\b", "a\\b", true },		/* two are one */
	{ "a\\\\*", "a\\xyz", true },		/* a backslash, then anything */
	{ "a\\\\\\*", "a\\*", true },		/* a backslash and a star */
	{ "a\\\\\\*", "a\\x", false },
	{ "a\\\\\\\\", "a\\\\", true },		/* four are two */
	{ "a\\", "a\\", true },
	{ "**", "x", true },
};

static void
patterns_match(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct row *row = &patterns[i];
		struct rule_pattern p;

		rule_pattern_read(arena, row->value, false, false, false, &p);
		if (rule_pattern_matches(&p, row->text) != row->want)
			fail_msg("'%s' and '%s'", row->value, row->text);
	}
	arena_free(&arena);
}

static void
pattern_can_be_cased_and_open(void **state)
{
	struct arena *arena = arena_new();
	struct rule_pattern p;

	(void)state;
	rule_pattern_read(arena, "TLS", false, false, true, &p);
	assert_true(rule_pattern_matches(&p, "TLS"));
	assert_false(rule_pattern_matches(&p, "tls"));
	rule_pattern_read(arena, "TLS", true, false, false, &p);
	assert_true(rule_pattern_matches(&p, "starttls"));
	assert_false(rule_pattern_matches(&p, "tlsa"));
	rule_pattern_read(arena, "TLS", false, true, false, &p);
	assert_true(rule_pattern_matches(&p, "tlsa"));
	rule_pattern_read(arena, "TLS", true, true, false, &p);
	assert_true(rule_pattern_matches(&p, "the tls of it"));
	arena_free(&arena);
}

static const struct row regexes[] = {
	{ "", "", true },
	{ "tls", "starttls", true },
	{ "TLS", "starttls", false },
	{ "^tls", "starttls", false },
	{ "^start", "starttls", true },
	{ "tls$", "starttls", true },
	{ "start$", "starttls", false },
	{ "^$", "", true },
	{ "^$", "a", false },
	{ "^a.c$", "abc", true },
	{ "^a.c$", "ac", false },
	{ "^ab*c$", "ac", true },
	{ "^ab*c$", "abbbc", true },
	{ "^ab+c$", "ac", false },
	{ "^ab+c$", "abbc", true },
	{ "^ab?c$", "abc", true },
	{ "^ab?c$", "abbc", false },
	{ "^a{3}$", "aaa", true },
	{ "^a{3}$", "aa", false },
	{ "^a{3}$", "aaaa", false },
	{ "^a{2,}$", "a", false },
	{ "^a{2,}$", "aaaaa", true },
	{ "^a{0,}$", "", true },
	{ "^a{1,3}$", "aaa", true },
	{ "^a{1,3}$", "aaaa", false },
	{ "^a{0}b$", "b", true },
	{ "^a{0}b$", "ab", false },
	{ "^(ab){2}$", "abab", true },
	{ "^(ab|cd)+$", "abcdab", true },
	{ "^(ab|cd)+$", "abc", false },
	{ "^(a|bc|)d$", "d", true },
	{ "a|b|c", "xxc", true },
	{ "^(a*)*$", "aaaa", true },
	{ "^(a*)+b$", "aaac", false },
	{ "^((a|b){1,2}c){2}$", "abcac", true },
	{ "^[0-9]{3}[ -]", "454 no", true },
	{ "^[0-9]{3}[ -]", "45 no", false },
	{ "^[^a-z]+$", "454", true },
	{ "^[^a-z]+$", "45a", false },
	{ "^[]a]+$", "]a", true },
	{ "^[^]]$", "x", true },
	{ "^[a-]+$", "a-", true },
	{ "^[\\]]$", "]", true },
	{ "^a\\.b$", "a.b", true },
	{ "^a\\.b$", "axb", false },
	{ "^a\\\\b$", "a\\b", true },
	{ "^\\{1\\}$", "{1}", true },
};

static struct rule_reader
reader(struct arena *arena, struct err *e)
{
	return (struct rule_reader){ .file = "f", .arena = arena, .err = e };
}

static void
regular_expressions_match(void **state)
{
	struct arena *arena = arena_new();
	struct err e = { "" };
	const struct rule_reader r = reader(arena, &e);

	(void)state;
	for (size_t i = 0; i < sizeof(regexes) / sizeof(regexes[0]); i++) {
		const struct row *row = &regexes[i];
		struct rule_regex regex;

		if (rule_regex_read(&r, 1, row->value, false, &regex) == -1)
			fail_msg("%s: %s", row->value, e.text);
		if (rule_regex_matches(&regex, row->text) != row->want)
			fail_msg("'%s' and '%s'", row->value, row->text);
	}
	arena_free(&arena);
}

static void
letters_of_expressions_may_fold(void **state)
{
	struct arena *arena = arena_new();
	struct err e = { "" };
	const struct rule_reader r = reader(arena, &e);
	struct rule_regex regex;

	(void)state;
	assert_int_equal(rule_regex_read(&r, 1, "^s[A-T]artTLS$", true, &regex), 0);
	assert_true(rule_regex_matches(&regex, "STARTTLS"));
	assert_true(rule_regex_matches(&regex, "starttls"));
	assert_false(rule_regex_matches(&regex, "sZarttls"));
	arena_free(&arena);
}

struct broken {
	const char *value;
	const char *want;
};

static const struct broken broken_regexes[] = {
	{ "(", "f:3: regular expression: ( without )" },
	{ ")", "f:3: regular expression: ) without (" },
	{ "[a", "f:3: regular expression: [ without ]" },
	{ "[z-a]", "f:3: regular expression: a range runs backwards" },
	{ "[[:digit:]]", "f:3: regular expression: write a range such as 0-9 for [:class:]" },
	{ "[\\d]", "f:3: regular expression: a set holds plain ASCII characters and ranges of "
	    "them" },
	{ "*a", "f:3: regular expression: nothing to repeat" },
	{ "a|*", "f:3: regular expression: nothing to repeat" },
	{ "a**", "f:3: regular expression: two quantifiers in a row" },
	{ "a{2}{3}", "f:3: regular expression: two quantifiers in a row" },
	{ "a{x}", "f:3: regular expression: a number must follow {; write \\{ for the "
	    "character" },
	{ "a{3,2}", "f:3: regular expression: this is no {n}, {n,} or {n,m}" },
	{ "a{3", "f:3: regular expression: this is no {n}, {n,} or {n,m}" },
	{ "a{99999999999}", "f:3: regular expression: {n,m} asks for too many copies" },
	{ "((a{99}){99}){99}", "f:3: regular expression: too long, or {n,m} asks for too many "
	    "copies" },
	{ "\\d+", "f:3: regular expression: \\d, \\w and the like are not read; write [0-9]" },
	{ "(a)\\1", "f:3: regular expression: \\d, \\w and the like are not read; write "
	    "[0-9]" },
	{ "(?i)a", "f:3: regular expression: (? is PCRE's own; for letter case there is "
	    "modifier i" },
	{ "a\\", "f:3: regular expression: ends in a backslash" },
	{ "((((((((((((((((((", "f:3: regular expression: too many groups inside each other" },
};

static void
broken_expressions_are_refused(void **state)
{
	struct arena *arena = arena_new();
	struct err e;
	const struct rule_reader r = reader(arena, &e);

	(void)state;
	for (size_t i = 0; i < sizeof(broken_regexes) / sizeof(broken_regexes[0]); i++) {
		struct rule_regex regex;

		e.text[0] = '\0';
		assert_int_equal(rule_regex_read(&r, 3, broken_regexes[i].value, false, &regex),
		    -1);
		assert_string_equal(e.text, broken_regexes[i].want);
	}
	arena_free(&arena);
}

/* A backtracking matcher needs 2^64 steps for this one. */
static void
no_expression_takes_for_ever(void **state)
{
	struct arena *arena = arena_new();
	struct err e = { "" };
	const struct rule_reader r = reader(arena, &e);
	struct rule_regex regex;
	char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";

	(void)state;
	assert_int_equal(rule_regex_read(&r, 1, "^((a+)+|(a|aa)+)+$", false, &regex), 0);
	assert_false(rule_regex_matches(&regex, text));
	arena_free(&arena);
}

static const struct row networks[] = {
	{ "192.0.2.0/24", "192.0.2.0", true },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.128/25", "192.0.2.127", false },
	{ "192.0.2.128/25", "192.0.2.200", true },
	{ "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7", "192.0.2.8", false },
	{ "0.0.0.0/0", "203.0.113.9", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "2001:db8::/32", "2001:db8:ffff::1", true },
	{ "2001:db8::/32", "2001:db9::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "192.0.2.1", false },
	{ "192.0.2.0/24", "mail.example.org", false },
	{ "192.0.2.0/24", "", false },
};

static void
networks_hold_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
		struct network network;

		assert_true(network_read(networks[i].value, &network));
		if (network_holds(&network, networks[i].text) != networks[i].want)
			fail_msg("%s and %s", networks[i].value, networks[i].text);
	}
}

static void
slips_are_no_networks(void **state)
{
	static const char *const slips[] = { "", "/24", "192.0.2.0/", "192.0.2.0/33",
		"192.0.2.0/024", "192.0.2.0/+8", "192.0.2.0/2 4", "192.0.2.1/24", "192.0.2/24",
		"2001:db8::/129", "2001:db8::1/32", "mail.example.org", "192.0.2.0/24/24",
		"00000000000000000000000000000000000000000000000000000000/8" };

	(void)state;
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		struct network network;

		if (network_read(slips[i], &network))
			fail_msg("'%s'", slips[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match),
		cmocka_unit_test(pattern_can_be_cased_and_open),
		cmocka_unit_test(regular_expressions_match),
		cmocka_unit_test(letters_of_expressions_may_fold),
		cmocka_unit_test(broken_expressions_are_refused),
		cmocka_unit_test(no_expression_takes_for_ever),
		cmocka_unit_test(networks_hold_addresses),
		cmocka_unit_test(slips_are_no_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
