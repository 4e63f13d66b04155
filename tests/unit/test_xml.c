/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units of XML end where they should, and what a parser holds is bounded. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialect/xml.h"

struct told {
	char text[512];
};

static void
tell(struct told *t, const char *before, struct span word, const char *after)
{
	size_t n = strlen(t->text);

	snprintf(t->text + n, sizeof(t->text) - n, "%s%.*s%s", before, (int)word.n,
	    (const char *)word.p, after);
}

static void
start(void *ctx, unsigned level, const struct xml_name *name, const char **attributes)
{
	struct span id = xml_attribute(attributes, "id");
	char before[16];

	snprintf(before, sizeof(before), "<%u:", level);
	tell(ctx, before, name->local, "");
	if (name->space.n > 0)
		tell(ctx, " in ", name->space, "");
	if (id.n > 0)
		tell(ctx, " id ", id, "");
	tell(ctx, "", span_text(">"), "");
}

static void
end(void *ctx, unsigned level)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "</%u>", level);
	tell(ctx, "", span_text(tag), "");
}

static void
text(void *ctx, unsigned level, struct span said)
{
	(void)level;
	tell(ctx, "", said, "");
}

static const struct xml_handler handler = { start, end, text };

/* The units of a text by their first letters, and their lengths. */
static void
units_of(const char *in, size_t piece, char *out, size_t size)
{
	static const char letters[] = "BTEDF";
	struct span rest = span_text(in);
	struct xml x = { 0 };
	size_t seen = piece, n = 0;

	out[0] = '\0';
	while (rest.n > 0 && n < size) {
		struct span part = span_head(rest, seen);
		enum xml_unit kind;
		long used = xml_unit_read(&x, part, &kind);

		if (used == 0 && part.n == rest.n)
			break;
		seen = used == 0 ? seen + piece : piece;
		if (used > 0)
			n += (size_t)snprintf(out + n, size - n, "%c%ld ", letters[kind], used);
		span_skip(&rest, (size_t)used);
	}
}

static void
units_end_with_tags(void **state)
{
	static const struct { const char *in, *units; } rows[] = {
		{ "<a>", "E3 " },
		{ "<a/><b>", "E4 E3 " },
		{ "text<a>", "T4 E3 " },
		{ " <a>", "B1 E3 " },
		{ "a b<c>", "T3 E3 " },
		{ "<a x='>'>", "E9 " },
		{ "<a x='\">'>", "E10 " },
		{ "<a x=\"'>\">", "E10 " },
		{ "<?xml version='1.0'?><a>", "D21 E3 " },
		{ "<?xmlish?>", "E10 " },
		{ "<?php it's > ?><b>", "E15 E3 " },
		{ "<!DOCTYPE a>", "F2 " },
		{ "<![CDATA[<a>]]]><b>", "E16 E3 " },
		{ "<![CDATA[it's]]>", "E16 " },
		{ "<!-- it's > --><b>", "E15 E3 " },
		{ "<a", "" },
		{ "text", "" },
		{ "a>b<c>", "T3 E3 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t piece = 1; piece <= 24; piece += 23) {
			char units[128];

			units_of(rows[i].in, piece, units, sizeof(units));
			assert_string_equal(units, rows[i].units);
		}
	}
}

static bool
parse_all(struct xml *x, const char *in, struct told *told)
{
	struct span rest = span_text(in);

	while (rest.n > 0) {
		enum xml_unit kind;
		long used = xml_unit_read(x, rest, &kind);

		if (used <= 0)
			return true;
		if (kind != XML_BLANK &&
		    !xml_parse(x, span_head(rest, (size_t)used), &handler, told))
			return false;
		span_skip(&rest, (size_t)used);
	}
	return true;
}

