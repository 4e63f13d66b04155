/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Length of the well-formed UTF-8 character at the front, 0 if there is none (RFC 3629 §4). */
static size_t
utf8_length(struct span s)
{
	int a = span_at(s, 0), b = span_at(s, 1);
	size_t n;

	if (a < 0)
		return 0;
	if (a < 0x80)
		return 1;
	if (a < 0xc2 || a > 0xf4)
		return 0;
	n = a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
	if (s.n < n)
		return 0;
	/* no overlong forms, no surrogates, nothing above U+10FFFF */
	if ((a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) ||
	    (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((span_at(s, i) & 0xc0) != 0x80)
			return 0;
	}
	return n;
}

/* Characters that steer a terminal, or a reader's eye, instead of being seen; in their order. */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0x0000, 0x001f },	/* C0 controls */
	{ 0x007f, 0x009f },	/* DEL and C1 controls */
	{ 0x00ad, 0x00ad },	/* soft hyphen */
	{ 0x061c, 0x061c },	/* Arabic letter mark: turns the direction */
	{ 0x180e, 0x180e },	/* Mongolian vowel separator: no width */
	{ 0x200b, 0x200f },	/* no width; left-to-right and right-to-left mark */
	{ 0x2028, 0x202e },	/* line and paragraph separators; embeddings, overrides */
	{ 0x2060, 0x206f },	/* word joiner, invisible operators, isolates */
	{ 0xfdd0, 0xfdef },	/* noncharacters */
	{ 0xfeff, 0xfeff },	/* byte order mark */
	{ 0xfff9, 0xfffb },	/* interlinear annotations */
	{ 0xe0000, 0xe007f },	/* tags */
};

/* The code point of the well-formed character of n bytes at the front. */
static uint32_t
code_point(struct span s, size_t n)
{
	/* of the first byte, the bits that are not its length */
	uint32_t code = (uint32_t)span_at(s, 0) & (n == 1 ? 0x7fu : 0xffu >> (n + 1));

	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((uint32_t)span_at(s, i) & 0x3f);
	return code;
}

static bool
is_unseen(uint32_t code)
{
	/* the last two of each plane are noncharacters */
	if ((code & 0xfffe) == 0xfffe)
		return true;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]) && code >= unseen[i].first; i++) {
		if (code <= unseen[i].last)
			return true;
	}
	return false;
}

/* Of each character that may not stay, its first byte; the others are no UTF-8 without it. */
static size_t
escape(char *dst_r, size_t size, struct span wire, bool backslash_stays)
{
	static const char more[] = "...";
	size_t used = 0, safe = 0;

	if (size == 0)
		return 0;
	while (wire.n > 0) {
		char piece[8];
		size_t take = utf8_length(wire), n;

		if (take == 0 || is_unseen(code_point(wire, take)) ||
		    (span_at(wire, 0) == '\\' && !backslash_stays)) {
			take = 1;
			n = (size_t)snprintf(piece, sizeof(piece), "\\x%02x",
			    (unsigned)span_at(wire, 0));
		} else {
			n = take;
			memcpy(piece, wire.p, n);
		}
		if (used + n >= size)
			break;
		memcpy(dst_r + used, piece, n);
		used += n;
		if (used + sizeof(more) <= size)
			safe = used;
		span_skip(&wire, take);
	}
	if (wire.n > 0 && size > sizeof(more)) {
		memcpy(dst_r + safe, more, sizeof(more) - 1);
		used = safe + sizeof(more) - 1;
	}
	dst_r[used] = '\0';
	return used;
}

size_t
text_escape(char *dst_r, size_t size, struct span wire)
{
	return escape(dst_r, size, wire, false);
}

size_t
text_show(char *dst_r, size_t size, struct span text)
{
	return escape(dst_r, size, text, true);
}

void
text_copy(char *dst_r, size_t size, const char *src)
{
	size_t n = strlen(src);

	if (size == 0)
		return;
	if (n >= size)
		n = size - 1;
	memcpy(dst_r, src, n);
	dst_r[n] = '\0';
}

bool
text_is_utf8(struct span s)
{
	while (s.n > 0) {
		size_t n = utf8_length(s);

		if (n == 0)
			return false;
		span_skip(&s, n);
	}
	return true;
}

bool
text_is_shown(struct span s)
{
	while (s.n > 0) {
		size_t n = utf8_length(s);

		if (n == 0 || is_unseen(code_point(s, n)))
			return false;
		span_skip(&s, n);
	}
	return true;
}
