/* SPDX-License-Identifier: GPL-2.0-or-later */
/* YAML becomes a small tree with line numbers, and no file can make it large. */
#include <stdio.h>

#include "unit.h"

#include "judge/rule.h"
#include "base/yaml_tree.h"

enum { DUMP_SIZE = 512 };

/* A tree on one line: [list], {key@line:value}, and text. */
static void
dump(const struct tree_node *node, char *out)
{
	size_t n;

	if (node->kind == TREE_TEXT) {
		snprintf(out + strlen(out), DUMP_SIZE - strlen(out), "%s%s%s",
		    node->quoted ? "'" : "", node->text, node->quoted ? "'" : "");
		return;
	}
	strncat(out, node->kind == TREE_LIST ? "[" : "{", DUMP_SIZE - 1 - strlen(out));
	for (const struct tree_entry *e = node->first; e != NULL; e = e->next) {
		n = strlen(out);
		snprintf(out + n, DUMP_SIZE - n, "%s%s%s%u:", e == node->first ? "" : " ",
		    e->key != NULL ? e->key : "", "@", e->line);
		dump(e->value, out);
	}
	strncat(out, node->kind == TREE_LIST ? "]" : "}", DUMP_SIZE - 1 - strlen(out));
}

/* All documents of a text, or the message. */
static void
read_all(const char *text, char *out)
{
	struct arena *arena = arena_new();
	struct yaml_tree *yaml = yaml_tree_open("f", span_text(text), arena);
	const struct tree_node *root;
	struct err e = { "" };
	int result;

	out[0] = '\0';
	while ((result = yaml_tree_next(yaml, &root, &e)) == 1) {
		if (out[0] != '\0')
			strncat(out, " + ", DUMP_SIZE - 1 - strlen(out));
		dump(root, out);
	}
	if (result == -1)
		snprintf(out, DUMP_SIZE, "%s", e.text);
	yaml_tree_close(&yaml);
	arena_free(&arena);
}

struct row {
	const char *text;
	const char *want;
};

static const struct row rows[] = {
	{ "\xef\xbb\xbf" "a: b", "{a@1:b}" },		/* a byte order mark */
	{ "", "" },
	{ "# nothing\n", "" },
	{ "---\n---\n", "" },
	{ "a: b\nc: 'd'\n", "{a@1:b c@2:'d'}" },
	{ "a:\n  - x\n  - \"y\"\n", "{a@1:[@2:x @3:'y']}" },
	{ "a: {b: [1, 2]}\n", "{a@1:{b@1:[@1:1 @1:2]}}" },
	{ "a: >-\n  one\n  two\n", "{a@1:'one two'}" },
	{ "a:\n", "{a@1:}" },
	{ "a: 1\n---\nb: 2\n", "{a@1:1} + {b@3:2}" },
	{ "a: &x [1]\nb: *x\n", "{a@1:[@1:1] b@2:[@1:1]}" },
	{ "a: &x 1\nb: &x 2\nc: *x\n", "{a@1:1 b@2:2 c@3:2}" },

	{ "a: 1\nb: 2\na: 3\n", "f:3: 'a' stands here twice" },
	{ "a: [1\n", "f:2: not YAML: did not find expected ',' or ']'" },
	{ "a: b: c\n", "f:1: not YAML: mapping values are not allowed in this context" },
	{ "a: !!binary aGk=\n", "f:1: YAML tags are not read" },
	{ "? [a]\n: b\n", "f:1: a key must be a plain word" },
	{ "a: \"x\\0y\"\n", "f:1: a NUL byte inside a text" },
	{ "a: 1\nb: *y\n", "f:2: an alias names no anchor" },
	{ "a: &x 1\n---\nb: *x\n", "f:3: an alias names no anchor" },
	{ "a: &x\n  - *x\n", "f:2: an alias stands inside what it names" },
	{ "a: \xff\n", "f:1: not YAML: invalid leading UTF-8 octet" },
};

static void
documents_become_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[DUMP_SIZE];

		read_all(rows[i].text, out);
		assert_string_equal(out, rows[i].want);
	}
}