static void
names_come_with_their_namespace(void **state)
{
	static const struct { const char *in, *told; } rows[] = {
		{ "<a xmlns='urn:x'><b/></a>", "<0:a in urn:x><1:b in urn:x></1></0>" },
		{ "<p:a xmlns:p='urn:x' id='7'><b id=''/>", "<0:a in urn:x id 7><1:b></1>" },
		{ "<a><![CDATA[<b/>]]>&lt;&#65;</a>", "<0:a><b/><A</0>" },
		{ "<a xmlns='urn:x'><b xmlns='urn:y'/><c/>",
		    "<0:a in urn:x><1:b in urn:y></1><1:c in urn:x></1>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct xml x = { 0 };
		struct told told = { "" };

		assert_true(parse_all(&x, rows[i].in, &told));
		assert_string_equal(told.text, rows[i].told);
		xml_restart(&x);
		assert_int_equal(x.memory_bytes, 0);
	}
}

static void
what_is_no_xml_frees_the_parser(void **state)
{
	static const char *const rows[] = {
		"<a></b>", "<a><p:b/>", "<a>&x;</a>", "<a b></a>", "<a b='1' b='2'/>",
		"<a>\x01<b/>", "<a>\xc3(<b/>", "<!DOCTYPE a><a/>", "<a/><b/>",
		/* overlong, a surrogate, beyond Unicode, a byte that never is */
		"<a>\xc0\xbc<b/>", "<a>\xed\xa0\x80<b/>", "<a>\xf4\x90\x80\x80<b/>", "<a>\xff<b/>",
		/* nothing but XML's own five entities, and no character that XML forbids */
		"<a b='&x;'/>", "<a>&#0;</a>", "<a>&#x1;</a>", "<a>&#xd800;</a>",
		"<a>&#x110000;</a>",
		"<?xml version='1.0' encoding='UTF-16'?><!ENTITY x 'y'><a/>",
		"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///dev/null'>]><a>&x;</a>",
		"<a xmlns:xml='urn:x'/>", "<a xmlns:b=''/>", "<a b='<'/>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct xml x = { 0 };
		struct told told = { "" };

		assert_false(parse_all(&x, rows[i], &told));
		assert_null(x.parser);
		assert_int_equal(x.memory_bytes, 0);
		assert_true(x.loose);
	}
}

static void
a_nul_is_no_xml(void **state)
{
	static const char text_nul[] = "a\0b<c/>", tag_nul[] = "<a b='\0'/>";
	struct xml x = { 0 };
	struct told told = { "" };

	(void)state;
	assert_true(parse_all(&x, "<r>", &told));
	assert_false(xml_parse(&x, span_of(text_nul, 3), &handler, &told));
	assert_null(x.parser);
	assert_false(xml_parse(&x, span_of(tag_nul, sizeof(tag_nul) - 1), &handler, &told));
	assert_int_equal(x.memory_bytes, 0);
}

/* The five are bounded by what stands there: nothing grows. */
static void
entities_do_not_expand(void **state)
{
	struct xml x = { 0 };
	struct told told = { "" };

	(void)state;
	assert_true(parse_all(&x, "<a b='&amp;&lt;'>&amp;amp;&quot;&apos;&gt;</a>", &told));
	assert_string_equal(told.text, "<0:a>&amp;\"'></0>");
	xml_restart(&x);
}

/* Ever more attributes in one tag, up to the longest unit. */
static void
many_attributes_are_bounded(void **state)
{
	enum { COUNT = 5000, EACH = 12 };
	char *tag = malloc(COUNT * EACH + 16);
	struct xml x = { 0 };
	struct told told = { "" };
	size_t n = 2;

	(void)state;
	assert_non_null(tag);
	memcpy(tag, "<a", 2);
	for (unsigned i = 0; i < COUNT; i++)
		n += (size_t)snprintf(tag + n, EACH + 1, " a%04u=''", i);
	memcpy(tag + n, "/>", 3);
	parse_all(&x, tag, &told);
	assert_true(x.memory_bytes <= XML_MEMORY_MAX);
	free(tag);
	xml_restart(&x);
	assert_int_equal(x.memory_bytes, 0);
}

/* A tag as long as a unit may be is read; so is any number of them. */
static void
long_tags_fit(void **state)
{
	enum { LONG = 65000 };
	struct xml x = { 0 };
	struct told told = { "" };
	char *tag = malloc(LONG + 64);
	size_t most = 0;

	(void)state;
	assert_non_null(tag);
	memcpy(tag, "<a b='", 6);
	memset(tag + 6, 'x', LONG);
	memcpy(tag + 6 + LONG, "'/>", 4);
	assert_true(parse_all(&x, "<r>", &told));
	for (int i = 0; i < 20; i++) {
		assert_true(parse_all(&x, tag, &told));
		if (x.memory_bytes > most)
			most = x.memory_bytes;
	}
	assert_true(most < XML_MEMORY_MAX);
	free(tag);
	xml_restart(&x);
}

static void
depth_is_bounded(void **state)
{
	struct xml x = { 0 };
	struct told told = { "" };

	(void)state;
	for (int i = 0; i < XML_DEPTH_MAX; i++)
		assert_true(parse_all(&x, "<a>", &told));
	assert_false(parse_all(&x, "<a>", &told));
	assert_null(x.parser);
}

/* Names are kept as long as the parser lives: a peer that invents ever new ones is stopped. */
static void
memory_is_bounded(void **state)
{
	struct xml x = { 0 };
	struct told told = { "" };
	char tag[256];
	bool good = parse_all(&x, "<r>", &told);
	unsigned count = 0;

	(void)state;
	for (; good && count < 100000; count++) {
		snprintf(tag, sizeof(tag), "<n%u-%0100u a%u-%0100u=''/>", count, 0, count, 0);
		good = parse_all(&x, tag, &told);
		assert_true(x.memory_bytes <= XML_MEMORY_MAX);
	}
	assert_false(good);
	assert_true(count > 100);
	assert_int_equal(x.memory_bytes, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_end_with_tags),
		cmocka_unit_test(names_come_with_their_namespace),
		cmocka_unit_test(what_is_no_xml_frees_the_parser),
		cmocka_unit_test(a_nul_is_no_xml),
		cmocka_unit_test(entities_do_not_expand),
		cmocka_unit_test(many_attributes_are_bounded),
		cmocka_unit_test(long_tags_fit),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
