/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

/*
 * A borrowed range of bytes, and the only place where wire bytes are indexed.
 * A reader takes from the front and returns false, changing nothing, when too
 * few bytes are left; so a length is always asked for before it is used.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *p;
	size_t n;
};

static inline struct span
span_of(const void *p, size_t n)
{
	return (struct span){ .p = p, .n = n };
}

/* The bytes of a C string, without its NUL. */
static inline struct span
span_text(const char *text)
{
	return span_of(text, strlen(text));
}

/* The first n bytes, or all of them when there are fewer. */
static inline struct span
span_head(struct span s, size_t n)
{
	return span_of(s.p, n < s.n ? n : s.n);
}

/* What is left behind the first n bytes; empty when there are fewer. */
static inline struct span
span_tail(struct span s, size_t n)
{
	/* an empty span may have no memory at all, and nothing may be added to that */
	return n < s.n ? span_of(s.p + n, s.n - n) : span_of(s.p, 0);
}

static inline bool
span_take(struct span *s, size_t n, struct span *out_r)
{
	if (s->n < n)
		return false;
	*out_r = span_of(s->p, n);
	*s = span_tail(*s, n);
	return true;
}

static inline bool
span_skip(struct span *s, size_t n)
{
	struct span skipped;

	return span_take(s, n, &skipped);
}

static inline bool
span_u8(struct span *s, uint8_t *v_r)
{
	struct span b;

	if (!span_take(s, 1, &b))
		return false;
	*v_r = b.p[0];
	return true;
}

static inline bool
span_be16(struct span *s, uint16_t *v_r)
{
	struct span b;

	if (!span_take(s, 2, &b))
		return false;
	*v_r = (uint16_t)(b.p[0] << 8 | b.p[1]);
	return true;
}

static inline bool
span_be24(struct span *s, uint32_t *v_r)
{
	struct span b;

	if (!span_take(s, 3, &b))
		return false;
	*v_r = (uint32_t)b.p[0] << 16 | (uint32_t)b.p[1] << 8 | b.p[2];
	return true;
}

static inline bool
span_be32(struct span *s, uint32_t *v_r)
{
	struct span b;

	if (!span_take(s, 4, &b))
		return false;
	*v_r = (uint32_t)b.p[0] << 24 | (uint32_t)b.p[1] << 16 |
	    (uint32_t)b.p[2] << 8 | b.p[3];
	return true;
}

static inline bool
span_le16(struct span *s, uint16_t *v_r)
{
	struct span b;

	if (!span_take(s, 2, &b))
		return false;
	*v_r = (uint16_t)(b.p[1] << 8 | b.p[0]);
	return true;
}

static inline bool
span_le32(struct span *s, uint32_t *v_r)
{
	struct span b;

	if (!span_take(s, 4, &b))
		return false;
	*v_r = (uint32_t)b.p[3] << 24 | (uint32_t)b.p[2] << 16 |
	    (uint32_t)b.p[1] << 8 | b.p[0];
	return true;
}

/* The byte at offset i, or -1 beyond the end. */
static inline int
span_at(struct span s, size_t i)
{
	return i < s.n ? s.p[i] : -1;
}

static inline bool
span_equals(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ASCII letters compare without case; all protocols here define it so. */
static inline bool
span_equals_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		uint8_t x = a.p[i], y = b.p[i];

		if (x >= 'a' && x <= 'z')
			x = (uint8_t)(x - 'a' + 'A');
		if (y >= 'a' && y <= 'z')
			y = (uint8_t)(y - 'a' + 'A');
		if (x != y)
			return false;
	}
	return true;
}

static inline bool
span_is(struct span s, const char *word)
{
	return span_equals_nocase(s, span_text(word));
}

static inline bool
span_starts(struct span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && span_equals(span_head(s, n), span_of(prefix, n));
}

static inline bool
span_starts_nocase(struct span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && span_equals_nocase(span_head(s, n), span_of(prefix, n));
}

/* Offset of the first such byte, or s.n when there is none. */
static inline size_t
span_find(struct span s, uint8_t byte)
{
	const uint8_t *at = s.n > 0 ? memchr(s.p, byte, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

#endif
