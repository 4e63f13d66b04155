/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

#include "base/span.h"

/*
 * The one function through which wire text becomes ours. Writes at most size
 * bytes including the NUL: UTF-8 that can be seen stays, everything else (control
 * characters, what turns the writing direction or has no width, noncharacters,
 * broken sequences, backslash) becomes \xNN, byte by byte; text that does not fit
 * is cut at a character and ends in "...". Returns the length written, without
 * the NUL.
 */
size_t text_escape(char *dst_r, size_t size, struct span wire);

/*
 * The same for text of our own that strangers' words may stand in, on its way to a
 * terminal: a backslash stays, so that what was escaped before is not escaped twice.
 */
size_t text_show(char *dst_r, size_t size, struct span text);

/* Copy of a C string, cut to fit; always terminated. */
void text_copy(char *dst_r, size_t size, const char *src);

/* True when the bytes are a whole, well-formed UTF-8 string (RFC 3629). */
bool text_is_utf8(struct span s);

/* ... in which every character can be seen: what text_escape() and text_show() may leave. */
bool text_is_shown(struct span s);

#endif