static void
repeat(char *out, size_t size, const char *piece, size_t times)
{
	out[0] = '\0';
	for (size_t i = 0; i < times; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s", piece);
}

static void
depth_is_bounded(void **state)
{
	char text[128], out[DUMP_SIZE];

	(void)state;
	repeat(text, sizeof(text), "[", TREE_DEPTH_MAX);
	repeat(text + strlen(text), sizeof(text) / 2, "]", TREE_DEPTH_MAX);
	read_all(text, out);
	assert_int_equal(out[0], '[');

	repeat(text, sizeof(text), "[", TREE_DEPTH_MAX + 2);
	repeat(text + strlen(text), sizeof(text) / 2, "]", TREE_DEPTH_MAX + 2);
	read_all(text, out);
	assert_string_equal(out, "f:1: nested too deeply");
}

/* An alias goes as deep as what it stands for. */
static void
aliases_count_their_depth(void **state)
{
	char text[256], out[DUMP_SIZE];

	(void)state;
	repeat(text, sizeof(text), "- &a ", 1);
	repeat(text + strlen(text), 128, "[", TREE_DEPTH_MAX - 2);
	repeat(text + strlen(text), 64, "]", TREE_DEPTH_MAX - 2);
	snprintf(text + strlen(text), 32, "\n- [[[*a]]]\n");
	read_all(text, out);
	assert_string_equal(out, "f:2: nested too deeply");
}

/* Nine lists of nine aliases each stand for 9^9 texts: refused before they are made. */
static void
laughter_is_bounded(void **state)
{
	char text[1024] = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n", out[DUMP_SIZE];

	(void)state;
	for (int i = 1; i < 9; i++) {
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1,
		    i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	}
	read_all(text, out);
	assert_string_equal(out, "f:4: too many values, or aliases that multiply");
}

static void
nodes_are_bounded(void **state)
{
	static char text[2 * TREE_NODES_MAX + 16];
	char out[DUMP_SIZE];

	(void)state;
	snprintf(text, sizeof(text), "[");
	for (size_t i = 0; i < TREE_NODES_MAX; i++)
		memcpy(text + 1 + 2 * i, "x,", 3);
	text[2 * TREE_NODES_MAX] = ']';
	read_all(text, out);
	assert_string_equal(out, "f:1: too many values, or aliases that multiply");
}

struct plain_row {
	const char *text;
	enum tree_plain want;
};

/* YAML 1.1, as the other readers of Sigma have it. */
static const struct plain_row plain_rows[] = {
	{ "", TREE_PLAIN_NULL },
	{ "~", TREE_PLAIN_NULL },
	{ "null", TREE_PLAIN_NULL },
	{ "nUll", TREE_PLAIN_TEXT },
	{ "true", TREE_PLAIN_TRUE },
	{ "Yes", TREE_PLAIN_TRUE },
	{ "on", TREE_PLAIN_TRUE },
	{ "NO", TREE_PLAIN_FALSE },
	{ "off", TREE_PLAIN_FALSE },
	{ "y", TREE_PLAIN_TEXT },
	{ "0", TREE_PLAIN_NUMBER },
	{ "454", TREE_PLAIN_NUMBER },
	{ "-7", TREE_PLAIN_NUMBER },
	{ "9223372036854775807", TREE_PLAIN_NUMBER },
	{ "9223372036854775808", TREE_PLAIN_OTHER },
	{ "+5", TREE_PLAIN_OTHER },
	{ "010", TREE_PLAIN_OTHER },
	{ "1_000", TREE_PLAIN_OTHER },
	{ "0x1f", TREE_PLAIN_OTHER },
	{ "1.5", TREE_PLAIN_OTHER },
	{ ".5", TREE_PLAIN_OTHER },
	{ "1e5", TREE_PLAIN_TEXT },
	{ "1.0e+5", TREE_PLAIN_OTHER },
	{ "1:30", TREE_PLAIN_OTHER },
	{ ".inf", TREE_PLAIN_OTHER },
	{ "2026-11-25", TREE_PLAIN_OTHER },
	{ "192.0.2.1", TREE_PLAIN_TEXT },
	{ "2001:db8::1", TREE_PLAIN_TEXT },
	{ "454 4.7.0", TREE_PLAIN_TEXT },
	{ "-", TREE_PLAIN_TEXT },
	{ "cap-stripped", TREE_PLAIN_TEXT },
};

static void
bare_words_mean_what_yaml_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plain_rows) / sizeof(plain_rows[0]); i++) {
		struct tree_node node = { .kind = TREE_TEXT, .text = plain_rows[i].text };
		int64_t number;

		if (yaml_tree_plain(&node, &number) != plain_rows[i].want)
			fail_msg("'%s'", plain_rows[i].text);
		node.quoted = true;
		assert_int_equal(yaml_tree_plain(&node, &number), TREE_PLAIN_TEXT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_become_trees),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(aliases_count_their_depth),
		cmocka_unit_test(laughter_is_bounded),
		cmocka_unit_test(nodes_are_bounded),
		cmocka_unit_test(bare_words_mean_what_yaml_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
