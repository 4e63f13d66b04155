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

/* C0, DEL and the C1 controls could steer a terminal; a backslash would make escapes ambiguous. */
static bool
is_unsafe(struct span s, size_t n)
{
	int a = span_at(s, 0);

	if (n == 1)
		return a < 0x20 || a == 0x7f || a == '\\';
	return n == 2 && a == 0xc2 && span_at(s, 1) < 0xa0;
}

size_t
text_escape(char *dst_r, size_t size, struct span wire)
{
	static const char more[] = "...";
	size_t used = 0, safe = 0;

	if (size == 0)
		return 0;
	while (wire.n > 0) {
		char piece[8];
		size_t take = utf8_length(wire), n;

		if (take == 0 || is_unsafe(wire, take)) {
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
