/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wildcards of Sigma: * is any text, ? one character, \ makes them plain. */
#include <string.h>

#include "judge/rule_parts.h"

static struct rule_glyph
glyph(enum rule_glyph_kind kind, char byte)
{
	return (struct rule_glyph){ .kind = (uint8_t)kind, .byte = (uint8_t)byte };
}

/* A backslash is itself unless it stands before *, ? or another one. */
static struct rule_glyph
next_glyph(const char **at)
{
	char c = *(*at)++;

	if (c == '\\' && **at != '\0' && strchr("\\*?", **at) != NULL)
		return glyph(RULE_GLYPH_SELF, *(*at)++);
	if (c == '*')
		return glyph(RULE_GLYPH_MANY, 0);
	if (c == '?')
		return glyph(RULE_GLYPH_ONE, 0);
	return glyph(RULE_GLYPH_SELF, c);
}

void
rule_pattern_read(struct arena *arena, const char *text, bool any_before, bool any_behind,
    bool cased, struct rule_pattern *pattern_r)
{
	struct rule_glyph *glyphs = arena_alloc(arena,
	    (strlen(text) + 2) * sizeof(*glyphs));
	size_t n = 0;

	if (any_before)
		glyphs[n++] = glyph(RULE_GLYPH_MANY, 0);
	while (*text != '\0')
		glyphs[n++] = next_glyph(&text);
	if (any_behind)
		glyphs[n++] = glyph(RULE_GLYPH_MANY, 0);
	*pattern_r = (struct rule_pattern){ cased, n, glyphs };
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Length of the UTF-8 character at the front; texts of events are well-formed. */
static size_t
character_length(const char *text)
{
	size_t n = 1;

	while (((uint8_t)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* How much of the text one glyph takes, 0 when it does not fit. */
static size_t
taken(const struct rule_pattern *p, size_t i, const char *text)
{
	const struct rule_glyph *g = &p->glyphs[i];
	uint8_t c = (uint8_t)text[0];

	if (i == p->count || c == '\0')
		return 0;
	if (g->kind == RULE_GLYPH_ONE)
		return character_length(text);
	if (g->kind == RULE_GLYPH_MANY)
		return 0;
	return c == g->byte || (!p->cased && lower(c) == lower(g->byte));
}

/* When a glyph does not fit, the last * takes a character more; earlier ones need not. */
bool
rule_pattern_matches(const struct rule_pattern *pattern, const char *text)
{
	const char *retry_text = NULL;
	size_t retry_glyph = 0, i = 0;

	for (;;) {
		size_t n = taken(pattern, i, text);

		if (n > 0) {
			text += n;
			i++;
		} else if (i < pattern->count &&
		    pattern->glyphs[i].kind == RULE_GLYPH_MANY) {
			retry_text = text;
			retry_glyph = ++i;
		} else if (*text == '\0' && i == pattern->count) {
			return true;
		} else if (retry_text == NULL || *retry_text == '\0') {
			return false;
		} else {
			retry_text += character_length(retry_text);
			text = retry_text;
			i = retry_glyph;
		}
	}
}
